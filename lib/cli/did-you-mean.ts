/** `; did you mean release?`: the known word that is at most two letters off, or the only one that begins like it; else nothing. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const close = [1, 2].flatMap((slips) =>
    known.filter((one) => slips <= one.length / 3 + 1 && isWithin(slips, word, one)),
  )
  const begins = known.filter((one) => word.length >= 3 && (one.startsWith(word) || word.startsWith(one)))
  const found = close[0] ?? (begins.length === 1 ? begins[0] : undefined)
  return found === undefined ? '' : `; did you mean ${prefix}${found}?`
}

/** Tells whether so many letters added, left out, replaced or swapped with their neighbor make one word of the other. */
function isWithin(slips: number, one: string, other: string): boolean {
  if (one === other) return true
  if (one !== '' && one[0] === other[0]) return isWithin(slips, one.slice(1), other.slice(1))
  if (slips === 0) return false
  const isSwapped = one.length > 1 && one[0] === other[1] && one[1] === other[0]
  return (
    isWithin(slips - 1, one.slice(1), other) ||
    isWithin(slips - 1, one, other.slice(1)) ||
    isWithin(slips - 1, one.slice(1), other.slice(1)) ||
    (isSwapped && isWithin(slips - 1, one.slice(2), other.slice(2)))
  )
}
