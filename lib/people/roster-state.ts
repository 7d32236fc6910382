import { createHash, hash } from 'node:crypto'
import type { QueueMessage } from '../core/ports.ts'
import type { Departure } from '../words/departure.ts'
import type { RosterFile } from './roster-file.ts'
import type { RosterCounts, Verdict, Weighed } from './weigh-roster.ts'

/** What is remembered of one roster. */
export type RosterState = {
  readonly last: RosterFile & {
    readonly counts: RosterCounts
    readonly columns: Weighed['columns']
    readonly isEnded: boolean
    /** The member lists that it was joined with know everybody who was there at this instant, in these organizations. */
    readonly listedAt: Date
    readonly orgIds: readonly string[]
  }
  /** What this roster said last of everybody of whom it ever said that they leave, by `wordKey`. */
  readonly words: Readonly<Record<string, Word>>
  /** What has to be queued yet. */
  readonly pending: readonly QueueMessage[]
}

type Word = {
  readonly at: Date
  /** The leaving instant that HR gave. */
  readonly effectiveAt?: Date
  readonly isBack?: true
  /** The person was in no organization when the last file came. */
  readonly isGone?: true
}

/** Names the memory of one roster. */
export function rosterKey(name: string): string {
  return `roster#${name}`
}

/** People are remembered by a hash: whoever knows the name can find the word, nobody else the name. */
export function wordKey(name: string): string {
  return hash('sha256', `roster/${name}`, 'hex').slice(0, 20)
}

/** A file and what it says, with what is known of the people it names. */
export type Reading = {
  readonly source: string
  readonly file: RosterFile
  readonly weighed: Weighed
  readonly listedAt: Date
  readonly orgIds: readonly string[]
  readonly names: ReadonlyMap<string, readonly string[]>
}

/** An item of the ledger holds 400 KB. */
const MOST_WORDS = 2_500

/** Takes a file into what is remembered, with what has to be queued because of it: only what is new since the file before. */
export function advanced(before: RosterState | undefined, reading: Reading): RosterState {
  const { source, file, weighed, names } = reading
  // Strictly later than the file before: of two departures of one source the later one counts.
  const at = new Date(Math.max(file.at.getTime(), (before?.last.at.getTime() ?? 0) + 1))
  const id = `${source}:${digestOf([file.key, file.version])}`
  const present = new Set([...names.keys()].map(wordKey))
  const words = new Map(
    Object.entries(before?.words ?? {}).map(([key, word]) => [key, present.has(key) ? word : gone(word)]),
  )
  const fresh: QueueMessage[] = []
  for (const [name, verdict] of weighed.people) {
    const said = { id, source, username: verdict.username }
    const known = words.get(wordKey(name))
    if (verdict.kind === 'there') {
      if (!known || known.isBack) continue
      words.set(wordKey(name), { ...known, at, isBack: true })
      fresh.push({ kind: 'return', return: { ...said, occurredAt: at } })
    } else if (!known || !isSame(known, verdict)) {
      const occurredAt = occurrenceOf(before, { name, verdict, known, at, reading })
      const effective = verdict.endsAt && { effectiveAt: verdict.endsAt }
      words.set(wordKey(name), { at: occurredAt, ...effective })
      fresh.push({ kind: 'departure', departure: { ...said, occurredAt, ...effective } satisfies Departure })
    }
  }
  const { listedAt, orgIds } = reading
  return {
    last: {
      ...file,
      at,
      counts: weighed.counts,
      columns: weighed.columns,
      isEnded: weighed.isEnded,
      listedAt,
      orgIds,
    },
    words: Object.fromEntries(newestOf(words)),
    pending: [...(before?.pending ?? []), ...fresh],
  }
}

/** Names the people whose lines are unclear, to see whether they are others than those of the file before. */
export function unclearKey({ unclear }: Pick<Weighed, 'unclear'>): string {
  return unclear.length === 0 ? '' : digestOf([...unclear].sort())
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20)
}

type Leaving = Extract<Verdict, { kind: 'leaving' }>

function isSame(known: Word, { endsAt }: Leaving): boolean {
  return !known.isBack && !known.isGone && known.effectiveAt?.getTime() === endsAt?.getTime()
}

/** Whoever is gone and comes back is somebody new to this roster. Once more leaving, a human looks. */
function gone(word: Word): Word {
  return { ...word, isGone: true }
}

type Occurrence = {
  readonly name: string
  readonly verdict: Leaving
  readonly known: Word | undefined
  readonly at: Date
  readonly reading: Reading
}

const DAY_MS = 24 * 3_600_000

/**
 * Dates what a file says for the first time. HR said it since the file before: whoever joined after that one is held as `rejoined`. The
 * first file of all, and the first that an organization is compared with, also names who left long ago: that counts from the leaving
 * date, so that it is held as `stale_event` where it is old.
 */
function occurrenceOf(
  before: RosterState | undefined,
  { name, verdict, known, at, reading }: Occurrence,
): Date {
  if (known && !known.isGone) return at
  const { endsAt } = verdict
  if (endsAt && endsAt > at) return at
  const orgIds = reading.names.get(name) ?? []
  const isFirst = !before || orgIds.some((orgId) => !before.last.orgIds.includes(orgId))
  const since = isFirst ? (endsAt ?? dayBefore(at)) : before.last.listedAt
  const least = known ? known.at.getTime() + 1 : 0
  return new Date(Math.min(at.getTime(), Math.max(since.getTime(), endsAt?.getTime() ?? 0, least)))
}

/** As for people who left without an event: nobody knows when. */
function dayBefore(at: Date): Date {
  return new Date(Date.parse(`${at.toISOString().slice(0, 10)}T00:00:00Z`) - DAY_MS)
}

/** Of too many words those are dropped that say the least: of people who are gone, the oldest first. */
function newestOf(words: ReadonlyMap<string, Word>): readonly (readonly [string, Word])[] {
  const rank = ([, { isGone, at }]: readonly [string, Word]) => (isGone ? 0 : 1e15) + at.getTime()
  return [...words].toSorted((one, other) => rank(other) - rank(one)).slice(0, MOST_WORDS)
}
