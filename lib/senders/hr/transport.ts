import { Pool } from 'undici'
import { flatHeaders, parseJson, textOf } from '../../words/body.ts'
import { orAborted } from '../../words/or-aborted.ts'
import type { JsonObject } from '../json.ts'

/** One question to an HR system. The path is built of constants and checked ids. */
export type HrRequest = {
  readonly method: 'GET' | 'POST'
  /** Path and query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type HrReply =
  | {
      readonly kind: 'reply'
      readonly status: number
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string | undefined>>
      /** Parsed JSON; `undefined` if there was none, or too much. */
      readonly body: unknown
    }
  | { readonly kind: 'no_reply'; readonly code: string }

/** Sends one question. If the network fails, it returns `no_reply`. @throws if parsing turns the URL into another one */
export type HrTransport = (
  request: HrRequest & { readonly origin: string; readonly timeoutMs: number },
) => Promise<HrReply>

/** HiBob answers a search for everybody in one piece. */
const MOST_BYTES = 32 * 1024 * 1024

/** Employee ids as all known systems write them. Nothing that could change the path is one. */
const EMPLOYEE_ID = /^[A-Za-z0-9_-]{1,64}$/

/** Reads an employee id, which may be a number. @returns `undefined` if it may not stand in a path */
export function employeeIdIn(value: unknown): string | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && EMPLOYEE_ID.test(text) ? text : undefined
}

/** Tells whether an answer is about whom we asked for, as far as it says: never act on somebody else's record. */
export function isAbout({ id }: JsonObject, employeeId: string): boolean {
  return id === undefined || employeeIdIn(id)?.toLowerCase() === employeeId.toLowerCase()
}

/** As in atlas/transport.ts: a kept socket does not survive a freeze of Lambda. */
const POOL = {
  allowH2: false,
  keepAliveTimeout: 1_000,
  keepAliveMaxTimeout: 1_000,
  connect: { timeout: 3_000 },
}

/** Speaks with the origins that it is given, and follows no redirect. */
export function hrTransport(): HrTransport {
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string) => {
    const known = pools.get(origin)
    const pool = known ?? new Pool(origin, POOL)
    pools.set(origin, pool)
    return pool
  }
  return async ({ origin, method, path, headers, body, timeoutMs }) => {
    if (new URL(path, origin).href !== `${origin}${path}`)
      throw new Error('Cannot ask HR: the URL is not the one it was built for')
    const signal = AbortSignal.timeout(Math.floor(timeoutMs))
    try {
      const asked = poolOf(origin).request({
        method,
        path,
        headers: { 'user-agent': 'atlas-offboarding', accept: 'application/json', ...headers },
        ...(body !== undefined && { body }),
        signal,
      })
      const response = await orAborted(signal, asked)
      return {
        kind: 'reply',
        status: response.statusCode,
        headers: flatHeaders(response.headers),
        body: parseJson((await textOf(response.body, MOST_BYTES)) ?? '', { exactIds: true }),
      }
    } catch (error) {
      return { kind: 'no_reply', code: signal.aborted ? 'TIMEOUT' : codeOf(error) }
    }
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : 'NO_REPLY'
}
