import type { Ledger, Memory } from '../core/ledger.ts'
import type { Queue } from '../core/ports.ts'
import { shortHash } from '../words/digest.ts'
import {
  type EvaluationOptions,
  evaluateRoster,
  type RosterEvaluation,
  type Verdict,
} from './evaluate-roster.ts'
import { lostDates } from './lost-dates.ts'
import { queuePending } from './pending.ts'
import type { BadRoster } from './roster.ts'
import type { RosterFile } from './roster-file.ts'
import { personHash, type RosterState, rosterKey } from './roster-state.ts'
import type { RosterMeaning } from './statement.ts'

type Settings = RosterMeaning & { readonly name: string }

type Deps = {
  readonly ledger: Ledger
  readonly queue: Queue
  readonly files: { open(key: string, version: string): Promise<AsyncIterable<Uint8Array>> }
  readonly rosters: readonly Settings[]
}

/**
 * Evaluates a roster beside the latest files of the others: a contractor who was hired leaves one and is on another. Whoever leaves by one
 * and is employed by another is unclear. If nobody leaves by the file, the others are not read.
 */
export async function evaluateBeside(
  deps: Deps,
  settings: Settings,
  options: EvaluationOptions,
): Promise<RosterEvaluation | BadRoster> {
  const evaluation = await evaluateRoster(options)
  if (evaluation.kind === 'refused') return evaluation
  const people = new Map(evaluation.people)
  for (const name of lostDates(people, options))
    people.set(name, { kind: 'unclear', username: people.get(name)?.username ?? name })
  for (const other of othersOf(deps, settings)) {
    if (![...people.values()].some(({ kind }) => kind === 'leaving')) break
    const file = await latestOf(deps, other, options)
    if (file?.kind === 'refused') return file
    for (const [name, said] of people) {
      const elsewhere = file?.people.get(name)
      if (said.kind === 'leaving' && elsewhere && isEmployed(elsewhere, said, options.at))
        people.set(name, { kind: 'unclear', username: said.username })
    }
  }
  const contradicted = [...people].filter(([name, { kind }]) => kind !== evaluation.people.get(name)?.kind)
  const leavers = [...people.values()].filter(({ kind }) => kind === 'leaving').length
  return {
    ...evaluation,
    people,
    counts: { ...evaluation.counts, leavers },
    unclear: [...evaluation.unclear, ...contradicted.map(([, { username }]) => username)],
  }
}

/** Holds departures that other rosters sent, if this file shows the person as employed. The other roster remembers each, so it is held only once. */
export async function holdOthers(
  deps: Deps,
  settings: Settings,
  file: RosterFile,
  { people }: RosterEvaluation,
): Promise<void> {
  for (const other of othersOf(deps, settings)) {
    const { memory } = await deps.ledger.change<RosterState>(rosterKey(other.name), (state) => {
      const held = state && heldBy(state, `roster/${other.name}`, file, people)
      return held && { state: held }
    })
    await queuePending(deps, other, memory)
  }
}

function othersOf({ rosters }: Deps, { name }: Settings): readonly Settings[] {
  return rosters.filter((other) => other.name !== name)
}

/** So many fit into one item. The next file continues. */
const MOST_HELD = 200

function heldBy(
  state: RosterState,
  source: string,
  file: RosterFile,
  people: RosterEvaluation['people'],
): RosterState | undefined {
  const at = new Date(Math.max(file.at.getTime(), state.last.at.getTime() + 1))
  const id = `${source}:${shortHash(JSON.stringify([file.key, file.version]))}`
  const doubted = [...people].flatMap(([name, verdict]) => {
    const [hash, { username }] = [personHash(name), verdict]
    const known = state.leavers[hash]
    if (verdict.kind !== 'there' && verdict.kind !== 'leaving') return []
    if (!known || known.isBack || known.isUnclear || known.isGone) return []
    const isHeld = isEmployed(verdict, { ...(known.effectiveAt && { endsAt: known.effectiveAt }) }, at)
    return isHeld ? [{ hash, username, known: { ...known, at, isUnclear: true as const } }] : []
  })
  const held = doubted.slice(0, MOST_HELD)
  if (held.length === 0) return undefined
  const fresh = held.map(({ username }) => ({
    kind: 'return' as const,
    return: { id, source, username, occurredAt: at, doubtful: true },
  }))
  const leavers = { ...state.leavers, ...Object.fromEntries(held.map(({ hash, known }) => [hash, known])) }
  return { ...state, leavers, pending: [...state.pending, ...fresh] }
}

/** @returns `undefined` if the roster has had no file */
async function latestOf(
  { ledger, files }: Deps,
  settings: Settings,
  { interest }: EvaluationOptions,
): Promise<RosterEvaluation | BadRoster | undefined> {
  const [memory] = (await ledger.memories([rosterKey(settings.name)])) as readonly Memory<RosterState>[]
  const last = memory?.state?.last
  if (!last) return undefined
  const bytes = await files.open(last.key, last.version).catch(() => undefined)
  const open = async () => bytes ?? (await files.open(last.key, last.version))
  const isTaken = true
  const file = bytes && (await evaluateRoster({ open, meaning: settings, interest, at: last.at, isTaken }))
  if (file?.kind === 'evaluated') return file
  const error = `whoever leaves by it may be employed by the roster ${settings.name}, whose last file cannot be read any more: upload that one again, or take it out of \`rosters\``
  return { kind: 'refused', error }
}

/** Tells whether another roster names a person who does not leave by it, or leaves later. */
function isEmployed(elsewhere: Verdict, { endsAt }: { readonly endsAt?: Date }, at: Date): boolean {
  if (elsewhere.kind !== 'leaving') return true
  return elsewhere.endsAt !== undefined && elsewhere.endsAt > at && elsewhere.endsAt > (endsAt ?? at)
}
