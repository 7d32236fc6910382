import type { Ledger, MemoryChange } from '../core/ledger.ts'
import { EVERYONE, type EveryoneState, everyoneIn, type OrgState, type StopKind } from '../core/org-state.ts'
import type { Organizations } from '../core/ports.ts'
import { remember } from '../core/runner.ts'
import { changeOrg } from '../core/stops.ts'
import { slotsIn24h } from '../core/window.ts'
import { stopsInForce } from '../sweep/stops-in-force.ts'
import { DAY_MS } from '../words/duration.ts'
import type { OperatorDeps, Refusal } from './act.ts'

/** Reads what is remembered of all organizations together, and of each. */
export async function readStops(ledger: Ledger, orgIds: readonly string[]) {
  const [everyone, ...orgs] = await stopsInForce(ledger, orgIds)
  return { everyone, orgs: orgs.map((org, index) => ({ ...org, orgId: orgIds[index] ?? '' })) }
}

/** The removals that count against a limit now. If they use it up, the next leaver before `freeAt` stops the organization. */
export function windowOf(org: OrgState, limit: number, now: Date) {
  const taken = Object.values(slotsIn24h(org, now)).map(({ at }) => at.getTime())
  const lastInTheWay = taken.sort((one, other) => one - other)[taken.length - Math.max(limit, 1)]
  const freeAt = lastInTheWay === undefined ? undefined : new Date(lastInTheWay + DAY_MS)
  return { removals: taken.length, limit, freeAt }
}

/** Refuses an organization that is not configured: with a mistyped id, the one that was meant would go on. */
export function unknownOrg(
  { orgIds }: Organizations,
  wanted: string | undefined,
  field = 'orgId',
): Refusal | undefined {
  if (wanted === undefined || orgIds.includes(wanted)) return undefined
  return { error: `\`${field}\`: ${wanted} is not configured` }
}

type Change = <S extends EveryoneState>(state: S, orgId?: string) => MemoryChange<S> | undefined

/**
 * Changes what stops one organization, or without `orgId` all of them together.
 *
 * @returns the state before and after; the same if there was nothing to change
 */
export async function changeStops(deps: OperatorDeps, orgId: string | undefined, change: Change) {
  let before: EveryoneState | OrgState = { stops: [] }
  let changed = false
  const noted = <S extends EveryoneState>(state: S) => {
    before = state
    const next = change(state, orgId)
    changed = next !== undefined
    return next
  }
  const after: EveryoneState =
    orgId === undefined ? await changeEveryone(deps, noted) : await changeOrg(deps, orgId, noted)
  return { before: before as EveryoneState | OrgState, after, changed }
}

async function changeEveryone(
  deps: OperatorDeps,
  change: (state: EveryoneState) => MemoryChange<EveryoneState> | undefined,
): Promise<EveryoneState> {
  const { memory } = await remember<EveryoneState>(deps, EVERYONE, (state, isUnreadable) =>
    change(everyoneIn({ state, isUnreadable })),
  )
  return everyoneIn(memory)
}

/** Names what is stopped by one of these kinds: `all`, and organizations. */
export async function stoppedBy(
  { ledger, organizations }: OperatorDeps,
  kinds: readonly StopKind[],
): Promise<readonly string[]> {
  const { everyone, orgs } = await readStops(ledger, organizations.orgIds)
  const isStopped = ({ stops }: EveryoneState) => stops.some(({ kind }) => kinds.includes(kind))
  return [...(isStopped(everyone) ? ['all'] : []), ...orgs.filter(isStopped).map(({ orgId }) => orgId)]
}
