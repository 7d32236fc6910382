import { expect, test } from 'vitest'
import { NAMED } from '../../infra/local/atlas/leftovers-org.ts'
import type { Case } from '../../lib/domain/case.ts'
import { activeMember, departure, later, ORG } from '../support/cases.ts'
import { thirtyProjects } from '../support/leftovers.ts'
import { createWorld } from '../support/world.ts'

const DAY = 24 * 3_600_000

test('clearLeftovers() deletes exactly the three invitations of a leaver and reports exactly the six database users', async () => {
  const world = createWorld({ settings: { leftovers: 'clean' } })
  world.org().members = [activeMember()]
  world.org().projects = thirtyProjects(later(-DAY))
  world.depart(departure())
  await world.runUntil(later(60_000))

  const [kase] = world.cases() as Case[]
  expect(kase?.outcome?.kind).toBe('removed')
  expect(world.atlas.uninvited.map(({ username }) => username)).toEqual(Array(3).fill('ada@example.com'))
  expect(kase?.leftovers).toMatchObject({ kind: 'looked', projects: 30 })
  const findings = kase?.leftovers?.kind === 'looked' ? kase.leftovers.findings : []
  expect(findings.filter(({ kind }) => kind === 'database_user').map(({ id }) => id)).toEqual(
    NAMED.map(({ username }) => username),
  )
  expect(findings).toHaveLength(9)
  expect(world.org(ORG).projects.flatMap(({ invites }) => invites)).toHaveLength(4)
  expect(world.aws.published.map(({ detail }) => (detail.metadata as { uid: string }).uid)).toEqual([
    `${kase?.id}/1`,
    `${kase?.id}/1/leftovers`,
  ])
})
