/** Finds the known word that somebody probably meant: at most two letters off, or the only one that begins like it. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const close = known
    .map((one) => ({ one, slips: slipsBetween(word, one) }))
    .filter(({ one, slips }) => slips <= Math.min(2, Math.floor(one.length / 3) + 1))
    .toSorted((one, other) => one.slips - other.slips)
  const begins = known.filter((one) => word.length >= 3 && (one.startsWith(word) || word.startsWith(one)))
  return close[0]?.one ?? (begins.length === 1 ? begins[0] : undefined)
}

/** `; did you mean release?`, or nothing. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const found = nearest(word, known)
  return found === undefined ? '' : `; did you mean ${prefix}${found}?`
}

/** How many letters must be added, left out, replaced or swapped with their neighbor. */
function slipsBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1]
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const replaced = (row[j - 1] ?? 0) + (isSame ? 0 : 1)
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row.at(-1) ?? 0
}
