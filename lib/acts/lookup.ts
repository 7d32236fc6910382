import { instant, paragraphs } from '../cli/text.ts'
import { presentOtherwise, type Rename, renamesOf } from '../core/absent.ts'
import { rowOf } from '../evidence/rows.ts'
import type { Member } from '../words/member.ts'
import { plain } from '../words/plain.ts'
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

/** Shows who has a username in each organization, who else may be meant, and all cases under that name. */
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
  /** An organization that could not be asked does not count as "absent". */
  show({ asOf, username, memberships, cases }, view) {
    return {
      text: paragraphs(
        `${username}: ${verdictOn(memberships)}, as Atlas answered at ${instant(asOf)}`,
        ...memberships.map(linesOf),
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

/** Answers whether the person is out, and promises nothing of an organization that did not answer. */
function verdictOn(memberships: readonly Membership[]): string {
  const number = (...kinds: readonly Membership['kind'][]) =>
    memberships.filter(({ kind }) => kinds.includes(kind)).length
  const [inside, similar, unasked] = [
    number('member', 'several'),
    number('similar'),
    number('unclear', 'unknown'),
  ]
  const of = countOf(memberships.length, 'organization')
  if (inside > 0) return `a member of ${inside} of ${of}`
  if (unasked > 0) return `not known to be out of ${similar + unasked} of ${of}`
  return similar > 0
    ? `no member has this name; somebody who may be this person is in ${similar} of ${of}`
    : `out of ${of}`
}

const WORDS = { member: '', several: 'one of several: ', similar: 'similar name: ' } as const

function linesOf({ orgId, kind, members, renamed = [], code }: Membership): string {
  const of = (text: string) => `Organization ${orgId}\n  ${text}`
  if (kind === 'unknown') return of(`cannot be asked: ${code}`)
  if (kind === 'absent') return of('absent: all members were listed')
  if (kind === 'unclear') return of('unclear: no e-mail address, and Atlas knows people by theirs')
  const lineOf = (word: string) => (member: Member) => {
    const { userId, username, status, orgRoles, teamIds, projectRoles } = member
    const held = [
      orgRoles.join(' '),
      countOf(teamIds.length, 'team'),
      countOf(projectRoles.length, 'project'),
    ]
    return `${word}${status} ${plain(username)}\n  ${userId}: ${plain(held.filter(Boolean).join(', '))}`
  }
  const lines = [...members.map(lineOf(WORDS[kind])), ...renamed.map(lineOf('had this name before: '))]
  return of(lines.join('\n  '))
}
