import type { Failure } from '../core/ports.ts'
import { fieldOf, textOf } from './fields.ts'
import { BODY_TOO_LARGE, transient } from './interpret-status.ts'

/** One page of a list, row by row: a row that we cannot read is counted and skipped. */
export type Page<T> = {
  readonly kind: 'page'
  readonly rows: readonly T[]
  /** Usernames of rows that we could not read; `''` if not even the username was readable. */
  readonly unreadable: readonly string[]
  /** One key for each row, readable or not, to recognize rows that come twice. */
  readonly keys: readonly string[]
  /** Whether Atlas links to a next page; `undefined` if it links to nothing at all. */
  readonly hasNext: boolean | undefined
  readonly totalCount: number | undefined
}

/** All pages of a list. `isTorn`: the list changed while it was read, so rows may be missing. */
type Pages<T> = Pick<Page<T>, 'rows' | 'unreadable'> & { readonly kind: 'pages'; readonly isTorn: boolean }

/** Why there is no page. */
type NoPage = { readonly kind: 'failure' | 'forbidden' | 'no_project' | 'ended'; readonly code?: string }

export type Paging = readonly (readonly [name: string, value: string])[]

/** Atlas's largest page first, then smaller ones if a body is over our limit. */
const PAGE_SIZES = [500, 100, 20] as const
/** Half a million rows; an organization has 500 users by default. */
const MOST_PAGES = 1_000
const MOST_READS = 3
const UNREADABLE = '?'

export const INCOMPLETE = transient('INCOMPLETE_READ')

/**
 * Reads one page; `undefined` if the body is not a list.
 *
 * @param read - reads one row; `undefined` if it cannot
 * @param keyOf - a key that is different for every row
 */
export function pageFrom<T>(
  body: unknown,
  read: (row: unknown) => T | undefined,
  keyOf: (row: T) => string,
): Page<T> | undefined {
  const results = fieldOf(body, 'results')
  if (!Array.isArray(results)) return undefined
  const items: readonly unknown[] = results
  const all = items.map((item) => ({ item, row: read(item) }))
  const links = fieldOf(body, 'links')
  const totalCount = fieldOf(body, 'totalCount')
  return {
    kind: 'page',
    rows: all.flatMap(({ row }) => (row === undefined ? [] : [row])),
    unreadable: all.flatMap(({ item, row }) => (row === undefined ? [textOf(item, 'username') ?? ''] : [])),
    keys: all.map(({ item, row }, index) =>
      row === undefined ? `${UNREADABLE}${index} ${JSON.stringify(item)}` : keyOf(row),
    ),
    hasNext: Array.isArray(links) ? links.some((link) => fieldOf(link, 'rel') === 'next') : undefined,
    totalCount: typeof totalCount === 'number' ? totalCount : undefined,
  }
}

/**
 * Reads a list by page number until its end. Atlas's links only say whether there is more: their address is never used,
 * since it would choose where the credential goes.
 */
export async function readPages<T, No extends NoPage>(
  fetch: (paging: Paging) => Promise<Page<T> | No>,
): Promise<Pages<T> | No | Failure> {
  const pages: Page<T>[] = []
  const seen = new Set<string>()
  let [size, ...smaller]: readonly number[] = PAGE_SIZES
  let isTorn = false
  for (let offset = 0, reads = 0; size !== undefined && reads < MOST_PAGES; reads++) {
    const page = await fetch([
      ['itemsPerPage', String(size)],
      ['pageNum', String(offset / size + 1)],
    ])
    if (page.kind !== 'page') {
      if (page.code !== BODY_TOO_LARGE.code || smaller.length === 0) return page
      ;[size, ...smaller] = smaller
      continue
    }
    pages.push(page)
    offset += size
    const known = page.keys.filter((key) => seen.has(key))
    for (const key of page.keys) seen.add(key)
    // `totalCount` is an estimate. It proves nothing, but if it changes the list has changed.
    isTorn ||= known.some((key) => !key.startsWith(UNREADABLE)) || page.totalCount !== pages[0]?.totalCount
    if (!hasMore(page, size, pages)) {
      const [rows, unreadable] = [pages.flatMap((one) => one.rows), pages.flatMap((one) => one.unreadable)]
      return { kind: 'pages', rows, unreadable, isTorn }
    }
    // A page that is not the last and has nothing new: reading on would never end.
    if (known.length === page.keys.length) return INCOMPLETE
  }
  return INCOMPLETE
}

/** Reads a list that must be whole. If it changed while it was read it is read again, three times at most. */
export async function readWhole<T, No extends NoPage>(
  fetch: (paging: Paging) => Promise<Page<T> | No>,
): Promise<Pages<T> | No | Failure> {
  for (let reads = 1; reads <= MOST_READS; reads++) {
    const listed = await readPages(fetch)
    if (listed.kind !== 'pages' || !listed.isTorn) return listed
  }
  return INCOMPLETE
}

/** `totalCount` decides only if Atlas sends no links at all. */
function hasMore(
  { keys, hasNext, totalCount = 0 }: Page<unknown>,
  size: number,
  pages: readonly Page<unknown>[],
) {
  if (keys.length === 0) return false
  const entries = pages.reduce((sum, page) => sum + page.keys.length, 0)
  return keys.length >= size || (hasNext ?? totalCount > entries)
}
