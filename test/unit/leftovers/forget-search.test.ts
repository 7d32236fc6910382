import { expect, test } from 'vitest'
import {
  databaseUserFinding,
  invitationFinding,
  organizationFinding,
  projectFinding,
} from '../../../lib/leftovers/findings.ts'
import { forgottenSearch } from '../../../lib/leftovers/forget-search.ts'
import { pseudonymOf } from '../../../lib/words/forget.ts'
import { ADA, INVITATION, ORG, searchWorld } from './search-world.ts'

test('forgottenSearch() keeps what happened where, and nothing that names the person', () => {
  const place = { id: 'p', name: 'payments' }
  const findings = [
    databaseUserFinding(ADA, place, 'its name is the username (database admin)'),
    invitationFinding(INVITATION, place, { action: 'deleted' }),
    projectFinding(place, 'why', 'HTTP_503'),
    organizationFinding(ORG, 'why', 'HTTP_503'),
  ]
  const { state } = searchWorld().task()
  const intended = [{ projectId: 'p', id: INVITATION.id, createdAt: INVITATION.createdAt }]
  const forgotten = forgottenSearch({ ...state, findings, intended })

  expect(forgotten.findings.map(({ id }) => id)).toEqual([
    pseudonymOf(ADA),
    pseudonymOf(INVITATION.id),
    'p',
    ORG,
  ])
  expect(forgotten.findings.map(({ id: _, ...rest }) => rest)).toEqual(
    findings.map(({ id: _, ...rest }) => rest),
  )
  expect(JSON.stringify(forgotten)).not.toContain(ADA)
  expect(JSON.stringify(forgotten)).not.toContain(INVITATION.id)
})
