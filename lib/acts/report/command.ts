import { command, failedBy } from '../../cli/command.ts'
import { durationIn, INSTANT, instantIn } from '../../cli/instants.ts'
import { codeOf } from '../../cli/text.ts'
import { type Evidence, evidenceOf } from '../../evidence/evidence.ts'
import { readReport } from '../../evidence/pages.ts'
import { plain } from '../../words/plain.ts'
import { showEvidence } from './show.ts'

export const REPORT = command({
  name: 'report',
  about: 'shows every case of a period, how long access lasted, and what Atlas says of it',
  examples: [
    'report --since 90d',
    'report --since 2026-10-01 --html report.html',
    'report --since 30d --csv',
  ],
  options: {
    since: { takes: 'WHEN', needed: true, about: 'the beginning of the period, at most 400 days ago' },
    slo: { takes: 'DURATION', about: 'the target time to revoke, such as 30m, 4h or 1d; default 4h' },
    html: { takes: 'FILE', about: 'write the report as a page, readable by its owner alone' },
    csv: { about: 'one case a line, for a spreadsheet' },
  },
  async run(desk, { values: { since, slo = '4h', html, csv } }) {
    const { terminal } = desk
    const from = instantIn(since, terminal.now(), -1)
    if (from === undefined) return { error: `--since: ${INSTANT}`, status: 2 }
    const targetMs = durationIn(slo)
    if (targetMs === undefined)
      return { error: '--slo: expected a duration such as 30m, 4h or 1d', status: 2 }
    if (csv && desk.json) return { error: 'expected --csv or --json, not both', status: 2 }

    const read = await readReport((cursor) =>
      desk.ask('operator-read', { action: 'report', since: from, cursor }),
    )
    if (read.kind !== 'pages') return failedBy(read)
    const evidence = evidenceOf(read.pages, targetMs)
    if (html !== undefined) {
      const wrong = await written(html, evidence, terminal.writeText)
      if (wrong) return { error: `--html: cannot write ${html}: ${wrong}`, status: 4 }
      terminal.tell(`Written: ${plain(html)}`)
    }
    const shown = { answer: evidence, ...showEvidence(evidence, desk.view()) }
    return csv ? { ...shown, text: await csvOf(evidence) } : shown
  },
})

/** The page and its pictures are loaded for whoever wants them: every other command starts without. */
async function written(
  file: string,
  evidence: Evidence,
  writeText: (file: string, text: string) => Promise<void>,
): Promise<string | undefined> {
  const { reportHtml } = await import('../../evidence/report-html.ts')
  try {
    await writeText(file, reportHtml(evidence))
    return undefined
  } catch (error) {
    return codeOf(error)
  }
}

async function csvOf(evidence: Evidence): Promise<string> {
  const { reportCsv } = await import('../../evidence/csv.ts')
  return reportCsv(evidence)
}
