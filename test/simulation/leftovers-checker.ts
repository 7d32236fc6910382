import { type SearchState, searchIdOf } from '../../lib/leftovers/search-task.ts'
import type { Case } from '../../lib/words/case.ts'
import { leavingInstant, usernamesOf } from '../../lib/words/departure.ts'
import type { Task } from '../../lib/words/task.ts'
import { sameUsername } from '../../lib/words/username.ts'
import type { AtlasInvite } from '../support/in-memory-atlas.ts'
import type { Published } from '../support/in-memory-aws.ts'
import { isPaused } from './checkers.ts'
import type { Played } from './played.ts'

/** A search takes 20 s at most; what becomes known during it counts for the next. */
const ATTEMPT_MS = 60_000
/** Workers' clocks differ by so much at most. */
const SKEW_MS = 2_000

/**
 * Whoever is out has been looked for, and that is told once; nothing is left that nobody was told of. An invitation is deleted
 * only of somebody who is out by a closed case, and neither came back, nor is protected, stale or paused.
 */
export function* leftoversCleared(played: Played): Iterable<string> {
  if (played.settings.leftovers === 'off') return
  for (const kase of played.cases.filter(isOut)) yield* untold(played, kase)
  for (const invite of played.world.atlas.uninvited) yield* unjustified(played, invite)
}

function isOut({ state: { outcome, departure } }: Case): boolean {
  return !departure.dryRun && (outcome?.kind === 'removed' || outcome?.kind === 'already_absent')
}

function* untold({ world, tasks }: Played, kase: Case): Iterable<string> {
  const { id } = kase
  const search = tasks.find((task) => task.id === searchIdOf(id)) as Task<SearchState> | undefined
  if (!search?.closedAt) {
    yield `${id} is closed, and nobody has searched for what is left`
    return
  }
  const { state, closedAt } = search
  if (state.skipped) return
  const published = new Set(
    world.aws.published.filter((event) => isAbout(event, search.id)).map(({ uid }) => uid),
  )
  if (published.size !== 1) yield `what ${id} left was published ${published.size} times`

  const hidden = new Set(
    state.findings.filter(({ action }) => action === 'failed').map(({ projectId }) => projectId),
  )
  const known = new Set(state.findings.map(({ id: found }) => found))
  for (const project of world.org(kase.state.orgId).projects) {
    const left = project.invites.filter((invite) => isOf(kase, invite) && invite.createdAt < closedAt)
    const untoldOf = left.filter((invite) => !known.has(invite.id))
    if (untoldOf.length > 0 && !hidden.has(project.id) && !hidden.has('*'))
      yield `an invitation of ${kase.state.departure.username} is left, and ${id} does not tell of it`
    if (left.some((invite) => state.findings.some((one) => one.id === invite.id && one.action === 'deleted')))
      yield `${id} tells of an invitation as deleted that is still there`
  }
}

function isAbout({ uid }: Published, searchId: string): boolean {
  return uid.startsWith(`${searchId}/`)
}

function isOf({ state: { departure } }: Case, { username }: AtlasInvite): boolean {
  return usernamesOf(departure).some((name) => sameUsername(name, username))
}

type Uninvited = Played['world']['atlas']['uninvited'][number]

function* unjustified(played: Played, invite: Uninvited): Iterable<string> {
  const { orgId, username, at } = invite
  const reasons = played.cases
    .filter((kase) => kase.state.orgId === orgId && isOut(kase) && isOf(kase, invite))
    .map((kase) => objectionTo(played, kase, invite))
  if (!reasons.includes(undefined))
    yield `the invitation of ${username} was deleted at ${at.toISOString()}: ${reasons.join('; ') || 'nobody by that name left'}`
  if (isPaused(played, orgId, at)) yield `the invitation of ${username} was deleted during a pause`
}

/** Why one case does not justify the deletion. */
function objectionTo(
  { truth, settings }: Played,
  kase: Case,
  { orgId, createdAt, at }: Uninvited,
): string | undefined {
  const { closedAt, decisions } = kase
  const { departure, doubts, outcome } = kase.state
  const names = usernamesOf(departure)
  const leaving = leavingInstant(departure)
  if (settings.leftovers !== 'clean' || settings.mode !== 'enforce') return 'only to be reported'
  if (!closedAt || closedAt.getTime() > at.getTime() + SKEW_MS) return `${kase.id} was not closed yet`
  if (settings.protectedUsernames.some((name) => names.includes(name))) return 'protected'
  if (doubts.includes('stale_event') && !decisions.some(({ rule }) => rule === 'stale_event')) return 'stale'
  if (createdAt > leaving) return 'invited after leaving'
  const isBack = truth.memberships.some(
    (one) =>
      one.orgId === orgId &&
      names.some((name) => sameUsername(name, one.username)) &&
      one.from > leaving &&
      at.getTime() - one.from.getTime() > ATTEMPT_MS &&
      !(outcome?.kind === 'removed' && outcome.revokedAt > one.from),
  )
  if (isBack) return 'came back'
  // Whom another source takes back, a human may have let go all the same.
  const isLetGo = decisions.some(({ rule }) => rule === 'rejoined')
  const isTakenBack = truth.returns.some(
    ({ back, at: toldAt }) =>
      (back.source === departure.source || !isLetGo) &&
      names.some((name) => sameUsername(name, back.username)) &&
      back.occurredAt > departure.occurredAt &&
      at.getTime() - toldAt.getTime() > 10 * ATTEMPT_MS,
  )
  return isTakenBack ? 'taken back' : undefined
}
