import type { Shown, View } from '../../cli/command.ts'
import { table } from '../../cli/table.ts'
import { instant, paragraphs } from '../../cli/text.ts'
import { type Cell, csvOf } from '../../evidence/csv-cells.ts'
import type { Unlisted } from '../../people/orphans.ts'
import { dayOf } from '../../words/day.ts'
import { countOf, peopleOf } from '../../words/wording.ts'
import { outcomeLine } from '../case-table.ts'
import type { Membership } from './act.ts'
import { leaversIn, type OrphanList } from './list.ts'

/**
 * Shows who is on no roster line. Exits 1 if there is anybody whom a human has to look at, and 3 if there may be others whom nobody has
 * seen.
 */
export function showFound(list: OrphanList, view: View): Shown {
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
  const warning = warningOf(list)
  return { text, status: warning ? 3 : orphans.length + nearMatches.length > 0 ? 1 : 0, warning }
}

/** Warns that an organization was not read: somebody could believe that everybody was compared. */
export function warningOf({ notRead }: OrphanList): string | undefined {
  return notRead.length > 0
    ? 'INCOMPLETE: not every organization could be read; whoever is in the others is missing here'
    : undefined
}

function headline({ asOf, roster, coverage: { all, byOrg }, notRead }: OrphanList): string {
  const read = `${countOf(byOrg.length, 'organization')}${notRead.length > 0 ? ' of those there are' : ''}`
  const nameless = roster.nameless > 0 ? `, ${countOf(roster.nameless, 'line')} without a name` : ''
  return `${instant(asOf)}: ${peopleOf(all.people)} in ${read}; the roster (${countOf(roster.lines, 'line')} with a name${nameless}) has ${all.covered} of them`
}

/** Names the organizations that could not be read. */
export function notReadLines({ notRead }: OrphanList): string {
  const lines = notRead.map(
    ({ orgId, code }) => `NOT READ: organization ${orgId}: ${code}; whoever is in there is missing here`,
  )
  return lines.join('\n')
}

type Found = Unlisted<Membership>
const COLUMNS: Readonly<Record<string, (one: Found) => string>> = {
  PERSON: (one) => one.username,
  ORGANIZATION: (one) => one.orgId,
  STATUS: (one) => one.status,
  ROLES: (one) => one.orgRoles.join(' '),
  PROJECTS: (one) => `${one.projects}`,
  'LAST LOGIN': (one) => (one.lastAuthAt ? dayOf(one.lastAuthAt) : '–'),
  // Atlas says this of invitations only; of a member nobody knows it any more.
  INVITED: (one) => invited(one) || '–',
}
const SIMILAR = { 'ON THE ROSTER': (one: Found) => one.similar.join(', ') }

function membershipTable(found: readonly Found[], view: View, more = {}): string {
  const columns: typeof COLUMNS = { ...COLUMNS, ...more }
  const rows = found.map((one) => {
    const { underWay } = one
    const below = underWay && [
      outcomeLine(underWay.outcome, view.now),
      `next: atlas-offboarding case ${underWay.case}`,
    ]
    return { cells: Object.values(columns).map((cell) => cell(one)), below }
  })
  return table(Object.keys(columns), rows, view.width)
}

function invited({ invitationCreatedAt, inviterUsername }: Found): string {
  const by = inviterUsername && `by ${inviterUsername}`
  return [invitationCreatedAt && dayOf(invitationCreatedAt), by].filter(Boolean).join(' ')
}

const CELLS: Readonly<Record<string, (one: Found) => Cell>> = {
  username: (one) => one.username,
  org_id: (one) => one.orgId,
  user_id: (one) => one.userId,
  status: (one) => one.status,
  org_roles: (one) => one.orgRoles.join(' '),
  projects: (one) => one.projects,
  teams: (one) => one.teams,
  last_login_at: (one) => one.lastAuthAt,
  invited_at: (one) => one.invitationCreatedAt,
  invited_by: (one) => one.inviterUsername,
  similar_on_roster: (one) => one.similar.join(' '),
  open_case: (one) => one.underWay?.case,
}

/** Writes the list as CSV, one membership a line; an organization that was not read has a line of its own. */
export function csvOfOrphans({ orphans, nearMatches, protected: kept, notRead }: OrphanList): string {
  const row = (finding: string) => (one: Found) => [finding, ...Object.values(CELLS).map((cell) => cell(one))]
  return csvOf([
    ['finding', ...Object.keys(CELLS)],
    ...orphans.map(row('orphan')),
    ...nearMatches.map(row('near_match')),
    ...kept.map(row('protected')),
    ...notRead.map(({ orgId, code }) => ['not_read', undefined, orgId, undefined, code]),
  ])
}

function nextSteps(list: OrphanList): string {
  const number = leaversIn(list).length
  const steps = [
    number > 0 &&
      `If ${number === 1 ? 'this one has' : `these ${number} have`} left: the same with --remove --expect ${number} --because WHY`,
    list.nearMatches.length > 0 &&
      'Find out whose the near matches are; remove those who left by their username, put the others on a second --roster',
    list.notRead.length > 0 && 'next: atlas-offboarding status',
  ]
  return steps.filter(Boolean).join('\n')
}
