import { createHash } from 'node:crypto'
import type { Effect, Memory, Outbox } from '../core/ledger.ts'
import { type Draft, sealed } from '../words/audit-event.ts'
import type { Task, TaskKind } from '../words/task.ts'
import { asciiLowerCase } from '../words/username.ts'
import { fromJson } from '../words/with-instants.ts'
import type { Item, StoredOutbox, Written } from './table.ts'

/** Where tasks without a due time stand in the index: behind every instant. */
const HELD = '9999'

export function taskKey({ kind, id }: { readonly kind: TaskKind; readonly id: string }): string {
  return `${kind}#${id}`
}

export function taskIn<S>(item: Item): Task<S> {
  const { version, outbox } = item
  return { ...(fromJson(item.body) as Task<S>), version, ...waitingIn(outbox) }
}

export function memoryIn(key: string, item: Item | undefined): Memory<unknown> {
  if (!item) return { key, version: 0, sequence: 0 }
  const { version, outbox } = item
  const body = parsed(item.body) as Pick<Memory<unknown>, 'sequence' | 'state'> | undefined
  return { key, version, ...waitingIn(outbox), ...(body ?? { sequence: version, isUnreadable: true }) }
}

function parsed(body: string): unknown {
  try {
    return fromJson(body)
  } catch {
    return undefined
  }
}

/** One item that cannot be read costs itself, and nobody else on its page. */
export async function* tasksIn(
  pages: AsyncIterable<readonly Item[]>,
  tellUnreadable: (pk: string) => void,
): AsyncIterable<readonly Task[]> {
  for await (const page of pages)
    yield page.flatMap((item) => {
      const task = parsed(item.body) as Task | undefined
      if (!task) tellUnreadable(item.pk)
      return task ? [{ ...task, version: item.version }] : []
    })
}

export function outboxOf({ pk: key, outbox: { effects, mark, since } }: Item): Outbox | undefined {
  if (mark === undefined) return undefined
  const entries = Object.entries(effects).map(([uid, effect]) => [uid, fromJson(effect) as Effect] as const)
  return { key, mark, since: new Date(since ?? 0), effects: new Map(entries) }
}

/** With so much waiting, a record says no more than it must. Body, opened tasks and a last event still fit into its item (400 KB). */
const MOST_WAITING_BYTES = 100_000
const MOST_OF_ACTS_BYTES = 150_000

/** How much of an item its effects take. */
export function waitingIn({ effects }: StoredOutbox): { readonly waiting?: number } {
  const waiting = Object.values(effects).reduce((sum, effect) => sum + Buffer.byteLength(effect), 0)
  return waiting > 0 ? { waiting } : {}
}

/**
 * Chooses what a commit publishes. While the audit bus takes nothing for long, a record that changes back and forth keeps its latest state
 * and leaves out the events in between: they take no number of the sequence. What closes a task, wants a human or was done by one stays.
 *
 * @throws if a human's act could not be published for a long time: it is not done then
 */
export function publishable(drafts: readonly Draft[], waiting = 0, isClosing = false): readonly Draft[] {
  if (waiting < MOST_WAITING_BYTES || isClosing) return drafts
  const acts = drafts.filter(({ detail }) => 'actor' in detail)
  if (acts.length > 0 && waiting >= MOST_OF_ACTS_BYTES)
    throw new Error('Cannot record an act: too many audit events of this record wait to be published')
  const isAlert = ({ detailType, detail }: Draft) =>
    detailType === 'Offboarding Outcome' && detail.severity === 'High' && waiting < MOST_OF_ACTS_BYTES
  return drafts.filter((draft) => acts.includes(draft) || isAlert(draft))
}

/** Renders drafts under the uids they keep for ever. */
export function eventsOf(
  drafts: readonly Draft[],
  uidAt: (index: number) => string,
  sequence?: number,
): Record<string, string> {
  return Object.fromEntries(
    drafts.map((draft, index) => {
      const event = sealed(draft, uidAt(index + 1), sequence === undefined ? undefined : sequence + index + 1)
      return [event.uid, JSON.stringify({ kind: 'publish', event } satisfies Effect)]
    }),
  )
}

/** A memory's key may name a person, its events' uids must not: they are logged. The instant tells items apart that expired. */
export function uidOf(key: string, sequence: number, at: Date): string {
  const [kind = '', ...rest] = key.split('#')
  const name = rest.join('#')
  const isPlain = name === '' || /^[a-f0-9]{24}$/.test(name)
  const shown = isPlain ? name : createHash('sha256').update(key).digest('hex').slice(0, 20)
  return `${[kind, shown].filter((part) => part !== '').join('-')}/${sequence}/${at.getTime()}`
}

/** An item is in an index only while it has that index's attributes, so each index holds just what it is asked for. */
export function taskItem(task: Task, writeId: string, keepClosedMs: number): Written {
  const { version, kind, subject, openedAt, dueAt, closedAt } = task
  const { version: _, waiting: __, ...body } = task
  return {
    pk: taskKey(task),
    version,
    writeId,
    body: JSON.stringify(body),
    keys: {
      person: asciiLowerCase(subject.username),
      openedAt: openedAt.toISOString(),
      ...(closedAt
        ? { closedDay: dayOf(closedAt), closedAt: closedAt.toISOString() }
        : { dueKey: kind, dueAt: dueAt?.toISOString() ?? HELD }),
    },
    ...(closedAt && { expiresAt: epochSeconds(new Date(closedAt.getTime() + keepClosedMs)) }),
  }
}

export function epochSeconds(at: Date): number {
  return Math.ceil(at.getTime() / 1_000)
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}
