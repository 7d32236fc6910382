import type { Case } from '../words/case.ts'
import { leavingInstant } from '../words/departure.ts'
import type { Member } from '../words/member.ts'
import { sameUsername } from '../words/username.ts'
import type { OffboardDeps, Work } from './attempt.ts'
import type { Failure } from './ports.ts'
import { asQuestion } from './settle.ts'

/** How long after the leaving instant nobody is expected to be back already. Later, the organization's events are read. */
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
    // Who joined is its target. Should Atlas name only who did it, that is the very person.
    const who = targetUsername ?? (type === 'JOINED_ORG' ? actor : undefined)
    return who !== undefined && usernames.some((username) => sameUsername(who, username))
  })
  return { kind: 'joins', at: joins.map(({ at }) => at) }
}

/** Whom we removed by this very name, for this very leaving, is out. A namesake was there then, too, unless they came since. */
export async function explained(
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
