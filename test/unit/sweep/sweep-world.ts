import { notePresent } from '../../../lib/core/found-by-sweep.ts'
import type { Gauge } from '../../../lib/core/journal.ts'
import type { Committal, Ledger, Memory, Outbox } from '../../../lib/core/ledger.ts'
import type { Channel, MemberList, Members, OrgEvent, QueueMessage } from '../../../lib/core/ports.ts'
import type { SweepDeps } from '../../../lib/sweep/parts.ts'
import { type AuditEvent, type Draft, sealed } from '../../../lib/words/audit-event.ts'
import { type Case, type CaseState, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import type { Member } from '../../../lib/words/member.ts'
import type { Task } from '../../../lib/words/task.ts'
import { waitOf } from '../../../lib/words/wait.ts'

export const ORG = '32b6e34b3d91647abb20e7b8'
export const OTHER_ORG = '9e0bb5c1a3d2f4e6b8a70c5d'
export const NOW = new Date('2026-11-16T12:00:00.000Z')
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** An instant so many ms after now; before it, if negative. */
export function at(ms: number): Date {
  return new Date(NOW.getTime() + ms)
}

/** A case received an hour ago. */
export function caseOf(
  departure: Partial<Departure>,
  state: Partial<CaseState> = {},
  fields: Partial<Case> = {},
): Case {
  const username = departure.username ?? 'ada@example.com'
  const whole = { id: `okta:${username}`, source: 'okta', username, occurredAt: at(-HOUR), ...departure }
  const opened = openCase(whole, state.orgId ?? ORG, { at: at(-HOUR) })
  return { ...opened, version: 1, ...fields, state: { ...opened.state, ...state } }
}

export function closedCase(departure: Partial<Departure>, state: Partial<CaseState>, closedAt: Date): Case {
  const fields = { closedAt, changedAt: closedAt }
  const { dueAt: _, ...rest } = caseOf(departure, { ...state, outcomeAt: closedAt }, fields)
  return rest
}

/** A member whose userId follows from the name. */
export function memberOf(username: string, fields: Partial<Member> = {}): Member {
  const userId = Buffer.from(username.padEnd(12)).toString('hex').slice(0, 24)
  const nothing = { projectRoles: [], teamIds: [] }
  return { userId, username, status: 'ACTIVE', orgRoles: ['ORG_MEMBER'], ...nothing, ...fields }
}

type Failed = { readonly kind: 'failure'; readonly reason: 'transient'; readonly code: string }

/** The ports of a sweep, in memory. Whatever is not said works and is empty. */
export function sweepWorld() {
  const tasks = new Map<string, Task>()
  const memories = new Map<string, Memory<unknown>>()
  const outboxes: Outbox[] = []
  const published: AuditEvent[] = []
  const queued: { message: QueueMessage; delayMs?: number }[] = []
  const gauges: Gauge[] = []
  const lists = new Map<string, Partial<MemberList> | Failed>()
  const events = new Map<string, readonly OrgEvent[] | Failed>()
  const asked: { orgId: string; since: Date }[] = []
  const clock = { now: () => world.now, sleep: async () => undefined, random: () => 0 }

  const open = (kind: string) => [...tasks.values()].filter((task) => task.kind === kind && !task.closedAt)
  const outboxIn = (key: string, drafts: readonly Draft[], sequence: number) => {
    if (drafts.length === 0) return {}
    const events = drafts.map((draft, index) => sealed(draft, `${key}/${sequence + index + 1}`))
    const effects = new Map(events.map((event) => [event.uid, { kind: 'publish', event } as const]))
    return { outbox: { key, mark: `${key}/${sequence}`, since: world.now, effects } }
  }
  const ledger: Ledger = {
    record: async (task) => ({ task, isNew: true }),
    read: async (_, id) => tasks.get(id) as never,
    readMany: async (_, ids) => ids.flatMap((id) => tasks.get(id) ?? []) as never,
    async commit(task, { state, decisions, dueAt, drafts = [] }) {
      if (tasks.get(task.id)?.version !== task.version) return undefined
      const { dueAt: _, ...rest } = task
      const sequence = task.sequence + drafts.length
      const changed = { version: task.version + 1, changedAt: world.now, sequence, ...(dueAt && { dueAt }) }
      const next = { ...rest, ...changed, state, decisions: decisions ?? task.decisions }
      tasks.set(task.id, next)
      return { task: next, ...outboxIn(task.id, drafts, task.sequence) }
    },
    lock: async (_, taskId) => ({
      kind: 'locked',
      lock: { key: 'lock', owner: 'me', until: at(HOUR), taskId },
    }),
    unlock: async () => undefined,
    memories: async (keys) => {
      if (keys.length > 100) throw new Error('DynamoDB reads 100 items at once')
      return keys.map((key) => memories.get(key) ?? { key, version: 0, sequence: 0 })
    },
    async change(key, change) {
      const memory = memories.get(key) ?? { key, version: 0, sequence: 0 }
      const wanted = change(memory.state as never, memory.isUnreadable === true)
      if (!wanted) return { memory: memory as never, isChanged: false }
      const { drafts = [], state } = wanted
      const next = { key, version: memory.version + 1, sequence: memory.sequence + drafts.length, state }
      memories.set(key, next)
      if (wanted.expiresAt) world.expiries.set(key, wanted.expiresAt)
      world.written.push(key)
      return { memory: next, isChanged: true, ...outboxIn(key, drafts, memory.sequence) }
    },
    due: (kind, until) => pagesOf(open(kind).filter(({ dueAt }) => dueAt && dueAt <= until)),
    open: (kind) => pagesOf(open(kind)),
    waiting: (kind) => pagesOf(open(kind).map((task) => ({ ...waitOf(task), id: task.id }))),
    ofPerson: async () => [],
    committals: async () => ({ committals: world.committals }),
    closedOn: (day) =>
      pagesOf([...tasks.values()].filter(({ closedAt }) => closedAt?.toISOString().startsWith(day))),
    closedIds: () => pagesOf([]),
    outboxes: (before) => pagesOf(outboxes.filter(({ since }) => since <= before)),
    outboxOf: async () => undefined,
    settle: async () => undefined,
  }
  const members = {
    async all(orgId: string) {
      const list = lists.get(orgId) ?? {}
      const whole = { kind: 'list', members: [], unreadable: [], asOf: world.now }
      return 'kind' in list ? list : { ...whole, ...list }
    },
    async events(orgId: string, _types: readonly string[], since: Date) {
      asked.push({ orgId, since })
      const feed = events.get(orgId) ?? []
      return 'kind' in feed ? feed : { kind: 'events', events: feed }
    },
  } as unknown as Members
  const deps: SweepDeps = {
    ledger,
    members,
    clock,
    organizations: { orgIds: [ORG], credential: async () => ({ kind: 'credential', actor: 'our-key' }) },
    audit: {
      publish: async (batch) => {
        published.push(...batch)
        return new Set(batch.map(({ uid }) => uid))
      },
    },
    queue: {
      // The departures function takes at once what only it may write.
      async send(messages) {
        for (const one of messages)
          if (one.message.kind === 'present') await notePresent(deps, one.message)
          else queued.push(one)
      },
      forward: async () => undefined,
      reject: async () => undefined,
    },
    journal: { note: (entry) => void (entry.event === 'measured' && gauges.push(...entry.gauges)) },
    deadLetters: { counts: async () => world.deadLetters, visit: async () => true },
    hrSystems: [] as readonly string[],
    recheckMs: 7 * DAY,
    rosters: [],
  }
  const world = {
    deadLetters: { work: 0, events: 0, topic: 0 } as Record<Channel, number | { unknown: string }>,
    committals: [] as readonly Committal[],
    ...{ deps, tasks, memories, outboxes, published, queued, gauges, lists, events, asked },
    now: NOW,
    deadline: at(MINUTE),
    /** Keys of memories, in the order in which they were written. */
    written: [] as string[],
    /** Until when those memories are kept that expire. */
    expiries: new Map<string, Date>(),
    add(...added: readonly Task[]) {
      for (const task of added) tasks.set(task.id, task)
    },
    remember: (key: string, state: object) => void memories.set(key, { key, version: 1, sequence: 0, state }),
    stateOf: (key: string) => memories.get(key)?.state as Record<string, unknown> | undefined,
    notices: () => published.map(({ detail }) => (detail.unmapped as { notice?: string }).notice),
    gauge: (name: string, by: Readonly<Record<string, string>> = {}) =>
      gauges.findLast((one) => one.name === name && isPartOf(by, one.by ?? {}))?.value,
  }
  return world
}

export type SweepWorld = ReturnType<typeof sweepWorld>

async function* pagesOf<T>(items: readonly T[]): AsyncIterable<readonly T[]> {
  for (let index = 0; index < items.length; index += 2) yield items.slice(index, index + 2)
}

function isPartOf(part: Readonly<Record<string, string>>, whole: Readonly<Record<string, string>>): boolean {
  return Object.entries(part).every(([key, value]) => whole[key] === value)
}
