import type { Failure } from '../core/ports.ts'
import type { Page } from './bodies.ts'

/** The most that Atlas gives at a time; an organization has 500 users by default. */
const PAGE_SIZE = 500

export const INCOMPLETE: Failure = { kind: 'failure', reason: 'transient', code: 'INCOMPLETE_READ' }

export type Pages<P extends Page> = {
  readonly kind: 'pages'
  readonly pages: readonly P[]
  /** An entry came twice: the list moved while it was read. */
  readonly repeats: boolean
  /** A page that was not the last brought nothing new, so that reading on would never end. */
  readonly stuck: boolean
}

/**
 * Reads a list by page number until its end. Atlas's links only say whether there is more: their address is never used,
 * since it would choose where the credential goes.
 */
export async function readPages<P extends Page>(
  fetch: (query: readonly (readonly [string, string])[]) => Promise<P | Failure>,
): Promise<Pages<P> | Failure> {
  const pages: P[] = []
  const seen = new Set<string>()
  let entries = 0
  let repeats = false
  for (let pageNum = 1; ; pageNum++) {
    const page = await fetch([
      ['itemsPerPage', String(PAGE_SIZE)],
      ['pageNum', String(pageNum)],
    ])
    if (page.kind === 'failure') return page

    pages.push(page)
    entries += page.size
    const known = page.ids.filter((id) => seen.has(id)).length
    for (const id of page.ids) seen.add(id)
    repeats ||= known > 0
    const more = hasMore(page, entries)
    const stuck = more && known === page.ids.length
    if (stuck || !more) return { kind: 'pages', pages, repeats, stuck }
  }
}

/** `totalCount` is an estimate, so it decides only where Atlas shows no links at all. */
function hasMore({ size, hasNext, totalCount = 0 }: Page, entries: number): boolean {
  if (size === 0) return false
  return size >= PAGE_SIZE || (hasNext ?? totalCount > entries)
}
