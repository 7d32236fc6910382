import { type Row, table } from '../cli/table.ts'
import { instant, paragraphs } from '../cli/text.ts'
import { presentOtherwise, type Rename, renamesOf } from '../core/absent.ts'
import { rowOf } from '../evidence/rows.ts'
import type { Member } from '../words/member.ts'
import { countOf } from '../words/wording.ts'
import { type ReaderDeps, reads } from './act.ts'
import { caseTable } from './case-table.ts'
import { isCase } from './change-cases.ts'
import { USERNAME } from './fields.ts'

/**
 * Who bears the name in one organization. `member`: one person, with their ended invitations. `several`: more than one has access.
 * `similar`: these may be the person under another name. `absent`: all members were listed. `unclear`: the name is no address, and nobody
 * could be found by it. `unknown`: Atlas did not answer.
 */
type Membership = {
  readonly orgId: string
  readonly kind: 'member' | 'several' | 'similar' | 'absent' | 'unclear' | 'unknown'
  readonly members: readonly Member[]
  /** Members who bore the name before. */
  readonly renamed?: readonly Member[]
  readonly code?: string
}

/** Tells who bears a username in each organization, whoever else may be meant, and every case there ever was of them. */
export const lookup = reads({
  name: 'lookup',
  about: 'shows where a person is a member, who else may be meant, and all their cases',
  examples: ['lookup ada@example.com'],
  fields: { username: USERNAME },
  async does(deps, { username }, { deadline }) {
    const { organizations, ledger, clock } = deps
    const asOf = clock.now()
    const memberships = organizations.orgIds.map((orgId) => membershipIn(deps, orgId, username, deadline))
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
      status: memberships.every(({ kind }) => kind !== 'unknown' && kind !== 'unclear') ? 0 : 3,
    }
  },
})

async function membershipIn(
  { members, ledger }: ReaderDeps,
  orgId: string,
  username: string,
  deadline: Date,
): Promise<Membership> {
  const [found, renames] = await Promise.all([
    members.find(orgId, [username], deadline, true),
    renamesOf(ledger, orgId, [username]),
  ])
  switch (found.kind) {
    case 'found': {
      const { member, ended } = found
      const others = renames.filter(({ userId }) => userId !== member.userId)
      const list = others.length > 0 ? await members.all(orgId, deadline) : { members: [] }
      if ('reason' in list) return { orgId, kind: 'unknown', members: [], code: list.code }
      const renamed = list.members.filter((one) => others.some(({ userId }) => userId === one.userId))
      return { orgId, kind: 'member', members: [member, ...ended], renamed }
    }
    case 'several':
      return { orgId, kind: 'several', members: found.members }
    case 'failure':
      return { orgId, kind: 'unknown', members: [], code: found.code }
    case 'none':
      return { orgId, ...otherwise(found.list.members, username, renames) }
  }
}

/** Whoever a departure of this name would be held for. */
function otherwise(members: readonly Member[], username: string, renames: readonly Rename[]) {
  const outcome = presentOtherwise([username], { members }, renames)
  if (outcome?.kind !== 'held') return { kind: 'absent', members: [] } as const
  const candidates = members.filter((one) => outcome.candidates?.some(({ userId }) => userId === one.userId))
  if (candidates.length === 0) return { kind: 'unclear', members: [] } as const
  return outcome.reason === 'renamed'
    ? ({ kind: 'similar', members: [], renamed: candidates } as const)
    : ({ kind: 'similar', members: candidates } as const)
}

const WORDS = { member: '', several: 'one of several: ', similar: 'similar name: ' } as const

function rowsOf({ orgId, kind, members, renamed = [], code }: Membership): readonly Row[] {
  if (kind === 'unknown') return [{ cells: [orgId, `cannot be asked: ${code}`] }]
  if (kind === 'absent') return [{ cells: [orgId, 'absent: all members were listed'] }]
  if (kind === 'unclear')
    return [{ cells: [orgId, 'unclear: no e-mail address, and Atlas knows people by theirs'] }]
  const rowOf = (word: string) => (member: Member) => {
    const { userId, username, status, orgRoles, teamIds, projectRoles } = member
    const counts = [`${teamIds.length}`, `${projectRoles.length}`]
    return { cells: [orgId, `${word}${status} ${username}`, userId, orgRoles.join(' '), ...counts] }
  }
  return [...members.map(rowOf(WORDS[kind])), ...renamed.map(rowOf('had this name before: '))]
}
