import { createHash } from 'node:crypto'
import type { Effect, Memory, Outbox } from '../core/ledger.ts'
import { type Draft, sealed } from '../words/audit-event.ts'
import type { Task, TaskKind } from '../words/task.ts'
import { asciiLowerCase } from '../words/username.ts'
import { fromJson } from '../words/with-instants.ts'
import type { Item, StoredOutbox, Written } from './table.ts'

/** `dueAt` of a task that waits for a human. It sorts after every instant. */
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

/** Reads tasks page by page. An unreadable item is reported and skipped; the others on its page are kept. */
export async function* tasksIn(
  pages: AsyncIterable<readonly Item[]>,
  noteUnreadable: (pk: string) => void,
): AsyncIterable<readonly Task[]> {
  for await (const page of pages)
    yield page.flatMap((item) => {
      const task = parsed(item.body) as Task | undefined
      if (!task) noteUnreadable(item.pk)
      return task ? [{ ...task, version: item.version }] : []
    })
}

export function outboxOf({ pk: key, outbox: { effects, mark, since } }: Item): Outbox | undefined {
  if (mark === undefined) return undefined
  const entries = Object.entries(effects).map(([uid, effect]) => [uid, fromJson(effect) as Effect] as const)
  return { key, mark, since: new Date(since ?? 0), effects: new Map(entries) }
}

/** Once this much waits to be published, a record adds only what it must. Body, opened tasks and a last event still fit into the item (400 KB). */
const MOST_WAITING_BYTES = 100_000
const MOST_OF_ACTS_BYTES = 150_000

/** How much of an item its effects take. */
export function waitingIn({ effects }: StoredOutbox): { readonly waiting?: number } {
  const waiting = Object.values(effects).reduce((sum, effect) => sum + Buffer.byteLength(effect), 0)
  return waiting > 0 ? { waiting } : {}
}

/**
 * Chooses the events that a commit publishes. If the audit bus accepts nothing for long, a record that changes back and forth keeps its
 * latest state and leaves out the events in between, which take no number in the sequence. Events that close a task, need a human or report
 * a human's act are kept.
 *
 * @throws if there is no room for the event of a human's act; the act is not carried out then
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

/** Renders each draft under its final uid. */
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

/** Makes the uid of a memory's event. The key may name a person, so it is hashed: uids are logged. The instant tells an item from an expired one of the same key. */
export function uidOf(key: string, sequence: number, at: Date): string {
  const [kind = '', ...rest] = key.split('#')
  const name = rest.join('#')
  const isPlain = name === '' || /^[a-f0-9]{24}$/.test(name)
  const shown = isPlain ? name : createHash('sha256').update(key).digest('hex').slice(0, 20)
  return `${[kind, shown].filter((part) => part !== '').join('-')}/${sequence}/${at.getTime()}`
}

/** Renders a task with the attributes of those indexes only that are to list it. */
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
