import { isAddress } from '../words/username.ts'

/** Stands between addresses, or around one: `Ada <ada@example.com>`, `mailto:ada@example.com`. */
const BETWEEN = /[\s/;,:|<>()[\]{}"“”]+/
const AROUND = /^'+|'+$/g
/** Nearly every cell. */
const PLAIN = /^[\w.+@-]+$/

/**
 * Finds every name that a cell may mean. It may hold several addresses, or one with something around it. Copying adds invisible
 * characters, and word processors typographic ones: a name counts with and without them.
 */
export function namesIn(whole: string): readonly string[] {
  const meant = meantBy(whole)
  if (meant === '') return []
  if (PLAIN.test(meant)) return whole === meant ? [meant] : [whole, meant]
  const parts = meant.split(BETWEEN).map((part) => part.replace(AROUND, ''))
  const squeezed = [meant.replace(/\s/g, '')].filter(isAddress)
  return [...new Set([whole, meant, ...squeezed, ...parts.filter((part) => part.includes('@'))])]
}

/** Reads a cell without invisible characters, and with plain ones for typographic ones. */
export function meantBy(cell: string): string {
  // A copy: a slice would keep alive the piece of the file that it was cut from.
  const whole = Buffer.from(cell).toString()
  if (PLAIN.test(whole)) return whole
  return whole
    .replace(/\p{Cf}/gu, '')
    .replace(/[‘’ʼ´`]/g, "'")
    .replace(/[‐-―−]/g, '-')
}

/** Tells an address with nothing around it. */
export function isAlone(meant: string): boolean {
  return isAddress(meant) && meant.replace(AROUND, '') === meant
}
