import { type Desk, type Failed, isFailed, type Result } from '../../cli/command.ts'
import { paragraphs } from '../../cli/text.ts'
import { changeOpenTask } from '../../core/runner.ts'
import { personOf } from '../../words/caller.ts'
import type { Decision } from '../../words/decision.ts'
import { type Act, type Invocation, isRefusal, type OperatorDeps, type Refusal, writes } from '../act.ts'
import { BY, PROPOSAL, SWITCH, WHY, wordOf } from '../fields.ts'
import { type OpenProposal, proposalLines } from './open-proposals.ts'
import {
  confirmersOf,
  type Proposal,
  type ProposalState,
  peopleBehind,
  proposalNotice,
  requestOf,
} from './proposal.ts'
import { closing } from './watch.ts'

/** `answer`: what the act came to, if it was carried out. */
type Confirmed = {
  readonly proposal: string
  readonly what: string
  readonly result: 'done' | 'unfinished' | 'acknowledged' | 'declined' | 'waiting'
  readonly action: string
  readonly answer?: object
}

type Request = { readonly proposal: string; readonly decline?: true | undefined }
type Acts = readonly Act<OperatorDeps>[]

/**
 * Carries out what another person proposed, or acknowledges what they did alone. The confirmation is committed first, so that the same
 * command continues after a crash.
 */
export function confirmOf(acts: Acts) {
  return writes({
    name: 'confirm',
    about: "carries out another person's proposal, or acknowledges what they did alone",
    examples: [
      'confirm p-0123456789abcdef0123',
      'confirm p-0123456789abcdef0123 --decline --because "nobody announced it"',
    ],
    fields: {
      proposal: PROPOSAL,
      decline: { ...SWITCH, about: 'close the proposal; nothing is done' },
      because: WHY,
      by: BY,
    },
    async does(deps, { because = 'confirmed', ...request }, invocation): Promise<Confirmed | Refusal> {
      const known = await deps.ledger.read<ProposalState>('proposal', request.proposal)
      const word = { ...wordOf(deps, { because, by: request.by }, invocation), act: 'confirm' as const }
      const problem = known ? whyNot(known, request, word) : 'there is no such proposal'
      if (problem !== undefined || !known) return { error: `\`proposal\`: ${problem}; nothing was done` }
      const act = acts.find(({ action }) => action === known.state.action)
      if (!act) return { error: `\`proposal\`: nobody can ${known.state.action}` }
      const isFirst = !known.state.confirmedAt && known.state.brokeGlass === undefined && !request.decline
      const stale = isFirst ? await staleness(deps, act, known) : undefined
      if (stale) return stale
      const changed = await changeOpenTask<ProposalState>(deps, known, (open) =>
        changeOf(open, request, word),
      )
      if (!('task' in changed)) return { error: '`proposal`: somebody else is at it; try again' }
      const { kind, task } = changed
      const refused = kind === 'changed' ? undefined : whyNot(task, request, word)
      if (refused) return { error: `\`proposal\`: ${refused}; nothing was done` }
      return await carryOn(deps, act, task, invocation)
    },
    async run(desk, request) {
      const no = await asked(desk, request)
      if (no) return no
      const answer = await desk.ask<Confirmed>('operator', { action: 'confirm', ...request })
      return isFailed(answer) ? answer : shown(desk, acts, answer)
    },
  })
}

/** Says why a proposal cannot be confirmed or declined by this caller. */
function whyNot(proposal: Proposal, { decline }: Request, { actor, at }: Decision): string | undefined {
  const { closedAt, state } = proposal
  const person = personOf(actor)
  if (closedAt) return `it is closed: ${state.ended}`
  if (state.brokeGlass === undefined && at >= state.expiresAt) return 'its time is over'
  if (person === undefined) return 'only a caller whom AWS proved to be one person can confirm'
  if (decline) return state.confirmedAt || state.brokeGlass !== undefined ? 'it is done' : undefined
  if (state.confirmedAt || !peopleBehind(proposal).has(person)) return undefined
  return 'another person must confirm: you proposed it or confirmed it before'
}

/** Refuses a proposal that would no longer affect what its proposer saw. A case that changed otherwise is left alone when the act is carried out. */
async function staleness(
  deps: OperatorDeps,
  act: Act<OperatorDeps>,
  { state }: Proposal,
): Promise<Refusal | undefined> {
  const { fixed = {} } = state
  const now = await act.fixes(deps, requestOf(state))
  if (isRefusal(now)) return now
  const isSame = Object.keys(now).sort().join() === Object.keys(fixed).sort().join()
  return isSame ? undefined : { error: '`proposal`: what it is about has changed since; propose it again' }
}

function changeOf(open: Proposal, request: Request, word: Decision) {
  if (open.state.confirmedAt || whyNot(open, request, word) !== undefined) return undefined
  const decisions = [...open.decisions, word]
  const next = { ...open, decisions }
  if (request.decline) return { ...closing(next, 'declined', word.at), decisions }
  const { brokeGlass, what } = open.state
  // The due time stays: until then nobody but the human who confirms works on it.
  const dueAt = open.dueAt && { dueAt: open.dueAt }
  if (peopleBehind(next).size < 2) return { decisions, ...dueAt }
  if (brokeGlass !== undefined) return { ...closing(next, 'acknowledged', word.at), decisions }
  const message = `Confirmed: ${what}`
  const drafts = [proposalNotice(next, { name: 'confirmed', at: word.at, message })]
  return { state: { ...open.state, confirmedAt: word.at }, decisions, drafts, ...dueAt }
}

/** Carries a confirmed proposal out. A second time it changes nothing that is done already. */
async function carryOn(
  deps: OperatorDeps,
  act: Act<OperatorDeps>,
  task: Proposal,
  invocation: Invocation,
): Promise<Confirmed | Refusal> {
  const { action, what, ended, confirmedAt, fixed = {}, by, requestId } = task.state
  const said = { proposal: task.id, what, action }
  if (ended === 'declined' || ended === 'acknowledged') return { ...said, result: ended }
  if (!confirmedAt) return { ...said, result: 'waiting' }
  const proposer = personOf(by.actor) === undefined ? {} : { caller: { arn: by.actor } }
  const confirmed = { by: confirmersOf(task.decisions), fixed }
  const proposed = { deadline: invocation.deadline, requestId, ...proposer, confirmed }
  const answer = await act.answer(deps, requestOf(task.state), proposed)
  if (isRefusal(answer)) return answer
  if (isUnfinished(answer)) return { ...said, result: 'unfinished', answer }
  await changeOpenTask<ProposalState>(deps, task, (open) => closing(open, 'done', deps.clock.now()))
  return { ...said, result: 'done', answer }
}

function isUnfinished(answer: object): boolean {
  const { cases = [], busy = [] } = answer as {
    cases?: readonly { result?: string }[]
    busy?: readonly string[]
  }
  return busy.length > 0 || cases.some(({ result = '' }) => result === 'busy' || result === 'not_reached')
}

/** Shows a human what they are about to confirm. */
async function asked(desk: Desk, { proposal: id, decline }: Request): Promise<Failed | undefined> {
  const known = await desk.ask<{ readonly proposals: readonly OpenProposal[] }>('operator-read', {
    action: 'status',
  })
  if (isFailed(known)) return known
  const proposal = known.proposals.find((one) => one.proposal === id)
  if (!proposal) return { error: `there is no open proposal ${id}`, status: 1 }
  const { what } = proposal
  desk.terminal.show(`${proposalLines(proposal, desk.view())}\n`)
  return await desk.confirm(`${decline ? 'Decline' : 'Confirm'} this: ${what}?`)
}

function shown(desk: Desk, acts: Acts, confirmed: Confirmed): Result {
  const { proposal, what, result, action, answer = {} } = confirmed
  const { cases = [] } = answer as { readonly cases?: readonly { case: string; result: string }[] }
  const left = cases.filter((one) => one.result !== 'changed').map((one) => `${one.case}: ${one.result}`)
  const line = {
    done: `Confirmed, and carried out${left.length > 0 ? ', but for what is named below' : ''}: ${what}`,
    unfinished: `Confirmed, and not finished: ${what}\nnext: atlas-offboarding confirm ${proposal}`,
    acknowledged: `Acknowledged: ${what}`,
    declined: `Declined: ${what}`,
    waiting: `Noted: ${what}\nAnother person must confirm it, too: nothing proves who proposed it`,
  }[result]
  const act = acts.find((one) => one.action === action)
  const detail = act?.show && result === 'done' ? act.show(answer, desk.view()) : undefined
  const isDone = result !== 'unfinished' && result !== 'waiting' && left.length === 0
  return {
    answer: confirmed,
    text: paragraphs(line, detail?.text, left.join('\n')),
    status: isDone ? (detail?.status ?? 0) : 1,
  }
}
