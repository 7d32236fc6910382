import type { Case, CaseState } from '../words/case.ts'
import type { Return } from '../words/departure.ts'
import type { OffboardDeps } from './attempt.ts'
import { casesOfPerson } from './ledger.ts'
import { type PersonState, personKey, returned } from './returns.ts'
import { changeOpenTask, remember } from './runner.ts'

/** A worker has a case of the person who came back, or is just opening one: it takes seconds. */
const AGAIN_MS = 30_000

/**
 * Remembers that a source says the person is back, and lets every older open case of theirs be judged by that.
 *
 * @throws if it could not be remembered
 */
export async function recordReturn(deps: OffboardDeps, back: Return): Promise<void> {
  const isNews = (await olderCases(deps, back)).length > 0
  const remembered = back.scope
    ? undefined
    : await remember<PersonState>(deps, personKey(back.username), (state) =>
        returned(state, back, { now: deps.clock.now(), isNews }),
      )
  // Asked again: what was recorded before we remembered may not know of the return.
  const older = await olderCases(deps, back)
  let isBusy = false
  // One after the other: cases of one person in one organization share a lock.
  for (const { id } of older) {
    const change = (kase: Case) => (back.scope ? takenBack(kase, back) : judgedAgain(kase, back))
    const { kind } = await changeOpenTask<CaseState>(deps, { kind: 'case', id }, change)
    isBusy ||= kind === 'busy'
  }
  // A case that a worker judged before we remembered may not be in the index yet: the return is looked at once more.
  if (isBusy || remembered?.isChanged)
    await deps.queue.send([{ message: { kind: 'return', return: back }, delayMs: AGAIN_MS }])
}

/** The person's open cases of before the return. */
async function olderCases({ ledger }: OffboardDeps, back: Return): Promise<readonly Case[]> {
  const cases = await casesOfPerson(ledger, back.username)
  return cases.filter(({ closedAt, state }) => !closedAt && state.departure.occurredAt < back.occurredAt)
}

/**
 * Ends what the loss of an application began, and nothing else. It is not remembered: whoever is newly hired is given the application
 * too, and of two such events that arrive in the wrong order the loss was carried out at once.
 */
function takenBack({ state, decisions }: Case, { id, source, occurredAt }: Return) {
  const { departure } = state
  const isMeant = departure.scope === 'app_assignment' && departure.source === source
  if (!isMeant || decisions.some(({ act }) => act === 'cancel')) return undefined
  const because = 'the source gave the person the application again'
  const cancel = { act: 'cancel', actor: source, because, at: occurredAt, requestId: id } as const
  return { decisions: [...decisions, cancel] }
}

/** A case that the return does not end is held for it already. To judge it again with every repetition would be an alert each time. */
function judgedAgain({ state }: Case, { source }: Return) {
  const { outcome, departure } = state
  const isHeld = outcome?.kind === 'held' && outcome.reason === 'rejoined'
  const isEnded = departure.source === source && !departure.scope
  return isHeld && !isEnded ? undefined : {}
}
