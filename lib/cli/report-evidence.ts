import type { Evidence } from '../evidence/evidence.ts'
import { isOpen } from '../evidence/rows.ts'
import { duration, spoken, standing, utc } from '../evidence/words.ts'
import { countOf } from '../words/wording.ts'
import { type Column, table } from './table.ts'
import { plain } from './text.ts'
import type { Report, View } from './view.ts'

const COLUMNS: readonly Column[] = [
  { title: 'CASE' },
  { title: 'PERSON', shrinks: true },
  { title: 'STATE', shrinks: true },
  { title: 'LEFT (UTC)' },
]

/** Tells a report's figures, what is open, and where Atlas says something else. Exits 1 if not everything could be compared. */
export function reportEvidence(evidence: Evidence, { width }: View): Report {
  const { since, asOf, summary, uncompared, rows } = evidence
  const open = rows.filter(isOpen)
  const openTable = table(
    COLUMNS,
    open.map((row) => ({
      cells: [row.case, row.username, standing(row.outcome), utc(row.leavingAt)],
    })),
    width,
  )
  const outcomes = Object.entries(summary.byOutcome).map(([kind, count]) => `${spoken(kind)} ${count}`)
  const text = [
    `${utc(since)} to ${utc(asOf)} UTC: ${countOf(summary.departures, 'departure')}, ${countOf(summary.cases, 'case')}`,
    outcomes.join(' · '),
    timesIn(evidence),
    open.length > 0
      ? `${countOf(open.length, 'open case')}, ${summary.overdue} beyond the target\n${openTable}`
      : 'No open cases',
    differencesIn(evidence),
  ]
  return { text: text.filter(Boolean).join('\n\n'), status: uncompared.length > 0 ? 1 : 0 }
}

function timesIn({ summary: { timeToRevoke: times }, targetMs }: Evidence): string {
  if (!times) return 'Nobody was removed'
  const { p50Ms, p95Ms, maxMs, withinTarget, removals } = times
  const figures = `p50 ${duration(p50Ms)} · p95 ${duration(p95Ms)} · longest ${duration(maxMs)}`
  return `Time to revoke: ${figures} · ${withinTarget} of ${removals} within ${duration(targetMs)}`
}

function differencesIn({ mismatches, uncompared }: Evidence): string {
  const failed = uncompared.map(
    ({ orgId, code }) => `NOT COMPARED with Atlas: organization ${plain(orgId)}: ${code}`,
  )
  const found = mismatches.map((mismatch) => {
    if (mismatch.kind === 'case_without_event')
      return `Atlas has no event of it: case ${mismatch.row.case} says removed`
    const { id, targetUsername = 'unknown', actor = 'unknown', isOurs } = mismatch.event
    const who = isOurs ? 'WITH OUR CREDENTIAL' : `by ${plain(actor)}`
    return `No case tells of it: ${plain(targetUsername)} removed ${who}, Atlas event ${plain(id)}`
  })
  const lines = [...failed, ...found]
  return lines.length > 0 ? lines.join('\n') : 'Compared with Atlas: no differences'
}
