import { nearestKey } from '../senders/closed-object.ts'
import { SAID_INSIDE } from '../senders/envelope.ts'
import type { HttpRequest } from './http.ts'

export const BESIDE = {
  kind: 'wrong',
  status: 400,
  detail: 'expected everything in the body, not in the query or a header',
} as const

/** What limits a removal. Beside a body that has no place for it, it must not be lost: the removal would be a wider one than was meant. */
export const LIMITS = SAID_INSIDE.filter((key) => key !== 'type')

/** Tells whether the query says one of these, which only a body may say, or a header that it is a dry run. */
export function saysBeside(
  { query, headers }: Pick<HttpRequest, 'query' | 'headers'>,
  keys: readonly string[],
) {
  const isNearly = (name: string, known: readonly string[]) => nearestKey(name, known) !== undefined
  return (
    [...query.keys()].some((key) => isNearly(key, keys)) ||
    Object.keys(headers).some((name) => isNearly(name.replace(/^x-/, ''), ['dryRun']))
  )
}
