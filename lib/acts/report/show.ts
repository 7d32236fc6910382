import type { Shown } from '../../cli/command.ts'
import { type Column, table } from '../../cli/table.ts'
import { paragraphs } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { isOpen } from '../../evidence/rows.ts'
import { spoken, utc } from '../../evidence/words.ts'
import { duration } from '../../words/duration.ts'
import { plain } from '../../words/plain.ts'
import { countOf } from '../../words/wording.ts'
import { stateOf } from '../case-table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'CASE' },
  { title: 'PERSON', wraps: true },
  { title: 'STATE', wraps: true },
  { title: 'LEFT (UTC)' },
]

/** Shows a report's figures, what is open, and where Atlas says something else. Exits 3 if not everything could be compared. */
export function showEvidence(evidence: Evidence, { now, width }: View): Omit<Shown, 'answer'> {
  const { since, asOf, summary, uncompared, rows } = evidence
  const open = rows.filter(isOpen)
  const lines = open.map((row) => ({
    cells: [row.case, row.username, stateOf(row, now), utc(row.leavingAt)],
  }))
  const outcomes = Object.entries(summary.byOutcome).map(([kind, count]) => `${spoken(kind)} ${count}`)
  const text = paragraphs(
    `${utc(since)} to ${utc(asOf)} UTC: ${countOf(summary.departures, 'departure')}, ${countOf(summary.cases, 'case')}`,
    outcomes.join(' · '),
    timesIn(evidence),
    open.length > 0
      ? `${countOf(open.length, 'open case')}, ${summary.overdue} beyond the target\n${table(COLUMNS, lines, width)}`
      : 'No open cases',
    differencesIn(evidence),
  )
  return { text, status: uncompared.length > 0 ? 3 : 0 }
}

function timesIn({ summary: { removals }, targetMs }: Evidence): string {
  if (!removals) return 'Nobody was removed'
  const { number, withinTarget, exposure, timeToRevoke } = removals
  return [
    `${withinTarget} of ${number} out within ${duration(targetMs)}`,
    ...Object.entries({ Exposure: exposure, 'Time to revoke': timeToRevoke }).map(([name, times]) => {
      const { p50Ms, p95Ms, maxMs } = times
      return `${name}: p50 ${duration(p50Ms)} · p95 ${duration(p95Ms)} · longest ${duration(maxMs)}`
    }),
  ].join('\n')
}

function differencesIn({ mismatches, uncompared }: Evidence): string {
  const failed = uncompared.map(
    ({ orgId, code }) => `NOT COMPARED with Atlas: organization ${plain(orgId)}: ${code}`,
  )
  const found = mismatches.map((mismatch) => {
    if (mismatch.kind === 'case_without_event')
      return `Case ${mismatch.row.case} says removed, but Atlas has no event of it`
    const { id, targetUsername = 'unknown', actor = 'unknown', isOurs } = mismatch.event
    const who = isOurs ? 'WITH OUR CREDENTIAL' : `by ${plain(actor)}`
    return `${plain(targetUsername)} was removed ${who}, but no case says so; Atlas event ${plain(id)}`
  })
  const lines = [...failed, ...found]
  return lines.length > 0 ? lines.join('\n') : 'Compared with Atlas: no differences'
}
