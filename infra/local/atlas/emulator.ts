import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { listenOnLoopback } from '../loopback.ts'
import { type AdminApi, answerAdminApi } from './admin-api.ts'
import { answerControl, isControl } from './control.ts'
import { type DigestForm, digestGate } from './digest.ts'
import { type Fault, faultScript, faultyReply, preventsApplying } from './faults.ts'
import { type Incoming, readIncoming } from './incoming.ts'
import { answerOauth, oauthOperation } from './oauth.ts'
import type { Quirks } from './operation.ts'
import type { SeedOrg } from './org.ts'
import { type RateLimits, rateLimiter } from './rate-limits.ts'
import type { Reply } from './reply.ts'
import { type RecordedRequest, requestLog } from './request-log.ts'
import { findRoute } from './router.ts'
import { type AtlasState, atlasState } from './state.ts'

export type EmulatorOptions = {
  readonly orgs: readonly SeedOrg[]
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly now?: () => Date
  /** How long every answer takes. Default 0. */
  readonly latencyMs?: number
  /** Default: Atlas's own. */
  readonly rateLimits?: RateLimits
  /** Token requests of one client a minute. Default 10. */
  readonly tokenRequestsPerMinute?: number
  /** How Digest works. Default `jetty`. */
  readonly digest?: DigestForm
  /** Default 3600. */
  readonly tokenLifetimeSeconds?: number
  /** The 404 code for somebody who was removed before. Default `USER_NOT_FOUND`. */
  readonly removedUserCode?: Quirks['removedUserCode']
  readonly quirks?: Omit<Quirks, 'removedUserCode'>
}

export type AtlasEmulator = {
  readonly url: string
  readonly state: AtlasState
  /** In order of arrival; the control endpoint's own are left out. */
  readonly requests: readonly RecordedRequest[]
  clearRequests(): void
  /** Lets the next request that matches go wrong. */
  script(fault: Fault): void
  clearFaults(): void
  /** Ends the listener and every open socket. */
  close(): Promise<void>
}

/** Starts an Atlas Admin API on loopback. */
export async function startAtlasEmulator(options: EmulatorOptions): Promise<AtlasEmulator> {
  const { now = () => new Date(), latencyMs = 0, tokenLifetimeSeconds = 3600, removedUserCode } = options
  const state = atlasState({ orgs: options.orgs, tokenLifetimeSeconds, now })
  const quirks: Quirks = { ...options.quirks, ...(removedUserCode && { removedUserCode }) }
  const faults = faultScript()
  const log = requestLog()
  const closing = new AbortController()
  const limiter = rateLimiter(options.rateLimits, options.tokenRequestsPerMinute)
  const api = { state, quirks, digest: digestGate(options.digest), limiter }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  const { url, close } = await listenOnLoopback(server, options.port)

  async function serve(message: IncomingMessage, response: ServerResponse) {
    const request = await readIncoming(message)
    if (isControl(request)) return write(response, answerControl({ state, faults, log, now }, request))

    const { operation, apply } = plan({ ...api, url }, request, now)
    const { method, path, search } = request
    const record: RecordedRequest = { at: now(), method, path, query: search, status: 0, operation }
    log.add(record)

    const fault = faults.take(request, operation)
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: closing.signal })
    const reply = fault ? await misbehave(fault, { operation, apply }, closing.signal) : apply()
    if (reply === 'reset') return message.socket.resetAndDestroy()
    record.status = reply.status
    write(response, reply)
  }

  return {
    url,
    state,
    requests: log.requests,
    clearRequests: log.clear,
    script: faults.script,
    clearFaults: faults.clear,
    close() {
      closing.abort()
      return close()
    },
  }
}

type Plan = { readonly operation: string | undefined; readonly apply: () => Reply }

/** Finds out what a request asks for, without doing it yet. */
function plan(api: AdminApi, request: Incoming, now: () => Date): Plan {
  const oauth = oauthOperation(request)
  if (oauth) return { operation: oauth, apply: () => answerOauth(oauth, request, { ...api, now: now() }) }

  const route = findRoute(request.method, request.path)
  const operation = route.kind === 'operation' ? route.operation.id : undefined
  return { operation, apply: () => answerAdminApi(api, request, route, now()) }
}

/** Plays a scripted fault. If the request is certain to be applied, that happens before the delay. */
async function misbehave(
  fault: Fault,
  { operation, apply }: Plan,
  signal: AbortSignal,
): Promise<Reply | 'reset'> {
  const applyFirst = fault.applyFirst || fault.reset === 'after_applying'
  const early = applyFirst ? apply() : undefined
  if (fault.delayMs) await sleep(fault.delayMs, undefined, { signal })
  const truth = early ?? (preventsApplying(fault) ? undefined : apply())
  return fault.reset ? 'reset' : faultyReply(fault, truth, operation)
}

function write(response: ServerResponse, { status, headers, body }: Reply) {
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length }).end(body)
}
