/** How a CSV file is written. Its first `skipped` characters, on so many `lines`, only describe that, and are not read. */
export type Dialect = { readonly delimiter: string; readonly skipped: number; readonly lines: number }

const DELIMITERS = [',', ';', '\t']

/**
 * Tells how a file is written by its first line: comma, semicolon or tab, whichever it has most of, or what `sep=` names for a
 * spreadsheet. PowerShell's `#TYPE …` before it is skipped.
 *
 * @param head - the beginning of the file
 * @returns `undefined` while the first line is not whole
 */
export function dialectOf(head: string): Dialect | undefined {
  // A lone carriage return ends a line too, but only the next character shows that it is alone.
  const [whole, first = ''] = /^([^\r\n]*)(?:\r\n|\n|\r(?=[\s\S]))/.exec(head) ?? []
  if (whole === undefined) return undefined

  const sep = /^"?sep=([,;\t])"?$/i.exec(first)?.[1]
  if (sep !== undefined) return { delimiter: sep, skipped: whole.length, lines: 1 }
  if (!first.startsWith('#TYPE ')) return { delimiter: mostFrequent(first), skipped: 0, lines: 0 }
  const rest = dialectOf(head.slice(whole.length))
  return rest && { ...rest, skipped: rest.skipped + whole.length, lines: rest.lines + 1 }
}

/** Counts outside quotes; a comma if there is none. */
function mostFrequent(line: string): string {
  const unquoted = line.replace(/"[^"]*"/g, '')
  const count = (delimiter: string) => unquoted.split(delimiter).length
  return DELIMITERS.reduce((best, one) => (count(one) > count(best) ? one : best))
}
