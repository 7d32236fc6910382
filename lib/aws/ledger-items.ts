import type { Committal, Effect, Memory, Outbox, Waiting } from '../core/ledger.ts'
import { type Draft, sealed, withOrgName } from '../words/audit-event.ts'
import type { CaseState } from '../words/case.ts'
import { dayOf } from '../words/day.ts'
import { digestOf, KEPT_DIGESTS, shortHash } from '../words/digest.ts'
import type { Task, TaskKind } from '../words/task.ts'
import { asciiLowerCase } from '../words/username.ts'
import { type Wait, waitOf } from '../words/wait.ts'
import { fromJson } from '../words/with-instants.ts'
import type { Item, StoredOutbox, Value, Written } from './table.ts'
import { OPENS, WAIT } from './table-schema.ts'

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

function parsed(body: string, read: (text: string) => unknown = fromJson): unknown {
  try {
    return read(body)
  } catch {
    return undefined
  }
}

/** Reads tasks page by page. An unreadable item is reported and skipped; the others on its page are kept. */
export async function* tasksIn(
  pages: AsyncIterable<readonly Item[]>,
  noteUnreadable: (pk: string) => void,
): AsyncIterable<readonly Task[]> {
  for await (const page of pages) yield page.flatMap((item) => tasksOf(item, noteUnreadable))
}

/** @returns the item's task, or nothing if it cannot be read */
export function tasksOf(item: Item, noteUnreadable: (pk: string) => void): readonly Task[] {
  const task = parsed(item.body) as Partial<Task> | null | undefined
  if (isTask(task) && taskKey(task) === item.pk) return [{ ...task, version: item.version }]
  noteUnreadable(item.pk)
  return []
}

function isTask(body: Partial<Task> | null | undefined): body is Task {
  const { kind, subject, openedAt, state } = body ?? {}
  const isWhole = subject !== undefined && openedAt instanceof Date && typeof state === 'object'
  return isWhole && state !== null && (kind !== 'case' || isReadable(state as Partial<CaseState>))
}

function isReadable({ departure }: Partial<CaseState>): boolean {
  return typeof departure?.username === 'string' && departure.occurredAt instanceof Date
}

/** The ids of tasks of one kind, of which only the key was read. */
export async function* idsIn(
  pages: AsyncIterable<readonly Value[]>,
  kind: TaskKind,
): AsyncIterable<readonly string[]> {
  const prefix = taskKey({ kind, id: '' })
  for await (const page of pages)
    yield page.flatMap(({ pk }) => (pk.startsWith(prefix) ? [pk.slice(prefix.length)] : []))
}

/** As `tasksIn`, of tasks of which only the wait was read. */
export async function* waitsIn(
  pages: AsyncIterable<readonly Value[]>,
  noteUnreadable: (pk: string) => void,
): AsyncIterable<readonly Waiting[]> {
  for await (const page of pages)
    yield page.flatMap(({ pk, value }) => {
      const wait = value === undefined ? undefined : waitIn(value)
      if (!wait) noteUnreadable(pk)
      return wait ? [{ ...wait, id: pk.slice(pk.indexOf('#') + 1) }] : []
    })
}

/** A wait as JSON without names of fields: an index copies it, and the sweep reads every one of them each minute. */
function waitText({ since, wait, orgId, usernames, reason, source, ...is }: Wait): string {
  const marks = [is.isDryRun ? 1 : 0, is.isDeleted ? 1 : 0]
  return JSON.stringify([since, wait, orgId, usernames, reason ?? '', source ?? '', ...marks])
}

function waitIn(text: string): Wait | undefined {
  const fields = parsed(text, JSON.parse)
  if (!Array.isArray(fields)) return undefined
  const [instant, wait, orgId, usernames, reason, source, isDryRun, isDeleted] = fields
  const since = new Date(instant)
  if (!wait || !Array.isArray(usernames) || Number.isNaN(since.getTime())) return undefined
  return {
    ...{ wait, since, orgId, usernames },
    ...(reason && { reason }),
    ...(source && { source }),
    ...(isDryRun && { isDryRun: true }),
    ...(isDeleted && { isDeleted: true }),
  }
}

/** @param noteUnreadable - receives the key if an effect cannot be read: it stays, and the others happen */
export function outboxOf(
  { pk: key, outbox: { effects, mark, since } }: Item,
  noteUnreadable: (pk: string) => void,
): Outbox | undefined {
  if (mark === undefined) return undefined
  const entries = Object.entries(effects).flatMap(([uid, text]) => {
    const effect = parsed(text) as Effect | undefined
    const isWhole = effect && (effect.kind === 'open') === uid.startsWith(OPENS)
    return isWhole ? [[uid, effect] as const] : []
  })
  const isCut = entries.length < Object.keys(effects).length
  if (isCut) noteUnreadable(key)
  return { key, mark, since: new Date(since ?? 0), effects: new Map(entries), ...(isCut && { isCut }) }
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

/** What goes into each event as it is rendered. */
export type Sealing = {
  /** Mixed into each event, so that its digest reveals nothing about it. */
  readonly salt: () => string
  /** Of organizations, by id. */
  readonly orgNames?: Readonly<Record<string, string>> | undefined
}

/** Renders each draft under its final uid, and what is kept of it for good. */
export function eventsOf(
  drafts: readonly Draft[],
  sequence: number,
  { uidAt, salt, orgNames = {} }: Sealing & { readonly uidAt: (sequence: number, at: Date) => string },
) {
  const events = drafts.map((draft, index) => {
    const number = sequence + index + 1
    const named = withOrgName(draft, orgNames)
    return { number, event: sealed(named, uidAt(number, draft.at), number, salt()) }
  })
  return {
    effects: Object.fromEntries(
      events.map(({ event }) => [event.uid, JSON.stringify({ kind: 'publish', event } satisfies Effect)]),
    ),
    digests: Object.fromEntries(
      events.map(({ number, event }) => [number, `${event.at.getTime()} ${digestOf(asJson(event))}`]),
    ),
    drops: events.flatMap(({ number }) => (number > KEPT_DIGESTS ? [String(number - KEPT_DIGESTS)] : [])),
  }
}

/** Whoever checks the digest has the event as JSON. */
function asJson<T>(event: T): T {
  return JSON.parse(JSON.stringify(event)) as T
}

/** @returns `undefined` for what publishes no events, such as a lock */
export function committalIn(
  { pk, body, digests, outbox }: Item,
  noteUnreadable: (pk: string) => void,
): Committal | undefined {
  const known = parsed(body) as (Task & { readonly sequence?: number }) | undefined
  if (!known) noteUnreadable(pk)
  const kept = Object.entries(digests).map(([number, text]) => ({ number: Number(number), text }))
  const { sequence = Math.max(0, ...kept.map(({ number }) => number)), kind, id } = known ?? {}
  if (sequence === 0 && kept.length === 0) return undefined
  const isTask = kind !== undefined && id !== undefined && pk === taskKey({ kind, id })
  const uidAt = (number: number, at: Date) => (isTask ? `${id}/${number}` : uidOf(pk, number, at))
  const entries = kept.map(({ number, text }) => {
    const [ms, digest = ''] = text.split(' ')
    const at = new Date(Number(ms))
    return { uid: uidAt(number, at), at, digest }
  })
  const record = isTask ? id : recordOf(pk)
  return { record, sequence, entries, waiting: Object.keys(outbox.effects), ...(isTask && { task: known }) }
}

/** Makes the uid of a memory's event. The instant tells an item from an expired one of the same key. */
export function uidOf(key: string, sequence: number, at: Date): string {
  return `${recordOf(key)}/${sequence}/${at.getTime()}`
}

/** What the uids of a memory's events begin with. The key may name a person, so it is hashed: uids are logged. */
function recordOf(key: string): string {
  const [kind = '', ...rest] = key.split('#')
  const name = rest.join('#')
  const isPlain = name === '' || /^[a-f0-9]{24}$/.test(name)
  const shown = isPlain ? name : shortHash(key)
  return [kind, shown].filter((part) => part !== '').join('-')
}

/** Renders a task, with attributes only of the indexes that should list it. */
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
        : { dueKey: kind, dueAt: dueAt?.toISOString() ?? HELD, [WAIT]: waitText(waitOf(task)) }),
    },
    ...(closedAt && { expiresAt: epochSeconds(new Date(closedAt.getTime() + keepClosedMs)) }),
  }
}

export function epochSeconds(at: Date): number {
  return Math.ceil(at.getTime() / 1_000)
}
