import { askAndShow, command, type Shown } from '../../cli/command.ts'
import { type Column, type Row, table } from '../../cli/table.ts'
import { instant, paragraphs } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import { plain } from '../../words/plain.ts'
import { countOf } from '../../words/wording.ts'
import type { Answer } from '../act.ts'
import { caseTable } from '../case-table.ts'
import type { lookup } from './act.ts'

type Found = Answer<typeof lookup>
type Membership = Found['memberships'][number]

export const LOOKUP = command({
  name: 'lookup',
  about: 'shows where a person is a member, who else may be meant, and all their cases',
  examples: ['lookup ada@example.com'],
  operands: { name: 'USERNAME', least: 1, most: 1, field: 'username' },
  options: {},
  run: (desk, { operands: [username] }) =>
    askAndShow(desk, 'operator-read', { action: 'lookup', username }, showFound),
})

const COLUMNS: readonly Column[] = [
  { title: 'ORGANIZATION' },
  { title: 'MEMBERSHIP', wraps: true },
  { title: 'USER ID' },
  { title: 'ROLES', wraps: true },
  { title: 'TEAMS' },
  { title: 'PROJECTS' },
]

/** An organization that could not be asked is no "absent". */
function showFound({ asOf, username, memberships, cases }: Found, view: View): Omit<Shown, 'answer'> {
  const history =
    cases.length === 0 ? 'No cases' : `${countOf(cases.length, 'case')}\n${caseTable(cases, view)}`
  const where = table(COLUMNS, memberships.flatMap(rowsOf), view.width)
  const isWhole = memberships.every(({ kind }) => kind !== 'unknown')
  const head = `${plain(username)}, as Atlas answered at ${instant(asOf)}`
  return { text: paragraphs(head, where, history), status: isWhole ? 0 : 3 }
}

function rowsOf(membership: Membership): readonly Row[] {
  const { orgId } = membership
  switch (membership.kind) {
    case 'unknown':
      return [{ cells: [orgId, `cannot be asked: ${membership.code}`] }]
    case 'absent':
      return [{ cells: [orgId, 'absent: all members were listed'] }]
    case 'member':
    case 'several':
    case 'similar':
      return membership.members.map(({ userId, username, status, orgRoles, teamIds, projectRoles }) => {
        const words = {
          member: status,
          several: `one of several: ${status}`,
          similar: `similar name: ${status}`,
        }
        const counts = [`${teamIds.length}`, `${projectRoles.length}`]
        return {
          cells: [orgId, `${words[membership.kind]} ${username}`, userId, orgRoles.join(' '), ...counts],
        }
      })
  }
}
