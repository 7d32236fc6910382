import { type Dispatcher, Pool } from 'undici'
import { flatHeaders, parseJson, textOf } from '../words/body.ts'
import { orAborted } from '../words/or-aborted.ts'
import { type NoReply, noReplyFrom } from './no-reply.ts'
import { type AtlasCall, acceptOf, assertExact, targetOf } from './operations.ts'

export type AtlasRequest = AtlasCall & {
  readonly authorization?: string
  /** Covers everything from connecting to the last byte of the body. */
  readonly timeoutMs: number
}

/** What came back, not judged yet. */
export type Reply =
  | {
      readonly kind: 'reply'
      readonly status: number
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>
      /** Parsed JSON; `undefined` if there was none. */
      readonly body: unknown
      /** The body was longer than we are willing to read. */
      readonly truncated?: boolean
    }
  | NoReply

/** Sends one request and waits for its answer. A network failure is a value; an exception is a bug. */
export type Transport = (request: AtlasRequest) => Promise<Reply>

const MOST_BYTES = 8 * 1024 * 1024
const MOST_ERROR_BYTES = 64 * 1024
const TIMED_OUT = { kind: 'no_reply', code: 'TIMEOUT', sent: true } as const

/**
 * Speaks HTTP/1.1 with one origin only: it follows no redirects and reads no proxy variables.
 *
 * @param baseUrl - an origin, `https://cloud.mongodb.com`
 * @throws (the transport) if a request would leave the closed list of operations, or the path it was built for
 */
export function httpTransport({ baseUrl }: { readonly baseUrl: string }): Transport {
  const { origin } = new URL(baseUrl)
  const pool = new Pool(origin, {
    // A kept socket does not survive a Lambda freeze: it resets or hangs. Both limits are set, or a server's hint would win.
    allowH2: false,
    keepAliveTimeout: 1_000,
    keepAliveMaxTimeout: 1_000,
    connect: { timeout: 3_000 },
  })

  return async (request) => {
    const target = targetOf(request)
    assertExact(origin, target.path)
    const signal = AbortSignal.timeout(Math.floor(request.timeoutMs))
    try {
      const response = await orAborted(signal, pool.request({ ...target, ...contentOf(request), signal }))
      const body = await readBody(response)
      return { kind: 'reply', status: response.statusCode, headers: flatHeaders(response.headers), ...body }
    } catch (error) {
      return signal.aborted ? TIMED_OUT : noReplyFrom(error)
    }
  }
}

function contentOf({ operation, authorization }: AtlasRequest) {
  const accept = acceptOf(operation)
  const headers = { 'user-agent': 'atlas-offboarding', ...(authorization && { authorization }), accept }
  if (operation !== 'token') return { headers }
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  return { headers: form, body: 'grant_type=client_credentials' }
}

async function readBody({ statusCode, body }: Dispatcher.ResponseData) {
  const most = statusCode < 400 ? MOST_BYTES : MOST_ERROR_BYTES
  const text = await textOf(body, most)
  return text === undefined ? { body: undefined, truncated: true } : { body: parseJson(text) }
}
