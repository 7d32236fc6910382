import { isUtf8 } from 'node:buffer'
import type { QueueMessage } from '../core/ports.ts'
import { parseInput } from '../words/body.ts'
import { shortHash } from '../words/digest.ts'

export type JsonBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly status: 400 | 413; readonly detail: string }

/** Requests of directories are not nested half as deep. A deeper body is refused before anything recurses into it. */
const DEEPEST = 32
const MOST_BYTES = 256 * 1024

/** Reads a body as JSON, whatever its media type says. @param options - of `parseJson()` */
export function readJson(body: Buffer, options?: Parameters<typeof parseInput>[1]): JsonBody {
  if (body.length > MOST_BYTES)
    return { kind: 'wrong', status: 413, detail: 'The body is larger than 256 KB' }
  if (!isUtf8(body)) return wrong('The body is not UTF-8')
  const value = parseInput(body.toString(), options)
  if (value === undefined) return wrong('The body is not JSON, or has a key twice')
  return isTooDeep(value)
    ? wrong(`The body is nested more than ${DEEPEST} levels deep`)
    : { kind: 'json', value }
}

function wrong(detail: string): JsonBody {
  return { kind: 'wrong', status: 400, detail }
}

function isTooDeep(value: unknown, left = DEEPEST): boolean {
  if (typeof value !== 'object' || value === null) return false
  return left === 0 || Object.values(value).some((inner) => isTooDeep(inner, left - 1))
}

type Report = Extract<QueueMessage, { kind: 'unreadable' }>

/** Makes the message by which a worker audits an input that cannot be read. */
export function reportOf(
  input: Buffer | string,
  said: Omit<Report, 'kind' | 'digest' | 'namesUsername'> & Partial<Pick<Report, 'namesUsername'>>,
): QueueMessage {
  return { kind: 'unreadable', namesUsername: true, ...said, digest: shortHash(input, 32) }
}
