import type { Failure, Members } from '../core/ports.ts'
import type { Projects } from '../leftovers/ports.ts'
import { accessKeeper } from './access.ts'
import type { CredentialSource } from './credential.ts'
import { atlasExchange, type ExchangeOptions } from './exchange.ts'
import { findIn } from './find.ts'
import {
  interpretConfirmation,
  interpretEvents,
  interpretRemoval,
  interpretUsers,
} from './interpret-members.ts'
import { ALL_STATUSES, memberLists } from './member-list.ts'
import { readPages } from './pages.ts'
import { atlasProjects } from './projects.ts'
import { atlasSend } from './send.ts'

export type AtlasMembersOptions = ExchangeOptions & { readonly credentials: CredentialSource }

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
  const { credentials, clock, journal } = options
  const exchange = atlasExchange(options)
  const keeper = accessKeeper({ exchange, credentials, clock, journal })
  const atlas = atlasSend({ exchange, keeper, clock })
  const lists = memberLists(atlas.ask, () => clock.now())

  return {
    find: findIn(lists),
    async remove(orgId, userId, deadline) {
      const call = { operation: 'removeOrgUser', orgId, userId } as const
      const { result, mayHaveApplied } = await atlas.send(call, deadline)
      const removal = result.kind === 'failure' ? result : interpretRemoval(result, clock.now())
      return removal.kind === 'removed' ? removal : { ...removal, mayHaveApplied }
    },
    confirm(orgId, userId, deadline) {
      const call = { operation: 'getOrgUser', orgId, userId, query: ALL_STATUSES } as const
      return atlas.ask(call, deadline, interpretConfirmation)
    },
    // Never an earlier read: this settles whether somebody is still there after a 404 that explained nothing.
    all: (orgId, deadline) => lists.complete(orgId, deadline, true),
    async events(orgId, types, since, deadline) {
      const eventTypes = types.map((type) => ['eventType', type] as const)
      const filter = [...eventTypes, ['minDate', since.toISOString()] as const]
      const read = await readPages((paging) => {
        const query = [...filter, ...paging]
        return atlas.ask({ operation: 'listOrgEvents', orgId, query }, deadline, interpretEvents)
      })
      if (read.kind === 'failure') return read
      // Events that happen while we read push older ones onto the next page: they come twice, none is missed.
      const events = [...new Map(read.rows.map((event) => [event.id, event])).values()]
      const unreadable = read.unreadable.length
      return { kind: 'events', events, ...(unreadable > 0 && { unreadable }) }
    },
    async probe(orgId, deadline) {
      const call = { operation: 'listOrgUsers', orgId, query: [['itemsPerPage', '1']] } as const
      const page = await atlas.ask(call, deadline, interpretUsers)
      return page.kind === 'failure' ? page : { kind: 'allowed' }
    },
    headroom: exchange.headroom,
    projects: atlasProjects(atlas, () => clock.now()),
    async warm(orgId, deadline) {
      const access = await keeper.current(orgId, deadline)
      return access.kind === 'failure' ? access : undefined
    },
  }
}
