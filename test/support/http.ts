import { createHmac } from 'node:crypto'
import { httpApiEvent } from '../../infra/local/http-event.ts'
import type { QueueMessage } from '../../lib/core/ports.ts'
import { type HookKeys, interpretHookSecret } from '../../lib/doors/hooks/hook-keys.ts'
import { memberDirectory } from '../../lib/doors/scim/directory.ts'
import { interpretScimSecret, type ScimTokens } from '../../lib/doors/scim/tokens.ts'
import { type HttpDeps, serve } from '../../lib/doors/serve.ts'
import type { Verifier } from '../../lib/doors/verification.ts'
import type { World } from './world.ts'

export const TOKEN = 'scim-token-for-tests-0001'
export const OKTA_AUTHORIZATION = 'okta-authorization-for-tests'
const SIGNING_KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const SCIM_SECRET = JSON.stringify({ tokens: [TOKEN, 'scim-token-for-tests-0002'] })
const HOOK_SECRET = JSON.stringify({
  okta: { authorization: [OKTA_AUTHORIZATION] },
  standard: { workday: [`whsec_${Buffer.alloc(32, 6).toString('base64')}`, SIGNING_KEY] },
})

export type Request = {
  readonly method?: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown
  readonly token?: string | null
  /** Sent so long after the others. Default: at once. */
  readonly afterMs?: number
}

type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: what a test finds in it, it asserts
  readonly body: any
}

export type Http = {
  readonly deps: HttpDeps
  send(request: Request): Promise<Answer>
  /** Sends all of them at the same instant, but for those that say otherwise. */
  sendAll(requests: readonly Request[]): Promise<readonly Answer[]>
}

/** The http function over a world: what it queues and remembers, the world's workers find. */
export function httpOf(world: World, change: (deps: HttpDeps) => HttpDeps = (deps) => deps): Http {
  const { ledger, members, organizations, queue, clock, journal, intake } = world.worker('http').deps
  const shared = { ledger, queue, clock }
  const deps = change({
    scim: {
      ...shared,
      tokens: fixed<ScimTokens>(interpretScimSecret(SCIM_SECRET)),
      members,
      organizations,
      directory: memberDirectory({ members, organizations, clock }),
    },
    hooks: { ...shared, keys: fixed<HookKeys>(interpretHookSecret(HOOK_SECRET)), intake, journal },
    journal,
  })
  async function answerTo(request: Request): Promise<Answer> {
    if (request.afterMs !== undefined) await world.time.wait(request.afterMs)
    const event = httpApiEvent(incoming(request), 'api.example.com')
    if (!event) throw new Error(`no route takes ${request.url}`)
    const deadline = new Date(world.time.now().getTime() + 29_000)
    const { statusCode = 0, headers = {}, body } = await serve(deps, event, deadline)
    return {
      status: statusCode,
      headers: headers as Record<string, string>,
      body: body === undefined ? undefined : JSON.parse(body),
    }
  }

  return {
    deps,
    send: (request) => world.time.run(answerTo(request)),
    sendAll: (requests) => world.time.run(Promise.all(requests.map(answerTo))),
  }
}

/** The http function while Atlas takes a while to tell of a person, and the ledger of their cases, each time anew. */
export function slowHttpOf(world: World, nextDelayMs: () => number): Http {
  return httpOf(world, (deps) => {
    const { members, ledger } = deps.scim
    const find: typeof members.find = async (...asked) => {
      await world.time.wait(nextDelayMs())
      return await members.find(...asked)
    }
    const ofPerson: typeof ledger.ofPerson = async (username) => {
      await world.time.wait(nextDelayMs())
      return await ledger.ofPerson(username)
    }
    const scim = { ...deps.scim, members: { ...members, find }, ledger: { ...ledger, ofPerson } }
    return { ...deps, scim }
  })
}

/** A verifier that always answers these keys. */
export function fixed<Keys extends object>(keys: Keys | undefined): Verifier<Keys> {
  if (!keys) throw new Error('wrong keys in a test')
  return { current: async () => keys, renewed: async () => keys }
}

/** What the queue holds, as our functions wrote it. */
export function queued(world: World): readonly Record<string, QueueMessage>[] {
  return world.aws.messages.map(({ body }) => JSON.parse(body))
}

/** The headers of a Standard Webhook. */
export function signature(body: string, at: Date, id = 'msg_1', key = SIGNING_KEY): Record<string, string> {
  const seconds = String(Math.floor(at.getTime() / 1_000))
  const secret = Buffer.from(key.slice('whsec_'.length), 'base64')
  const signed = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signed}` }
}

function incoming({ method = 'GET', url, headers = {}, body, token = TOKEN }: Request) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  return {
    method,
    url,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/scim+json; charset=utf-8' }),
      ...headers,
    },
    ...(text !== undefined && { body: Buffer.from(text) }),
  }
}
