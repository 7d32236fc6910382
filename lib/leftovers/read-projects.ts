import type { Failure } from '../core/ports.ts'
import { atOnce } from '../words/at-once.ts'
import { countOf } from '../words/wording.ts'
import { namedAfter } from './database-user.ts'
import { databaseUserFinding, type Finding, INVITATIONS_ENDED, projectFinding } from './findings.ts'
import type { DatabaseUsers, Invitations, Project, ProjectInvitation, Projects } from './ports.ts'
import { isAmong, longestWait } from './search-task.ts'

/** What one project shows of a person. */
export type ProjectReading = {
  readonly project: Project
  readonly findings: readonly Finding[]
  /** The person's, still to be dealt with. */
  readonly invitations: readonly ProjectInvitation[]
  /** How Atlas answered for the project's invitations. */
  readonly listed: Invitations
  /** The project is to be read again. */
  readonly failure?: Failure
}

type Leaver = {
  readonly orgId: string
  /** The person's username first, then other names of theirs. */
  readonly names: readonly string[]
  readonly until: Date
}

/** Projects read at once: two requests each, and every project has rate limits of its own. */
const AT_ONCE = 5

/** Reads what projects show of a person: invitations of the deprecated kind, and database users named after them. */
export function readProjects(
  { projects }: { readonly projects: Projects },
  { orgId, names, until }: Leaver,
  wanted: readonly Project[],
): Promise<readonly ProjectReading[]> {
  return atOnce(wanted, AT_ONCE, async (project) => {
    const where = { orgId, projectId: project.id }
    const [listed, users] = await Promise.all([
      projects.invitations(where, until),
      projects.databaseUsers(where, until),
    ])
    const failure = longestWait([listed, users])
    const named = users.kind === 'database_users' ? users.users : []
    return {
      ...{ project, listed },
      findings: [
        ...named.flatMap((user) => {
          const why = namedAfter(user, names)
          return why === undefined ? [] : [databaseUserFinding(user.username, project, why)]
        }),
        ...unsearchedIn(project, listed, users),
      ],
      invitations:
        listed.kind === 'invitations'
          ? listed.invitations.filter(({ username }) => isAmong(username, names))
          : [],
      ...(failure && { failure }),
    }
  })
}

/** Why a project was not wholly searched. One finding for all that is closed to us, naming the least role that opens it. */
function unsearchedIn(project: Project, listed: Invitations, users: DatabaseUsers): readonly Finding[] {
  const failed = (why: string, code: string) => projectFinding(project, why, code)
  const findings: Finding[] = []
  if (listed.kind === 'forbidden') {
    const also = users.kind === 'forbidden' ? ' and database users' : ''
    const why = `our credential needs the role Project Owner here to read invitations${also}`
    findings.push(failed(why, listed.code))
  } else if (users.kind === 'forbidden')
    findings.push(
      failed('our credential needs the role Project Read Only here to read database users', users.code),
    )
  if (users.kind === 'ended') findings.push(failed('Atlas no longer lists its database users', users.code))
  const unreadable = unreadableIn(listed) + unreadableIn(users)
  if (unreadable > 0)
    findings.push(failed(`${countOf(unreadable, 'row')} could not be read`, 'UNREADABLE_ROWS'))
  if (listed.kind === 'ended') findings.push(failed(INVITATIONS_ENDED, listed.code))
  return findings
}

function unreadableIn(answer: Invitations | DatabaseUsers): number {
  return ('unreadable' in answer && answer.unreadable) || 0
}
