import { parseJson } from './body.ts'

/** A secret as Secrets Manager gives it. */
export type SecretValue = { readonly SecretString?: string; readonly SecretBinary?: Uint8Array }

/** How often one form may be wrapped in another. */
const MOST_WRAPPINGS = 3

/**
 * Reads the text of a secret, however a console, an editor or a script has saved it: as text or binary, with a byte-order mark (also one that
 * was read in the wrong encoding), in UTF-16, in Base64, as JSON within JSON.
 */
export function secretText({ SecretString, SecretBinary }: SecretValue): string {
  let text = bare(SecretString ?? (SecretBinary ? decoded(SecretBinary) : ''))
  for (let wrappings = 0; wrappings < MOST_WRAPPINGS; wrappings += 1) text = bare(innerText(text) ?? text)
  return text
}

/** Takes off blanks, and byte-order marks in front: `\s` matches U+FEFF. */
function bare(text: string): string {
  return text.replace(/^(?:\s|ï»¿)+/, '').trimEnd()
}

/** UTF-8, or UTF-16 with the byte-order mark by which some editors save it. */
function decoded(bytes: Uint8Array): string {
  const mark = `${bytes[0]} ${bytes[1]}`
  const encoding = mark === '255 254' ? 'utf-16le' : mark === '254 255' ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

function innerText(text: string): string | undefined {
  const json = parseJson(text)
  if (typeof json === 'string') return json
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(text)) return undefined
  // Any letters and digits may be Base64. They count as such only if the decoded text begins as a secret must.
  const inner = bare(decoded(Buffer.from(text, 'base64')))
  return /^["{]/.test(inner) ? inner : undefined
}
