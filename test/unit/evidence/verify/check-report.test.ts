import { describe, expect, test } from 'vitest'
import { reportCsv } from '../../../../lib/evidence/csv.ts'
import { evidenceOf } from '../../../../lib/evidence/evidence.ts'
import { reportHtml } from '../../../../lib/evidence/report-html.ts'
import type { Archived } from '../../../../lib/evidence/verify/archived.ts'
import { reportCheck, reportIn } from '../../../../lib/evidence/verify/check-report.ts'
import { eventfulEvidence } from '../../../integration/report/eventful.ts'
import { HOUR, later } from '../cases.ts'

const EVIDENCE = eventfulEvidence()
const JSON_TEXT = JSON.stringify(EVIDENCE, undefined, 2)
const PAGE = reportHtml(EVIDENCE)
const kindsIn = (text: string) => reportIn(text)?.findings.map(({ kind }) => kind)

describe('reportIn()', () => {
  test('reads what `report` writes, as page and as JSON, and finds nothing', () => {
    for (const text of [JSON_TEXT, PAGE]) {
      expect(kindsIn(text)).toEqual([])
      expect(reportIn(text)?.evidence).toEqual(EVIDENCE)
    }
  })

  test('notices a report that was changed anywhere', () => {
    expect(kindsIn(JSON_TEXT.replace('"answered"', '"inferred"'))).toEqual(['report_digest'])
    expect(kindsIn(PAGE.replace('<h2 id="summary">Summary', '<h2 id="summary">Zusammenfassung'))).toEqual([
      'report_page',
    ])
    const other = Buffer.from(JSON.stringify({ ...EVIDENCE, targetMs: 1 })).toString('base64')
    const forged = PAGE.replace(/(name="evidence" content=")[^"]*/, `$1${other}`)
    expect(kindsIn(forged)).toEqual(['report_digest', 'report_page'])
  })

  test('refuses what is no report', () => {
    for (const text of ['', '{', '{}', '<html></html>', 'null', reportCsv(EVIDENCE)])
      expect(reportIn(text)).toBeUndefined()
  })
})

describe('reportCheck()', () => {
  const [row] = EVIDENCE.rows.filter(({ outcome }) => outcome?.kind === 'removed')
  if (row?.outcome?.kind !== 'removed') throw new Error('no removal')
  const { revokedAt } = row.outcome
  const evidence = evidenceOf(
    [{ since: later(-HOUR), asOf: EVIDENCE.asOf, rows: [{ ...row, case: 'c-1' }], feeds: [] }],
    HOUR,
  )
  const event = (uid: string, verdict: string, at = revokedAt): Archived => ({
    uid,
    at,
    verdict,
    digest: 'x',
    where: 'a:1',
  })
  const found = (...events: readonly Archived[]) => {
    const check = reportCheck(evidence)
    for (const one of events) check.onEvent(one)
    return check.findings().map(({ kind, uid }) => [kind, uid])
  }
  const removed = event('c-1/2', `removed   ${revokedAt.toISOString()}`)

  test('agrees with the last event of each case, whatever came before and after the report', () => {
    const after = event('c-1/3', 'cancelled   ', new Date(EVIDENCE.asOf.getTime() + 1))
    expect(found(removed, event('c-1/1', 'held privileged  '), after)).toEqual([])
  })

  test('names a case of another outcome, and one that is left out', () => {
    expect(found(event('c-1/2', 'cancelled   '))).toEqual([['report_differs', 'c-1/2']])
    expect(found(removed, event('c-2/1', 'held privileged  '))).toEqual([['report_omits', 'c-2']])
  })
})
