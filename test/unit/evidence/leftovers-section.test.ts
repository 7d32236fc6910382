import { expect, test } from 'vitest'
import { evidenceOf } from '../../../lib/evidence/evidence.ts'
import { leftoversSection } from '../../../lib/evidence/leftovers-section.ts'
import { reportHtml } from '../../../lib/evidence/report-html.ts'
import { type CaseRow, rowOf } from '../../../lib/evidence/rows.ts'
import {
  counted,
  databaseUserFinding,
  type Finding,
  invitationFinding,
  organizationFinding,
  projectFinding,
} from '../../../lib/leftovers/findings.ts'
import type { LeftoversView } from '../../../lib/leftovers/search-task.ts'
import { HOUR, later, leftoversOf, ORG, removedCase } from './cases.ts'

const PLACE = { id: 'a'.repeat(24), name: 'payments <prod>' }
const CLOSED = rowOf(removedCase(3_000))

function withFindings(findings: readonly Finding[], fields: Partial<LeftoversView> = {}): CaseRow {
  return {
    ...CLOSED,
    leftovers: leftoversOf({ findings, ...counted(findings), at: later(9_000), ...fields }),
  }
}

function evidenceWith(...rows: readonly CaseRow[]) {
  return evidenceOf([{ since: later(0), asOf: later(HOUR), rows, feeds: [] }], HOUR)
}

function shown(...rows: readonly CaseRow[]): string {
  return leftoversSection(evidenceWith(...rows)).markup
}

test('leftoversSection() shows each finding, with what to do, those that failed first', () => {
  const markup = shown(
    withFindings([
      invitationFinding({ id: 'e'.repeat(24), createdAt: later(-HOUR) }, PLACE, { action: 'deleted' }),
      databaseUserFinding('CN=<b>ada</b>', PLACE, 'because'),
      organizationFinding(ORG, 'could not be listed', 'HTTP_503'),
    ]),
  )

  expect(markup.indexOf('could not be listed')).toBeLessThan(markup.indexOf('because'))
  expect(markup.indexOf('because')).toBeLessThan(markup.indexOf('deprecated project invitation of'))
  expect(markup).toContain('3 findings')
  expect(markup).toContain('payments &lt;prod&gt;')
  expect(markup).not.toContain('<b>ada')
  expect(markup).toContain('Database Access')
})

test('leftoversSection() shows a project that could not be searched once, with the number of those it concerns', () => {
  const role = projectFinding(PLACE, 'our credential needs a role here', 'USER_UNAUTHORIZED')
  const rows = ['ada', 'bob', 'eve'].map((name) => ({
    ...withFindings([role, databaseUserFinding(`${name}@example.com`, PLACE, 'because')]),
    case: `c-${name}`,
  }))
  const markup = shown(...rows)

  expect(markup.split('our credential needs a role here')).toHaveLength(2)
  expect(markup).toContain('and 2 more people')
  expect(markup.split('because')).toHaveLength(4)
  expect(markup).toContain('6 findings')
})

test('leftoversSection() says what was searched for in vain, and what still is', () => {
  const searching = withFindings([], { state: 'searching' })

  expect(shown(withFindings([]))).toContain('Nothing was found')
  expect(shown(searching)).toContain('still searched for after 1 case')
  expect(shown(searching)).not.toContain('Nothing was found')
  expect(shown(CLOSED)).toContain('Not searched for after any of these cases')
  expect(shown(CLOSED)).not.toContain('Nothing was found')
})

test('leftoversSection() counts what the ledger could not keep, and lets many flow over pages', () => {
  const many = Array.from({ length: 6 }, (_, index) => databaseUserFinding(`CN=${index}`, PLACE, 'x'))

  expect(shown(withFindings(many, { omitted: 3 }))).toMatch(
    /class="".*3 findings more than the ledger could keep/s,
  )
})

test('reportHtml() says beside the outcome what became of leftovers', () => {
  const html = reportHtml(
    evidenceWith(withFindings([databaseUserFinding('ada@example.com', PLACE, 'because')])),
  )

  expect(html).toContain('<small>leftovers: 0 deleted, 1 reported, 0 failed</small>')
})
