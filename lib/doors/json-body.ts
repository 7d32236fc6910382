import { parseJson } from '../senders/json.ts'

export type JsonBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly status: 400 | 413; readonly detail: string }

/** No request of a directory nests half as deep, and nobody recurses into one that is refused. */
const DEEPEST = 32

/** Reads a body as JSON, whatever its media type says. */
export function readJson(body: Buffer | undefined): JsonBody {
  if (!body) return { kind: 'wrong', status: 413, detail: 'The body is larger than 256 KB' }
  const text = utf8(body)
  if (text === undefined) return wrong('The body is not UTF-8')
  if (isTooDeep(text)) return wrong(`The body is nested more than ${DEEPEST} levels deep`)
  const value = parseJson(text)
  return value === undefined ? wrong('The body is not JSON') : { kind: 'json', value }
}

function wrong(detail: string): JsonBody {
  return { kind: 'wrong', status: 400, detail }
}

function utf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return undefined
  }
}

/** Counts brackets outside of strings, before anything is built of them. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{\]}]/gs)) {
    if (token === '[' || token === '{') depth += 1
    if (token === ']' || token === '}') depth -= 1
    if (depth > DEEPEST) return true
  }
  return false
}
