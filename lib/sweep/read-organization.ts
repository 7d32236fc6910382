import { type Rename, renamedKey } from '../core/absent.ts'
import type { MemberList, OrgEvent } from '../core/ports.ts'
import { addMs, remember } from '../core/runner.ts'
import { changeOrg } from '../core/stops.ts'
import { counted } from '../core/window.ts'
import { REMOVAL_EVENTS, type RemovalEvent } from '../evidence/explain.ts'
import { atOnce } from '../words/at-once.ts'
import { DAY_MS, HOUR_MS } from '../words/duration.ts'
import { asciiLowerCase } from '../words/username.ts'
import { begun, type ComparisonState, comparisonKey } from './comparison.ts'
import { formerNamesKey, type Names, readList, writeList } from './lists.ts'
import { indexOf, type MemberIndex } from './member-index.ts'
import type { SweepDeps } from './parts.ts'

/** What Atlas said of one organization, and which of its removals nothing has explained so far. */
export type Round = {
  readonly orgId: string
  readonly startedAt: Date
  /** As it was before this comparison. */
  readonly comparison: ComparisonState
  readonly index: MemberIndex
  /** Everybody's name, to be kept for the next comparison. */
  readonly names: Names
  readonly unreadableRows: number
  /** Removals with our credential or without an actor, by the person's username in ASCII lower case. */
  readonly suspects: Map<string, RemovalEvent[]>
  /** Why Atlas's events could not be read. */
  readonly feedCode?: string
}

/** An event may reach the organization's feed late, and a closed case the ledger's index. Both are looked at twice. */
const OVERLAP_MS = HOUR_MS
/** The outcome of a younger removal may not be committed yet. */
const SETTLING_MS = 10 * 60_000
const KEEP_RENAMED_MS = 400 * DAY_MS
const AT_ONCE = 20

/** Reads an organization's members and removals. @returns `undefined` if Atlas did not answer */
export async function readOrganization(
  deps: SweepDeps,
  orgId: string,
  until: Date,
): Promise<Round | undefined> {
  const { ledger, members, clock } = deps
  const startedAt = clock.now()
  const key = comparisonKey(orgId)
  const { memory } = await remember<ComparisonState>(deps, key, (state) => begun(state, startedAt))
  const comparison = memory.state ?? begun(undefined, startedAt).state
  const list = await members.all(orgId, until)
  if (list.kind === 'failure') {
    await remember<ComparisonState>(deps, key, (state = comparison) => ({
      state: { ...state, code: list.code },
    }))
    return undefined
  }
  const before = await readList(ledger, orgId)
  const index = indexOf(list, before)
  const org = await changeOrg(deps, orgId, (state) => ({
    // From now on a check of the credential is expected.
    state: { credential: { okAt: startedAt }, ...counted(state, index.byId.size, startedAt) },
  }))
  await logRenames(deps, orgId, index, startedAt)
  const names = namesToKeep(list, before)
  await keepFormerNames(deps, orgId, index, names)

  const since = Math.min(comparison.comparedUntil.getTime(), startedAt.getTime() - HOUR_MS) - OVERLAP_MS
  const feed = await members.events(orgId, REMOVAL_EVENTS, new Date(since), until)
  // Without a date, nothing can ever explain an event: it counts as a row that we cannot read.
  const unread =
    'events' in feed ? (feed.unreadable ?? 0) + feed.events.filter((one) => one.isUndated).length : 0
  return {
    ...{ orgId, startedAt, comparison, index, names },
    unreadableRows: list.unreadable.length + unread,
    ...(feed.kind === 'failure'
      ? { suspects: new Map(), feedCode: feed.code }
      : { suspects: suspectsIn(feed.events, org.actors ?? [], startedAt) }),
  }
}

/** Logs renames before the list with the new names is kept, so that a sweep that ends in between sees them again. */
async function logRenames(
  { ledger }: SweepDeps,
  orgId: string,
  { renamed }: MemberIndex,
  at: Date,
): Promise<void> {
  await atOnce(renamed, AT_ONCE, ({ from, userId }) =>
    ledger.change<Rename>(renamedKey(orgId, from), () => ({
      state: { userId, at },
      expiresAt: addMs(at, KEEP_RENAMED_MS),
    })),
  )
}

/** Keeps former names by userId, for rosters: those name everybody who ever worked here, too many to look up each one. */
async function keepFormerNames(
  { ledger }: SweepDeps,
  orgId: string,
  { renamed }: MemberIndex,
  names: Names,
): Promise<void> {
  const before = await readList(ledger, formerNamesKey(orgId))
  const former = new Map([...(before ?? [])].filter(([userId]) => names.has(userId)))
  if (renamed.length === 0 && former.size === (before?.size ?? 0)) return
  for (const { from, userId } of renamed) former.set(userId, latestOf(from, former.get(userId)))
  await writeList(ledger, formerNamesKey(orgId), former)
}

const MOST_FORMER = 5

function latestOf(from: string, before: string | undefined): string {
  const names = [from, ...(before?.split('\n') ?? [])].map(asciiLowerCase)
  return [...new Set(names)].slice(0, MOST_FORMER).join('\n')
}

/** Whoever is missing from a list with unreadable rows may be in one of them. */
function namesToKeep({ members, unreadable }: MemberList, before: Names | undefined): Names {
  const kept = unreadable.length > 0 && before ? before : []
  return new Map([...kept, ...members.map(({ userId, username }) => [userId, username] as const)])
}

function suspectsIn(events: readonly OrgEvent[], actors: readonly string[], now: Date) {
  const until = now.getTime() - SETTLING_MS
  const suspects = events
    .map((event) => ({ ...event, isOurs: event.actor !== undefined && actors.includes(event.actor) }))
    .filter(({ actor, isOurs, at }) => (actor === undefined || isOurs) && at.getTime() <= until)
  return Map.groupBy(suspects, ({ targetUsername = '' }) => asciiLowerCase(targetUsername))
}
