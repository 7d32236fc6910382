import { atlasMembers } from '../../lib/atlas/members.ts'
import type { AtlasRequest } from '../../lib/atlas/transport.ts'
import { atlasSecrets } from '../../lib/aws/atlas-secrets.ts'
import { eventBus } from '../../lib/aws/bus.ts'
import { atlasLedger } from '../../lib/aws/ledger.ts'
import { departuresQueue } from '../../lib/aws/queue.ts'
import type { Table } from '../../lib/aws/table.ts'
import type { Journal } from '../../lib/core/ports.ts'
import type { DeliverDeps } from '../../lib/core/receive.ts'
import { encodeMessage } from '../../lib/senders/own-message.ts'
import type { DeletionLog } from './deletion-log.ts'
import type { faultyIo, Outgoing, Role } from './faulty-io.ts'
import type { InMemoryAtlas } from './in-memory-atlas.ts'
import { clientsOf, type InMemoryAws } from './in-memory-aws.ts'
import type { VirtualTime } from './virtual-time.ts'

const LEASE_MS = 120_000
const KEEP_CLOSED_MS = 400 * 24 * 3_600_000

/** What all workers of a world share. */
export type Surroundings = {
  readonly time: VirtualTime
  readonly atlas: InMemoryAtlas
  readonly aws: InMemoryAws
  readonly table: Table
  readonly io: ReturnType<typeof faultyIo>
  readonly journal: Journal
  readonly deletions: DeletionLog
  readonly orgIds: readonly string[]
  readonly settings: DeliverDeps['settings']
  /** Sources of which every worker heard a moment ago. */
  readonly heard: readonly string[]
}

/** Who the worker is, and how much its clock is ahead. */
export type Identity = { readonly name: string; readonly role: Role; readonly skewMs: number }

/** One execution environment's parts: the real use cases, ledger and adapters, with memory where the network begins. */
export function environment(around: Surroundings, { name, role, skewMs }: Identity): DeliverDeps {
  const { time, atlas, aws, io, journal, deletions } = around
  const call = <T>(outgoing: Outgoing<T>) => io.call(name, role, outgoing)
  const clients = clientsOf(
    aws,
    (service, operation, apply, applyPartly) => call({ service, operation, apply, applyPartly }),
    time.now,
  )
  const clock = {
    ...time.clock(skewMs),
    async sleep(ms: number) {
      await time.wait(ms)
      await io.alive(name)
    },
  }
  const secretIds = around.orgIds.map(secretIdOf)
  const organizations = atlasSecrets({ client: clients.secrets, secretIds, clock })

  async function transport(request: AtlasRequest) {
    const { operation, timeoutMs: patienceMs } = request
    const ended = deletions.begin(name, request)
    try {
      return await call({ service: 'atlas', operation, patienceMs, apply: () => atlas.answer(request) })
    } catch (error) {
      return { kind: 'no_reply', code: codeOf(error), sent: true } as const
    } finally {
      ended()
    }
  }

  const members = atlasMembers({ transport, credentials: organizations, clock, journal })
  return {
    ledger: atlasLedger({
      table: overIo(around.table, call),
      clock,
      uid: () => `${name}-${time.random()}`,
      leaseMs: LEASE_MS,
      keepClosedMs: KEEP_CLOSED_MS,
    }),
    members,
    projects: members.projects,
    organizations,
    audit: eventBus({ client: clients.bus, busName: 'audit' }),
    queue: departuresQueue({
      client: clients.queue,
      queueUrl: 'queue',
      dlqUrl: 'dlq',
      encode: encodeMessage,
    }),
    clock,
    journal,
    settings: around.settings,
    intake: { onSuspend: 'ignore', oktaAppIds: [] },
    heard: new Map(around.heard.map((source) => [source, time.now()])),
  }
}

/** Where an organization's secret lies. */
export function secretIdOf(orgId: string): string {
  return `atlas/${orgId}`
}

function codeOf(error: unknown): string {
  return error instanceof Error && Reflect.get(error, 'code') === 'TIMEOUT' ? 'TIMEOUT' : 'ECONNRESET'
}

/** The contract's semantics with the way there and back; what a read sees is what held when it arrived. */
function overIo(table: Table, call: <T>(outgoing: Outgoing<T>) => Promise<T>): Table {
  const io = async <T>(operation: string, act: () => Promise<T>): Promise<T> => {
    const answered = await call({ service: 'table', operation, apply: () => ({ value: act() }) })
    return await answered.value
  }
  return {
    get: (pk) => io('get', () => table.get(pk)),
    put: (item, condition) => io('put', () => table.put(item, condition)),
    remove: (pk, writeId) => io('remove', () => table.remove(pk, writeId)),
    query: (query) => io('query', () => table.query(query)),
  }
}
