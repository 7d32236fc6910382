import { evidenceOf } from '../evidence/evidence.ts'
import { readReport } from '../evidence/pages.ts'
import type { Command, Plan } from './commands.ts'
import type { Invoke, Reply } from './invoke.ts'
import { atTime, durationIn } from './operands.ts'
import { reportEvidence } from './report-evidence.ts'
import { plain } from './text.ts'

/** What shows, or takes back, what the system remembers of people. */
export const EVIDENCE_COMMANDS: Readonly<Record<'report' | 'snapshot' | 'forget', Command>> = {
  report: {
    usage: 'report --since 90d|T [--slo 4h] [--html FILE] [--csv|--json]',
    about: 'tells every case of a period, how long access lasted, and what Atlas itself says of it',
    face: 'operator-read',
    options: ['since', 'slo', 'html', 'csv'],
    needs: ['since'],
    operands: 'none',
    plan({ values }, terminal) {
      const { html, csv = false, json = false, slo = '4h' } = values
      const targetMs = durationIn(slo)
      if (targetMs === undefined) return '--slo: expected a duration such as 30m, 4h or 1d'
      if (csv && json) return 'expected --csv or --json, not both'
      const request = { action: 'report', since: atTime(values.since, terminal.now(), -1) } as const
      return {
        request,
        ask: (invoke) => wholeReport(invoke, request, targetMs),
        show: html !== undefined || csv ? showIn({ html, csv }, terminal) : undefined,
      }
    },
  },
  snapshot: {
    usage: 'snapshot <case>',
    about: 'shows what a removed person held, and the request to Atlas that gives it back',
    face: 'operator-read',
    options: [],
    operands: 'one',
    plan: ({ operands: [id] }) => ({ request: { action: 'snapshot', case: id } }),
  },
  forget: {
    usage: 'forget <username>  --by WHO --because WHY',
    about: "takes a person's name out of their closed cases, and says what still holds it",
    face: 'operator',
    options: ['by', 'because'],
    needs: ['by', 'because'],
    operands: 'one',
    plan: ({ operands: [username = ''], values: { by, because } }) => ({
      request: { action: 'forget', username, by, because },
      question: `Take ${plain(username)} out of all closed cases, for good?`,
    }),
  },
}

async function wholeReport(invoke: Invoke, request: Plan['request'], targetMs: number): Promise<Reply> {
  const read = await readReport((cursor) => invoke('operator-read', { ...request, cursor }))
  return read.kind === 'pages' ? { kind: 'answer', answer: evidenceOf(read.pages, targetMs) } : read
}

type Forms = { readonly html: string | undefined; readonly csv: boolean }

/** The pages and pictures are loaded for whoever wants them: every other command starts without. */
function showIn({ html, csv }: Forms, terminal: Parameters<Command['plan']>[1]): Plan['show'] {
  return async (answer) => {
    const evidence = answer as ReturnType<typeof evidenceOf>
    const words = reportEvidence(evidence, { now: terminal.now(), width: terminal.width })
    if (html !== undefined) {
      const { reportHtml } = await import('../evidence/report-html.ts')
      await terminal.writeText(html, reportHtml(evidence))
      terminal.tell(`Written: ${plain(html)}`)
    }
    if (!csv) return words
    const { reportCsv } = await import('../evidence/csv.ts')
    return { ...words, text: reportCsv(evidence) }
  }
}
