import { possibleAliases, selectMember } from '../domain/member.ts'
import { mayBeAliases, sameUsername } from '../domain/username.ts'
import type { Lookup, Members } from '../ports.ts'
import { type Roster, type Rosters, UNREADABLE } from './roster.ts'

/**
 * Finds who bears one of the wanted usernames. Atlas's filter may find them, but only a complete read may say "absent":
 * whether the filter minds case, or anything, is not documented.
 */
export function findIn(rosters: Rosters): Members['find'] {
  async function inFiltered(orgId: string, wanted: readonly string[], deadline: Date) {
    const found: Roster[] = []
    for (const username of wanted) {
      const roster = await rosters.filtered(orgId, username, deadline)
      if (roster.kind === 'roster') found.push(roster)
      // Refused: Atlas filters by e-mail address and may want nothing else there. The complete read will tell.
      else if (roster.reason !== 'refused') return roster
    }
    return whoIs(wanted, found)
  }

  return async (orgId, wanted, deadline, fresh = false) => {
    const hinted = await inFiltered(orgId, wanted, deadline)
    if (hinted) return hinted

    const everybody = await rosters.complete(orgId, deadline, fresh)
    if (everybody.kind === 'failure') return everybody
    const answer = whoIsAmongAll(wanted, everybody)
    if (answer.kind === 'absent' || !everybody.earlier) return answer

    // An older read shows somebody whom the filter, asked just now, did not: they may have left since.
    const anew = await rosters.complete(orgId, deadline, true)
    return anew.kind === 'failure' ? anew : whoIsAmongAll(wanted, anew)
  }
}

function whoIsAmongAll(wanted: readonly string[], everybody: Roster): Lookup {
  const known = whoIs(wanted, [everybody])
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
