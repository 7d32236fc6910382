import type { Ledger, MemoryChange } from '../core/ledger.ts'
import { noticeDraft } from '../words/audit-event.ts'
import type { RosterCounts } from './evaluate-roster.ts'
import type { RosterFile } from './roster-file.ts'

/** What is remembered of each roster, for `status` and the alarm on silence. */
export type RosterSummaries = { readonly rosters: Readonly<Record<string, RosterSummary>> }

type RosterSummary = {
  /** When it was first expected. */
  readonly since: Date
  /** The last file that was taken. */
  readonly last?: {
    readonly key: string
    readonly at: Date
    readonly counts: RosterCounts
    /** People of ours whose line may mean a leaving and cannot be understood. */
    readonly unclear: number
    /** Hashes of those people and the columns that are not read, so that each of them is published once. */
    readonly unclearKey: string
  }
  readonly refused?: {
    readonly key: string
    readonly version: string
    readonly at: Date
    readonly why: string
  }
}

/** The key under which the ledger keeps this. */
export const ROSTERS = 'rosters'

/** Remembers rosters from which a file is expected from now on, so that one that never comes is missed. */
export function expecting(
  state: RosterSummaries | undefined,
  names: readonly string[],
  now: Date,
): MemoryChange<RosterSummaries> | undefined {
  const missing = names.filter((name) => !Object.hasOwn(state?.rosters ?? {}, name))
  if (missing.length === 0) return undefined
  const fresh = Object.fromEntries(missing.map((name) => [name, { since: now }]))
  return { state: { rosters: { ...state?.rosters, ...fresh } } }
}

/** How long each of these rosters has sent no file that could be taken, in ms. */
export function rosterSilences(
  state: RosterSummaries | undefined,
  names: readonly string[],
  now: Date,
): Readonly<Record<string, number>> {
  const known = names.flatMap((name) => {
    const roster = state?.rosters[name]
    return roster ? [[name, now.getTime() - (roster.last?.at ?? roster.since).getTime()] as const] : []
  })
  return Object.fromEntries(known)
}

type Taken = NonNullable<RosterSummary['last']> & {
  readonly unclearNames: readonly string[]
  /** Columns that may hold leaving dates and are not read. */
  readonly unsure: readonly string[]
  /** Others that may, with dates on few lines, which no file before had. */
  readonly sparse: readonly string[]
}

/** More names than that do not help to find a wrong column. */
const MOST_NAMED = 20

/** Remembers a file that was taken. Publishes which people and columns are unclear in it, unless all of them were in the last file. */
export async function noteTaken(ledger: Ledger, name: string, taken: Taken, now: Date): Promise<void> {
  const { unclearNames, unsure, sparse, ...last } = taken
  await ledger.change<RosterSummaries>(ROSTERS, (state) => {
    const known = state?.rosters[name]
    if (known?.last && known.last.at >= last.at) return undefined
    const before = new Set(known?.last?.unclearKey.split(' '))
    const isNews = last.unclearKey !== '' && !new Set(last.unclearKey.split(' ')).isSubsetOf(before)
    const columns = [...new Set([...unsure, ...sparse])]
    const unmapped = {
      roster: name,
      key: last.key,
      number: last.unclear,
      usernames: unclearNames.slice(0, MOST_NAMED),
      unread_columns: columns.slice(0, MOST_NAMED).map((name) => name.slice(0, 40)),
    }
    const drafts =
      isNews || sparse.length > 0 ? [noticeDraft({ name: 'roster_unclear', at: now, unmapped })] : []
    return { state: withRoster(state, name, { since: known?.since ?? now, last }), drafts }
  })
}

/** Remembers a file that was refused, and publishes that once for each version. */
export async function noteRefused(
  ledger: Ledger,
  name: string,
  { key, version }: RosterFile,
  { why, now }: { readonly why: string; readonly now: Date },
): Promise<void> {
  await ledger.change<RosterSummaries>(ROSTERS, (state) => {
    const known = state?.rosters[name] ?? { since: now }
    if (known.refused?.key === key && known.refused.version === version) return undefined
    const draft = noticeDraft({ name: 'roster_refused', at: now, unmapped: { roster: name, key, why } })
    const refused = { key, version, at: now, why }
    return { state: withRoster(state, name, { ...known, refused }), drafts: [draft] }
  })
}

function withRoster(
  state: RosterSummaries | undefined,
  name: string,
  roster: RosterSummary,
): RosterSummaries {
  return { rosters: { ...state?.rosters, [name]: roster } }
}
