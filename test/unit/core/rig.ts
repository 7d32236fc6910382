import { atlasLedger } from '../../../lib/aws/ledger.ts'
import type { OffboardDeps } from '../../../lib/core/attempt.ts'
import type { JournalEntry } from '../../../lib/core/journal.ts'
import type { Ledger } from '../../../lib/core/ledger.ts'
import { offboard, offboardAgain } from '../../../lib/core/offboard.ts'
import type { Members, OrgEvent, QueueMessage } from '../../../lib/core/ports.ts'
import { type ReceiveDeps, receive } from '../../../lib/core/receive.ts'
import type { RuleSettings } from '../../../lib/core/rules.ts'
import type { WindowLimits } from '../../../lib/core/window.ts'
import type { AuditEvent } from '../../../lib/words/audit-event.ts'
import { type Case, type CaseState, openCase } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import { hasAccess, type Member, selectMember } from '../../../lib/words/member.ts'
import type { Task } from '../../../lib/words/task.ts'
import { activeMember, departure, later, ORG } from '../../support/cases.ts'
import { memoryTable } from '../../support/memory-table.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const NOW = later(5_000)
export const ADA = activeMember()
export const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })

/** An instant so many ms after now. */
export function inMs(ms: number): Date {
  return new Date(NOW.getTime() + ms)
}

export const SETTINGS: ReceiveDeps['settings'] = {
  mode: 'enforce',
  protectedUsernames: [],
  holdOrgRoles: ['ORG_OWNER'],
  maxEventAgeMs: 72 * HOUR,
  maxRemovalsPerDay: 10,
  maxRemovalsPercent: 5,
  fourEyes: false,
  version: '1.2.3',
}

/** A human's word on a case. */
export function decision(fields: Partial<Decision> & Pick<Decision, 'act'>): Decision {
  return { actor: 'arn:oncall', because: 'checked', at: NOW, requestId: 'r-1', ...fields }
}

type Options = {
  readonly people?: readonly Member[]
  readonly orgIds?: readonly string[]
  readonly settings?: Partial<RuleSettings & WindowLimits>
}

/**
 * The parts of the core over a table in memory and a small Atlas; the clock stands still unless it is set. What is put into
 * `ledgerFault`, `membersFault` or another part replaces that call.
 */
export function rig({ people = [ADA, BOB], orgIds = [ORG], settings = {} }: Options = {}) {
  const table = memoryTable()
  let uids = 0
  const calls: string[] = []
  const journal: JournalEntry[] = []
  const sent: { message: QueueMessage; delayMs?: number }[] = []
  const published: AuditEvent[] = []
  const rejected: { channel: string; body: string; reason: string }[] = []
  const feed: OrgEvent[] = []
  const clock = { now: () => it.now, sleep: async () => undefined, random: () => 0.5 }
  const own = atlasLedger({
    ...{ table, clock, lockMs: 2 * MINUTE, keepClosedMs: DAY },
    uid: () => `uid-${++uids}`,
  })
  const list = () => ({ members: it.people, unreadable: [], asOf: it.now })
  const atlas: Members = {
    async find(_, wanted) {
      const found = selectMember(wanted, it.people)
      if (found.kind === 'none') return { kind: 'none', list: list() }
      const shows = found.kind === 'one' && !hasAccess(found.member.status) ? { list: list() } : {}
      return found.kind === 'one' ? { ...found, kind: 'found', ...shows } : found
    },
    async remove(_, userId) {
      it.people = it.people.filter((member) => member.userId !== userId)
      return { kind: 'removed' }
    },
    confirm: async (_, userId) => ({
      kind: it.people.some((member) => member.userId === userId) ? 'present' : 'gone',
    }),
    all: async () => ({ kind: 'list', ...list() }),
    events: async () => ({ kind: 'events', events: feed }),
    probe: async () => ({ kind: 'allowed' }),
    headroom: () => undefined,
  }
  const deps: ReceiveDeps = {
    ledger: noted(own, calls, () => it.ledger),
    members: noted(atlas, calls, () => it.members),
    organizations: { orgIds, credential: async () => ({ kind: 'credential', actor: 'mdb_sa_id_1' }) },
    audit: {
      async publish(events) {
        calls.push('publish')
        if (it.busIsDown) throw new Error('bus is down')
        published.push(...events)
        return new Set(events.map(({ uid }) => uid))
      },
    },
    queue: {
      async send(messages) {
        calls.push('send')
        if (it.queueIsDown) throw new Error('queue is down')
        sent.push(...messages)
      },
      forward: async () => undefined,
      async reject({ channel, body }, reason) {
        if (it.queueIsDown) throw new Error('queue is down')
        rejected.push({ channel, body, reason })
      },
    },
    clock,
    journal: { note: (entry) => void journal.push(entry) },
    settings: { ...SETTINGS, ...settings },
    opensOnClose: () => it.opens,
    attempts: {},
    refer: async () => undefined,
    lastEventAt: new Map(),
    received: new Map(),
  }
  const it = {
    now: NOW,
    people,
    ledger: {} as Partial<Ledger>,
    members: {} as Partial<Members>,
    busIsDown: false,
    queueIsDown: false,
    opens: [] as readonly Task[],
    ...{ deps, own, table, calls, journal, sent, published, rejected, feed },
    /** Offboards as the first message of a departure does. @returns the case as the ledger then has it */
    async offboard(fields: Partial<Departure> = {}, more: Partial<OffboardDeps> = {}): Promise<Case> {
      const opened = openCase(departure(fields), ORG, { at: it.now })
      return await it.work(opened, more)
    },
    async work(opened: Case, more: Partial<OffboardDeps> = {}): Promise<Case> {
      const deadline = new Date(it.now.getTime() + MINUTE)
      const { id } = await offboard({ ...deps, ...more }, opened, { deadline, history: await it.cases() })
      return await it.read(id)
    },
    async again(id: string): Promise<Case> {
      await offboardAgain(deps, id, new Date(it.now.getTime() + MINUTE))
      return await it.read(id)
    },
    async read(id: string): Promise<Case> {
      const known = await own.read<CaseState>('case', id)
      if (!known) throw new Error(`no case ${id}`)
      return known
    },
    /** Puts a case into the ledger as an earlier worker left it. */
    async put(kase: Case): Promise<Case> {
      const { task } = await own.record(kase)
      const { state, decisions, dueAt, closedAt } = kase
      const change = { state, decisions, ...(dueAt && { dueAt }), ...(closedAt && { closed: true as const }) }
      const committed = await own.commit(task, change)
      if (!committed) throw new Error(`cannot put ${kase.id}`)
      return committed.task
    },
    async cases(username = 'ada@example.com'): Promise<readonly Case[]> {
      return (await own.ofPerson(username)) as readonly Case[]
    },
    async memory<S>(key: string): Promise<S | undefined> {
      const [memory] = await own.memories([key])
      return memory?.state as S | undefined
    },
    async remember<S>(key: string, state: S): Promise<void> {
      await own.change<S>(key, () => ({ state }))
    },
    async receive(...readings: readonly Parameters<typeof receive>[1][number]['reading'][]) {
      const deliveries = readings.map((reading, index) => ({
        ...{ id: `m-${index}`, body: JSON.stringify(reading), channel: 'work' as const, reading },
      }))
      return await receive(deps, deliveries, new Date(it.now.getTime() + MINUTE))
    },
    /** Names of the notices published, in order. */
    notices: () =>
      published
        .filter(({ detailType }) => detailType === 'Offboarding Notice')
        .map(({ detail }) => detail.status),
    /** Kinds of the outcomes published, in order. */
    outcomes: () =>
      published
        .filter(({ detailType }) => detailType === 'Offboarding Outcome')
        .map(({ detail }) => (detail.unmapped as { outcome: { kind: string } }).outcome.kind),
  }
  return it
}

export type Rig = ReturnType<typeof rig>

/** Notes the name of every call, and lets a test answer in the part's stead. */
function noted<T extends object>(part: T, calls: string[], instead: () => Partial<T>): T {
  return new Proxy(part, {
    get: (target, name: string) => {
      const call = (instead()[name as keyof T] ?? target[name as keyof T]) as (...args: unknown[]) => unknown
      return (...args: unknown[]) => {
        if (name !== 'headroom') calls.push(name)
        return call(...args)
      }
    },
  })
}

export function answers<T>(value: T) {
  return async () => value
}
