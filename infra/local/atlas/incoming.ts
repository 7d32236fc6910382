import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A request, read to its end. */
export type Incoming = {
  readonly method: string
  /** As the client sent it: path and query. */
  readonly target: string
  /** Normalized: dot segments resolved, slashes merged, none at the end. */
  readonly path: string
  /** Without the question mark, still encoded. */
  readonly search: string
  /** Decoded as a form, so that a bare `+` is a space. */
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly remoteAddress: string
}

const MAX_BODY_BYTES = 32 * 1024 * 1024

/** Reads a request. @throws if the body is too large or the client goes away */
export async function readIncoming(request: IncomingMessage): Promise<Incoming> {
  const target = request.url ?? '/'
  const { path, search } = normalizeTarget(target)
  return {
    method: request.method ?? 'GET',
    target,
    path,
    search,
    query: new URLSearchParams(search),
    headers: request.headers,
    body: await readBody(request),
    remoteAddress: request.socket.remoteAddress ?? '',
  }
}

/**
 * Resolves a request target as servers and proxies do, so that `…/users/..` is the organization itself
 * and a client that builds such a path finds out here.
 */
function normalizeTarget(target: string): { path: string; search: string } {
  const [path = '', ...query] = target.replace(/^https?:\/\/[^/?]*/i, '').split('?')
  const url = URL.parse(path.replace(/\/{2,}/g, '/'), 'http://atlas')
  return { path: url?.pathname.replace(/(?<=.)\/$/, '') ?? path, search: query.join('?') }
}

async function readBody(request: IncomingMessage) {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (length === undefined && encoding === undefined) return ''

  const parts: AsyncIterable<Buffer> = request
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of parts) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new Error('Cannot read the request: body too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
