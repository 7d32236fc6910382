import { type Refusal, refusal } from './refusal.ts'

const DEFAULT_ITEMS = 100
const MAX_ITEMS = 500

export type Paging = {
  readonly kind: 'paging'
  readonly itemsPerPage: number
  readonly pageNum: number
  readonly includeCount: boolean
}

type Link = { readonly href: string; readonly rel: string }

/** Reads paging: absent or 0 means the default, too large is cut to the maximum, both without an error. */
export function readPaging(query: URLSearchParams): Paging | Refusal {
  const items = query.get('itemsPerPage') ?? '0'
  const page = query.get('pageNum') ?? '0'
  if (!/^\d{1,9}$/.test(items)) return refusal('NOT_EMULATED', `itemsPerPage=${items}`)
  if (!/^\d{1,9}$/.test(page)) return refusal('NOT_EMULATED', `pageNum=${page}`)

  return {
    kind: 'paging',
    itemsPerPage: Math.min(Number(items) || DEFAULT_ITEMS, MAX_ITEMS),
    pageNum: Number(page) || 1,
    includeCount: query.get('includeCount') !== 'false',
  }
}

export function offsetOf({ pageNum, itemsPerPage }: Paging): number {
  return (pageNum - 1) * itemsPerPage
}

/**
 * Makes the links of a page.
 *
 * `self` names the page number before the page size, the others after it: so it was recorded.
 *
 * @param filters - further query parameters to keep, in order
 */
export function pageLinks(
  url: string,
  paging: Paging,
  total: number,
  filters: readonly (readonly [string, string])[],
): Link[] {
  const { pageNum, itemsPerPage, includeCount } = paging
  const named = [['includeCount', String(includeCount)] as const, ...filters]
  // Parameters come in the order of their names, the page last.
  const sorted = [...named]
    .sort(([one], [other]) => (one === other ? 0 : one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}&`)
    .join('')
  const base = `${url}?${sorted}`
  const other = (rel: string, page: number) => ({
    href: `${base}itemsPerPage=${itemsPerPage}&pageNum=${page}`,
    rel,
  })

  const links = [{ href: `${base}pageNum=${pageNum}&itemsPerPage=${itemsPerPage}`, rel: 'self' }]
  if (pageNum > 1) links.push(other('previous', pageNum - 1))
  if (pageNum * itemsPerPage < total) links.push(other('next', pageNum + 1))
  return links
}
