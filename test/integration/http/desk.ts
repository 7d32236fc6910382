import { createHmac } from 'node:crypto'
import { httpApiEvent } from '../../../infra/local/http-event.ts'
import type { JournalEntry } from '../../../lib/core/journal.ts'
import type { Failure, Lookup, QueueMessage } from '../../../lib/core/ports.ts'
import { interpretHookSecret } from '../../../lib/doors/hooks/hook-keys.ts'
import { memberDirectory } from '../../../lib/doors/scim/directory.ts'
import { interpretScimSecret } from '../../../lib/doors/scim/tokens.ts'
import type { Interpreted } from '../../../lib/doors/secret-entries.ts'
import { type HttpDeps, serve } from '../../../lib/doors/serve.ts'
import type { Verifier } from '../../../lib/doors/verification.ts'
import type { IntakeSettings } from '../../../lib/senders/reading.ts'
import { type Case, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import { type Member, selectMember } from '../../../lib/words/member.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import type { TaskKind } from '../../../lib/words/task.ts'
import { asciiLowerCase, sameUsername } from '../../../lib/words/username.ts'
import { waitOf } from '../../../lib/words/wait.ts'

export const ORG = '32b6e34b3d91647abb20e7b8'
export const OTHER_ORG = '9e0bb5c1a3d2f4e6b8a70c5d'
export const TOKEN = 'scim-token-for-tests-0001-abcdefgh'
export const OTHER_TOKEN = 'scim-token-for-tests-0002-abcdefgh'
export const OKTA_AUTHORIZATION = 'okta-authorization-for-tests-0001'
const SIGNING_KEY = `whsec_${Buffer.from('a signing key of 32 good bytes..').toString('base64')}`
export const OLD_SIGNING_KEY = `whsec_${Buffer.from('an old signing key of 32 bytes..').toString('base64')}`

const SCIM_SECRET = JSON.stringify({
  tokens: { entra: [TOKEN, 'scim-token-for-tests-0003-abcdefgh'], other: OTHER_TOKEN },
})
const HOOK_SECRET = JSON.stringify({
  okta: { corp: [OKTA_AUTHORIZATION] },
  standard: { workday: [OLD_SIGNING_KEY, SIGNING_KEY] },
})

export type Request = {
  readonly method?: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown
  readonly token?: string | null
}

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: what a test finds in it, it asserts
  readonly body: any
}

type Options = {
  readonly orgIds?: readonly string[]
  readonly intake?: Partial<IntakeSettings>
  readonly scimSecret?: string
  readonly hookSecret?: string
}

/** The http function between an Atlas, a ledger and a queue that a test sees and changes. */
export function openDesk(options: Options = {}) {
  const { orgIds = [ORG], scimSecret = SCIM_SECRET, hookSecret = HOOK_SECRET } = options
  const state = {
    now: new Date('2026-11-29T09:00:00Z'),
    members: new Map<string, readonly Member[]>(orgIds.map((orgId) => [orgId, []])),
    /** Organizations of which Atlas says nothing. */
    failures: new Map<string, Failure>(),
    cases: [] as Case[],
    renamed: new Map<string, object>(),
    isLedgerDown: false,
    isQueueDown: false,
    queued: [] as QueueMessage[],
    journal: [] as JournalEntry[],
    asked: [] as string[],
    deadlines: [] as Date[],
    requests: 0,
  }
  const journal = { note: (entry: JournalEntry) => void state.journal.push(entry) }
  const clock = { now: () => state.now }
  const reading = async <T>(value: () => T): Promise<T> => {
    state.asked.push('ledger')
    if (state.isLedgerDown) throw new Error('the table is down')
    return value()
  }
  const ledger = {
    ofPerson: (username: string) =>
      reading(() =>
        state.cases.filter(({ subject }) => sameUsername(subject.username, username)).toReversed(),
      ),
    memories: (keys: readonly string[]) =>
      reading(() => keys.map((key) => ({ key, version: 1, sequence: 0, state: state.renamed.get(key) }))),
    async *waiting(kind: TaskKind) {
      const open = state.cases.filter((one) => one.kind === kind && !one.closedAt)
      yield await reading(() => open.map((one) => ({ ...waitOf(one), id: one.id })))
    },
  }
  const atlas = <T>(orgId: string, answer: (members: readonly Member[]) => T): T | Failure => {
    state.asked.push(`atlas ${orgId}`)
    return state.failures.get(orgId) ?? answer(state.members.get(orgId) ?? [])
  }
  const members = {
    find: async (orgId: string, wanted: readonly string[], deadline: Date): Promise<Lookup> => {
      state.deadlines.push(deadline)
      return atlas(orgId, (all) => lookUp(wanted, all, state.now))
    },
    all: async (orgId: string) =>
      atlas(orgId, (all) => ({ kind: 'list' as const, members: all, unreadable: [], asOf: state.now })),
  }
  const queue = {
    async send(messages: readonly { readonly message: QueueMessage }[]) {
      if (state.isQueueDown) throw new Error('the queue is down')
      state.queued.push(...messages.map(({ message }) => message))
    },
  }
  const intake = { onSuspend: 'ignore' as const, oktaAppIds: [], ...options.intake }
  const directory = memberDirectory({ organizations: { orgIds }, members, ledger, clock })
  const deps: HttpDeps = {
    scim: { tokens: fixed(interpretScimSecret(scimSecret)), directory, ledger, queue, clock },
    hooks: { keys: fixed(interpretHookSecret(hookSecret)), queue, intake, clock, journal },
    journal,
  }

  return {
    state,
    deps,
    send: (request: Request, own = deps) => answerTo(own, state, request),
    later: (ms: number) => {
      state.now = new Date(state.now.getTime() + ms)
    },
    failAll: (failure: Partial<Failure> = {}) => {
      for (const orgId of orgIds) state.failures.set(orgId, { ...DOWN, ...failure })
    },
    /** Opens the cases of every departure on the queue, as a worker would. */
    work: (outcome?: Outcome) => {
      for (const message of state.queued.splice(0)) {
        if (message.kind !== 'departure') continue
        for (const orgId of orgIds) state.cases.push(caseOf(message.departure, orgId, state.now, outcome))
      }
    },
    /** Ends every open case. */
    finish: (outcome: Outcome) => {
      state.cases.splice(
        0,
        state.cases.length,
        ...state.cases.map((kase) => (kase.closedAt ? kase : ended(kase, outcome, state.now))),
      )
    },
    departures: () => state.queued.flatMap((one) => (one.kind === 'departure' ? [one.departure] : [])),
    returns: () => state.queued.flatMap((one) => (one.kind === 'return' ? [one.return] : [])),
  }
}

export type Desk = ReturnType<typeof openDesk>

const DOWN: Failure = { kind: 'failure', reason: 'transient', code: 'HTTP_503' }
export const REMOVED: Outcome = {
  kind: 'removed',
  evidence: 'answered',
  revokedAt: new Date('2026-11-29T09:00:01Z'),
}
export const CANCELLED: Outcome = { kind: 'cancelled', by: 'scim/entra', because: 'back' }

export function caseOf(departure: Departure, orgId: string, at: Date, outcome?: Outcome): Case {
  const opened = openCase(departure, orgId, { at })
  return outcome ? ended(opened, outcome, at) : opened
}

function ended(kase: Case, outcome: Outcome, at: Date): Case {
  return { ...kase, closedAt: at, state: { ...kase.state, outcome, outcomeAt: at } }
}

function lookUp(wanted: readonly string[], all: readonly Member[], asOf: Date): Lookup {
  const selection = selectMember(wanted, all)
  if (selection.kind === 'one') return { kind: 'found', member: selection.member, ended: selection.ended }
  if (selection.kind === 'several') return selection
  return { kind: 'none', list: { members: all, unreadable: [], asOf } }
}

async function answerTo(
  deps: HttpDeps,
  state: { now: Date; requests: number },
  request: Request,
): Promise<Answer> {
  const event = httpApiEvent(incoming(request), 'api.example.com')
  if (!event) throw new Error(`no route takes ${request.url}`)
  state.requests += 1
  state.now = new Date(state.now.getTime() + 1)
  const requestContext = {
    ...event.requestContext,
    requestId: `req-${state.requests}`,
    timeEpoch: state.now.getTime(),
  }
  const deadline = new Date(state.now.getTime() + 29_000)
  const { statusCode = 0, headers = {}, body } = await serve(deps, { ...event, requestContext }, deadline)
  return {
    status: statusCode,
    headers: headers as Record<string, string>,
    body: body === undefined ? undefined : JSON.parse(body),
  }
}

/** A verifier that always answers these keys. */
export function fixed<Keys extends object>(interpreted: Interpreted<Keys> | undefined): Verifier<Keys> {
  if (!interpreted) throw new Error('no secret in a test')
  return { current: async () => interpreted.keys, renewed: async () => interpreted.keys }
}

/** The headers of a Standard Webhook. */
export function signature(body: string, at: Date, id = 'msg_1', key = SIGNING_KEY): Record<string, string> {
  const seconds = String(Math.floor(at.getTime() / 1_000))
  const secret = Buffer.from(key.slice('whsec_'.length), 'base64')
  const signed = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signed}` }
}

/** A member of an organization. */
export function memberNamed(username: string, fields: Partial<Member> = {}): Member {
  const number = Buffer.from(asciiLowerCase(username)).toString('hex').padEnd(24, '0').slice(0, 24)
  return {
    userId: number,
    username,
    status: 'ACTIVE',
    orgRoles: ['ORG_MEMBER'],
    projectRoles: [],
    teamIds: [],
    ...fields,
  }
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
