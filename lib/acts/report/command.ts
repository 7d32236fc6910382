import {
  command,
  type Desk,
  type Failed,
  isFailed,
  pagesOf,
  type Shown,
  type View,
  wrong,
} from '../../cli/command.ts'
import { ago, durationIn } from '../../cli/instants.ts'
import { table } from '../../cli/table.ts'
import { codeOf, paragraphs } from '../../cli/text.ts'
import { type Evidence, evidenceOf } from '../../evidence/evidence.ts'
import { madeLines } from '../../evidence/made-section.ts'
import type { ReportPage } from '../../evidence/pages.ts'
import { isOpen, openOf } from '../../evidence/rows.ts'
import { verdictOf } from '../../evidence/verdict.ts'
import { forgottenLine, foundLine, orgLine, spoken, utc } from '../../evidence/words.ts'
import { duration } from '../../words/duration.ts'
import { plain } from '../../words/plain.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { countOf } from '../../words/wording.ts'
import { stateOf } from '../case-table.ts'

/** The page, its pictures and the CSV are imported on demand: no other command needs them. */
export const REPORT = command({
  name: 'report',
  about: 'shows every case of a period, how long access lasted, and what Atlas says of it',
  examples: [
    'report --since 90d',
    'report --since 2026-10-01 --html report.html',
    'report --since 30d --csv',
    'report --since 30d --people evidence',
    'report --since 400d --user ada@example.com --html ada.html',
  ],
  options: {
    since: {
      takes: 'WHEN',
      needed: true,
      reads: ago,
      about: 'the beginning of the period, at most 400 days ago',
    },
    slo: {
      takes: 'DURATION',
      reads: readTarget,
      about: 'the target time to revoke, such as 30m, 4h or 1d; default 4h',
    },
    html: { takes: 'FILE', about: 'write the report as a page, readable by its owner alone' },
    user: { takes: 'USERNAME', about: 'of this person alone; with --html, as their page' },
    people: {
      takes: 'FOLDER',
      about: 'also write a page about each person into this folder, named after a case',
    },
    csv: { about: 'one case a line, for a spreadsheet' },
  },
  async run(desk, { since, slo = 4 * 3_600_000, html, user, people, csv }) {
    const { terminal } = desk
    if (csv && desk.json) return wrong('expected --csv or --json, not both')
    const pages = await pagesOf<ReportPage>(desk, { action: 'report', since })
    if (isFailed(pages)) return pages
    const evidence = evidenceOf(pages, slo, user)
    if (html !== undefined) {
      const { reportHtml } = await import('../../evidence/report-html.ts')
      const code = await terminal.writeText(html, reportHtml(evidence)).catch(codeOf)
      if (code) return { error: `--html: cannot write ${html}: ${code}`, status: 4 }
      terminal.show(`Written: ${plain(html)}`)
    }
    if (people !== undefined) {
      const failed = await writePeople(desk, people, { pages, slo, evidence })
      if (failed) return failed
    }
    const shown = { answer: evidence, ...showEvidence(evidence, desk.view()) }
    if (!csv) return shown
    const { reportCsv } = await import('../../evidence/csv.ts')
    return { ...shown, text: reportCsv(evidence) }
  },
})

type Made = { readonly pages: readonly ReportPage[]; readonly slo: number; readonly evidence: Evidence }

/** Writes what there is to show of each person. A username is untrusted and names no file. */
async function writePeople(
  { terminal }: Desk,
  folder: string,
  { pages, slo, evidence }: Made,
): Promise<Failed | undefined> {
  const { reportHtml } = await import('../../evidence/report-html.ts')
  const people = Map.groupBy(evidence.rows, ({ username }) => asciiLowerCase(username))
  const done = terminal.working('people')
  for (const [username, [first]] of people) {
    const file = `${folder}/${first?.case}.html`
    const code = await terminal.writeText(file, reportHtml(evidenceOf(pages, slo, username))).catch(codeOf)
    if (code) {
      done()
      return { error: `--people: cannot write ${file}: ${code}`, status: 4 }
    }
  }
  done()
  terminal.show(`Written: ${countOf(people.size, 'page')} in ${plain(folder)}`)
  return undefined
}

function readTarget(text: string): number | Failed {
  return durationIn(text) ?? wrong('expected a duration such as 30m, 4h or 1d')
}

/** Shows a report's figures, what is open, and where Atlas says something else. Exits 3 if not everything could be compared. */
function showEvidence(evidence: Evidence, { now, width }: View): Shown {
  const { since, asOf, summary, uncompared, rows } = evidence
  const { foundByRoster: found } = summary
  const columns = ['CASE', 'PERSON', 'STATE', 'LEFT (UTC)']
  const open = rows.filter(isOpen)
  const lines = open.map((row) => ({
    cells: [row.case, row.username, stateOf(row, now), utc(row.leavingAt)],
  }))
  const outcomes = Object.entries(summary.byOutcome).map(([kind, count]) => `${spoken(kind)} ${count}`)
  const text = paragraphs(
    `${verdictOf(evidence)}.`,
    `${utc(since)} to ${utc(asOf)} UTC: ${countOf(summary.departures, 'departure')}, ${countOf(summary.cases, 'case')}`,
    outcomes.join(' · '),
    timesIn(evidence),
    found.cases > 0 && foundLine(found),
    open.length > 0
      ? `${openOf(open)}, ${summary.overdue} beyond the target\n${table(columns, lines, width)}`
      : 'No open cases',
    differencesIn(evidence),
    madeLines(evidence)
      .map(([name, value]) => `${name}: ${plain(value)}`)
      .join('\n'),
  )
  return { text, status: uncompared.length > 0 ? 3 : 0 }
}

function timesIn({ summary: { removals, foundByRoster }, targetMs }: Evidence): string {
  if (!removals) return foundByRoster.removals > 0 ? '' : 'Nobody was removed'
  const { number, withinTarget, exposure, timeToRevoke } = removals
  return [
    `${withinTarget} of ${number} out within ${duration(targetMs)}`,
    ...Object.entries({ Exposure: exposure, 'Time to revoke': timeToRevoke }).map(([name, times]) => {
      const { p50Ms, p95Ms, maxMs } = times
      return `${name}: p50 ${duration(p50Ms)} · p95 ${duration(p95Ms)} · longest ${duration(maxMs)}`
    }),
  ].join('\n')
}

function differencesIn(evidence: Evidence): string {
  const { mismatches, uncompared, summary } = evidence
  const { forgotten } = summary
  const failed = uncompared.map(
    ({ orgId, code }) => `NOT COMPARED with Atlas: organization ${plain(orgLine(orgId, evidence))}: ${code}`,
  )
  const found = mismatches.map((mismatch) => {
    const org = plain(orgLine(mismatch.orgId, evidence))
    if (mismatch.kind === 'case_without_event')
      return `Case ${mismatch.row.case} says removed, but Atlas has no event of it in ${org}`
    const { id, targetUsername = 'unknown', actor = 'unknown', isOurs } = mismatch.event
    const who = isOurs ? 'WITH OUR CREDENTIAL' : `by ${plain(actor)}`
    return `${plain(targetUsername)} was removed ${who} from ${org}, but no case says so; Atlas event ${plain(id)}`
  })
  const differences = [...failed, ...found].join('\n') || 'Compared with Atlas: no differences'
  return forgotten > 0 ? `${differences}\n${forgottenLine(forgotten)}` : differences
}
