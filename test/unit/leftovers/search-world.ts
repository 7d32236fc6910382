import type { JournalEntry } from '../../../lib/core/journal.ts'
import type { Ledger, Memory, Outbox } from '../../../lib/core/ledger.ts'
import type { Lookup, MemberList } from '../../../lib/core/ports.ts'
import { resumeTask } from '../../../lib/core/runner.ts'
import type { DatabaseUser } from '../../../lib/leftovers/database-user.ts'
import type { ProjectInvitation, Projects } from '../../../lib/leftovers/ports.ts'
import { search } from '../../../lib/leftovers/search.ts'
import {
  type SearchDeps,
  type SearchState,
  type SearchTask,
  searchFor,
} from '../../../lib/leftovers/search-task.ts'
import { type AuditEvent, sealed } from '../../../lib/words/audit-event.ts'
import { type Case, type CaseState, openCase } from '../../../lib/words/case.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import type { Member } from '../../../lib/words/member.ts'
import type { Task } from '../../../lib/words/task.ts'
import { fromJson } from '../../../lib/words/with-instants.ts'

export const ORG = 'a'.repeat(24)
export const T0 = new Date('2026-11-29T12:00:00Z')
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export function later(ms: number): Date {
  return new Date(T0.getTime() + ms)
}

export function idOf(number: number): string {
  return number.toString(16).padStart(24, '0')
}

export const ADA = 'ada@example.com'
export const INVITATION: ProjectInvitation = {
  id: idOf(900),
  username: 'ADA@example.com',
  createdAt: later(-DAY),
}
export const OTHERS: ProjectInvitation = {
  id: idOf(901),
  username: 'bob@example.com',
  createdAt: later(-DAY),
}

export function databaseUser(username: string): DatabaseUser {
  return { username, databaseName: 'admin', isX509: false, isIam: false }
}

export function member(fields: Partial<Member> = {}): Member {
  const none = { orgRoles: [], projectRoles: [], teamIds: [] }
  return { userId: idOf(1), username: ADA, status: 'ACTIVE', ...none, ...fields }
}

/** A project as Atlas has it. */
export type AtlasProject = {
  readonly id: string
  readonly name: string
  invitations: ProjectInvitation[]
  databaseUsers: DatabaseUser[]
}

export function project(fields: Partial<AtlasProject> = {}): AtlasProject {
  return { id: idOf(100), name: 'payments', invitations: [INVITATION, OTHERS], databaseUsers: [], ...fields }
}

/** A closed case: Ada's, removed four seconds ago, unless said otherwise. */
export function closedCase(fields: Partial<CaseState> = {}, departed: Partial<Departure> = {}): Case {
  const departure = {
    id: 'okta:evt-1',
    source: 'okta',
    username: ADA,
    occurredAt: later(-5 * SECOND),
    ...departed,
  }
  const opened = openCase(departure, ORG, { at: later(-5 * SECOND) })
  const outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(-4 * SECOND) } as const
  const state = { ...opened.state, outcome, snapshot: member(), ...fields }
  return { ...opened, version: 3, closedAt: T0, state }
}

type Settings = SearchDeps['settings']
const CLEANING: Settings = {
  leftovers: 'clean',
  mode: 'enforce',
  protectedUsernames: [],
  holdOrgRoles: [],
  maxEventAgeMs: 72 * HOUR,
}

/** What a call to Atlas is, for those who answer it in Atlas's stead. */
export type AtlasCall = {
  readonly operation: 'find' | keyof Projects
  readonly projectId?: string
  readonly id?: string
}

type Options = {
  readonly kase?: Case
  readonly projects?: AtlasProject[]
  readonly settings?: Partial<Settings>
  readonly organizations?: readonly string[]
}

/** One organization, one closed case and its search, in memory. */
export type SearchWorld = ReturnType<typeof searchWorld>

export function searchWorld({
  kase = closedCase(),
  projects = [project()],
  settings,
  organizations,
}: Options = {}) {
  const state = {
    now: T0,
    lookup: { kind: 'none', list: { members: [], unreadable: [], asOf: T0 } satisfies MemberList } as Lookup,
    settings: { ...CLEANING, ...settings },
    random: 0.5,
    /** Answers in Atlas's stead, or does something meanwhile. */
    answer: (_call: AtlasCall): unknown => undefined,
    /** Fails the nth commit and those after it, as if another worker had written. */
    isOvertaken: false,
  }
  const tasks = new Map<string, Task<unknown>>([[kase.id, kase]])
  const memories = new Map<string, Memory<unknown>>()
  const calls: AtlasCall[] = []
  const deleted: string[] = []
  const published: AuditEvent[] = []
  const notes: JournalEntry[] = []

  function ask<T>(call: AtlasCall, own: () => T): Promise<T> {
    calls.push(call)
    return Promise.resolve((state.answer(call) as T | undefined) ?? own())
  }
  const inProject = (id: string) => projects.find((one) => one.id === id)

  const outboxOf = (key: string, events: readonly AuditEvent[]): Outbox | undefined =>
    events.length === 0
      ? undefined
      : {
          key,
          mark: 'm',
          since: state.now,
          effects: new Map(events.map((event) => [event.uid, { kind: 'publish', event }])),
        }

  const ledger = {
    read: async <S>(_kind: string, id: string) => tasks.get(id) as Task<S> | undefined,
    async commit(task: Task<unknown>, change: Parameters<Ledger['commit']>[1]) {
      if (state.isOvertaken || tasks.get(task.id)?.version !== task.version) return undefined
      const { drafts = [], closed, dueAt } = change
      const { dueAt: _, ...rest } = task
      const next: Task<unknown> = {
        ...rest,
        version: task.version + 1,
        state: change.state,
        changedAt: state.now,
        sequence: task.sequence + drafts.length,
        ...(dueAt && !closed && { dueAt }),
        ...(closed && { closedAt: state.now }),
      }
      tasks.set(task.id, next)
      const events = drafts.map((draft, index) =>
        sealed(draft, `${task.id}/${task.sequence + index}`, task.sequence + index),
      )
      return { task: next, outbox: outboxOf(task.id, events) }
    },
    lock: async () => ({
      kind: 'locked' as const,
      lock: { key: 'lock', owner: 'me', until: new Date(state.now.getTime() + MINUTE), taskId: searchId },
    }),
    unlock: async () => undefined,
    memories: async (keys: readonly string[]) =>
      keys.map((key) => asStored(memories.get(key) ?? { key, version: 0, sequence: 0 })),
    async change(key: string, change: Parameters<Ledger['change']>[1]) {
      const known = asStored(memories.get(key) ?? { key, version: 0, sequence: 0 })
      const wanted = change(known.state, known.isUnreadable ?? false)
      if (!wanted) return { memory: known, isChanged: false }
      const memory = { ...known, version: known.version + 1, state: wanted.state }
      memories.set(key, memory)
      const events = (wanted.drafts ?? []).map((draft) => sealed(draft, `${key}/${memory.version}`))
      return { memory, outbox: outboxOf(key, events), isChanged: true }
    },
    settle: async () => undefined,
  }

  const deps = {
    ledger: ledger as unknown as Ledger,
    audit: {
      async publish(events: readonly AuditEvent[]) {
        published.push(...events)
        return new Set(events.map(({ uid }) => uid))
      },
    },
    queue: { send: async () => undefined } as unknown as SearchDeps['queue'],
    clock: { now: () => state.now, random: () => state.random, sleep: async () => undefined },
    journal: { note: (entry: JournalEntry) => notes.push(entry) },
    members: {
      find: () => ask({ operation: 'find' }, () => state.lookup),
    } as unknown as SearchDeps['members'],
    organizations: { orgIds: organizations ?? [ORG] } as unknown as SearchDeps['organizations'],
    projects: {
      list: () =>
        ask({ operation: 'list' }, () => ({
          kind: 'projects',
          projects: projects.map(({ id, name }) => ({ id, name })),
        })),
      invitations: ({ projectId }) =>
        ask({ operation: 'invitations', projectId }, () => {
          const one = inProject(projectId)
          return one ? { kind: 'invitations', invitations: [...one.invitations] } : { kind: 'no_project' }
        }),
      databaseUsers: ({ projectId }) =>
        ask({ operation: 'databaseUsers', projectId }, () => {
          const one = inProject(projectId)
          return one ? { kind: 'database_users', users: one.databaseUsers } : { kind: 'no_project' }
        }),
      deleteInvitation: ({ projectId }, id) =>
        ask({ operation: 'deleteInvitation', projectId, id }, () => {
          remove(projectId, id)
          return { kind: 'deleted' }
        }),
    } satisfies Projects as Projects,
    get settings() {
      return state.settings
    },
  } satisfies SearchDeps as SearchDeps

  /** Takes an invitation away, whoever did it. */
  function remove(projectId: string, id: string): void {
    const one = inProject(projectId)
    if (!one?.invitations.some((invitation) => invitation.id === id)) return
    one.invitations = one.invitations.filter((invitation) => invitation.id !== id)
    deleted.push(id)
  }

  const [opened] = searchFor(kase, { leftovers: 'report' }, state.now)
  if (!opened) throw new Error('this case opens no search')
  const searchId = opened.id
  tasks.set(searchId, { ...opened, version: 1 })

  const task = () => tasks.get(searchId) as SearchTask
  return {
    ...{ state, deps, projects, calls, deleted, published, notes, memories, remove, kase, task },
    found: () => task().state.findings,
    asked: (operation: AtlasCall['operation']) => calls.filter((call) => call.operation === operation).length,
    /** Writes over the search or its case, as another worker would. */
    put(other: Task<unknown>) {
      tasks.set(other.id, { ...other, version: other.version + 1 })
    },
    forgetCase: () => tasks.delete(kase.id),
    /** One attempt, at the instant at which the search is due. */
    async attempt(): Promise<void> {
      state.now = new Date(Math.max(state.now.getTime(), task().dueAt?.getTime() ?? 0))
      const id = { kind: 'search', id: searchId } as const
      await resumeTask<SearchState>(deps, id, new Date(state.now.getTime() + MINUTE), search(deps))
    },
    /** Attempts until it is closed. */
    async finish(): Promise<void> {
      for (let attempts = 0; !task().closedAt; attempts += 1) {
        if (attempts === 1_000) throw new Error('the search never ends')
        await this.attempt()
      }
    },
  }
}

/** An answer of Atlas that may pass by itself. */
export const DOWN = { kind: 'failure', reason: 'transient', code: 'HTTP_503' } as const
export const GONE = { kind: 'ended', code: 'VERSION_GONE' } as const

/** What the ledger gives back of a memory: only fields that are named as instants are `Date` again. */
function asStored(memory: Memory<unknown>): Memory<unknown> {
  return fromJson(JSON.stringify(memory)) as Memory<unknown>
}
