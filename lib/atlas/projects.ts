import type { Clock, Failure } from '../core/ports.ts'
import type { InProject, NotTold, Project, Projects } from '../leftovers/ports.ts'
import { judged } from './exchange.ts'
import {
  interpretDatabaseUsers,
  interpretInvitationRemoval,
  interpretInvitations,
  interpretProjects,
} from './interpret-projects.ts'
import { INCOMPLETE, readWhole } from './pages.ts'
import type { Send } from './send.ts'
import { singleFlight } from './single-flight.ts'

type ProjectsOptions = {
  readonly send: Send
  readonly clock: Clock
  /** How long a list of projects may be answered again. Default 5 minutes. */
  readonly cacheMs?: number
}

type Listed = {
  readonly kind: 'projects'
  readonly projects: readonly Project[]
  readonly unreadable?: number
}

/**
 * The projects of Atlas organizations, over the Admin API.
 *
 * @see https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2 (2023-01-01)
 */
export function atlasProjects({ send, clock, cacheMs = 5 * 60_000 }: ProjectsOptions): Projects {
  const kept = new Map<string, { readonly listed: Listed; readonly asOf: Date }>()
  const together = singleFlight<Listed | Failure>()

  async function readList(orgId: string, deadline: Date): Promise<Listed | Failure> {
    const asOf = clock.now()
    const read = await readWhole((query) =>
      judged(send({ operation: 'getOrgGroups', orgId, query }, deadline), (reply) =>
        interpretProjects(reply, clock.now()),
      ),
    )
    if (read.kind === 'failure') return read
    const listed: Listed = { kind: 'projects', projects: read.rows, ...countOf(read.unreadable) }
    kept.set(orgId, { listed, asOf })
    return listed
  }

  return {
    async list(orgId, deadline) {
      const last = kept.get(orgId)
      if (last && clock.now().getTime() - last.asOf.getTime() < cacheMs) return last.listed
      return await together(orgId, () => readList(orgId, deadline))
    },

    // Without the `username` filter: how it compares is not documented, and one answer serves every alias.
    invitations: ({ orgId, projectId: groupId }, deadline) =>
      judged(send({ operation: 'listGroupInvites', orgId, groupId }, deadline), (reply) =>
        interpretInvitations(reply, clock.now()),
      ),

    async deleteInvitation({ orgId, projectId: groupId }, invitationId, deadline) {
      const call = { operation: 'deleteGroupInvite', orgId, groupId, invitationId } as const
      const { result, mayHaveApplied } = await send(call, deadline)
      if (result.kind === 'failure') return result
      const removal = interpretInvitationRemoval(result, clock.now())
      return removal.kind === 'absent' ? { ...removal, mayHaveApplied } : removal
    },

    databaseUsers: (where, deadline) => readDatabaseUsers({ send, clock }, where, deadline),
  }
}

async function readDatabaseUsers(
  { send, clock }: ProjectsOptions,
  { orgId, projectId: groupId }: InProject,
  deadline: Date,
): ReturnType<Projects['databaseUsers']> {
  let stopped: NotTold | undefined
  const read = await readWhole(async (query) => {
    const call = { operation: 'listGroupDatabaseUsers', orgId, groupId, query } as const
    const page = await judged(send(call, deadline), (reply) => interpretDatabaseUsers(reply, clock.now()))
    if (page.kind === 'page' || page.kind === 'failure') return page
    stopped = page
    return INCOMPLETE
  })
  if (read.kind === 'failure') return stopped ?? read
  return { kind: 'database_users', users: read.rows, ...countOf(read.unreadable) }
}

function countOf({ length }: readonly string[]) {
  return length > 0 ? { unreadable: length } : {}
}
