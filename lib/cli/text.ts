/**
 * Makes untrusted text safe to show: whatever could move the cursor, colour, hide or reorder is written as its code point.
 * Usernames and reasons come from outside.
 */
export function plain(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u{${code.toString(16)}}`
  })
}

/** An instant in UTC, to the second. */
export function instant(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? plain(iso) : `${at.toISOString().slice(0, 19)}Z`
}

const UNITS = [
  ['d', 24 * 3_600_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** The time between an instant and now, in its largest unit. */
export function span(iso: string, now: Date): string {
  const ms = Math.abs(now.getTime() - new Date(iso).getTime())
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ['s', 1_000]
  return `${Math.floor(ms / size)} ${unit}`
}

/** How long it is until an instant. */
export function fromNow(iso: string, now: Date): string {
  return new Date(iso) > now ? `in ${span(iso, now)}` : 'now'
}
