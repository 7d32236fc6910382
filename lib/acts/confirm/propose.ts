import { start } from '../../core/runner.ts'
import { personOf } from '../../words/caller.ts'
import { type Act, type Invocation, isRefusal, type OperatorDeps, type Refusal } from '../act.ts'
import { actorOf } from '../fields.ts'
import { openProposal, type ProposalState } from './proposal.ts'
import { watchProposal } from './watch.ts'

/** An act that was not done: it waits for other people. */
type Proposed = {
  readonly proposed: string
  readonly what: string
  readonly expiresAt: Date
  /** How many more people must confirm it. */
  readonly needs: number
}

/** The ledger's items end at 400 KB, and events wait beside the request. */
const MOST_BYTES = 200_000

/** Records an act as a proposal instead of carrying it out. Carries it out at once if the request breaks the glass. */
export async function propose(
  deps: OperatorDeps,
  act: Act<OperatorDeps>,
  body: object,
  invocation: Invocation,
): Promise<object> {
  // Versions fix whom the cases are about; the members would double the size.
  const { action: _, breakGlass, members: __, ...request } = body as Asking
  const fixed = await act.fixes(deps, body)
  if (isRefusal(fixed)) return fixed
  if (breakGlass !== undefined && !deps.settings.breakGlass)
    return { error: '`breakGlass`: is switched off here; propose it without' }
  const { because = '', by } = request
  const isBroken = breakGlass !== undefined
  const state = {
    ...{ action: act.action, by: actorOf({ by }, invocation), because, request, fixed },
    ...(isBroken && { brokeGlass: breakGlass }),
  }
  const proposal = openProposal(state, invocation, deps.clock.now())
  const tooMuch = sizeProblem(proposal.state)
  if (tooMuch) return tooMuch
  const { id, state: recorded } = await start(deps, proposal, invocation.deadline, () => watchProposal(deps))
  if (isBroken) return { ...(await act.answer(deps, body, invocation)), brokeGlass: id }
  const { what, expiresAt } = recorded
  return { proposed: id, what, expiresAt, needs: personOf(recorded.by.actor) ? 1 : 2 } satisfies Proposed
}

type Asking = {
  readonly action: string
  readonly breakGlass?: string
  readonly because?: string
  readonly by?: string
  readonly members?: readonly string[]
} & Readonly<Record<string, unknown>>

/** How to ask for parts, as a shell takes it. */
const PARTS: { readonly [action: string]: (request: ProposalState['request']) => string } = {
  approve: () => 'split -l 2000 FILE FILE., then approve each part',
  release: ({ rule } = {}) =>
    `release 1,000 at a time, and have each part confirmed first: atlas-offboarding cases --kind ${rule} --json | jq -r '.cases[:1000][].case' | xargs atlas-offboarding release --yes --because WHY`,
}

function sizeProblem(state: ProposalState): Refusal | undefined {
  if (Buffer.byteLength(JSON.stringify(state)) <= MOST_BYTES) return undefined
  const { action, request } = state
  return {
    error: `\`action\`: too much for one proposal; ${PARTS[action]?.(request) ?? 'ask for a part of it'}`,
  }
}
