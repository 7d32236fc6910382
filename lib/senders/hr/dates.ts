/** Reads a date as HR systems write it. `0000-00-00`, an empty text and a date that is in no calendar count as no date. */
export function dateIn(value: unknown): string | undefined {
  const [, date] = typeof value === 'string' ? (/^(\d{4}-\d\d-\d\d)(?:$|T)/.exec(value) ?? []) : []
  if (date === undefined) return undefined
  const at = new Date(`${date}T00:00:00Z`)
  return Number.isNaN(at.getTime()) || !at.toISOString().startsWith(date) ? undefined : date
}
