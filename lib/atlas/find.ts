import type { Lookup, Members } from '../core/ports.ts'
import { hasAccess, possibleAliases, selectMember } from '../words/member.ts'
import { mayBeAliases, sameUsername } from '../words/username.ts'
import { type Roster, type Rosters, UNREADABLE } from './roster.ts'

/**
 * Finds who bears one of the wanted usernames. Atlas's filter may find them, but only a complete read may say "absent": whether
 * the filter minds case, or anything, is not documented. For the same reason one of several names that the filter finds is not
 * all there is to find; nor is an ended invitation, beside which the person may be in by another address.
 */
export function findIn(rosters: Rosters): Members['find'] {
  async function filteredBy(orgId: string, wanted: readonly string[], deadline: Date) {
    const found: Roster[] = []
    for (const username of wanted) {
      const roster = await rosters.filtered(orgId, username, deadline)
      if (roster.kind === 'roster') found.push(roster)
      // Refused: Atlas filters by e-mail address and may want nothing else there. The complete read will tell.
      else if (roster.reason !== 'refused') return roster
    }
    return found
  }

  return async (orgId, wanted, deadline, fresh = false) => {
    const filtered = await filteredBy(orgId, wanted, deadline)
    if ('reason' in filtered) return filtered
    const hint = whoIs(wanted, filtered)
    if (hint && (hint.kind !== 'found' || (wanted.length === 1 && hasAccess(hint.member.status)))) return hint

    const everybody = await rosters.complete(orgId, deadline, fresh)
    if (everybody.kind === 'failure') return everybody
    const answer = whoIsAmongAll(wanted, everybody, everybody.earlier ? filtered : [])
    if (isContradicted(answer, hint)) {
      // Gone meanwhile, or slipped from one page to another while they were read: the filter knows by now.
      const again = await filteredBy(orgId, wanted, deadline)
      return 'reason' in again ? again : whoIsAmongAll(wanted, everybody, again)
    }
    if (isSure(answer, hint) || !everybody.earlier) return answer

    // An older read shows somebody whom the filter, asked just now, did not: they may have left since.
    const anew = await rosters.complete(orgId, deadline, true)
    return anew.kind === 'failure' ? anew : whoIsAmongAll(wanted, anew)
  }
}

/** Whom the filter showed just now need not be looked for again, if an older read adds nobody. */
function isSure(answer: Lookup, hint: Lookup | undefined): boolean {
  return answer.kind === 'absent' || (answer.kind === 'found' && hint?.kind === 'found' && !answer.namesakes)
}

/** Whom the filter showed is not whom the complete read shows. */
function isContradicted(answer: Lookup, hint: Lookup | undefined): boolean {
  if (hint?.kind !== 'found' || answer.kind === 'several') return false
  return answer.kind !== 'found' || answer.member.userId !== hint.member.userId
}

/** @param since - what the filter showed since that complete read */
function whoIsAmongAll(wanted: readonly string[], everybody: Roster, since: readonly Roster[] = []): Lookup {
  const known = whoIs(wanted, [everybody, ...since])
  if (known?.kind === 'found' && !hasAccess(known.member.status)) {
    const usable = everybody.members.filter(({ status }) => hasAccess(status))
    const namesakes = possibleAliases(wanted, usable)
    return namesakes.length > 0 ? { ...known, namesakes } : known
  }
  if (known) return known
  const usernames = possibleAliases(wanted, everybody.members)
  return usernames.length > 0 ? { kind: 'possible_alias', usernames } : { kind: 'absent' }
}

/** @returns `undefined` if nobody in these reads bears or might bear a wanted name */
function whoIs(wanted: readonly string[], rosters: readonly Roster[]): Lookup | undefined {
  if (rosters.some(({ unreadable }) => unreadable.some((username) => mightBe(wanted, username))))
    return UNREADABLE
  const selection = selectMember(
    wanted,
    rosters.flatMap(({ members }) => members),
  )
  switch (selection.kind) {
    case 'one':
      return { kind: 'found', member: selection.member }
    case 'several':
      return selection
    case 'none':
      return undefined
  }
}

/** An entry we cannot read may be the wanted person, unless its username says otherwise. */
function mightBe(wanted: readonly string[], username: string): boolean {
  return (
    username === '' || wanted.some((name) => sameUsername(name, username) || mayBeAliases(name, username))
  )
}
