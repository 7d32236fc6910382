import type { AtlasCredential } from '../../../lib/atlas/credential.ts'
import { type AtlasMembersOptions, atlasMembers } from '../../../lib/atlas/members.ts'
import type { AtlasRequest, Reply } from '../../../lib/atlas/transport.ts'
import type { JournalEntry } from '../../../lib/core/journal.ts'
import type { Clock, Failure } from '../../../lib/core/ports.ts'

export const ORG = 'a0123456789abcdef012345a'
export const VERSIONED = { 'content-type': 'application/vnd.atlas.2025-02-19+json;charset=utf-8' }
export const ACCOUNT: AtlasCredential = {
  kind: 'service_account',
  clientId: 'mdb_sa_id_1',
  clientSecret: 'mdb_sa_sk_1',
}
export const API_KEY: AtlasCredential = { kind: 'api_key', publicKey: 'abcdefgh', privateKey: 'private-1' }

export function reply(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
  return { kind: 'reply', status, body, headers: { 'content-type': 'application/json', ...headers } }
}

export function refusal(status: number, errorCode: string, headers: Record<string, string> = {}): Reply {
  return reply(status, { error: status, errorCode, detail: 'ada@example.com', parameters: [] }, headers)
}

export function noReply(code: string, sent = true): Reply {
  return { kind: 'no_reply', code, sent }
}

export function idOf(number: number): string {
  return number.toString(16).padStart(24, '0')
}

export function person(number: number, username: string, more: Record<string, unknown> = {}) {
  const roles = { orgRoles: ['ORG_MEMBER'], groupRoleAssignments: [] }
  return { id: idOf(number), username, orgMembershipStatus: 'ACTIVE', roles, teamIds: [], ...more }
}

/** One page of a list as Atlas sends it; `next` adds the link. */
export function page(results: readonly unknown[], more: { next?: boolean; totalCount?: number } = {}): Reply {
  const links = [{ rel: 'self', href: 'https://elsewhere.example/' }]
  if (more.next) links.push({ rel: 'next', href: 'https://elsewhere.example/?pageNum=2' })
  return reply(200, { links, results, totalCount: more.totalCount ?? results.length }, VERSIONED)
}

/** A clock that stands still unless somebody sleeps. */
export function virtualClock(random = 0.5) {
  let nowMs = Date.parse('2026-11-23T12:00:00Z')
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => new Date(nowMs),
    async sleep(ms: number) {
      sleeps.push(ms)
      nowMs += ms
    },
    random: () => random,
    advance(ms: number) {
      nowMs += ms
    },
  }
}

type Step = Reply | ((request: AtlasRequest) => Reply | Promise<Reply>)
type Setup = Omit<Partial<AtlasMembersOptions>, 'clock'> & {
  readonly clock?: ReturnType<typeof virtualClock>
  readonly token?: Step
  /** What the source of credentials holds, and what it holds after a forced read. */
  readonly held?: AtlasCredential | Failure
  readonly rotated?: AtlasCredential | Failure
}

/** Runs the adapter over a script of answers; tokens are minted beside it unless `token` says otherwise. */
export function scriptedAtlas(steps: readonly Step[], setup: Setup = {}) {
  const clock = setup.clock ?? virtualClock()
  const entries: JournalEntry[] = []
  const requests: AtlasRequest[] = []
  const reads: boolean[] = []
  const script = [...steps]
  let minted = 0
  let { held = ACCOUNT } = setup

  const mint = () => reply(200, { access_token: `token-${++minted}`, expires_in: 3600, token_type: 'Bearer' })
  const members = atlasMembers({
    clock,
    journal: { note: (entry) => entries.push(entry) },
    credentials: {
      async of(_, fresh) {
        reads.push(fresh)
        if (fresh && setup.rotated) held = setup.rotated
        return held
      },
    },
    async transport(request) {
      requests.push(request)
      const step = request.operation === 'token' ? (setup.token ?? mint) : script.shift()
      if (step === undefined) throw new Error(`Cannot answer "${request.operation}": the script is over`)
      return typeof step === 'function' ? step(request) : step
    },
    ...setup,
  })
  return {
    members,
    clock,
    entries,
    requests,
    reads,
    deadline: inMs(clock, 60_000),
    get operations() {
      return requests.map((request) => request.operation)
    },
    repair(credential: AtlasCredential) {
      held = credential
    },
    get left() {
      return script.length
    },
  }
}

export function inMs(clock: Pick<Clock, 'now'>, ms: number): Date {
  return new Date(clock.now().getTime() + ms)
}

export function queryOf(request: AtlasRequest | undefined, name: string): string[] {
  return (request?.query ?? []).filter(([key]) => key === name).map(([, value]) => value)
}
