import type { Failure } from '../core/ports.ts'
import { fieldOf, textOf } from './fields.ts'
import { BODY_TOO_LARGE, transient } from './interpret-status.ts'

/** One page of a list, row by row: a row that we cannot read costs itself. */
export type Page<T> = {
  readonly kind: 'page'
  readonly rows: readonly T[]
  /** Usernames of rows that we could not read, `''` where not even that was readable. */
  readonly unreadable: readonly string[]
  /** Tells the rows apart, readable or not, in their order. */
  readonly keys: readonly string[]
  /** Whether Atlas links to a next page; `undefined` if it links to nothing at all. */
  readonly hasNext: boolean | undefined
  readonly totalCount: number | undefined
}

/** All pages of a list. `isTorn`: it moved while it was read, and what moved onto a page already read has not come at all. */
type Pages<T> = Pick<Page<T>, 'rows' | 'unreadable'> & { readonly kind: 'pages'; readonly isTorn: boolean }

/** Why there is none. */
type NoPage = { readonly kind: 'failure' | 'forbidden' | 'no_project' | 'ended'; readonly code?: string }

export type Paging = readonly (readonly [name: string, value: string])[]

/** The most that Atlas gives at a time, then ever smaller pages where a body is larger than we read. */
const PAGE_SIZES = [500, 100, 20] as const
/** Half a million rows; an organization has 500 users by default. */
const MOST_PAGES = 1_000
const MOST_READS = 3
const UNREADABLE = '?'

export const INCOMPLETE = transient('INCOMPLETE_READ')

/**
 * Reads one page; `undefined` if the body is none.
 *
 * @param read - one row; `undefined` if it cannot be read
 * @param keyOf - what no two rows have in common
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
    // `totalCount` is an estimate: it proves nothing, but a change of it does.
    isTorn ||= known.some((key) => !key.startsWith(UNREADABLE)) || page.totalCount !== pages[0]?.totalCount
    if (!goesOn(page, size, pages)) {
      const [rows, unreadable] = [pages.flatMap((one) => one.rows), pages.flatMap((one) => one.unreadable)]
      return { kind: 'pages', rows, unreadable, isTorn }
    }
    // A page that is not the last and brings nothing new: reading on would never end.
    if (known.length === page.keys.length) return INCOMPLETE
  }
  return INCOMPLETE
}

/** Reads a list that must be whole: again, up to three times, if it moved while it was read. */
export async function readWhole<T, No extends NoPage>(
  fetch: (paging: Paging) => Promise<Page<T> | No>,
): Promise<Pages<T> | No | Failure> {
  for (let reads = 1; reads <= MOST_READS; reads++) {
    const listed = await readPages(fetch)
    if (listed.kind !== 'pages' || !listed.isTorn) return listed
  }
  return INCOMPLETE
}

/** `totalCount` decides only where Atlas shows no links at all. */
function goesOn(
  { keys, hasNext, totalCount = 0 }: Page<unknown>,
  size: number,
  pages: readonly Page<unknown>[],
) {
  if (keys.length === 0) return false
  const entries = pages.reduce((sum, page) => sum + page.keys.length, 0)
  return keys.length >= size || (hasNext ?? totalCount > entries)
}
