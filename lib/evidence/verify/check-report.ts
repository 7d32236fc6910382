import { placeOf } from '../../words/digest.ts'
import { fromJson } from '../../words/with-instants.ts'
import { digestOfReport, type Evidence } from '../evidence.ts'
import { dataIn, reportHtml } from '../report-html.ts'
import { type Archived, verdictOf } from './archived.ts'
import type { Finding } from './findings.ts'

/**
 * Reads a report: the JSON of `report --json`, or the page, which must equal the page that its own data make.
 *
 * @returns `undefined` if it is neither
 */
export function reportIn(
  text: string,
): { readonly evidence: Evidence; readonly findings: readonly Finding[] } | undefined {
  const isPage = !text.trimStart().startsWith('{')
  try {
    const evidence = fromJson(isPage ? dataIn(text) : text) as Evidence
    if (!Array.isArray(evidence.rows)) return undefined
    const findings: Finding[] = []
    if (digestOfReport(evidence) !== evidence.digest) findings.push({ kind: 'report_digest' })
    if (isPage && reportHtml(evidence) !== text) findings.push({ kind: 'report_page' })
    return { evidence, findings }
  } catch {
    return undefined
  }
}

/** Compares a report's rows with the outcomes in the archive. Pass every event of the archive to `onEvent`. */
export function reportCheck({ rows, since, asOf, about }: Evidence) {
  const cases = new Map(rows.map((row) => [row.case, row]))
  const last = new Map<string, { readonly sequence: number; readonly event: Archived }>()
  const omitted = new Set<string>()
  return {
    onEvent(event: Archived): void {
      const { record = '', sequence = 0 } = placeOf(event.uid) ?? {}
      if (event.verdict === undefined || !record.startsWith('c-') || event.at > asOf) return
      if (!cases.has(record)) {
        if (event.at >= since && about === undefined) omitted.add(record)
      } else if (sequence > (last.get(record)?.sequence ?? 0)) last.set(record, { sequence, event })
    },
    /** Rows whose outcome differs from the archive's, and cases without a row. Open cases are left out: they may change without an event. */
    findings(): readonly Finding[] {
      const differing = rows.flatMap(({ case: record, outcome, closedAt }) => {
        const event = last.get(record)?.event
        if (!event || !outcome || !closedAt || event.verdict === verdictOf(outcome)) return []
        const note = `the report says "${verdictOf(outcome).trim()}", the event "${event.verdict?.trim()}"`
        return [{ kind: 'report_differs', record, uid: event.uid, where: event.where, note } as const]
      })
      return [
        ...differing,
        ...[...omitted].sort().map((record) => ({ kind: 'report_omits', record, uid: record }) as const),
      ]
    },
    compared: () => last.size,
  }
}
