import type { Finding } from '../leftovers/findings.ts'
import type { LeftoversView } from '../leftovers/search-task.ts'
import { rowOf as catalogueRowOf } from '../words/catalogue.ts'
import type { Actor, Decision } from '../words/decision.ts'
import type { Outcome } from '../words/outcome.ts'
import { countOf } from '../words/wording.ts'
import type { Evidence } from './evidence.ts'
import type { Summary } from './summary.ts'

/** An instant in UTC, to the second. */
export function utc(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ')
}

/** An outcome in the words of the catalogue, with its instant or code. */
export function outcomeLine(outcome: Outcome | undefined): string {
  if (!outcome) return 'New: not tried yet'
  const { title } = catalogueRowOf(outcome)
  if (outcome.kind === 'scheduled') return `${title} for ${utc(outcome.nextAttemptAt)}`
  return 'code' in outcome && outcome.code ? `${title}: ${outcome.code}` : title
}

/** An organization as humans know it: by name, if it has one, and id. */
export function orgLine(orgId: string, { made }: Pick<Evidence, 'made'>): string {
  const name = made?.settings.orgNames?.[orgId]
  return name === undefined ? orgId : `${name} (${orgId})`
}

/** `last owner` for `last_owner`. */
export function spoken(code: string): string {
  return code.replaceAll('_', ' ')
}

const ACTS = {
  release: 'released',
  cancel: 'cancelled',
  approve: 'approved',
  confirm: 'confirmed',
  restore: 'restored',
} as const

/** What a human or a source decided, in words. The caller is AWS's word, a claimed name is only what somebody typed. */
export function decisionLine({ act, rule, because, at, requestId, ...who }: Decision): string {
  const what = rule ? `${ACTS[act]} (${spoken(rule)})` : ACTS[act]
  return `${what} by ${actorLine(who)}: ${because}, ${utc(at)}, request ${requestId}`
}

/** Who acted, as whom, and who confirmed it. */
export function actorLine({ actor, claimedBy, confirmedBy }: Actor): string {
  const by = claimedBy === undefined ? actor : `${actor} as "${claimedBy}"`
  return confirmedBy === undefined ? by : `${by}, confirmed by ${confirmedBy}`
}

/** How many cases are in none of the times. */
export function foundLine({ cases, removals }: Summary['foundByRoster']): string {
  return `${countOf(cases, 'case')} of people found by a roster, ${removals} removed: in none of the times, because no event said when they left`
}

/** What is not known of cases that bear no name any more. */
export function forgottenLine(cases: number): string {
  return `${countOf(cases, 'case')} of forgotten people cannot be compared by name: an Atlas event that fits one in time counts as its own, and nobody can say whether one is missing`
}

/** What became of a person's leftovers, in words; `code` is why a search continues. */
export function leftoversLine({ state, deleted, reported, failed, code }: Counted): string {
  switch (state) {
    case 'searching':
      return code ? `leftovers: still searched for (${code})` : 'leftovers: still searched for'
    case 'skipped':
      return 'leftovers: not searched for'
    case 'searched':
      return deleted + reported + failed === 0
        ? 'no leftovers'
        : `leftovers: ${deleted} deleted, ${reported} reported, ${failed} failed`
  }
}

type Counted = Pick<LeftoversView, 'state' | 'deleted' | 'reported' | 'failed' | 'code'>

/** What a human does about a leftover; nothing where nothing is left. */
export function leftoverAdvice({ kind, action }: Pick<Finding, 'kind' | 'action'>): string | undefined {
  if (action === 'deleted') return undefined
  switch (kind) {
    case 'project_invitation':
      return 'if the person is not back, withdraw it in Atlas: the project, Access Manager, Pending'
    case 'database_user':
      return "ask the project's owners whether anything runs by it; if not, delete it in Atlas: the project, Database Access"
    case 'project':
    case 'organization':
      return 'give our credential the role named or repair it, then search again: leftovers USERNAME'
  }
}
