import type { Case, CaseState } from '../words/case.ts'
import type { Return } from '../words/departure.ts'
import type { OffboardDeps } from './attempt.ts'
import { casesOfPerson } from './ledger.ts'
import { overtaken, type PersonState, personKey, returned } from './returns.ts'
import { changeOpenTask, LONGEST_DELAY_MS, remember } from './runner.ts'

/** Long enough for a worker that has a case of the person, or is just opening one: it needs seconds. */
const AGAIN_MS = 30_000

/**
 * Remembers that a source says the person is back, and lets every older open case of theirs be judged by that.
 *
 * @throws if it could not be remembered
 */
export async function recordReturn(deps: OffboardDeps, back: Return): Promise<void> {
  const before = await casesOfPerson(deps.ledger, back.username)
  const isNews = !back.doubtful && before.some((kase) => isOlder(kase, back))
  const remembered = back.scope
    ? undefined
    : await remember<PersonState>(deps, personKey(back.username), (state) =>
        returned(state, back, { now: deps.clock.now(), isNews }),
      )
  // Asked again: what was recorded before we remembered may not know of the return.
  const cases = await casesOfPerson(deps.ledger, back.username)
  const older = cases.filter((kase) => isOlder(kase, back))
  const removed = cases.filter((kase) => !back.scope && isOvertaken(kase, back))
  if (removed.length > 0)
    await remember<PersonState>(deps, personKey(back.username), (state) =>
      overtaken(state, back, removed, deps.clock.now()),
    )
  let isBusy = false
  // One after the other: cases of one person in one organization share a lock.
  for (const { id } of older) {
    const change = (kase: Case) => (back.scope ? takenBack(kase, back) : judgedAgain(kase, back))
    const { kind } = await changeOpenTask<CaseState>(deps, { kind: 'case', id }, change)
    isBusy ||= kind === 'busy'
  }
  // A case that a worker judged before we remembered may not be in the index yet, and a DELETE under way may take effect: the return
  // is looked at once more. Not for a case that is held for the return: it removes nobody unless a human says so, and we would look again
  // for as long as it is held, once more for each copy of the message that SQS delivers twice.
  const isUnsettled = older.some(({ state }) => state.intent !== undefined && !isHeldForIt(state))
  const delayMs = isBusy || remembered?.isChanged ? AGAIN_MS : isUnsettled ? LONGEST_DELAY_MS : undefined
  if (delayMs !== undefined) await deps.queue.send([{ message: { kind: 'return', return: back }, delayMs }])
}

/** An open case that is no newer than the return. */
function isOlder({ closedAt, state }: Case, { occurredAt }: Return): boolean {
  return !closedAt && state.departure.occurredAt <= occurredAt
}

/** The person was removed although a source had said before that they are back, and no human released the case after that. */
function isOvertaken({ state, decisions }: Case, { occurredAt }: Return): boolean {
  const { outcome, departure } = state
  if (outcome?.kind !== 'removed' || departure.occurredAt > occurredAt) return false
  return (
    outcome.revokedAt >= occurredAt && !decisions.some(({ act, at }) => act === 'release' && at > occurredAt)
  )
}

/**
 * Ends what the loss of an application began, and nothing else. It is not remembered: whoever is newly hired is given the application
 * too, and of two such events that arrive in the wrong order the loss was carried out at once.
 */
function takenBack({ state, decisions }: Case, { id, source, occurredAt }: Return) {
  const { departure } = state
  const isMeant = departure.scope === 'app_assignment' && departure.source === source
  const isNewer = occurredAt > departure.occurredAt
  if (!isMeant || !isNewer || decisions.some(({ act }) => act === 'cancel')) return undefined
  const because = 'the source gave the person the application again'
  const cancel = { act: 'cancel', actor: source, because, at: occurredAt, requestId: id } as const
  return { decisions: [...decisions, cancel] }
}

/** A case that is held for a return already is judged again only by a return that ends it: else each repetition would be an alert. */
function judgedAgain({ state }: Case, { source, doubtful }: Return) {
  const { departure } = state
  const isEnded = departure.source === source && !departure.scope && !doubtful
  const isOthers = doubtful === true && departure.source !== source
  return (isHeldForIt(state) && !isEnded) || isOthers ? undefined : {}
}

function isHeldForIt({ outcome }: CaseState): boolean {
  return outcome?.kind === 'held' && outcome.reason === 'rejoined'
}
