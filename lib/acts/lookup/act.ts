import type { Lookup } from '../../core/ports.ts'
import { type CaseRow, rowOf } from '../../evidence/rows.ts'
import { Username } from '../../senders/fields.ts'
import { type Member, possibleAliases } from '../../words/member.ts'
import { type Asking, act, type ReaderDeps } from '../act.ts'
import { isCase } from '../kinds.ts'

/**
 * Who bears the name in one organization. `member`: one person, with their ended invitations. `several`: more than one has access.
 * `similar`: nobody has the name, and these may be the person. `absent`: all members were listed. `unknown`: Atlas did not answer.
 */
type Membership = { readonly orgId: string } & (
  | { readonly kind: 'member' | 'several' | 'similar'; readonly members: readonly Member[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly code: string }
)

type Found = {
  readonly asOf: Date
  readonly username: string
  readonly memberships: readonly Membership[]
  /** Newest first. */
  readonly cases: readonly CaseRow[]
}

/** Kept for the answer itself. */
const RESERVE_MS = 2_000

/** Tells who bears a username in each organization, whoever else may be meant, and every case there ever was of them. */
export const lookup = act(
  { username: Username },
  async (deps: ReaderDeps, { username }, { deadline }: Asking): Promise<Found> => {
    const { organizations, members, ledger, clock } = deps
    const asOf = clock.now()
    const until = new Date(deadline.getTime() - RESERVE_MS)
    const [memberships, tasks] = await Promise.all([
      Promise.all(
        organizations.orgIds.map(async (orgId) => {
          const found = await members.find(orgId, [username], until, true)
          return { orgId, ...membershipIn(found, username) }
        }),
      ),
      ledger.ofPerson(username),
    ])
    return { asOf, username, memberships, cases: tasks.filter(isCase).map((kase) => rowOf(kase)) }
  },
)

function membershipIn(found: Lookup, username: string) {
  switch (found.kind) {
    case 'found':
      return { kind: 'member' as const, members: [found.member, ...found.ended] }
    case 'several':
      return { kind: 'several' as const, members: found.members }
    case 'failure':
      return { kind: 'unknown' as const, code: found.code }
    case 'none': {
      const members = possibleAliases([username], found.list.members)
      return members.length > 0 ? { kind: 'similar' as const, members } : { kind: 'absent' as const }
    }
  }
}
