import { countOf } from '../words/wording.ts'
import type { Answers } from './answers.ts'
import { caseTable, leftoversIn } from './show-cases.ts'
import { type Column, type Row, table } from './table.ts'
import { plain } from './text.ts'
import type { Report, View } from './view.ts'

const COLUMNS: readonly Column[] = [
  { title: 'ORGANIZATION' },
  { title: 'MEMBERSHIP', shrinks: true },
  { title: 'ROLES', shrinks: true },
  { title: 'TEAMS' },
  { title: 'PROJECTS' },
]

type Lookup = Answers['lookup']
type Membership = Lookup['memberships'][number]

/** Tells where a person is a member, and their cases. An organization that could not be asked is no "absent". */
export function reportLookup({ username, memberships, cases }: Lookup, view: View): Report {
  const isWhole = memberships.every(({ kind }) => kind !== 'unread' && kind !== 'failure')
  const history =
    cases.length === 0 ? 'No cases' : `${countOf(cases.length, 'case')}\n${caseTable(cases, view)}`
  const where = table(COLUMNS, memberships.map(rowOf), view.width)
  const text = [plain(username), where, history, ...leftoversIn(cases, view)]
  return { text: text.join('\n\n'), status: isWhole ? 0 : 1 }
}

function rowOf(membership: Membership): Row {
  switch (membership.kind) {
    case 'unread':
      return { cells: [`secret ${membership.secretId}`, `cannot be read: ${membership.code}`] }
    case 'failure':
      return { cells: [membership.orgId, `cannot be asked: ${membership.code}`] }
    case 'absent':
      return { cells: [membership.orgId, 'absent'] }
    case 'several':
      return { cells: [membership.orgId, `several members match: ${membership.usernames.join(', ')}`] }
    case 'possible_alias':
      return { cells: [membership.orgId, `absent, but also here: ${membership.usernames.join(', ')}`] }
    case 'found': {
      const { status, orgRoles, teamIds, projectRoles } = membership.member
      const [teams, projects] = [`${teamIds.length}`, `${projectRoles.length}`]
      return { cells: [membership.orgId, status, orgRoles.join(' '), teams, projects] }
    }
  }
}
