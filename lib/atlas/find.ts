import type { Failure, Lookup, MemberList, Members } from '../core/ports.ts'
import { hasAccess, type Selection, selectMember } from '../words/member.ts'
import { mayBeAliases, sameUsername } from '../words/username.ts'
import { transient } from './interpret-status.ts'
import type { MemberLists } from './member-list.ts'
import { INCOMPLETE } from './pages.ts'

/** A row that we cannot read may be the person's, so the other rows decide nothing. */
const UNREADABLE_ROW = transient('UNREADABLE_ROW')

/**
 * Finds who has one of the wanted usernames. Atlas's filter may find them, but only a complete read proves that nobody has one: how the
 * filter matches, and whether it is case-sensitive, is not documented. A complete read is also needed where several names are wanted, and
 * where the filter finds only an ended invitation: the person may be in under another address.
 */
export function findIn(lists: MemberLists): Members['find'] {
  async function filteredBy(orgId: string, wanted: readonly string[], deadline: Date) {
    const found: MemberList[] = []
    for (const username of wanted) {
      const listed = await lists.filtered(orgId, username, deadline)
      if (listed.kind === 'list') found.push(listed)
      // Refused: Atlas filters by e-mail address and may want nothing else there. The complete read decides.
      else if (listed.reason !== 'refused') return listed
    }
    return found
  }

  return async (orgId, wanted, deadline, fresh = false) => {
    const filtered = await filteredBy(orgId, wanted, deadline)
    if ('reason' in filtered) return filtered
    const hint = select(wanted, filtered)
    if (hint.kind === 'failure') return hint
    if (hint.kind === 'several' || (wanted.length === 1 && isIn(hint))) return lookupOf(wanted, hint)

    const list = await lists.complete(orgId, deadline, fresh)
    if (list.kind === 'failure') return list
    const { earlier } = list
    const answer = select(wanted, earlier ? [list, ...filtered] : [list])
    if (isContradicted(answer, hint)) {
      // The member is gone meanwhile, or moved to a page that was read already: ask the filter again.
      const again = await filteredBy(orgId, wanted, deadline)
      return 'reason' in again ? again : lookupOf(wanted, select(wanted, [list, ...again]), list)
    }
    if (!earlier || answer.kind === 'none' || (answer.kind === 'one' && hint.kind === 'one'))
      return lookupOf(wanted, answer, list)

    // An earlier read shows somebody whom the filter did not find just now: they may have left since.
    const renewed = await lists.complete(orgId, deadline, true)
    return renewed.kind === 'failure' ? renewed : lookupOf(wanted, select(wanted, [renewed]), renewed)
  }
}

/** Selects among everybody these reads show; of one member the last read counts. */
function select(wanted: readonly string[], shown: readonly MemberList[]): Selection | Failure {
  const isHidden = shown.some(({ unreadable }) => unreadable.some((name) => isWanted(wanted, name)))
  return isHidden
    ? UNREADABLE_ROW
    : selectMember(
        wanted,
        shown.flatMap(({ members }) => members),
      )
}

/** @param list - everybody, if they were read: only then may the answer be `none` */
function lookupOf(wanted: readonly string[], selection: Selection | Failure, list?: MemberList): Lookup {
  if (selection.kind === 'failure') return selection
  if (selection.kind === 'several') return { kind: 'several', members: selection.members }
  if (!isIn(selection) && list?.unreadable.some((name) => mayHide(wanted, name))) return UNREADABLE_ROW
  if (selection.kind === 'none') return list ? { kind: 'none', list } : INCOMPLETE
  const { member, ended } = selection
  return { kind: 'found', member, ended, ...(list && { list }) }
}

/** The full list contradicts the filtered lookup. */
function isContradicted(answer: Selection | Failure, hint: Selection): boolean {
  if (hint.kind !== 'one' || answer.kind === 'several' || answer.kind === 'failure') return false
  return answer.kind !== 'one' || answer.member.userId !== hint.member.userId
}

function isIn(selection: Selection): boolean {
  return selection.kind === 'one' && hasAccess(selection.member.status)
}

function isWanted(wanted: readonly string[], username: string): boolean {
  return wanted.some((name) => sameUsername(name, username))
}

/** An unreadable row may be the wanted person's, unless its username says otherwise. */
function mayHide(wanted: readonly string[], username: string): boolean {
  return username === '' || isWanted(wanted, username) || wanted.some((name) => mayBeAliases(name, username))
}
