import { type Case, countByKind } from '../domain/case.ts'
import type { GuardSettings } from '../domain/guards.ts'
import { EVERY_ORG, type OrgState } from '../domain/org-state.ts'
import { removalLimit, type WindowLimits } from '../domain/removal-window.ts'
import type { ReaderDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'

const DAY_MS = 24 * 3_600_000

/** A case as operators see it. */
export type CaseView = ReturnType<typeof viewOf>

/** Shows a case to an operator: where it stands, when it comes back, what Atlas had. */
export function viewOf(kase: Case) {
  const {
    id,
    orgId,
    departure,
    receivedAt,
    attempts,
    nextAttemptAt,
    outcome,
    outcomeAt,
    closedAt,
    snapshot,
    releases,
  } = kase
  const { id: departureId, source, username } = departure
  return {
    case: id,
    orgId,
    departureId,
    source,
    username,
    receivedAt,
    attempts,
    nextAttemptAt,
    outcome,
    outcomeAt,
    closedAt,
    snapshot,
    releases,
  }
}

/** Lists cases: the open ones, or those received since an instant, and of these one kind. */
export async function cases(
  deps: ReaderDeps,
  body: unknown,
): Promise<{ readonly cases: readonly CaseView[] } | Refusal> {
  const request = readRequest('cases', body)
  if (isRefusal(request)) return request

  const { open, kind, since } = request
  const found = since ? await receivedSince(deps, since) : await deps.ledger.open()
  const wanted = found.filter((kase) => (!open || !kase.closedAt) && (!kind || isOfKind(kase, kind)))
  return { cases: wanted.map(viewOf) }
}

async function receivedSince({ ledger, clock }: ReaderDeps, since: Date): Promise<readonly Case[]> {
  const days: string[] = []
  for (let day = since.getTime(); day <= clock.now().getTime() + DAY_MS; day += DAY_MS)
    days.push(new Date(day).toISOString().slice(0, 10))
  const found = await Promise.all([...new Set(days)].map((received) => ledger.on({ received })))
  return found.flat().filter(({ receivedAt }) => receivedAt >= since)
}

function isOfKind({ outcome }: Case, kind: string): boolean {
  return outcome?.kind === kind || (outcome !== undefined && 'reason' in outcome && outcome.reason === kind)
}

/** Tells how the installation stands: what mode it is in, what stops it, and what waits. */
export async function status({ ledger, organizations, clock, settings }: ReaderDeps, deadline: Date) {
  const now = clock.now()
  const [open, everywhere, configured] = await Promise.all([
    ledger.open(),
    ledger.org(EVERY_ORG),
    organizations.list(deadline),
  ])
  const orgs = await Promise.all(
    configured.map(async (one) =>
      one.kind === 'unread' ? one : orgView(await ledger.org(one.orgId), settings, now),
    ),
  )
  const oldest = open
    .map(({ receivedAt }) => receivedAt)
    .toSorted((one, other) => one.getTime() - other.getTime())[0]
  return {
    mode: settings.mode,
    ...(settings.mode === 'observe' && {
      warning: 'OBSERVE MODE: nobody is removed; real departures are held',
    }),
    paused: everywhere.paused,
    orgs,
    open: countByKind(open),
    oldestOpen: oldest,
    sources: Object.fromEntries(
      Object.entries(everywhere.sources ?? {}).map(([source, { at }]) => [source, at]),
    ),
  }
}

function orgView(org: OrgState, limits: WindowLimits & GuardModeSettings, now: Date) {
  const { orgId, block, latchedAt, paused, slots } = org
  const removals = Object.values(slots).filter(({ at }) => now.getTime() - at.getTime() < DAY_MS).length
  return { orgId, removalsIn24h: removals, limit: removalLimit(org, limits, now), block, latchedAt, paused }
}

type GuardModeSettings = Pick<GuardSettings, 'mode'>
