import type { Case } from '../words/case.ts'
import type { Decision } from '../words/decision.ts'
import type { HoldReason } from '../words/outcome.ts'

/** Holds because the name alone does not say who is meant. Their release names the member, or says that there is none. */
const NAMING: readonly (HoldReason | undefined)[] = ['ambiguous_username', 'possible_alias', 'renamed']

function namingIn({ decisions }: Case): Decision | undefined {
  return decisions.findLast(
    ({ act, rule, member, absent }) => act === 'release' && NAMING.includes(rule) && (member || absent),
  )
}

/** The member whom a human named as the one who is meant. */
export function namedMember(kase: Case): string | undefined {
  return namingIn(kase)?.member
}

/** Tells whether a human said that none of the candidates is the person. */
export function isSaidAbsent(kase: Case): boolean {
  return namingIn(kase)?.absent === true
}
