import { factsOf, recall } from '../core/facts.ts'
import type { Failure } from '../core/ports.ts'
import { isReleased, judge } from '../core/rules.ts'
import { leavingInstant } from '../words/departure.ts'
import { hasAccess } from '../words/member.ts'
import type { ProjectInvitation } from './ports.ts'
import { namesOf, type Search, type SearchDeps } from './search-task.ts'

/** What is known, immediately before anything is deleted. */
export type Judgement = {
  readonly kind: 'judged'
  /** Somebody by the person's name has access, or may get it. */
  readonly isBack: boolean
  /** Why an invitation is not deleted; `undefined` if it may be. */
  keeps(invitation: ProjectInvitation): string | undefined
}

/**
 * Judges the person's invitations by what is known at this moment, and never by what was known when the search began: whether they are
 * a member again, and every rule that could stop their removal.
 */
export async function judgeDeletion(deps: SearchDeps, search: Search): Promise<Judgement | Failure> {
  const { leftovers, mode } = deps.settings
  const { kase, task } = search
  // No release of one case switches observe mode off.
  const setting = leftovers !== 'clean' ? 'LEFTOVERS=report' : mode === 'observe' ? 'observing' : undefined
  if (setting && task.state.intended.length === 0)
    return { kind: 'judged', isBack: false, keeps: () => setting }

  const isBack = await isMember(deps, search)
  if (typeof isBack === 'object') return isBack
  const kept = setting ?? (isBack ? 'rejoined' : await objectionTo(deps, search))
  return { kind: 'judged', isBack, keeps: (one) => kept ?? (isNewer(kase, one) ? 'rejoined' : undefined) }
}

/** The rules, with what is remembered now: the last read before the intent. */
async function objectionTo(deps: SearchDeps, { kase }: Search): Promise<string | undefined> {
  const outcome = judge(factsOf(deps, kase, await recall(deps.ledger, kase.state)))?.outcome
  return outcome && ('reason' in outcome ? outcome.reason : outcome.kind)
}

async function isMember({ members }: SearchDeps, { kase, deadline }: Search): Promise<boolean | Failure> {
  const lookup = await members.find(kase.subject.orgId, namesOf(kase), deadline, true)
  if (lookup.kind === 'failure') return lookup
  return lookup.kind === 'several' || (lookup.kind === 'found' && hasAccess(lookup.member.status))
}

/** An invitation that came after the leaving instant was meant for somebody who is back, unless a human has judged it since. */
function isNewer(kase: Search['kase'], { createdAt }: ProjectInvitation): boolean {
  return createdAt > leavingInstant(kase.state.departure) && !isReleased({ kase }, 'rejoined', createdAt)
}
