import type { Change, Ledger, Lock, Memory } from '../core/ledger.ts'
import type { Clock } from '../core/ports.ts'
import type { Task } from '../words/task.ts'
import { asciiLowerCase } from '../words/username.ts'
import { fromJson } from '../words/with-instants.ts'
import {
  committalIn,
  epochSeconds,
  eventsOf,
  idsIn,
  memoryIn,
  outboxOf,
  publishable,
  type Sealing,
  taskIn,
  taskItem,
  taskKey,
  tasksIn,
  tasksOf,
  uidOf,
  waitingIn,
  waitsIn,
} from './ledger-items.ts'
import type { Table, Written } from './table.ts'
import { OPENS, WAIT } from './table-schema.ts'

type Options = {
  readonly table: Table
  readonly clock: Clock
  /** A new unguessable name for one write or lock. */
  readonly uid: () => string
  /** Longer than a function's time-out, shorter than the queue's visibility time-out. */
  readonly lockMs: number
  readonly keepClosedMs: number
  /** Receives the key of an item that cannot be read. */
  readonly noteUnreadable?: (pk: string) => void
} & Partial<Sealing>

const MOST_TRIES = 20
const CONTENTION_MS = 20
const MOST_OF_PERSON = 1_000

/**
 * The system's memory over a table of single-item conditional writes. Whoever commits must name the version read, so a worker that lost
 * its lock (frozen, timed out, partitioned) cannot change what its successor wrote. What a commit has to publish is in the same write.
 */
export function atlasLedger(options: Options): Ledger {
  const {
    table,
    clock,
    uid,
    salt = uid,
    orgNames,
    lockMs,
    keepClosedMs,
    noteUnreadable = () => undefined,
  } = options

  async function changeOnce(known: Memory<unknown>, change: Change<unknown>) {
    const wanted = change(known.state, known.isUnreadable === true)
    if (!wanted) return { memory: known, isChanged: false }
    const { isUnreadable: _, ...rest } = known
    const { state, expiresAt } = wanted
    const drafts = publishable(wanted.drafts ?? [], known.waiting)
    const at = clock.now()
    const next = { ...rest, version: known.version + 1, sequence: known.sequence + drafts.length, state }
    const item: Written = {
      pk: known.key,
      version: next.version,
      writeId: uid(),
      body: JSON.stringify({ sequence: next.sequence, state }),
      keys: {},
      ...(expiresAt && { expiresAt: epochSeconds(expiresAt) }),
      adds: {
        ...eventsOf(drafts, known.sequence, {
          uidAt: (sequence, at) => uidOf(known.key, sequence, at),
          ...{ salt, orgNames },
        }),
        at: at.toISOString(),
      },
    }
    const written = known.version === 0 ? await table.insert(item) : await table.update(item)
    if (!written) return undefined
    const { waiting: __, ...memory } = next
    return {
      memory: { ...memory, ...waitingIn(written.outbox) },
      outbox: outboxOf(written, noteUnreadable),
      isChanged: true,
    }
  }

  return {
    async record(task) {
      const first = { ...task, version: 1 }
      if (await table.insert(taskItem(first, uid(), keepClosedMs))) return { task: first, isNew: true }
      const known = await table.get(taskKey(task))
      if (!known) throw new Error(`Cannot record task "${task.id}": written by another and gone`)
      return { task: taskIn(known), isNew: false }
    },

    async read(kind, id) {
      const item = await table.get(taskKey({ kind, id }))
      return item && taskIn(item)
    },

    async readMany(kind, ids) {
      const items = await table.getMany(ids.map((id) => taskKey({ kind, id })))
      return items.flatMap((item) => (item ? tasksOf(item, noteUnreadable) : [])) as never
    },

    async commit(task, { state, decisions, dueAt, closed, drafts: wanted = [], opens = [] }) {
      const drafts = publishable(wanted, task.waiting, closed)
      const at = clock.now()
      const { dueAt: _, waiting: __, ...rest } = task
      const next = {
        ...rest,
        version: task.version + 1,
        state,
        decisions: decisions ?? task.decisions,
        changedAt: at,
        sequence: task.sequence + drafts.length,
        ...(dueAt && !closed && { dueAt }),
        ...(closed && { closedAt: at }),
      }
      const rendered = eventsOf(drafts, task.sequence, {
        uidAt: (sequence) => `${task.id}/${sequence}`,
        ...{ salt, orgNames },
      })
      const opening = opens.map((opened) => [
        `${OPENS}${opened.id}`,
        JSON.stringify({ kind: 'open', task: opened }),
      ])
      const effects = { ...rendered.effects, ...Object.fromEntries(opening) }
      const adds = { ...rendered, effects, at: at.toISOString() }
      const written = await table.update({ ...taskItem(next, uid(), keepClosedMs), adds })
      if (!written) return undefined
      return { task: { ...next, ...waitingIn(written.outbox) }, outbox: outboxOf(written, noteUnreadable) }
    },

    async lock(subject, taskId) {
      const key = `lock#${subject.orgId}#${asciiLowerCase(subject.username)}`
      const owner = uid()
      const now = clock.now()
      const lock: Lock = { key, owner, until: new Date(now.getTime() + lockMs), taskId }
      const keys = { until: lock.until.toISOString() }
      const stored = { body: JSON.stringify(lock), keys, expiresAt: epochSeconds(lock.until) }
      const item = { pk: key, version: 1, writeId: owner, ...stored }
      if (await table.insertLapsed(item, now.toISOString())) return { kind: 'locked', lock }
      const other = await table.get(key)
      return { kind: 'busy', taskId: other ? (fromJson(other.body) as Lock).taskId : '' }
    },

    unlock: (lock) => table.remove(lock.key, lock.owner),

    async memories(keys) {
      const items = await table.getMany(keys)
      return keys.map((key, index) => memoryIn(key, items[index]))
    },

    async change(key, change, known) {
      let memory: Memory<unknown> | undefined = known
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        memory ??= memoryIn(key, await table.get(key))
        const changed = await changeOnce(memory, change as Change<unknown>)
        if (changed) return changed as never
        memory = undefined
        await clock.sleep(clock.random() * CONTENTION_MS * (tries + 1))
      }
      throw new Error(`Cannot change "${key.replace(/#.*$/s, '')}": too many writers`)
    },

    due: (kind, until) =>
      tasksIn(table.query({ index: 'due', hash: kind, upTo: until.toISOString() }), noteUnreadable),
    open: (kind) => tasksIn(table.query({ index: 'due', hash: kind }), noteUnreadable),
    waiting: (kind) => waitsIn(table.values({ index: 'due', hash: kind }, WAIT), noteUnreadable),
    closedOn: (day) => tasksIn(table.query({ index: 'closed', hash: day }), noteUnreadable),
    closedIds: (day) => idsIn(table.values({ index: 'closed', hash: day }, 'closedAt'), 'case'),

    async ofPerson(username, limit = MOST_OF_PERSON) {
      const found: Task[] = []
      const query = { index: 'person', hash: asciiLowerCase(username), newestFirst: true } as const
      for await (const page of tasksIn(table.query(query), noteUnreadable)) {
        found.push(...page)
        if (found.length >= limit) break
      }
      return found.slice(0, limit)
    },

    async committals(after) {
      const { items, ...more } = await table.scan(after)
      return { committals: items.flatMap((item) => committalIn(item, noteUnreadable) ?? []), ...more }
    },

    async *outboxes(before) {
      for await (const page of table.query({ index: 'outbox', hash: 'outbox', upTo: before.toISOString() }))
        yield page.flatMap((item) => outboxOf(item, noteUnreadable) ?? [])
    },

    async outboxOf(kind, id) {
      const item = await table.get(taskKey({ kind, id }))
      return item && outboxOf(item, noteUnreadable)
    },

    async settle({ key, mark, effects, isCut }, uids) {
      const done = [...effects.keys()].filter((one) => uids.has(one))
      const isWhole = done.length === effects.size && !isCut
      if (isWhole || done.length > 0) await table.takeOut(key, done, { mark, isWhole })
    },
  }
}
