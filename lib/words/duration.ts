export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

const UNITS = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** A duration in its two largest units, such as `3 min 12 s`; what is left over is cut off. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const first = UNITS.findIndex(([, size]) => ms >= size)
  let rest = ms
  const parts = UNITS.slice(first, first + 2).map(([unit, size]) => {
    const number = Math.floor(rest / size)
    rest -= number * size
    return number > 0 ? `${number} ${unit}` : ''
  })
  return parts.filter((part) => part !== '').join(' ')
}
