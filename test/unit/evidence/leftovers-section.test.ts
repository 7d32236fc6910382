import { expect, test } from 'vitest'
import { evidenceOf } from '../../../lib/evidence/evidence.ts'
import { leftoversSection } from '../../../lib/evidence/leftovers-section.ts'
import { reportHtml } from '../../../lib/evidence/report-html.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import {
  databaseUserFinding,
  invitationFinding,
  organizationFinding,
  projectFinding,
} from '../../../lib/leftovers/describe-finding.ts'
import { type Finding, withFindings, withLeftovers } from '../../../lib/leftovers/findings.ts'
import { withOutcome } from '../../../lib/words/case.ts'
import { departure, later, ORG, openedCase } from '../../support/cases.ts'

const HOUR = 3_600_000
const PLACE = { id: 'a'.repeat(24), name: 'payments <prod>' }
const INVITATION = { id: 'e'.repeat(24), username: 'ada@example.com', createdAt: later(-HOUR) }
const CLOSED = withOutcome(
  openedCase(),
  { kind: 'removed', evidence: 'answered', revokedAt: later(3_000) },
  later(4_000),
)

function evidenceWith(...cases: Parameters<typeof rowOf>[0][]) {
  return evidenceOf([{ since: later(0), asOf: later(HOUR), rows: cases.map(rowOf), feeds: [] }], HOUR)
}

function shown(...cases: Parameters<typeof rowOf>[0][]): string {
  return leftoversSection(evidenceWith(...cases)).markup
}

test('leftoversSection() shows each finding, with what to do, those that failed first', () => {
  const findings: Finding[] = [
    invitationFinding(INVITATION, PLACE, { action: 'deleted' }),
    databaseUserFinding('CN=<b>ada</b>', PLACE, 'because'),
    organizationFinding(ORG, 'could not be listed', 'HTTP_503'),
  ]
  const markup = shown(withFindings(CLOSED, findings, 3, later(9_000)))

  expect(markup.indexOf('could not be listed')).toBeLessThan(markup.indexOf('because'))
  expect(markup.indexOf('because')).toBeLessThan(markup.indexOf('deprecated project invitation of'))
  expect(markup).toContain('3 findings')
  expect(markup).toContain('payments &lt;prod&gt;')
  expect(markup).not.toContain('<b>ada')
  expect(markup).toContain('Database Access')
})

test('leftoversSection() shows a project that could not be looked at once, with the number of those it concerns', () => {
  const role = projectFinding(PLACE, 'our credential needs a role here', 'USER_UNAUTHORIZED')
  const cases = ['ada', 'bob', 'eve'].map((name) => {
    const username = `${name}@example.com`
    const kase = { ...CLOSED, id: `c-${name}`, departure: departure({ username }) }
    return withFindings(kase, [role, databaseUserFinding(username, PLACE, 'because')], 3, later(9_000))
  })
  const markup = shown(...cases)

  expect(markup.split('our credential needs a role here')).toHaveLength(2)
  expect(markup).toContain('and 2 more people')
  expect(markup.split('because')).toHaveLength(4)
  expect(markup).toContain('6 findings')
})

test('leftoversSection() says what was looked for in vain, and what still is', () => {
  const pending = withLeftovers(CLOSED, { leftovers: 'clean' }, later(4_000))

  expect(shown(withFindings(CLOSED, [], 3, later(9_000)))).toContain('Nothing was found')
  expect(shown(pending)).toContain('still looked for after 1 case')
  expect(shown(pending)).not.toContain('Nothing was found')
  expect(shown(CLOSED)).toContain('Not looked for after any of these cases')
  expect(shown(CLOSED)).not.toContain('Nothing was found')
})

test('leftoversSection() counts what the ledger could not keep, and breaks pages for many', () => {
  const many = Array.from({ length: 400 }, (_, index) =>
    databaseUserFinding(`CN=${index}`, PLACE, 'x'.repeat(200)),
  )

  expect(shown(withFindings(CLOSED, many, 3, later(9_000)))).toMatch(
    /class="long".*\d+ findings more than the ledger could keep/s,
  )
})

test('reportHtml() says beside the outcome what became of leftovers', () => {
  const finding = databaseUserFinding('ada@example.com', PLACE, 'because')
  const html = reportHtml(evidenceWith(withFindings(CLOSED, [finding], 3, later(9_000))))

  expect(html).toContain('<small>leftovers: 0 deleted, 1 reported, 0 failed</small>')
})
