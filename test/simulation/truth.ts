import { type Departure, leavingInstant, type Return } from '../../lib/words/departure.ts'
import type { Member } from '../../lib/words/member.ts'

/** What really happened, kept apart from everything the product remembers: what the checkers hold its ledger against. */
export type Truth = {
  readonly departures: Asked[]
  readonly returns: { readonly back: Return; readonly at: Date }[]
  readonly memberships: Membership[]
  readonly acts: Act[]
  /** Bodies that name no person. */
  readonly unreadable: Set<string>
}

/** A departure as a source sent it, and the organizations it means. */
export type Asked = { readonly departure: Departure; readonly orgIds: readonly string[]; readonly at: Date }

/** That a person is in an organization, from an instant on. */
export type Membership = {
  readonly orgId: string
  readonly userId: string
  readonly username: string
  readonly from: Date
  readonly how: 'from_the_start' | 'joined' | 'invited'
}

/** What on-call did, and whether it was answered in the end; if not, it may have happened all the same. */
type Act = {
  readonly action: string
  readonly orgId?: string
  readonly usernames?: readonly string[]
  readonly cases?: readonly string[]
  readonly begunAt: Date
  readonly at: Date
  readonly isAnswered: boolean
}

export function newTruth(): Truth {
  return { departures: [], returns: [], memberships: [], acts: [], unreadable: new Set() }
}

/** The membership that a member of an organization had at an instant: the last that began before. */
export function membershipAt(
  truth: Truth,
  orgId: string,
  member: Pick<Member, 'userId'>,
  at: Date,
): Membership | undefined {
  return truth.memberships.findLast(
    (one) => one.orgId === orgId && one.userId === member.userId && one.from <= at,
  )
}

/** Whether somebody who was in an organization at an instant had left before and come back. */
export function cameBack(membership: Membership | undefined, { departure }: Asked): boolean {
  return membership !== undefined && membership.from > leavingInstant(departure)
}
