import * as z from 'zod/mini'
import { type Stop, stopOf } from '../../core/org-state.ts'
import { paused } from '../../core/stops.ts'
import { act, type Invocation, type OperatorDeps, type Refusal } from '../act.ts'
import { wordOf } from '../claim.ts'
import { CLAIM, OrgId } from '../fields.ts'
import { changeStops, unknownOrg } from '../organizations.ts'

type Paused = {
  readonly paused: string
  /** The pause in force, which may be an earlier one. */
  readonly stop?: Extract<Stop, { kind: 'paused' }>
}

/** Stops all removals of one organization, or of all: effective at the next DELETE. */
export const pause = act(
  { ...CLAIM, orgId: z.optional(OrgId) },
  async (deps: OperatorDeps, request, invocation: Invocation): Promise<Paused | Refusal> => {
    const wrong = unknownOrg(deps.organizations, request.orgId)
    if (wrong) return wrong
    const word = wordOf(deps, request, invocation)
    const { after } = await changeStops(deps, request.orgId, (state, orgId) => paused(state, word, orgId))
    const stop = stopOf(after, 'paused')
    return { paused: request.orgId ?? 'all', ...(stop && { stop }) }
  },
)
