import type { Failure, NotTold, Project, Projects } from '../core/ports.ts'
import { atOnce } from '../words/at-once.ts'
import { namedAfter } from './database-user.ts'
import { databaseUserFinding, projectFinding } from './describe-finding.ts'
import { type Finding, isAmong, type ProjectInvitation } from './findings.ts'
import { longestWait } from './longest-wait.ts'

/** What one project shows of a person. */
export type ProjectReading = {
  readonly project: Project
  readonly findings: readonly Finding[]
  /** Those of the person, still to be dealt with. */
  readonly invitations: readonly ProjectInvitation[]
  /** Why `invitations` are not all that the person has there. */
  readonly untold?: string
  /** Atlas has no such invitations any more. */
  readonly ended?: boolean
  /** The project is to be read again. */
  readonly failure?: Failure
}

type Wish = {
  readonly orgId: string
  /** The person's username first, then aliases. */
  readonly names: readonly string[]
  readonly until: Date
  readonly asksInvitations: boolean
}

/** Projects read at once: two requests each, of limits that every project has for itself. */
const AT_ONCE = 5

/** Reads what projects show of the person: the invitations of the deprecated kind, and the database users named after them. */
export function readProjects(
  { projects }: { readonly projects: Projects },
  wish: Wish,
  wanted: readonly Project[],
): Promise<readonly ProjectReading[]> {
  return atOnce(wanted, AT_ONCE, async (project) => {
    const where = { orgId: wish.orgId, projectId: project.id }
    const [invitations, users] = await Promise.all([
      wish.asksInvitations ? projects.invitations(where, wish.until) : NOT_ASKED,
      projects.databaseUsers(where, wish.until),
    ])
    return readingOf(wish, project, { invitations, users })
  })
}

const NOT_ASKED = { kind: 'ended', code: 'VERSION_GONE' } as const

type Answers = {
  readonly invitations: Awaited<ReturnType<Projects['invitations']>>
  readonly users: Awaited<ReturnType<Projects['databaseUsers']>>
}

function readingOf({ names }: Wish, project: Project, { invitations, users }: Answers): ProjectReading {
  const named = users.kind === 'database_users' ? users.users : []
  const invited = invitations.kind === 'invitations' ? invitations.invitations : []
  const failure = longestWait([failureIn(invitations), failureOf(users)])
  const forbidden = forbiddenIn(project, { invitations, users })
  return {
    project,
    findings: [
      ...named.flatMap((user) => {
        const why = namedAfter(user, names)
        return why === undefined ? [] : [databaseUserFinding(user.username, project, why)]
      }),
      ...(forbidden ? [forbidden] : []),
    ],
    invitations: invited.filter(({ username }) => isAmong(username, names)),
    ...('code' in invitations && { untold: invitations.code }),
    ...(invitations.kind === 'ended' && { ended: true }),
    ...(failure && { failure }),
  }
}

function failureIn(answer: { readonly kind: string } | NotTold): Failure | undefined {
  return 'reason' in answer ? answer : undefined
}

/** Nobody has said that the list of database users will go; should it, it is no list without them. */
function failureOf(users: Answers['users']): Failure | undefined {
  return users.kind === 'ended' ? { kind: 'failure', reason: 'refused', code: users.code } : failureIn(users)
}

/** One finding for a project, however much of it is closed to us; it names the least role that opens it. */
function forbiddenIn(project: Project, { invitations, users }: Answers): Finding | undefined {
  const [first] = [invitations, users].flatMap((answer) => (answer.kind === 'forbidden' ? [answer] : []))
  if (!first) return undefined
  const why =
    invitations.kind === 'forbidden'
      ? `our credential needs the role Project Owner here to read invitations${users.kind === 'forbidden' ? ' and database users' : ''}`
      : 'our credential needs the role Project Read Only here to read database users'
  return projectFinding(project, why, first.code)
}
