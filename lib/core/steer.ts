import type { Case } from '../words/case.ts'
import type { AuditTrail, Clock, Journal, Ledger, Queue } from './ports.ts'
import { publishCase } from './publish.ts'

export type SteerDeps = {
  readonly ledger: Ledger
  readonly audit: AuditTrail
  readonly queue: Queue
  readonly clock: Clock
  readonly journal: Journal
}

/** What became of the wish to change an open case. */
export type Steered =
  | { readonly kind: 'changed'; readonly kase: Case }
  /** The change does not apply to the case as it is. */
  | { readonly kind: 'unchanged'; readonly kase: Case }
  | { readonly kind: 'closed'; readonly kase: Case }
  /** A worker is at it this very moment. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'unknown' }

/**
 * Changes an open case for a human or a source, and lets a worker judge it again at once.
 *
 * Done under the case's lease: whoever removes somebody has written down how it ended before anybody can change the case.
 *
 * @param change - answers `undefined` if it does not apply
 */
export async function steer(
  deps: SteerDeps,
  caseId: string,
  change: (kase: Case) => Case | undefined,
): Promise<Steered> {
  const { ledger, queue } = deps
  const known = await ledger.read(caseId)
  if (!known) return { kind: 'unknown' }
  if (known.closedAt) return { kind: 'closed', kase: known }

  const leased = await ledger.lease(known)
  if (leased.kind === 'busy') return { kind: 'busy' }
  const steered = await changeUnderLease(deps, known, change).finally(() =>
    // One that cannot be given back lapses by itself.
    ledger.release(leased.lease).catch(() => undefined),
  )
  if (steered.kind !== 'changed') return steered

  // Told before it is queued: publishing writes the case too, and must not overtake the worker that comes for it.
  await publishCase(deps, steered.kase)
  await queue.send([{ message: { kind: 'case', caseId } }])
  return steered
}

async function changeUnderLease(
  { ledger, clock }: SteerDeps,
  known: Case,
  change: (kase: Case) => Case | undefined,
): Promise<Steered> {
  const kase = (await ledger.read(known.id)) ?? known
  if (kase.closedAt) return { kind: 'closed', kase }
  const changed = change(kase)
  if (!changed) return { kind: 'unchanged', kase }
  const saved = await ledger.save({ ...changed, nextAttemptAt: clock.now() })
  return saved ? { kind: 'changed', kase: saved } : { kind: 'busy' }
}
