import type { Unlisted } from '../people/orphans.ts'
import { countOf, peopleOf } from '../words/wording.ts'
import { isDone, standing } from './advice.ts'
import { leaversIn, type Membership, type OrphanList } from './orphan-list.ts'
import type { OrphanRemoval } from './remove-orphans.ts'
import { caseTable } from './show-cases.ts'
import { type Column, table } from './table.ts'
import { instant, plain } from './text.ts'
import type { Report, View } from './view.ts'

/** The list, and with `--remove` what became of it. */
export type OrphansReported = OrphanList & { readonly removals?: readonly OrphanRemoval[] }

/**
 * Tells who is on no roster line, or what became of their removal. Exits 1 if there is anybody whom a human has to look at, and 3
 * if there may be others whom nobody has seen.
 */
export function reportOrphans(list: OrphansReported, view: View): Report {
  return list.removals ? reportRemovals(list, list.removals, view) : reportFound(list, view)
}

function reportFound(list: OrphanList, view: View): Report {
  const { orphans, nearMatches, protected: kept } = list
  const text = [
    headline(list),
    notRead(list),
    orphans.length > 0
      ? `ORPHANS: on no roster line, nor anybody like them\n${membershipTable(orphans, view)}`
      : 'No orphans',
    nearMatches.length > 0 &&
      `NEAR MATCHES: on no roster line, but somebody like them; --remove leaves them alone\n${membershipTable(nearMatches, view, SIMILAR)}`,
    kept.length > 0 && `PROTECTED: on no roster line; nobody removes them\n${membershipTable(kept, view)}`,
    nextSteps(list),
  ]
  const found = orphans.length + nearMatches.length > 0 ? 1 : 0
  return {
    text: text.filter(Boolean).join('\n\n'),
    status: list.notRead.length > 0 ? 3 : found,
    ...(list.notRead.length > 0 && { warning: INCOMPLETE }),
  }
}

function headline({ asOf, roster, coverage: { all, byOrg }, notRead: missing }: OrphanList): string {
  const read = `${countOf(byOrg.length, 'organization')}${missing.length > 0 ? ' of those there are' : ''}`
  const nameless = roster.nameless > 0 ? `, ${countOf(roster.nameless, 'line')} without a name` : ''
  return `${instant(asOf)}: ${peopleOf(all.people)} in ${read}; the roster (${countOf(roster.lines, 'line')} with a name${nameless}) has ${all.covered} of them`
}

function notRead({ notRead: missing }: OrphanList): string {
  return missing
    .map(({ orgId, secretId = '', code }) => {
      const which = orgId ? `organization ${orgId}` : `the organization of secret ${plain(secretId)}`
      return `NOT READ: ${which}: ${plain(code)}; whoever is in there is missing here`
    })
    .join('\n')
}

const COLUMNS: readonly Column[] = [
  { title: 'PERSON', shrinks: true },
  { title: 'ORGANIZATION', lifts: true },
  { title: 'STATUS' },
  { title: 'ROLES', shrinks: true },
  { title: 'PROJECTS' },
  { title: 'LAST LOGIN' },
  { title: 'INVITED', shrinks: true },
]
const SIMILAR: Column = { title: 'ON THE ROSTER', shrinks: true }

function membershipTable(found: readonly Unlisted<Membership>[], view: View, more?: Column): string {
  const rows = found.map((one) => {
    const { username, orgId, status, orgRoles, projects, lastAuthAt, underWay, similar } = one
    const cells = [
      ...[username, orgId, status, orgRoles.join(' '), `${projects}`],
      ...[lastAuthAt ? lastAuthAt.slice(0, 10) : '–', invited(one), similar.join(', ')],
    ]
    const below =
      underWay && `${underWay.case}: ${standing(underWay.outcome, view.now)}; next: cases ${underWay.case}`
    return { cells, below }
  })
  return table(more ? [...COLUMNS, more] : COLUMNS, rows, view.width)
}

/** Atlas tells it of invitations alone; of a member nobody knows it any more. */
function invited({ invitationCreatedAt, inviterUsername }: Membership): string {
  const at = invitationCreatedAt?.slice(0, 10)
  return [at, inviterUsername && `by ${inviterUsername}`].filter(Boolean).join(' ') || '–'
}

function nextSteps(list: OrphanList): string {
  const number = leaversIn(list).length
  const steps = [
    number > 0 &&
      `next: if ${number === 1 ? 'this one has' : `these ${number} have`} left: the same with --remove --expect ${number} --by you --because …`,
    list.nearMatches.length > 0 &&
      'next: find out whose the near matches are; remove those who left by their username, put the others on a second --roster',
    list.notRead.length > 0 && 'next: status tells what is wrong with each secret and organization',
  ]
  return steps.filter(Boolean).join('\n')
}

const INCOMPLETE =
  'INCOMPLETE: not every organization could be read; whoever is in the others is missing here'
const OBSERVING = 'OBSERVE MODE: nobody was removed; the cases are held until a human releases them'

function reportRemovals(list: OrphanList, removals: readonly OrphanRemoval[], view: View): Report {
  const asked = removals.flatMap((one) => (one.kind === 'asked' ? [one] : []))
  const outcomes = asked.flatMap((one) => one.outcomes)
  const text = [
    notRead(list),
    outcomes.length > 0 && caseTable(outcomes, view),
    removals.map(trouble).filter(Boolean).join('\n'),
  ]
  const isObserving = outcomes.some(
    ({ outcome }) => outcome?.kind === 'held' && outcome.reason === 'observing',
  )
  return {
    text: text.filter(Boolean).join('\n\n'),
    status: statusOf(list, removals),
    ...(list.notRead.length > 0 && { warning: INCOMPLETE }),
    ...(isObserving && { warning: OBSERVING }),
  }
}

function trouble(one: OrphanRemoval): string | undefined {
  const name = plain(one.username)
  switch (one.kind) {
    case 'refused':
    case 'failed':
      return `${name}: ${plain(one.error)}`
    case 'not_asked':
      return `${name}: not asked for, because the function did not answer before`
    case 'asked':
      if (one.isBack)
        return `${name}: was removed earlier today, and is there again; next: lookup, then remove`
      return one.pending
        ? `${name}: has no outcome everywhere yet; the work goes on: cases --open`
        : undefined
  }
}

/** The worst of all. */
function statusOf(list: OrphanList, removals: readonly OrphanRemoval[]): Report['status'] {
  if (list.notRead.length > 0 || removals.some(({ kind }) => kind === 'failed')) return 3
  return removals.every(isOut) ? 0 : 1
}

/** A case that somebody cancelled is done, and the person is still there. */
function isOut(one: OrphanRemoval): boolean {
  if (one.kind !== 'asked' || one.pending || one.isBack || one.outcomes.length === 0) return false
  return one.outcomes.every(({ outcome }) => isDone(outcome) && outcome?.kind !== 'cancelled')
}
