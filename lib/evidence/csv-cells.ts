import { plain } from '../words/plain.ts'

export type Cell = string | number | boolean | Date | undefined

/** Writes rows as CSV (RFC 4180) that a spreadsheet shows and does not carry out. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((cells) => cells.map(cellOf).join(',')).join('\r\n')
}

function cellOf(value: Cell): string {
  if (value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? quoted(value) : String(value)
}

/**
 * Text that begins like a formula is one to a spreadsheet, quoted or not: an apostrophe before it makes it text. After white space,
 * and with a full-width sign, it is a formula too.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function quoted(text: string): string {
  const shown = plain(text)
  const isFormula = /^\s*[=+\-@＝＋－＠|%]/u.test(shown) || /^[\t\r\n]/.test(text)
  return `"${isFormula ? "'" : ''}${shown.replaceAll('"', '""')}"`
}
