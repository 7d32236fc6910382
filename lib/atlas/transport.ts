import { type Dispatcher, Pool } from 'undici'
import { type AtlasCall, type Target, targetOf } from './operations.ts'

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
  | {
      readonly kind: 'no_reply'
      /** `TIMEOUT`, `ECONNREFUSED`, … */
      readonly code: string
      /** `false` only if it is certain that the request never left; otherwise nobody knows its fate. */
      readonly sent: boolean
    }

/** Sends one request and waits for its answer. A network that fails is a value; what it throws is a bug. */
export type Transport = (request: AtlasRequest) => Promise<Reply>

const MOST_BYTES = 8 * 1024 * 1024
const MOST_ERROR_BYTES = 64 * 1024

/**
 * Speaks HTTP/1.1 with one origin and never with another: no redirects, no proxy variables.
 *
 * @param baseUrl - an origin, `https://cloud.mongodb.com`
 * @throws (the transport) if a request would leave the closed list of operations, or the path it was built for
 */
export function httpTransport({ baseUrl }: { readonly baseUrl: string }): Transport {
  const { origin } = new URL(baseUrl)
  const pool = new Pool(origin, {
    // After a Lambda freeze the peer has gone: a kept socket resets or hangs. Both limits, or a server's hint wins.
    allowH2: false,
    keepAliveTimeout: 1_000,
    keepAliveMaxTimeout: 1_000,
    connect: { timeout: 3_000 },
  })

  return async (request) => {
    const target = targetOf(request)
    assertExact(origin, target)
    const signal = AbortSignal.timeout(Math.floor(request.timeoutMs))
    try {
      const response = await orAborted(signal, pool.request({ ...target, ...contentOf(request), signal }))
      const body = await readBody(response)
      return { kind: 'reply', status: response.statusCode, headers: flat(response.headers), ...body }
    } catch (error) {
      return noReply(error, signal)
    }
  }
}

/** The last look before sending: what the URL parser makes of the target must be the target, to the letter. */
function assertExact(origin: string, { path }: Target) {
  if (new URL(path, origin).href !== `${origin}${path}`)
    throw new Error('Cannot send a request: its URL is not the one it was built for')
}

function contentOf({ operation, authorization }: AtlasRequest) {
  const common = { 'user-agent': 'atlas-offboarding', ...(authorization && { authorization }) }
  if (operation !== 'token')
    return { headers: { ...common, accept: 'application/vnd.atlas.2025-02-19+json' } }
  const headers = {
    ...common,
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  }
  return { headers, body: 'grant_type=client_credentials' }
}

/** undici minds the signal only once connected; a deadline cannot wait for that. What it sends up to then is nothing. */
function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}

async function readBody({ statusCode, body }: Dispatcher.ResponseData) {
  const most = statusCode < 400 ? MOST_BYTES : MOST_ERROR_BYTES
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > most) return { body: undefined, truncated: true }
    chunks.push(chunk)
  }
  return { body: parsed(Buffer.concat(chunks).toString('utf8')) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function flat(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? ''].flat().join(', ')]),
  )
}

function noReply(error: unknown, signal: AbortSignal): Reply {
  if (signal.aborted) return { kind: 'no_reply', code: 'TIMEOUT', sent: true }
  const code = codeOf(error)
  // An argument that undici will not take, or an error that is not the network's, is a bug of ours.
  if (code === undefined || code === 'UND_ERR_INVALID_ARG') throw error
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { kind: 'no_reply', code: 'CONNECT_TIMEOUT', sent: false }
  return { kind: 'no_reply', code, sent: !neverConnected(error) }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined
  return /^[A-Z0-9_]{1,64}$/.test(error.code) ? error.code : 'NO_REPLY'
}

/** A host with several addresses fails with one error for each. */
function neverConnected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(neverConnected)
  return (
    error instanceof Error &&
    'syscall' in error &&
    (error.syscall === 'connect' || error.syscall === 'getaddrinfo')
  )
}
