import { atlasMembers } from '../../lib/atlas/members.ts'
import type { AtlasRequest, Reply } from '../../lib/atlas/transport.ts'
import { eventBus } from '../../lib/audit/event-bus.ts'
import { type DeliverDeps, deliver } from '../../lib/deliver.ts'
import type { Case } from '../../lib/domain/case.ts'
import type { Departure } from '../../lib/domain/departure.ts'
import { encodeMessage } from '../../lib/intake/own-message.ts'
import { atlasLedger } from '../../lib/ledger/ledger.ts'
import type { Table } from '../../lib/ledger/table.ts'
import type { JournalEntry } from '../../lib/ports.ts'
import { departuresQueue } from '../../lib/queue/departures-queue.ts'
import { atlasSecrets } from '../../lib/secrets/atlas-secrets.ts'
import { type Swept, sweep } from '../../lib/sweep.ts'
import { later, ORG } from './cases.ts'
import { type AtlasOrg, type InMemoryAtlas, inMemoryAtlas } from './in-memory-atlas.ts'
import { clientsOf, enqueue, type InMemoryAws, inMemoryAws, type Message } from './in-memory-aws.ts'
import { memoryTable } from './memory-table.ts'
import { type VirtualTime, virtualTime } from './virtual-time.ts'

/** One call that leaves the process, numbered over the whole world. */
export type IoCall = {
  readonly worker: string
  readonly service: string
  readonly operation: string
  readonly index: number
}

/**
 * What goes wrong with one call. `before` and `after` say whether its effect happened; a crashed worker hears nothing more,
 * and neither does anybody from it.
 */
export type Fault =
  | { readonly kind: 'error'; readonly when: 'before' | 'after' }
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'crash'; readonly when: 'before' | 'after' }
  | { readonly kind: 'freeze'; readonly ms: number }
  | { readonly kind: 'partial' }

export type World = {
  readonly time: VirtualTime
  readonly atlas: InMemoryAtlas
  readonly aws: InMemoryAws
  readonly table: ReturnType<typeof memoryTable>
  readonly calls: readonly IoCall[]
  readonly journal: readonly JournalEntry[]
  org(orgId?: string): AtlasOrg
  /** A new execution environment of the departures function. */
  worker(name?: string): Worker
  /** What a sweep of a new execution environment does now. */
  sweep(worker?: Worker): Promise<Swept>
  /** Puts a departure on the queue, as one of our functions would. */
  depart(departure: Departure): void
  /** Lets workers, sweeps and time do their work until an instant. */
  runUntil(instant: Date): Promise<void>
  cases(): readonly Case[]
  outcomes(): readonly string[]
}

export type Worker = {
  readonly name: string
  readonly deps: DeliverDeps
  /** Delivers one message body, as an SQS batch of one. @returns whether it was acknowledged */
  deliver(body: string): Promise<boolean>
}

export type WorldOptions = {
  readonly seed?: number
  readonly orgIds?: readonly string[]
  readonly settings?: Partial<DeliverDeps['settings']>
  readonly faultFor?: (call: IoCall) => Fault | undefined
  /** How long a worker may take before Lambda ends it. */
  readonly timeoutMs?: number
}

const LATENCY_MS = { atlas: 50, table: 5, bus: 5, queue: 5, secrets: 5 }
const VISIBILITY_MS = 360_000

/** The whole system over memory and a virtual clock: the real use cases, ledger and adapters, down to the SDK commands. */
export function createWorld(options: WorldOptions = {}): World {
  const { seed = 1, orgIds = [ORG], settings, faultFor = () => undefined, timeoutMs = 60_000 } = options
  const time = virtualTime(later(1_000), seed)
  const atlas = inMemoryAtlas(time.now)
  const aws = inMemoryAws()
  const table = memoryTable()
  const calls: IoCall[] = []
  const journal: JournalEntry[] = []
  const dead = new Set<string>()
  for (const orgId of orgIds) {
    aws.secrets.set(
      `atlas/${orgId}`,
      JSON.stringify({ clientId: `mdb_sa_id_${orgId}`, clientSecret: atlas.org(orgId).clientSecret, orgId }),
    )
  }

  async function io<T>(
    worker: string,
    service: keyof typeof LATENCY_MS,
    operation: string,
    apply: () => T,
  ): Promise<T> {
    const call = { worker, service, operation, index: calls.length }
    calls.push(call)
    const fault = faultFor(call)
    await alive(worker, time.wait(LATENCY_MS[service] * time.random()))
    if (fault?.kind === 'crash' && fault.when === 'before') dead.add(worker)
    if (fault?.kind === 'freeze') await time.wait(fault.ms)
    if (fault?.kind === 'error' && fault.when === 'before') throw failureOf(service)
    if (fault?.kind === 'reply') return fault.reply as T
    await alive(worker, Promise.resolve())
    const result = apply()
    if (fault?.kind === 'crash') dead.add(worker)
    await alive(worker, time.wait(LATENCY_MS[service] * time.random()))
    if (fault?.kind === 'error') throw failureOf(service)
    return fault?.kind === 'partial' ? partial(result) : result
  }

  /** Never resolves for a worker that has crashed. */
  async function alive<T>(worker: string, work: Promise<T>): Promise<T> {
    const result = await work
    return dead.has(worker) ? await new Promise<never>(() => undefined) : result
  }

  let workers = 0
  function newName(): string {
    workers += 1
    return `worker-${workers}`
  }

  function worker(name = newName()): Worker {
    const { bus, queue, secrets } = clientsOf(
      aws,
      (service, operation, apply) => io(name, service, operation, apply),
      time.now,
    )
    const clock = time.clock()
    const note = { note: (entry: JournalEntry) => void journal.push(entry) }
    const organizations = atlasSecrets({
      client: secrets,
      secretIds: orgIds.map((orgId) => `atlas/${orgId}`),
      clock,
    })
    const transport = async (request: AtlasRequest) => {
      try {
        return await io(name, 'atlas', request.operation, () => atlas.answer(request))
      } catch {
        return { kind: 'no_reply', code: 'ECONNRESET', sent: true } as const
      }
    }
    const deps: DeliverDeps = {
      ledger: atlasLedger({
        table: overIo(table, (operation, apply) => io(name, 'table', operation, apply)),
        clock,
        uid: () => `${name}-${time.random()}`,
        leaseMs: 120_000,
        keepClosedMs: 400 * 24 * 3_600_000,
      }),
      members: atlasMembers({ transport, credentials: organizations, clock, journal: note }),
      organizations,
      audit: eventBus({ client: bus, busName: 'audit' }),
      queue: departuresQueue({ client: queue, queueUrl: 'queue', dlqUrl: 'dlq', encode: encodeMessage }),
      clock,
      journal: note,
      settings: {
        mode: 'enforce',
        protectedUsernames: [],
        holdOrgRoles: [],
        maxEventAgeMs: 72 * 3_600_000,
        maxRemovalsPerDay: 10,
        maxRemovalsPercent: 5,
        ...settings,
      },
      intake: { onSuspend: 'ignore', oktaAppIds: [] },
      heard: new Map(),
    }
    const deliverBody = async (body: string) => {
      const deadline = new Date(time.now().getTime() + timeoutMs)
      const record = { messageId: 'message', body }
      const ended = Promise.race([deliver(deps, { Records: [record] }, deadline), timedOut(name, timeoutMs)])
      const { batchItemFailures } = await ended
      return batchItemFailures.length === 0
    }
    return { name, deps, deliver: deliverBody }
  }

  /** Lambda ends what takes too long, and a crashed worker's invocation with it; the message comes back later. */
  async function timedOut(name: string, ms: number): Promise<never> {
    await time.wait(ms)
    dead.add(name)
    throw new Error('timed out')
  }

  async function receive(message: Message): Promise<void> {
    message.visibleAt = new Date(time.now().getTime() + VISIBILITY_MS)
    message.receiveCount += 1
    const acknowledged = await worker()
      .deliver(message.body)
      .catch(() => false)
    if (acknowledged) aws.messages.splice(aws.messages.indexOf(message), 1)
  }

  async function poll(until: Date): Promise<void> {
    for (; time.now() < until; await time.wait(500)) {
      const visible = aws.messages.filter(({ visibleAt }) => visibleAt <= time.now())
      for (const message of visible) void receive(message)
    }
  }

  async function sweepOnce({ deps }: Worker = worker()): Promise<Swept> {
    const deadline = new Date(time.now().getTime() + timeoutMs)
    return await sweep({ ...deps, recheckMs: 7 * 24 * 3_600_000 }, deadline)
  }

  async function sweepEveryMinute(until: Date): Promise<void> {
    for (; time.now() < until; await time.wait(60_000)) void sweepOnce().catch(() => undefined)
  }

  return {
    time,
    atlas,
    aws,
    table,
    calls,
    journal,
    org: (orgId = ORG) => atlas.org(orgId),
    worker,
    sweep: sweepOnce,
    depart: (departure) => enqueue(aws, encodeMessage({ kind: 'departure', departure }), time.now()),
    async runUntil(instant) {
      void poll(instant)
      void sweepEveryMinute(instant)
      await time.runUntil(instant)
    },
    cases: () =>
      table
        .items()
        .filter(({ pk }) => pk.startsWith('case#'))
        .map(({ body }) => JSON.parse(body) as Case),
    outcomes: () =>
      aws.published
        .filter(({ detailType }) => detailType === 'Offboarding Outcome')
        .map(({ detail }) => (detail.unmapped as { outcome: { kind: string } }).outcome.kind),
  }
}

function failureOf(service: string): Error {
  return Object.assign(new Error(`${service} failed`), { name: 'ServiceUnavailable' })
}

/** What PutEvents answers when it took only part of a request: 200, and the entries that failed. */
function partial<T>(result: T): T {
  const { Entries = [] } = result as { Entries?: unknown[] }
  return {
    FailedEntryCount: Entries.length,
    Entries: Entries.map(() => ({ ErrorCode: 'ThrottlingException' })),
  } as T
}

type TableIo = <T>(operation: string, apply: () => T) => Promise<T>

/** The contract's semantics with the way there and back; what a read sees is what held when it arrived. */
function overIo(table: Table, io: TableIo): Table {
  return {
    get: async (pk) => await (await io('get', () => ({ value: table.get(pk) }))).value,
    put: async (item, condition) =>
      await (await io('put', () => ({ value: table.put(item, condition) }))).value,
    remove: async (pk, writeId) =>
      await (await io('remove', () => ({ value: table.remove(pk, writeId) }))).value,
    query: async (query) => await (await io('query', () => ({ value: table.query(query) }))).value,
  }
}
