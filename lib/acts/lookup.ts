import { type Row, table } from '../cli/table.ts'
import { instant, paragraphs } from '../cli/text.ts'
import type { Lookup } from '../core/ports.ts'
import { rowOf } from '../evidence/rows.ts'
import { type Member, possibleAliases } from '../words/member.ts'
import { countOf } from '../words/wording.ts'
import { reads } from './act.ts'
import { caseTable } from './case-table.ts'
import { isCase } from './change-cases.ts'
import { USERNAME } from './fields.ts'

/**
 * Who bears the name in one organization. `member`: one person, with their ended invitations. `several`: more than one has access.
 * `similar`: nobody has the name, and these may be the person. `absent`: all members were listed. `unknown`: Atlas did not answer.
 */
type Membership = {
  readonly orgId: string
  readonly kind: 'member' | 'several' | 'similar' | 'absent' | 'unknown'
  readonly members: readonly Member[]
  readonly code?: string
}

/** Tells who bears a username in each organization, whoever else may be meant, and every case there ever was of them. */
export const lookup = reads({
  name: 'lookup',
  about: 'shows where a person is a member, who else may be meant, and all their cases',
  examples: ['lookup ada@example.com'],
  fields: { username: USERNAME },
  async does({ organizations, members, ledger, clock }, { username }, { deadline }) {
    const asOf = clock.now()
    const memberships = organizations.orgIds.map(async (orgId) => {
      return membershipIn(orgId, await members.find(orgId, [username], deadline, true), username)
    })
    const [found, tasks] = await Promise.all([Promise.all(memberships), ledger.ofPerson(username)])
    const cases = tasks.filter(isCase).map((kase) => rowOf(kase))
    return { asOf, username, memberships: found, cases }
  },
  /** An organization that could not be asked is no "absent". */
  show({ asOf, username, memberships, cases }, view) {
    const columns = ['ORGANIZATION', 'MEMBERSHIP', 'USER ID', 'ROLES', 'TEAMS', 'PROJECTS']
    return {
      text: paragraphs(
        `${username}, as Atlas answered at ${instant(asOf)}`,
        table(columns, memberships.flatMap(rowsOf), view.width),
        cases.length === 0 ? 'No cases' : `${countOf(cases.length, 'case')}\n${caseTable(cases, view)}`,
      ),
      status: memberships.every(({ kind }) => kind !== 'unknown') ? 0 : 3,
    }
  },
})

function membershipIn(orgId: string, found: Lookup, username: string): Membership {
  switch (found.kind) {
    case 'found':
      return { orgId, kind: 'member', members: [found.member, ...found.ended] }
    case 'several':
      return { orgId, kind: 'several', members: found.members }
    case 'failure':
      return { orgId, kind: 'unknown', members: [], code: found.code }
    case 'none': {
      const members = possibleAliases([username], found.list.members)
      return { orgId, kind: members.length > 0 ? 'similar' : 'absent', members }
    }
  }
}

const WORDS = { member: '', several: 'one of several: ', similar: 'similar name: ' } as const

function rowsOf({ orgId, kind, members, code }: Membership): readonly Row[] {
  if (kind === 'unknown') return [{ cells: [orgId, `cannot be asked: ${code}`] }]
  if (kind === 'absent') return [{ cells: [orgId, 'absent: all members were listed'] }]
  return members.map(({ userId, username, status, orgRoles, teamIds, projectRoles }) => {
    const name = `${WORDS[kind]}${status} ${username}`
    return {
      cells: [orgId, name, userId, orgRoles.join(' '), `${teamIds.length}`, `${projectRoles.length}`],
    }
  })
}
