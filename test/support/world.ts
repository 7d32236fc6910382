import { carryOut } from '../../lib/acts/operator.ts'
import type { Item } from '../../lib/aws/table.ts'
import type { JournalEntry } from '../../lib/core/journal.ts'
import { receive } from '../../lib/core/receive.ts'
import { minute } from '../../lib/sweep/minute.ts'
import type { Caller } from '../../lib/words/caller.ts'
import type { Case } from '../../lib/words/case.ts'
import type { Departure } from '../../lib/words/departure.ts'
import type { Task, TaskKind } from '../../lib/words/task.ts'
import { fromJson } from '../../lib/words/with-instants.ts'
import { later, ON_CALL, ORG } from './cases.ts'
import { type Deletion, deletionLog } from './deletion-log.ts'
import { environment, type Parts, secretIdOf } from './environment.ts'
import { type Fates, type Fault, faultyIo, type IoCall, newFates, type Role } from './faulty-io.ts'
import { type AtlasOrg, type InMemoryAtlas, inMemoryAtlas } from './in-memory-atlas.ts'
import { enqueue, type InMemoryAws, inMemoryAws, type Message } from './in-memory-aws.ts'
import { type InMemoryHr, inMemoryHr } from './in-memory-hr.ts'
import { memoryTable } from './memory-table.ts'
import { queueFeed } from './queue-feed.ts'
import { type StaffMember, staffOf } from './staff.ts'
import { sweeper } from './sweeper.ts'
import { type VirtualTime, virtualTime } from './virtual-time.ts'
import { broughtBy, encodeWork, readMessage } from './work-message.ts'

export type { IoCall } from './faulty-io.ts'

export type World = {
  readonly time: VirtualTime
  readonly atlas: InMemoryAtlas
  readonly aws: InMemoryAws
  /** What HiBob says of its employees. */
  readonly hr: InMemoryHr
  readonly table: ReturnType<typeof memoryTable>
  readonly calls: readonly IoCall[]
  readonly journal: readonly JournalEntry[]
  readonly deletions: readonly Deletion[]
  readonly settings: Parts['settings']
  /** Services that fail whoever calls them. */
  readonly outages: Set<IoCall['service']>
  readonly fates: Fates
  org(orgId?: string): AtlasOrg
  /** A new execution environment of the departures function. */
  worker(name?: string): Worker
  /** What a sweep of a new execution environment does now. */
  sweep(worker?: Worker): Promise<void>
  /** What on-call's function answers to a request; rejects if it died. */
  operate(request: object, caller?: Caller): Promise<object>
  /** Puts a departure on the queue, as one of our functions would. */
  depart(departure: Departure): void
  /** Lets workers, sweeps and time do their work until an instant. */
  runUntil(instant: Date): Promise<void>
  /** Nobody invokes any function for so long. */
  passOver(ms: number): Promise<void>
  /** The same until nothing is left to do, with those sweeps only that find something. @returns whether nothing is left */
  runOut(latest: Date): Promise<boolean>
  cases(): readonly Case[]
  tasks(kind: TaskKind): readonly Task[]
  outcomes(): readonly string[]
}

type Worker = {
  readonly name: string
  readonly deps: Parts
  /** Delivers one message body, as an SQS batch of one. @returns whether it was acknowledged */
  deliver(body: string): Promise<boolean>
}

export type WorldOptions = {
  readonly seed?: number
  readonly orgIds?: readonly string[]
  readonly settings?: Partial<Parts['settings']>
  readonly faultFor?: (call: IoCall) => Fault | undefined
  /** How long a worker may take before Lambda ends it. */
  readonly timeoutMs?: number
  /** Execution environments serve again and again, as long as they live. */
  readonly warm?: boolean
  readonly batchSize?: number
  readonly concurrency?: number
  readonly duplicates?: number
  /** How far the table's indexes are behind. */
  readonly indexLagMs?: number
  /** Workers' clocks are off by as much as this, either way. */
  readonly skewMs?: number
  /** How often sweeps come in `runOut`. */
  readonly sweepEveryMs?: number
  /** Departures came before, and people were removed: what only the first one of all makes us remember is known. */
  readonly hasServed?: boolean
  /** What an earlier stack left in the table, and when. */
  readonly left?: { readonly items: readonly Item[]; readonly at: Date }
  /** Gets what the functions note, besides `World.journal`. */
  readonly note?: (entry: JournalEntry) => void
}

const SETTINGS: Parts['settings'] = {
  mode: 'enforce',
  protectedUsernames: [],
  holdOrgRoles: [],
  maxEventAgeMs: 72 * 3_600_000,
  maxRemovalsPerDay: 10,
  maxRemovalsPercent: 5,
  // A scenario of its own each: the paths of all others stay as short as they are.
  leftovers: 'off',
  fourEyes: false,
  breakGlass: true,
  version: '1.2.3',
}
const MINUTE_MS = 60_000
const SOURCES = ['okta', 'hook/workday', 'sns/leavers']

/** The whole system over memory and a virtual clock: the real use cases, ledger and adapters, down to the SDK commands. */
export function createWorld(options: WorldOptions = {}): World {
  const { seed = 1, orgIds = [ORG], faultFor = () => undefined, timeoutMs = MINUTE_MS } = options
  const { left, warm = false, batchSize = 1, concurrency = 1_000, duplicates = 0 } = options
  const { indexLagMs = 0, skewMs = 0, sweepEveryMs = MINUTE_MS, hasServed = false } = options
  const time = virtualTime(left?.at ?? later(1_000), seed)
  const atlas = inMemoryAtlas(time.now)
  const aws = inMemoryAws()
  const hr = inMemoryHr()
  const calls: IoCall[] = []
  const journal: JournalEntry[] = []
  const fates = newFates()
  const io = faultyIo({ time, fates, calls, faultFor })
  const tellsOf = ({ role, service, input }: IoCall) =>
    role === 'sweep' && service === 'queue' && JSON.stringify(input).includes('unfinished')
  const sweeps = sweeper({
    ...{ time, everyMs: sweepEveryMs },
    async sweep() {
      const before = calls.length
      await sweepOnce()
      return calls.slice(before).some(tellsOf)
    },
  })
  const table = memoryTable({
    ...(indexLagMs > 0 && { lag: { ms: indexLagMs, now: time.now } }),
    now: time.now,
    items: left?.items,
    onWrite: sweeps.written,
  })
  const log = deletionLog(time.now, table.items)
  for (const orgId of orgIds)
    for (const role of ['departures', 'sweep'] as const)
      aws.secrets.set(secretIdOf(orgId, role), secretText(orgId, atlas))

  const around = {
    time,
    atlas,
    aws,
    hr,
    io,
    orgIds,
    table,
    journal: {
      note(entry: JournalEntry) {
        journal.push(entry)
        options.note?.(entry)
      },
    },
    deletions: log,
    settings: { ...SETTINGS, ...options.settings },
    heard: hasServed ? SOURCES : [],
  }

  const staff = staffOf({ time, fates, timeoutMs, isWarm: warm, equip })

  function equip(name: string, role: Role): Parts {
    return environment(around, { name, role, skewMs: (2 * time.random() - 1) * skewMs })
  }

  function worker(name?: string): Worker {
    const one = staff.takeOn('departures', name)
    const deliverOne = async (body: string) => (await invoke(one, [{ id: 'message', body }])).size === 0
    return { ...one, deliver: deliverOne }
  }

  async function invoke(
    one: StaffMember,
    batch: readonly Pick<Message, 'id' | 'body' | 'by'>[],
  ): Promise<Set<string>> {
    const deliveries = batch.map((message) => {
      const { id, by } = message
      const body = broughtBy(message.body)
      const reading = readMessage({ ...message, body }, time.now())
      return { id, body, channel: by?.channel ?? 'work', reading } as const
    })
    return new Set(await staff.invocation(one, (deadline) => receive(one.deps, deliveries, deadline)))
  }

  async function sweepOnce(one: Pick<Worker, 'name' | 'deps'> = staff.free('sweep')): Promise<void> {
    return await staff.invocation({ ...one, role: 'sweep' }, (deadline) => minute(one.deps, deadline))
  }

  async function sweepEveryMinute(until: Date): Promise<void> {
    for (; time.now() < until; await time.wait(MINUTE_MS)) void sweepOnce().catch(() => undefined)
  }

  function tasks(kind: TaskKind): readonly Task[] {
    return table
      .items()
      .filter(({ pk }) => pk.startsWith(`${kind}#`))
      .map(({ body, version }) => ({ ...(fromJson(body) as Task), version }))
  }

  const feed = queueFeed({
    time,
    aws,
    batchSize,
    concurrency,
    duplicates,
    deliver: (batch) => invoke(staff.free('departures'), batch),
  })

  return {
    time,
    atlas,
    aws,
    hr,
    table,
    calls,
    journal,
    deletions: log.deletions,
    settings: around.settings,
    outages: fates.outages,
    fates,
    org: (orgId = ORG) => atlas.org(orgId),
    worker,
    sweep: sweepOnce,
    async operate(request, caller = ON_CALL) {
      const one = staff.free('operator')
      const requestId = `request-${calls.length}`
      return await staff.invocation(one, (deadline) =>
        carryOut(one.deps, request, { caller, requestId, deadline }),
      )
    },
    depart: (departure) => enqueue(aws, encodeWork({ kind: 'departure', departure }), time.now()),
    async runUntil(instant) {
      feed.start()
      void sweepEveryMinute(instant)
      await time.runUntil(instant)
      feed.stop()
    },
    async passOver(ms) {
      feed.stop()
      sweeps.stop()
      await time.wait(ms)
      feed.start()
      sweeps.start()
    },
    async runOut(latest) {
      feed.start()
      sweeps.start()
      return await time.runOut(latest)
    },
    cases: () => tasks('case') as readonly Case[],
    tasks,
    outcomes: () =>
      aws.published
        .filter(({ detailType }) => detailType === 'Offboarding Outcome')
        .map(({ detail }) => (detail.unmapped as { outcome: { kind: string } }).outcome.kind),
  }
}

function clientIdOf(orgId: string): string {
  return `mdb_sa_id_${orgId}`
}

function secretText(orgId: string, atlas: InMemoryAtlas): string {
  const { clientSecret } = atlas.org(orgId)
  return JSON.stringify({ clientId: clientIdOf(orgId), clientSecret, orgId })
}
