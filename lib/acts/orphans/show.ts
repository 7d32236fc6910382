import type { Shown } from '../../cli/command.ts'
import { type Column, table } from '../../cli/table.ts'
import { instant, paragraphs } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import type { Unlisted } from '../../people/orphans.ts'
import { plain } from '../../words/plain.ts'
import { countOf, peopleOf } from '../../words/wording.ts'
import { outcomeLine } from '../case-table.ts'
import { leaversIn, type Membership, type OrphanList } from './list.ts'

/** Said where somebody could believe that everybody was compared. */
export const INCOMPLETE =
  'INCOMPLETE: not every organization could be read; whoever is in the others is missing here'

/**
 * Shows who is on no roster line. Exits 1 if there is anybody whom a human has to look at, and 3 if there may be others whom nobody has
 * seen.
 */
export function showFound(list: OrphanList, view: View): Omit<Shown, 'answer'> {
  const { orphans, nearMatches, protected: kept } = list
  const text = paragraphs(
    headline(list),
    notReadLines(list),
    orphans.length > 0
      ? `ORPHANS: on no roster line, nor anybody like them\n${membershipTable(orphans, view)}`
      : 'No orphans',
    nearMatches.length > 0 &&
      `NEAR MATCHES: on no roster line, but somebody like them; --remove leaves them alone\n${membershipTable(nearMatches, view, SIMILAR)}`,
    kept.length > 0 && `PROTECTED: on no roster line; nobody removes them\n${membershipTable(kept, view)}`,
    nextSteps(list),
  )
  const found = orphans.length + nearMatches.length > 0 ? 1 : 0
  return {
    text,
    status: list.notRead.length > 0 ? 3 : found,
    ...(list.notRead.length > 0 && { warning: INCOMPLETE }),
  }
}

function headline({ asOf, roster, coverage: { all, byOrg }, notRead }: OrphanList): string {
  const read = `${countOf(byOrg.length, 'organization')}${notRead.length > 0 ? ' of those there are' : ''}`
  const nameless = roster.nameless > 0 ? `, ${countOf(roster.nameless, 'line')} without a name` : ''
  return `${instant(asOf)}: ${peopleOf(all.people)} in ${read}; the roster (${countOf(roster.lines, 'line')} with a name${nameless}) has ${all.covered} of them`
}

/** Names the organizations that could not be read. */
export function notReadLines({ notRead }: OrphanList): string {
  const lines = notRead.map(
    ({ orgId, code }) =>
      `NOT READ: organization ${orgId}: ${plain(code)}; whoever is in there is missing here`,
  )
  return lines.join('\n')
}

const COLUMNS: readonly Column[] = [
  { title: 'PERSON', wraps: true },
  { title: 'ORGANIZATION', lifts: true },
  { title: 'STATUS' },
  { title: 'ROLES', wraps: true },
  { title: 'PROJECTS' },
  { title: 'LAST LOGIN' },
  { title: 'INVITED', wraps: true },
]
const SIMILAR: Column = { title: 'ON THE ROSTER', wraps: true }

function membershipTable(found: readonly Unlisted<Membership>[], view: View, more?: Column): string {
  const rows = found.map((one) => {
    const { username, orgId, status, orgRoles, projects, lastAuthAt, underWay, similar } = one
    const cells = [
      ...[username, orgId, status, orgRoles.join(' '), `${projects}`],
      ...[dayOf(lastAuthAt) ?? '–', invited(one), similar.join(', ')],
    ]
    const below =
      underWay && `${outcomeLine(underWay.outcome, view.now)}; next: atlas-offboarding case ${underWay.case}`
    return { cells, below }
  })
  return table(more ? [...COLUMNS, more] : COLUMNS, rows, view.width)
}

/** Atlas says this of invitations only; of a member nobody knows it any more. */
function invited({ invitationCreatedAt, inviterUsername }: Membership): string {
  const by = inviterUsername && `by ${inviterUsername}`
  return [dayOf(invitationCreatedAt), by].filter(Boolean).join(' ') || '–'
}

function dayOf(at: Date | undefined): string | undefined {
  return at?.toISOString().slice(0, 10)
}

function nextSteps(list: OrphanList): string {
  const number = leaversIn(list).length
  const steps = [
    number > 0 &&
      `next: if ${number === 1 ? 'this one has' : `these ${number} have`} left: the same with --remove --expect ${number} --because WHY`,
    list.nearMatches.length > 0 &&
      'next: find out whose the near matches are; remove those who left by their username, put the others on a second --roster',
    list.notRead.length > 0 && 'next: atlas-offboarding status',
  ]
  return steps.filter(Boolean).join('\n')
}
