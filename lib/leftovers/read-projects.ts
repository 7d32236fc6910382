import type { Failure } from '../core/ports.ts'
import { atOnce } from '../words/at-once.ts'
import { countOf } from '../words/wording.ts'
import { namedAfter } from './database-user.ts'
import { databaseUserFinding, type Finding, type ProjectInvitation, projectFinding } from './findings.ts'
import type { Invitations, NotTold, Project, Projects } from './ports.ts'
import { isAmong, longestWait } from './search-work.ts'

/** What one project shows of a person. */
export type ProjectReading = {
  readonly project: Project
  readonly findings: readonly Finding[]
  /** The person's, still to be dealt with. */
  readonly invitations: readonly ProjectInvitation[]
  /** How Atlas answered for the project's invitations. */
  readonly listed: Invitations['kind'] | NotTold['kind'] | 'not_asked'
  /** Why it did not: nobody can tell what became of an invitation there. */
  readonly code?: string
  /** When Atlas means to end them. */
  readonly sunset?: Date
  /** Which of the findings says that Atlas has no invitations any more. It is none once that is true of the whole organization. */
  readonly ended?: Finding
  /** The project is to be read again. */
  readonly failure?: Failure
}

/** Whom to search for, and how. */
export type Wish = {
  readonly orgId: string
  /** The person's username first, then other names of theirs. */
  readonly names: readonly string[]
  readonly until: Date
  readonly asksInvitations: boolean
}

/** Projects read at once: two requests each, and every project has rate limits of its own. */
const AT_ONCE = 5

/** Reads what projects show of a person: invitations of the deprecated kind, and database users named after them. */
export function readProjects(
  { projects }: { readonly projects: Projects },
  wish: Wish,
  wanted: readonly Project[],
): Promise<readonly ProjectReading[]> {
  return atOnce(wanted, AT_ONCE, async (project) => {
    const where = { orgId: wish.orgId, projectId: project.id }
    const [invitations, users] = await Promise.all([
      wish.asksInvitations ? projects.invitations(where, wish.until) : undefined,
      projects.databaseUsers(where, wish.until),
    ])
    return readingOf(wish, project, { invitations, users })
  })
}

type Answers = {
  readonly invitations: Awaited<ReturnType<Projects['invitations']>> | undefined
  readonly users: Awaited<ReturnType<Projects['databaseUsers']>>
}

function readingOf({ names }: Wish, project: Project, { invitations, users }: Answers): ProjectReading {
  const list = invitations?.kind === 'invitations' ? invitations : undefined
  const failure = longestWait([failureIn(invitations), failureIn(users)])
  const ended =
    invitations?.kind === 'ended'
      ? projectFinding(project, 'Atlas says that it has no project invitations any more', invitations.code)
      : undefined
  const named = users.kind === 'database_users' ? users.users : []
  return {
    project,
    findings: [
      ...named.flatMap((user) => {
        const why = namedAfter(user, names)
        return why === undefined ? [] : [databaseUserFinding(user.username, project, why)]
      }),
      ...unsearchedIn(project, { invitations, users }),
      ...(ended ? [ended] : []),
    ],
    invitations: (list?.invitations ?? []).filter(({ username }) => isAmong(username, names)),
    listed: invitations?.kind ?? 'not_asked',
    ...(!invitations && { code: NOT_ASKED }),
    ...(invitations && 'code' in invitations && { code: invitations.code }),
    ...(list?.sunset && { sunset: list.sunset }),
    ...(ended && { ended }),
    ...(failure && { failure }),
  }
}

/** Atlas has said before that there are no such invitations any more. */
const NOT_ASKED = 'INVITATIONS_ENDED'

function failureIn(answer: { readonly kind: string } | NotTold | undefined): Failure | undefined {
  return answer && 'reason' in answer ? answer : undefined
}

/** Why a project was not wholly searched. One finding for all that is closed to us, naming the least role that opens it. */
function unsearchedIn(project: Project, { invitations, users }: Answers): readonly Finding[] {
  const failed = (why: string, code: string) => [projectFinding(project, why, code)]
  const isClosed = users.kind === 'forbidden'
  const unreadable = unreadableIn(invitations) + unreadableIn(users)
  return [
    ...(invitations?.kind === 'forbidden'
      ? failed(
          `our credential needs the role Project Owner here to read invitations${isClosed ? ' and database users' : ''}`,
          invitations.code,
        )
      : isClosed
        ? failed('our credential needs the role Project Read Only here to read database users', users.code)
        : []),
    ...(users.kind === 'ended' ? failed('Atlas no longer lists its database users', users.code) : []),
    ...(unreadable > 0 ? failed(`${countOf(unreadable, 'row')} could not be read`, 'UNREADABLE_ROWS') : []),
  ]
}

function unreadableIn(answer: Answers['invitations' | 'users']): number {
  return (answer && 'unreadable' in answer && answer.unreadable) || 0
}
