import type { OperatorDeps, ReaderDeps } from '../../lib/acts/act.ts'
import { watchProposal } from '../../lib/acts/confirm/watch.ts'
import { interpretSecret } from '../../lib/atlas/interpret-secret.ts'
import { atlasMembers } from '../../lib/atlas/members.ts'
import type { AtlasRequest } from '../../lib/atlas/transport.ts'
import { atlasSecrets } from '../../lib/aws/atlas-secrets.ts'
import { eventBus } from '../../lib/aws/bus.ts'
import { atlasLedger } from '../../lib/aws/ledger.ts'
import { sqsQueue } from '../../lib/aws/queue.ts'
import type { Table } from '../../lib/aws/table.ts'
import type { Journal } from '../../lib/core/journal.ts'
import type { Channel, DeadLetters } from '../../lib/core/ports.ts'
import type { ReceiveDeps } from '../../lib/core/receive.ts'
import { resumeTask } from '../../lib/core/runner.ts'
import { search } from '../../lib/leftovers/search.ts'
import { type SearchDeps, searchFor } from '../../lib/leftovers/search-task.ts'
import { wireHr } from '../../lib/senders/hr/hr.ts'
import type { HrReply, HrRequest } from '../../lib/senders/hr/transport.ts'
import type { SweepDeps } from '../../lib/sweep/parts.ts'
import type { DeletionLog } from './deletion-log.ts'
import type { faultyIo, Outgoing, Role } from './faulty-io.ts'
import type { InMemoryAtlas } from './in-memory-atlas.ts'
import { clientsOf, type InMemoryAws } from './in-memory-aws.ts'
import { HIBOB_CREDENTIALS, HIBOB_SOURCES, type InMemoryHr } from './in-memory-hr.ts'
import type { VirtualTime } from './virtual-time.ts'

const LOCK_MS = 120_000
const RECHECK_MS = 7 * 24 * 3_600_000
const KEEP_CLOSED_MS = 400 * 24 * 3_600_000

/** Everything that a function of ours works with. */
export type Parts = ReceiveDeps &
  SearchDeps &
  SweepDeps &
  Pick<OperatorDeps, 'settings' | 'uid'> & { readonly settings: Pick<ReaderDeps['settings'], 'orgNames'> }

/** What all workers of a world share. */
export type Surroundings = {
  readonly time: VirtualTime
  readonly atlas: InMemoryAtlas
  readonly aws: InMemoryAws
  readonly table: Table
  readonly io: ReturnType<typeof faultyIo>
  readonly journal: Journal
  readonly deletions: DeletionLog
  readonly hr: InMemoryHr
  readonly orgIds: readonly string[]
  readonly settings: Parts['settings']
  /** Sources that every worker remembered a moment ago. */
  readonly heard: readonly string[]
}

/** Who the worker is, and how much its clock is ahead. */
export type Identity = { readonly name: string; readonly role: Role; readonly skewMs: number }

/** One execution environment's parts: the real use cases, ledger and adapters, with memory where the network begins. */
export function environment(around: Surroundings, { name, role, skewMs }: Identity): Parts {
  const { time, atlas, aws, io, journal, deletions, settings } = around
  const call = <T>(outgoing: Outgoing<T>) => io.call(name, role, outgoing)
  const clients = clientsOf(
    aws,
    (made, apply, applyPartly) => call({ ...made, apply, applyPartly }),
    time.now,
  )
  const clock = {
    ...time.clock(skewMs),
    async sleep(ms: number) {
      await time.wait(ms)
      await io.alive(name)
    },
  }
  const secretIds = new Map(around.orgIds.map((orgId) => [orgId, secretIdOf(orgId, role)]))
  const organizations = atlasSecrets({
    client: clients.secrets,
    secretIds,
    interpret: interpretSecret,
    clock,
  })

  async function transport(request: AtlasRequest) {
    const { operation, timeoutMs: patienceMs } = request
    const ended = deletions.begin(name, request)
    try {
      return await call({
        service: 'atlas',
        operation,
        input: request,
        patienceMs,
        apply: () => atlas.answer(request),
      })
    } catch (error) {
      return { kind: 'no_reply', code: codeOf(error), sent: true } as const
    } finally {
      ended()
    }
  }

  async function askHr(request: HrRequest & { readonly timeoutMs: number }): Promise<HrReply> {
    const { timeoutMs: patienceMs } = request
    try {
      return await call({
        service: 'hr',
        input: request,
        operation: 'ask',
        patienceMs,
        apply: () => around.hr.answer(request),
      })
    } catch (error) {
      return { kind: 'no_reply', code: codeOf(error) }
    }
  }

  const members = atlasMembers({ transport, credentials: organizations, clock, journal })
  const uid = () => `${name}-${time.random()}`
  const parts: Parts = {
    uid,
    ledger: atlasLedger({
      table: overIo(around.table, call),
      clock,
      uid,
      // Not thrown with the story's dice: one event more must not change what happens when.
      salt: () => 'salt',
      lockMs: LOCK_MS,
      keepClosedMs: KEEP_CLOSED_MS,
    }),
    members,
    projects: members.projects,
    organizations,
    audit: eventBus({ client: clients.bus, busName: 'audit' }),
    queue: sqsQueue(clients.queue, URLS),
    deadLetters: {
      counts: async () => ({ work: aws.rejected.length, events: 0, topic: 0 }),
      visit: (channel, visitor) => visitRejected(aws, channel, visitor),
    },
    clock,
    journal,
    settings,
    recheckMs: RECHECK_MS,
    rosters: [],
    hrSystems: [],
    opensOnClose: (kase, now) => searchFor(kase, settings, now),
    attempts: {
      search: (id, deadline) => resumeTask(parts, { kind: 'search', id }, deadline, search(parts)),
      proposal: (id, deadline) => resumeTask(parts, { kind: 'proposal', id }, deadline, watchProposal(parts)),
    },
    ...{ hr: undefined, refer: async () => undefined },
    received: new Map(),
    lastEventAt: new Map(around.heard.map((source) => [source, time.now()])),
  }
  const hr = wireHr({
    ...{ ...parts, systems: HIBOB_SOURCES, recheckDays: 7 },
    credentials: { current: async () => HIBOB_CREDENTIALS, renewed: async () => HIBOB_CREDENTIALS },
    transport: askHr,
  })
  const attempts = { ...parts.attempts, reference: hr.again }
  return { ...parts, hr: hr.port, refer: hr.refer, attempts }
}

const visitRejected = async (
  { rejected }: InMemoryAws,
  channel: Channel,
  visitor: Parameters<DeadLetters['visit']>[1],
) => {
  for (const letter of channel === 'work' ? [...rejected] : [])
    if ((await visitor({ ...letter, channel })) === 'delete') rejected.splice(rejected.indexOf(letter), 1)
  return true
}

const URLS = {
  work: 'work',
  events: 'events',
  topic: 'topic',
  deadLetters: { work: 'work-dlq', events: 'events-dlq', topic: 'topic-dlq' },
}

/** Where an organization's secret lies: the departures function has the owner secret, all others the one that may only read. */
export function secretIdOf(orgId: string, role: Role = 'departures'): string {
  return role === 'departures' ? `atlas/${orgId}` : `atlas/${orgId}/read`
}

function codeOf(error: unknown): string {
  return error instanceof Error && Reflect.get(error, 'code') === 'TIMEOUT' ? 'TIMEOUT' : 'ECONNRESET'
}

/** The contract's semantics with the way there and back; what a read sees is what held when it arrived. */
function overIo(table: Table, call: <T>(outgoing: Outgoing<T>) => Promise<T>): Table {
  const io = async <T>(operation: string, input: unknown, act: () => Promise<T>): Promise<T> => {
    const answered = await call({ service: 'table', operation, input, apply: () => ({ value: act() }) })
    return await answered.value
  }
  return {
    get: (pk) => io('get', pk, () => table.get(pk)),
    getMany: (pks) => io('getMany', pks, () => table.getMany(pks)),
    insert: (item) => io('insert', item, () => table.insert(item)),
    update: (item) => io('update', item, () => table.update(item)),
    insertLapsed: (item, before) => io('insertLapsed', item, () => table.insertLapsed(item, before)),
    remove: (pk, writeId) => io('remove', pk, () => table.remove(pk, writeId)),
    scan: (after) => io('scan', after, () => table.scan(after)),
    takeOut: (pk, uids, known) => io('takeOut', { pk, uids, known }, () => table.takeOut(pk, uids, known)),
    async *values(query, attribute) {
      const pages = await io('query', query, () => Array.fromAsync(table.values(query, attribute)))
      for (const [index, page] of pages.entries())
        yield index === 0 ? page : await io('query', query, async () => page)
    },
    async *query(query) {
      const pages = await io('query', query, () => Array.fromAsync(table.query(query)))
      for (const [index, page] of pages.entries())
        yield index === 0 ? page : await io('query', query, async () => page)
    },
  }
}
