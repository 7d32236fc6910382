import { nearestKey } from './closed-object.ts'

/** Single characters around the `@`, so that no text can make the search slow. */
const ADDRESS = /[^\s@"'<>\\]@[^\s@"'<>\\]{1,255}\.[a-z]{2}/i
/** A key in JSON that stands inside a text, as in the `Message` of a notification. */
const KEY_IN_TEXT = /user_?name\\*"\s{0,9}:\s{0,9}\\*"[^"\\]/i
const MOST_VALUES = 100_000

/**
 * Tells whether an input that cannot be read seems to name somebody: an address anywhere, or a text under a key like `username`.
 * It errs on the side of yes, and looks at the first 100,000 values only.
 */
export function holdsUsername(input: unknown): boolean {
  const waiting: unknown[] = [input]
  for (let seen = 0; waiting.length > 0 && seen < MOST_VALUES; seen++) {
    const value = waiting.pop()
    if (typeof value === 'string' && (ADDRESS.test(value) || KEY_IN_TEXT.test(value))) return true
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'string' && inner.trim() !== '' && nearestKey(key, ['username'])) return true
      waiting.push(inner)
    }
  }
  return false
}
