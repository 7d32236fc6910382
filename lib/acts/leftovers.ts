import { INVITATIONS_END } from '../core/org-state.ts'
import type { Failure, Organization } from '../core/ports.ts'
import { invitationFinding, organizationFinding, projectFinding } from '../leftovers/describe-finding.ts'
import { type Finding, leftoversView } from '../leftovers/findings.ts'
import { type ProjectReading, readProjects } from '../leftovers/read-projects.ts'
import type { ReaderDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'

type Looked = {
  readonly kind: 'looked'
  readonly orgId: string
  /** How many projects our read credential sees. */
  readonly projects: number
  readonly findings: readonly Finding[]
}
type Answer = {
  readonly username: string
  readonly organizations: readonly (Looked | Extract<Organization, { kind: 'unread' }>)[]
  /** What the cases of the person came to, newest first. */
  readonly cases: readonly {
    readonly case: string
    readonly orgId: string
    readonly leftovers: ReturnType<typeof leftoversView>
  }[]
}

/** Kept for the answer itself. */
const RESERVE_MS = 2_000

/** Tells what bears a username in every project that the read credentials see, as it is now. Changes nothing. */
export async function leftovers(
  deps: ReaderDeps,
  request: unknown,
  deadline: Date,
): Promise<Answer | Refusal> {
  const read = readRequest('leftovers', request)
  if (isRefusal(read)) return read

  const { username } = read
  const until = new Date(deadline.getTime() - RESERVE_MS)
  const configured = await deps.organizations.list(until)
  const [organizations, cases] = await Promise.all([
    Promise.all(
      configured.map((one) => (one.kind === 'unread' ? one : lookIn(deps, one.orgId, username, until))),
    ),
    deps.ledger.ofPerson(username),
  ])
  return {
    username,
    organizations,
    cases: cases.flatMap(({ id, orgId, leftovers: known }) =>
      known ? [{ case: id, orgId, leftovers: leftoversView(known) }] : [],
    ),
  }
}

async function lookIn(deps: ReaderDeps, orgId: string, username: string, until: Date): Promise<Looked> {
  const listed = await deps.projects.list(orgId, until)
  if (listed.kind === 'failure')
    return { kind: 'looked', orgId, projects: 0, findings: [unlisted(orgId, listed)] }
  const { projects } = listed
  // An organization without projects looks the same, and has nothing to look at.
  if (projects.length === 0) return { kind: 'looked', orgId, projects: 0, findings: [unseen(orgId)] }

  const asksInvitations = deps.clock.now() < INVITATIONS_END
  const readings = await readProjects(deps, { orgId, names: [username], until, asksInvitations }, projects)
  return { kind: 'looked', orgId, projects: projects.length, findings: readings.flatMap(findingsIn) }
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
