import type { Failure, Members, Projects } from '../core/ports.ts'
import { accessKeeper } from './access.ts'
import type { CredentialSource } from './credentials.ts'
import { atlasExchange, type ExchangeOptions, judged } from './exchange.ts'
import { findIn } from './find.ts'
import { interpretConfirmation, interpretEvents, interpretRemoval } from './interpret-status.ts'
import { INCOMPLETE, readPages } from './pages.ts'
import { atlasProjects } from './projects.ts'
import { ALL_STATUSES, atlasRosters, UNREADABLE } from './roster.ts'
import { atlasSend, type Send } from './send.ts'

export type AtlasMembersOptions = ExchangeOptions & {
  readonly credentials: CredentialSource
  /** How long a complete read of an organization may be answered again. Default 60,000. */
  readonly cacheMs?: number
}

export type AtlasMembers = Members & {
  /** Gets credential and token ready, so that the first call finds them. @returns why it could not */
  warm(orgId: string, deadline: Date): Promise<Failure | undefined>
  /** The same organizations' projects, by the same credentials and tokens. */
  readonly projects: Projects
}

/**
 * The members of Atlas organizations, over the Admin API.
 *
 * @see https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2 (2025-02-19)
 */
export function atlasMembers(options: AtlasMembersOptions): AtlasMembers {
  const { credentials, clock, journal, cacheMs = 60_000 } = options
  const exchange = atlasExchange(options)
  const keeper = accessKeeper({ exchange, credentials, clock, journal })
  const send = atlasSend({ exchange, keeper, clock })
  const rosters = atlasRosters({ send, clock, cacheMs })

  return {
    find: findIn(rosters),
    async remove(orgId, userId, deadline) {
      const { result, mayHaveApplied } = await send({ operation: 'removeOrgUser', orgId, userId }, deadline)
      const removal = result.kind === 'failure' ? result : interpretRemoval(result, clock.now())
      return removal.kind === 'removed' ? removal : { ...removal, mayHaveApplied }
    },
    confirm(orgId, userId, deadline) {
      const call = { operation: 'getOrgUser', orgId, userId, query: ALL_STATUSES } as const
      return judged(send(call, deadline), (reply) => interpretConfirmation(reply, clock.now()))
    },
    async all(orgId, deadline) {
      // Never an earlier read: this settles whether somebody is still there after a 404 that explained nothing.
      const roster = await rosters.complete(orgId, deadline, true)
      if (roster.kind === 'failure') return roster
      // Whoever asks for everybody counts on it.
      return roster.unreadable.length > 0 ? UNREADABLE : { kind: 'members', members: roster.members }
    },
    events: eventsBy(send, options),
    headroom: exchange.headroom,
    projects: atlasProjects({ send, clock }),
    async warm(orgId, deadline) {
      const access = await keeper.current(orgId, deadline)
      return access.kind === 'failure' ? access : undefined
    },
  }
}

function eventsBy(send: Send, { clock }: Pick<ExchangeOptions, 'clock'>): Members['events'] {
  return async (orgId, types, since, deadline) => {
    const filter = [
      ...types.map((type) => ['eventType', type] as const),
      ['minDate', since.toISOString()] as const,
    ]
    const listed = await readPages((paging) => {
      const call = { operation: 'listOrgEvents', orgId, query: [...filter, ...paging] } as const
      return judged(send(call, deadline), (reply) => interpretEvents(reply, clock.now()))
    })
    if (listed.kind === 'failure') return listed
    if (listed.stuck) return INCOMPLETE
    // Events that happen while we read push older ones onto the next page: they come twice, none is missed.
    const byId = new Map(listed.pages.flatMap(({ events }) => events).map((event) => [event.id, event]))
    return { kind: 'events', events: [...byId.values()] }
  }
}
