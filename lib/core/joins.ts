import type { Case } from '../words/case.ts'
import { leavingInstant } from '../words/departure.ts'
import type { Member } from '../words/member.ts'
import { sameUsername } from '../words/username.ts'
import type { OffboardDeps, Work } from './attempt.ts'
import type { Failure } from './ports.ts'
import { asQuestion } from './settle.ts'

/** Nobody is expected to be back sooner than this after the leaving instant. Later, the organization's events are read. */
const REJOIN_CHECK_AFTER_MS = 15 * 60_000

type Joins = { readonly kind: 'joins'; readonly at: readonly Date[] }

/** When the person joined or was invited since the leaving instant. Asked only when that is old enough to matter, or after an intent. */
export async function rejoins(deps: OffboardDeps, work: Work, member: Member): Promise<Joins | Failure> {
  const { departure, intent } = work.task.state
  const leaving = leavingInstant(departure)
  // After an intent the person may have been out for a moment, and let in again by federation.
  if (!intent && deps.clock.now().getTime() - leaving.getTime() <= REJOIN_CHECK_AFTER_MS)
    return { kind: 'joins', at: [] }
  return await joinsOf(deps, work, [member.username], leaving)
}

/** When anybody by these names joined or was invited since an instant. */
async function joinsOf(
  { members }: OffboardDeps,
  { task, deadline }: Work,
  usernames: readonly string[],
  since: Date,
): Promise<Joins | Failure> {
  const feed = await members.events(task.state.orgId, ['JOINED_ORG', 'INVITED_TO_ORG'], since, deadline)
  if (feed.kind === 'failure') return asQuestion(feed)
  const joins = feed.events.filter(({ type, targetUsername, actor }) => {
    // The target is who joined. If Atlas names only the actor, the actor is that person.
    const who = targetUsername ?? (type === 'JOINED_ORG' ? actor : undefined)
    return who !== undefined && usernames.some((username) => sameUsername(who, username))
  })
  return { kind: 'joins', at: joins.map(({ at }) => at) }
}

/** Tells whether nobody is found because we removed them for this leaving, and whether nobody with a similar name has joined since. */
export async function isExplainedByRemoval(
  deps: OffboardDeps,
  work: Work,
  similar: readonly string[],
  history: readonly Case[],
): Promise<boolean | Failure> {
  const leaving = leavingInstant(work.task.state.departure).getTime()
  const revoked = history
    .flatMap(({ state: { outcome } }) => (outcome?.kind === 'removed' ? [outcome.revokedAt.getTime()] : []))
    .filter((at) => Math.abs(at - leaving) <= deps.settings.maxEventAgeMs)
  if (revoked.length === 0) return false
  const joins = await joinsOf(deps, work, similar, new Date(Math.max(...revoked)))
  return joins.kind === 'failure' ? joins : joins.at.length === 0
}
