import * as z from 'zod/mini'
import type { Memory } from '../../core/ledger.ts'
import { type EveryoneState, type OrgState, stopOf } from '../../core/org-state.ts'
import { approvalFor, type PersonState, personKey } from '../../core/returns.ts'
import { resumed } from '../../core/stops.ts'
import { slotsIn24h } from '../../core/window.ts'
import type { Case } from '../../words/case.ts'
import { act, type Invocation, type OperatorDeps, type Refusal } from '../act.ts'
import { changeCases } from '../change-cases.ts'
import { wordOf } from '../claim.ts'
import { CLAIM, OrgId } from '../fields.ts'
import { isCase } from '../kinds.ts'
import { changeStops, stoppedBy, unknownOrg } from '../organizations.ts'

/** The removals that still count against an organization's limit: the next leaver stops it again before `freeAt`. */
export type FullWindow = { readonly removals: number; readonly limit: number; readonly freeAt: Date }

type Resumed = {
  readonly resumed: string
  /** Whether anything was stopped at all. */
  readonly changed: boolean
  /** Cases that a worker tries again: those that the pause held, and those of approved people that the limit held. */
  readonly retried: number
  /** Such cases that were not reached, because a worker has them or the time ran out: they need a retry. */
  readonly busy: readonly string[]
  /** Cases that the limit holds; each of them needs a release. */
  readonly massRemoval: number
  readonly full?: FullWindow
  /** What stays stopped all the same: an organization's own stop is lifted by its name. */
  readonly stillStopped: readonly string[]
}

/** Lifts a pause and an exceeded limit, and retries the cases that the pause held. */
export const resume = act(
  { ...CLAIM, orgId: z.optional(OrgId) },
  async (deps: OperatorDeps, request, invocation: Invocation): Promise<Resumed | Refusal> => {
    const { orgId } = request
    const wrong = unknownOrg(deps.organizations, orgId)
    if (wrong) return wrong
    const word = wordOf(deps, request, invocation)
    const { before, changed } = await changeStops(deps, orgId, (state, of) => resumed(state, word, of))
    const full = isOrg(before) ? fullWindow(before, word.at) : undefined
    return {
      ...{ resumed: orgId ?? 'all', changed, ...(full && { full }) },
      ...(await retryHeld(deps, orgId, invocation)),
      stillStopped: await stoppedBy(deps, ['paused', 'over_limit']),
    }
  },
)

function isOrg(state: EveryoneState): state is OrgState {
  return 'slots' in state
}

const DAY_MS = 24 * 3_600_000

/** Tells whether the window that stopped the organization is still full, and until when. */
function fullWindow(state: OrgState, now: Date): FullWindow | undefined {
  const limit = stopOf(state, 'over_limit')?.limit
  const taken = Object.values(slotsIn24h(state, now)).map(({ at }) => at.getTime())
  if (limit === undefined || taken.length < limit) return undefined
  const lastInTheWay = taken.toSorted((one, other) => one - other)[taken.length - limit]
  const freeAt = new Date((lastInTheWay ?? now.getTime()) + DAY_MS)
  return { removals: taken.length, limit, freeAt }
}

async function retryHeld(deps: OperatorDeps, orgId: string | undefined, { deadline }: Invocation) {
  const paused: Case[] = []
  const massRemoval: Case[] = []
  for await (const page of deps.ledger.open('case')) {
    for (const kase of page.filter(isCase)) {
      const { outcome } = kase.state
      if (outcome?.kind !== 'held' || (orgId !== undefined && kase.state.orgId !== orgId)) continue
      if (outcome.reason === 'paused') paused.push(kase)
      if (outcome.reason === 'mass_removal') massRemoval.push(kase)
    }
  }
  const approved = await approvedOf(deps, massRemoval)
  const ids = [...paused, ...approved].map(({ id }) => id)
  const { cases } = await changeCases(deps, ids, deadline, () => ({}))
  return {
    retried: cases.filter(({ result }) => result === 'changed').length,
    busy: cases.filter(({ result }) => result === 'busy' || result === 'not_reached').map((one) => one.case),
    massRemoval: massRemoval.length - approved.length,
  }
}

async function approvedOf({ ledger, clock }: OperatorDeps, cases: readonly Case[]): Promise<readonly Case[]> {
  const memories = await ledger.memories(cases.map(({ subject }) => personKey(subject.username)))
  return cases.filter(({ id, state }, index) => {
    const { state: person } = (memories[index] ?? {}) as Partial<Memory<PersonState>>
    return approvalFor(person, { orgId: state.orgId, caseId: id }, clock.now())
  })
}
