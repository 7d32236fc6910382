import type { ReportPage } from '../acts/report.ts'
import { withInstants } from './instants.ts'

/** Why there is no page. */
export type NoPage = { readonly kind: 'refused' | 'failed'; readonly error: string }
type Answer = { readonly kind: 'answer'; readonly answer: object } | NoPage

/** Reads a report page by page to its end. */
export async function readReport(
  ask: (cursor: string | undefined) => Promise<Answer>,
): Promise<{ readonly kind: 'pages'; readonly pages: readonly ReportPage[] } | NoPage> {
  const pages: ReportPage[] = []
  let cursor: string | undefined
  do {
    const reply = await ask(cursor)
    if (reply.kind !== 'answer') return reply
    const page = withInstants(reply.answer) as ReportPage
    pages.push(page)
    cursor = page.next
  } while (cursor !== undefined)
  return { kind: 'pages', pages }
}
