import type { QueueMessage } from '../core/ports.ts'
import { dayOf } from '../words/day.ts'
import type { Departure } from '../words/departure.ts'
import { shortHash } from '../words/digest.ts'
import { DAY_MS } from '../words/duration.ts'
import type { RosterCounts, RosterEvaluation, Verdict } from './evaluate-roster.ts'
import type { RosterFile } from './roster-file.ts'

/** What is remembered of one roster. */
export type RosterState = {
  readonly last: RosterFile & {
    readonly counts: RosterCounts
    readonly columns: RosterEvaluation['columns']
    readonly isEnded: boolean
    readonly sparse?: readonly string[]
    /** Most of its lines had a status. */
    readonly hasStatus: boolean
    readonly isOfLeavers: boolean
    /** Which share of our people it named. */
    readonly named: number
    /** When the member lists that it was compared with were read, and of which organizations. */
    readonly listedAt: Date
    readonly orgIds: readonly string[]
    /** The file before it. */
    readonly before?: Pick<RosterFile, 'key' | 'version'>
  }
  /** The last thing that this roster said of each person whom it ever called a leaver, by `personHash`. */
  readonly leavers: Readonly<Record<string, KnownLeaver>>
  /** Messages that are still to be queued. */
  readonly pending: readonly QueueMessage[]
}

type KnownLeaver = {
  readonly at: Date
  /** The leaving instant that HR gave. */
  readonly effectiveAt?: Date
  readonly isBack?: true
  /** The last line of the person was unclear, so that what was sent before is held. */
  readonly isUnclear?: true
  /** The person was in no organization when the last file arrived. */
  readonly isGone?: true
}

/** The key under which the ledger keeps this. */
export function rosterKey(name: string): string {
  return `roster#${name}`
}

/** People are remembered by a hash, so that the memory names nobody. */
export function personHash(name: string): string {
  return shortHash(`roster/${name}`)
}

/** A file, what it says, and the people in our organizations whom it may name. */
export type EvaluatedFile = {
  readonly source: string
  readonly file: RosterFile
  readonly evaluation: RosterEvaluation
  readonly listedAt: Date
  readonly orgIds: readonly string[]
  readonly names: ReadonlyMap<string, readonly string[]>
}

const MOST_SPARSE = 50

/** An item of the ledger holds 400 KB: so many people, and the messages of one file. */
const MOST_REMEMBERED = 1_000
const MOST_QUEUED_BYTES = 220_000
/** A message without its username. */
const MESSAGE_BYTES = 260

/** Tells whether a file says something of more leavers than one item holds. @param leavers - what is remembered before it */
export function saysTooMuch(
  people: RosterEvaluation['people'],
  leavers: RosterState['leavers'] = {},
): boolean {
  let bytes = 0
  for (const [name, { kind, username }] of people)
    if (kind === 'leaving' || Object.hasOwn(leavers, personHash(name)))
      bytes += MESSAGE_BYTES + Buffer.byteLength(username)
  return bytes > MOST_QUEUED_BYTES
}

/** Tells a file that names only leavers. After such a file the next is one too, unless half of its lines or more are of people who stay. */
export function isOfLeavers(
  { staying, counts }: Pick<RosterEvaluation, 'staying' | 'counts'>,
  before: RosterState | undefined,
): boolean {
  return staying === 0 || (!!before?.last.isOfLeavers && staying * 2 < counts.lines)
}

/** Adds a file to what is remembered. Only what is new since the file before becomes a message to queue. */
export function afterFile(before: RosterState | undefined, evaluatedFile: EvaluatedFile): RosterState {
  const { source, file, evaluation, names } = evaluatedFile
  // Strictly later than the file before: of two departures of one source the later one counts.
  const at = new Date(Math.max(file.at.getTime(), (before?.last.at.getTime() ?? 0) + 1))
  const id = `${source}:${digestOf([file.key, file.version])}`
  const present = new Set([...names.keys()].map(personHash))
  const leavers = new Map(
    Object.entries(before?.leavers ?? {}).map(([key, leaver]) => [
      key,
      present.has(key) ? leaver : gone(leaver),
    ]),
  )
  const fresh: QueueMessage[] = []
  for (const [name, verdict] of evaluation.people) {
    const said = { id, source, username: verdict.username }
    const known = leavers.get(personHash(name))
    if (verdict.kind === 'there') {
      if (!known || known.isBack) continue
      leavers.set(personHash(name), { ...known, at, isBack: true })
      fresh.push({ kind: 'return', return: { ...said, occurredAt: at } })
    } else if (verdict.kind !== 'leaving') {
      if (!known || known.isBack || known.isUnclear || known.isGone) continue
      const isOver = known.effectiveAt === undefined || known.effectiveAt <= at
      if (verdict.kind === 'neither' && isOver) continue
      leavers.set(personHash(name), { ...known, at, isUnclear: true })
      fresh.push({ kind: 'return', return: { ...said, occurredAt: at, doubtful: true } })
    } else if (!known || !isSame(known, verdict)) {
      const occurredAt = occurrenceOf(before, { name, verdict, known, at, evaluatedFile })
      const effective = verdict.endsAt && { effectiveAt: verdict.endsAt }
      leavers.set(personHash(name), { at: occurredAt, ...effective })
      fresh.push({ kind: 'departure', departure: { ...said, occurredAt, ...effective } satisfies Departure })
    }
  }
  const { listedAt, orgIds } = evaluatedFile
  const sparse = new Set([...evaluation.sparse, ...(before?.last.sparse ?? [])])
  return {
    last: {
      ...file,
      at,
      counts: evaluation.counts,
      columns: evaluation.columns,
      isEnded: evaluation.isEnded,
      ...(sparse.size > 0 && { sparse: [...sparse].slice(0, MOST_SPARSE) }),
      hasStatus: evaluation.withStatus * 2 > evaluation.counts.lines,
      isOfLeavers: isOfLeavers(evaluation, before),
      named: evaluation.ours / evaluation.members,
      listedAt,
      orgIds,
      ...(before && { before: { key: before.last.key, version: before.last.version } }),
    },
    leavers: Object.fromEntries(newestOf(leavers)),
    pending: [...(before?.pending ?? []), ...fresh],
  }
}

/** So many people and columns are told apart. */
const MOST_UNCLEAR = 200

/** Digests of what is unclear, people and columns, to compare them with the file before. */
export function unclearKey({ unclear, unsure }: Pick<RosterEvaluation, 'unclear' | 'unsure'>): string {
  const all = [...unclear, ...unsure].sort()
  return all.length > MOST_UNCLEAR ? digestOf(all) : all.map((one) => shortHash(one, 8)).join(' ')
}

function digestOf(parts: readonly string[]): string {
  return shortHash(JSON.stringify(parts))
}

type Leaving = Extract<Verdict, { kind: 'leaving' }>

function isSame(known: KnownLeaver, { endsAt }: Leaving): boolean {
  return (
    !known.isBack && !known.isUnclear && !known.isGone && known.effectiveAt?.getTime() === endsAt?.getTime()
  )
}

/** A person who was gone and is there again counts as new to this roster. If the file still calls them a leaver, a human looks. */
function gone(leaver: KnownLeaver): KnownLeaver {
  return { ...leaver, isGone: true }
}

type Occurrence = {
  readonly name: string
  readonly verdict: Leaving
  readonly known: KnownLeaver | undefined
  readonly at: Date
  readonly evaluatedFile: EvaluatedFile
}

/**
 * Dates a departure that a file reports for the first time. It happened since the file before, so a member who joined after that one is held
 * as `rejoined`. The first file, and the first that an organization is compared with, also name people who left long ago: those departures
 * count from the leaving date, and old ones are held as `stale_event`.
 */
function occurrenceOf(
  before: RosterState | undefined,
  { name, verdict, known, at, evaluatedFile }: Occurrence,
): Date {
  if (known && !known.isGone) return at
  const { endsAt } = verdict
  if (endsAt && endsAt > at) return at
  const orgIds = evaluatedFile.names.get(name) ?? []
  const isFirst = !before || orgIds.some((orgId) => !before.last.orgIds.includes(orgId))
  const since = isFirst ? (endsAt ?? dayBefore(at)) : before.last.listedAt
  const least = known ? known.at.getTime() + 1 : 0
  return new Date(Math.min(at.getTime(), Math.max(since.getTime(), endsAt?.getTime() ?? 0, least)))
}

/** The start of the day before, as for orphans: nobody knows when they left. */
function dayBefore(at: Date): Date {
  return new Date(Date.parse(`${dayOf(at)}T00:00:00Z`) - DAY_MS)
}

/** Keeps as many people as the item holds: drops first those who are gone, then those who were named longest ago. */
function newestOf(leavers: ReadonlyMap<string, KnownLeaver>): readonly (readonly [string, KnownLeaver])[] {
  const rank = ([, { isGone, at }]: readonly [string, KnownLeaver]) => (isGone ? 0 : 1e15) + at.getTime()
  return [...leavers].toSorted((one, other) => rank(other) - rank(one)).slice(0, MOST_REMEMBERED)
}
