import * as z from 'zod/mini'
import type { Journal } from '../core/journal.ts'
import type { Ledger, Memory } from '../core/ledger.ts'
import type { Clock, Queue } from '../core/ports.ts'
import { asciiLowerCase } from '../words/username.ts'
import { type Interest, withoutTag } from './collect.ts'
import type { RosterEvaluation } from './evaluate-roster.ts'
import { readIds } from './ids-before.ts'
import { evaluateBeside, holdOthers } from './other-rosters.ts'
import { queuePending } from './pending.ts'
import { problemBeside } from './problem-beside.ts'
import { ageOf, type RosterFile } from './roster-file.ts'
import { afterFile, personHash, type RosterState, rosterKey, unclearKey } from './roster-state.ts'
import { noteRefused, noteTaken } from './roster-summary.ts'
import type { RosterMeaning } from './statement.ts'

/** One configured roster. */
export type RosterSettings = RosterMeaning & {
  readonly name: string
  /** How the keys of its files begin. */
  readonly prefix: string
}

/** The bucket with the files. */
type Files = {
  readonly bucket: string
  /** Reads one version of a file from its beginning. @throws if there is none */
  open(key: string, version: string): Promise<AsyncIterable<Uint8Array>>
}

export type RosterDeps = {
  readonly ledger: Ledger
  readonly queue: Queue
  readonly files: Files
  readonly clock: Clock
  readonly journal: Journal
  readonly rosters: readonly RosterSettings[]
  readonly orgIds: readonly string[]
  /** Who was in an organization when it was last listed, with the names that they had before. */
  readonly listed: (orgId: string) => Promise<Listed | undefined>
}

/** Members by userId. `names`: their usernames; `former`: their earlier ones, separated by line breaks. */
type Listed = {
  readonly names: ReadonlyMap<string, string>
  readonly former: ReadonlyMap<string, string>
  readonly listedAt: Date
}

const ObjectCreated = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  time: z.string(),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), 'version-id': z.string(), sequencer: z.string() }),
  }),
})

/** Keys under the prefix that are no rosters: folders, markers, checksums. */
const BESIDE = /(\/|\.(done|ok|ctl|md5|sha256|tmp|part))$/i

/**
 * Takes in a nightly file that has arrived in the bucket: queues a departure or a return for each person in our organizations of whom it
 * says something new. Taking the file again queues the same messages. A file that cannot be trusted is refused as a whole, with an alert:
 * nobody leaves because of it.
 *
 * @throws if the file could not be read or remembered, so that Lambda tries again
 */
export async function takeRoster(deps: RosterDeps, event: unknown): Promise<void> {
  const created = ObjectCreated.safeParse(event)
  if (!created.success || created.data.detail.bucket.name !== deps.files.bucket)
    throw new Error('Cannot take a roster: expected "Object Created" of the bucket with the rosters')
  const { time, detail } = created.data
  const { key, 'version-id': version, sequencer } = detail.object
  const settings = deps.rosters.find(({ prefix }) => key.startsWith(prefix))
  if (!settings || BESIDE.test(key))
    return deps.journal.note({ event: 'ignored', source: 'roster', why: 'no file of a configured roster' })

  const file = { key, version, sequencer, at: new Date(time) }
  const why = await takeFile(deps, settings, file)
  if (why === undefined) return
  await noteRefused(deps.ledger, settings.name, file, { why, now: deps.clock.now() })
  deps.journal.note({ event: 'roster_refused', roster: settings.name })
}

/** @returns why the file was refused */
async function takeFile(
  deps: RosterDeps,
  settings: RosterSettings,
  file: RosterFile,
): Promise<string | undefined> {
  const { ledger, files } = deps
  const [known] = (await ledger.memories([rosterKey(settings.name)])) as readonly Memory<RosterState>[]
  if (known?.isUnreadable) throw new Error('Cannot read what is remembered of a roster')
  // First queue what is left of the file before: it is dated earlier, and the ledger's item has room for one file's messages.
  if (known) await queuePending(deps, settings, known)
  const age = ageOf(file, known?.state?.last)
  if (age === 'older') return OLDER
  const people = await ourPeople(deps)
  if (people.orgIds.length === 0) return NO_LISTS
  const interest = interestIn(people, known?.state)
  const open = (of: Pick<RosterFile, 'key' | 'version'>) => files.open(of.key, of.version)
  const before = age === 'again' ? known?.state?.last.before : known?.state?.last
  const idsBefore = await readIds(before && open(before), settings, interest)
  const options = { open: () => open(file), meaning: settings, interest, at: file.at, idsBefore }
  const evaluation = await evaluateBeside(deps, settings, options)
  if (evaluation.kind === 'refused') return evaluation.error
  const isDateChosen = settings.columns?.date !== undefined
  const problem =
    age === 'again' ? undefined : problemBeside(evaluation, { at: file.at, isDateChosen }, known?.state)
  if (problem !== undefined) return problem

  const evaluated = { source: `roster/${settings.name}`, file, evaluation, ...people }
  const { memory } = await ledger.change<RosterState>(rosterKey(settings.name), (state) =>
    ageOf(file, state?.last) === 'newer' ? { state: afterFile(state, evaluated) } : undefined,
  )
  if (ageOf(file, memory.state?.last) === 'older') return OLDER
  await queuePending(deps, settings, memory)
  await holdOthers(deps, settings, file, evaluation)
  // A column that was just as sparse in the file before is normal.
  const sparse = evaluation.sparse.filter((column) => !known?.state?.last.sparse?.includes(column))
  await conclude(deps, settings.name, memory, { ...evaluation, sparse })
  return undefined
}

const OLDER = 'a newer file of this roster was taken before'
const NO_LISTS =
  'no organization has been listed yet, which happens every hour: upload the file again after that'

function interestIn(
  { names }: { readonly names: Interest['names'] },
  state: RosterState | undefined,
): Interest {
  const known = (name: string) => state?.leavers[personHash(name)]
  const isLeaving = (name: string) => known(name) !== undefined && !known(name)?.isBack
  return {
    names,
    isKnownLeaver: (name) => known(name) !== undefined,
    isLeaving,
    leavesAt: (name) => (isLeaving(name) ? known(name)?.effectiveAt : undefined),
    domains: new Set([...names.keys()].map((name) => name.slice(name.lastIndexOf('@') + 1))),
  }
}

/** Everybody in the organizations when they were last listed, under present and earlier names. */
async function ourPeople({ orgIds, listed, clock }: RosterDeps) {
  const names = new Map<string, string[]>()
  const known: string[] = []
  let listedAt = clock.now()
  for (const orgId of orgIds) {
    const list = await listed(orgId)
    if (!list) continue
    known.push(orgId)
    if (list.listedAt < listedAt) listedAt = list.listedAt
    for (const [userId, username] of list.names)
      for (const name of namesOf(username, list.former.get(userId)))
        names.set(name, [...(names.get(name) ?? []), orgId])
  }
  return { names, orgIds: known, listedAt }
}

function namesOf(username: string, former: string | undefined): ReadonlySet<string> {
  const names = [username, ...(former?.split('\n') ?? [])].map(asciiLowerCase)
  return new Set(names.flatMap((name) => [name, withoutTag(name)]))
}

async function conclude(
  { ledger, clock, journal }: RosterDeps,
  name: string,
  { state }: Memory<RosterState>,
  { counts, unclear, unsure, sparse }: RosterEvaluation,
): Promise<void> {
  if (!state) return
  const { key, at } = state.last
  const taken = {
    key,
    at,
    counts,
    unclear: unclear.length,
    unclearKey: unclearKey({ unclear, unsure }),
    unclearNames: unclear,
    unsure,
    sparse,
  }
  await noteTaken(ledger, name, taken, clock.now())
  journal.note({ event: 'roster', roster: name, ...counts, unclear: unclear.length })
}
