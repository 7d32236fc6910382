import type { Clock, Failure, NotTold, Project, Projects } from '../core/ports.ts'
import type { Page } from './bodies.ts'
import { judged } from './exchange.ts'
import {
  interpretDatabaseUsers,
  interpretInvitationRemoval,
  interpretInvitations,
  interpretProjects,
} from './interpret-status.ts'
import { INCOMPLETE, type Pages, readPages } from './pages.ts'
import type { Send } from './send.ts'
import { singleFlight } from './single-flight.ts'

type ProjectsOptions = {
  readonly send: Send
  readonly clock: Clock
  /** How long a list of projects may be answered again. Default 5 minutes. */
  readonly cacheMs?: number
}

type Listed = { readonly kind: 'projects'; readonly projects: readonly Project[] }

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
    const read = await readPages((query) =>
      judged(send({ operation: 'getOrgGroups', orgId, query }, deadline), (reply) =>
        interpretProjects(reply, clock.now()),
      ),
    )
    if (read.kind === 'failure') return read
    if (isTorn(read)) return INCOMPLETE
    const listed: Listed = { kind: 'projects', projects: read.pages.flatMap(({ projects }) => projects) }
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

    async databaseUsers({ orgId, projectId: groupId }, deadline) {
      let stopped: NotTold | undefined
      const read = await readPages(async (query) => {
        const call = { operation: 'listGroupDatabaseUsers', orgId, groupId, query } as const
        const page = await judged(send(call, deadline), (reply) => interpretDatabaseUsers(reply, clock.now()))
        if (page.kind === 'page') return page
        stopped = page
        return INCOMPLETE
      })
      if (read.kind === 'failure') return stopped ?? read
      if (isTorn(read)) return INCOMPLETE
      return { kind: 'database_users', users: read.pages.flatMap(({ users }) => users) }
    },
  }
}

/** The list moved while it was read: what moved onto a page already read has not come at all. */
function isTorn({ pages, repeats, stuck }: Pages<Page>): boolean {
  return repeats || stuck || pages[0]?.totalCount !== pages.at(-1)?.totalCount
}
