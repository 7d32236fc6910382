import type { Failure } from '../../core/ports.ts'
import {
  type Finding,
  invitationFinding,
  organizationFinding,
  projectFinding,
} from '../../leftovers/findings.ts'
import { type ProjectReading, readProjects } from '../../leftovers/read-projects.ts'
import { type LeftoversView, leftoversView } from '../../leftovers/search-task.ts'
import { Username } from '../../senders/fields.ts'
import { type Asking, act, type ReaderDeps } from '../act.ts'
import { isSearch } from '../kinds.ts'

type Searched = {
  readonly orgId: string
  /** How many projects our read credential sees. */
  readonly projects: number
  readonly findings: readonly Finding[]
}
type Remaining = {
  readonly username: string
  readonly organizations: readonly Searched[]
  /** What the searches after the person's cases came to, newest first. */
  readonly searches: readonly LeftoversView[]
}

/** Kept for the answer itself. */
const RESERVE_MS = 2_000

/** Tells what bears a username in every project that the read credentials see, as it is now. Changes nothing. */
export const leftovers = act(
  { username: Username },
  async (deps: ReaderDeps, { username }, { deadline }: Asking): Promise<Remaining> => {
    const until = new Date(deadline.getTime() - RESERVE_MS)
    const [organizations, tasks] = await Promise.all([
      Promise.all(deps.organizations.orgIds.map((orgId) => searchIn(deps, orgId, username, until))),
      deps.ledger.ofPerson(username),
    ])
    return { username, organizations, searches: tasks.filter(isSearch).map(leftoversView) }
  },
)

async function searchIn(deps: ReaderDeps, orgId: string, username: string, until: Date): Promise<Searched> {
  const listed = await deps.projects.list(orgId, until)
  if (listed.kind === 'failure') return { orgId, projects: 0, findings: [unlisted(orgId, listed)] }
  const { projects } = listed
  // An organization without projects looks the same, and has nothing to search.
  if (projects.length === 0) return { orgId, projects: 0, findings: [unseen(orgId)] }
  const readings = await readProjects(deps, { orgId, names: [username], until }, projects)
  return { orgId, projects: projects.length, findings: readings.flatMap(findingsIn) }
}

function findingsIn({ project, findings, invitations, failure }: ProjectReading): readonly Finding[] {
  return [
    ...invitations.map((one) => invitationFinding(one, project, { action: 'reported' })),
    ...findings,
    ...(failure ? [projectFinding(project, 'could not be read', failure.code)] : []),
  ]
}

function unlisted(orgId: string, { code }: Failure): Finding {
  return organizationFinding(orgId, 'its projects could not be listed', code)
}

function unseen(orgId: string): Finding {
  const why =
    'our read credential sees no project: it needs the role Project Read Only, and for invitations Project Owner, in each'
  return organizationFinding(orgId, why, 'NO_PROJECT_VISIBLE')
}
