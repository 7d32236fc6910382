import { renamedKey } from '../../core/absent.ts'
import type { Memory } from '../../core/ledger.ts'
import { NOBODY, type PersonState, personKey } from '../../core/returns.ts'
import { remember } from '../../core/runner.ts'
import type { StopAct } from '../../core/stops.ts'
import { Username } from '../../senders/fields.ts'
import { noticeDraft, sealed } from '../../words/audit-event.ts'
import { forgotten, otherNamesOf, pseudonymOf } from '../../words/forget.ts'
import type { Task } from '../../words/task.ts'
import { act, type Invocation, type OperatorDeps, type Refusal } from '../act.ts'
import { wordOf } from '../claim.ts'
import { CLAIM } from '../fields.ts'
import { isCase, isSearch } from '../kinds.ts'
import { forgottenSearch } from './forgotten-search.ts'
import { type Known, problemOf } from './problem.ts'
import { STILL_KEPT, type StillKept } from './still-kept.ts'

type Forgotten = {
  readonly pseudonym: string
  readonly cases: readonly string[]
  /** Other names of the same person in these cases; each is forgotten by itself. */
  readonly otherNames: readonly string[]
  readonly stillKept: readonly StillKept[]
}

/**
 * Takes a person's name out of everything the ledger has closed. The act is published first, and without the name; done again, it
 * continues where it stopped.
 */
export const forget = act(
  { ...CLAIM, username: Username },
  async (deps: OperatorDeps, request, invocation: Invocation): Promise<Forgotten | Refusal> => {
    const { ledger, clock } = deps
    const { username } = request
    const known = await everythingOf(deps, username)
    const problem = await problemOf(request, known, ledger, clock.now())
    if (problem !== undefined) return { error: problem }

    const cases = known.tasks.filter(isCase)
    const word = wordOf(deps, request, invocation)
    const notice = noticeOf(word, pseudonymOf(username), cases.length)
    const event = sealed(notice, `forgotten/${word.requestId}/${word.at.getTime()}`)
    if ((await deps.audit.publish([event])).size === 0)
      return { error: '`username`: the audit bus did not take the notice; nothing was forgotten' }
    for (const task of known.tasks)
      if (!(await rewrite(deps, task)))
        return { error: `\`username\`: ${task.id} is being changed by somebody else; try again` }
    await eraseMemories(deps, known.memories)
    return {
      pseudonym: pseudonymOf(username),
      cases: cases.map(({ id }) => id),
      otherNames: otherNamesOf(username, cases),
      stillKept: STILL_KEPT,
    }
  },
)

async function everythingOf({ ledger, organizations }: OperatorDeps, username: string): Promise<Known> {
  const renamed = organizations.orgIds.map((orgId) => renamedKey(orgId, username))
  const [tasks, memories] = await Promise.all([
    ledger.ofPerson(username),
    ledger.memories([personKey(username), ...renamed]),
  ])
  const [person] = memories
  return { tasks, memories, person: (person as Memory<PersonState> | undefined)?.state ?? NOBODY }
}

const MOST_TRIES = 3

async function rewrite({ ledger, clock }: OperatorDeps, task: Task): Promise<boolean> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const known = await ledger.read(task.kind, task.id)
    if (!known) return true
    const next = withoutName(known, clock.now())
    const { state, decisions } = next
    if (await ledger.commit(next, { state, decisions })) return true
  }
  return false
}

function withoutName(task: Task, at: Date): Task {
  if (isCase(task)) return forgotten(task, at)
  return isSearch(task) ? forgottenSearch(task) : task
}

/** Their keys hold the name, so they say nothing any more and expire. */
async function eraseMemories(deps: OperatorDeps, memories: Known['memories']): Promise<void> {
  const expiresAt = deps.clock.now()
  for (const { key, version } of memories)
    if (version > 0) await remember(deps, key, () => ({ state: undefined, expiresAt }))
}

function noticeOf({ at, because, requestId, ...actor }: StopAct, pseudonym: string, cases: number) {
  const unmapped = { pseudonym, cases, because, request_id: requestId }
  return noticeDraft({ name: 'forgotten', at, actor, unmapped })
}
