/**
 * Parses text that may be anything, with or without a byte-order mark.
 *
 * @param exactIds - whole numbers that JavaScript would round become texts: ids of HR systems may be as long as that
 * @returns `undefined` if it is not JSON
 */
export function parseJson(text: string, { exactIds = false } = {}): unknown {
  try {
    const isRounding = exactIds && /\d{16}/.test(text)
    return JSON.parse(text.replace(/^\uFEFF/, ''), isRounding ? unrounded : undefined)
  } catch {
    return undefined // and not the parser's error, which quotes the text
  }
}

function unrounded(
  _key: string,
  value: unknown,
  { source = '' }: { readonly source?: string } = {},
): unknown {
  return !Number.isSafeInteger(value) && /^\d+$/.test(source) ? source : value
}

/**
 * Tells whether an object in a text has a key twice: `JSON.parse` lets the last one count, others the first.
 *
 * @param value - what the text was parsed to
 * @throws if it is nested too deeply to be looked through
 */
export function hasKeyTwice(text: string, value: unknown): boolean {
  const texts = text.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/g)
  return keysIn(value) !== (texts?.filter((one) => one.endsWith(':')).length ?? 0)
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((count: number, inner) => count + keysIn(inner), own)
}

/**
 * Parses what a sender wrote, as strictly as it can be read.
 *
 * @param options - of `parseJson()`
 * @returns `undefined` if it is not JSON, or has a key twice in one object
 */
export function parseInput(text: string, options?: Parameters<typeof parseJson>[1]): unknown {
  const value = parseJson(text, options)
  try {
    return hasKeyTwice(text, value) ? undefined : value
  } catch {
    return undefined // nested too deeply to be looked through
  }
}

/** Collects a body as text. @returns `undefined` if it is longer than that */
export async function textOf(
  body: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** Writes header names in lower case, and several values of one name as one text. */
export function flatHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]),
  )
}
