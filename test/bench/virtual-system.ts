import type { SeedProject } from '../../infra/local/atlas/project.ts'
import type { RateLimits } from '../../infra/local/atlas/rate-limits.ts'
import { roleIdOf } from '../../infra/local/aws/sender-ids.ts'
import { interpretSecret } from '../../lib/atlas/interpret-secret.ts'
import { atlasMembers } from '../../lib/atlas/members.ts'
import { atlasSecrets } from '../../lib/aws/atlas-secrets.ts'
import { eventBus } from '../../lib/aws/bus.ts'
import { dynamoDbTable } from '../../lib/aws/dynamodb-table.ts'
import { atlasLedger } from '../../lib/aws/ledger.ts'
import { sqsQueue } from '../../lib/aws/queue.ts'
import { resumeTask } from '../../lib/core/runner.ts'
import { search } from '../../lib/leftovers/search.ts'
import { type SearchDeps, searchFor } from '../../lib/leftovers/search-task.ts'
import type { DeliverDeps } from '../../lib/senders/deliver.ts'
import { clientsOf, inMemoryAws } from '../support/in-memory-aws.ts'
import { virtualTime } from '../support/virtual-time.ts'
import { type Call, callLog } from './call-log.ts'
import { approvedTable, clientOf } from './doubles/approved-table.ts'
import { emulatedAtlas } from './emulated-atlas.ts'
import { type orgsWithLeavers, orgWithLeavers, queueArn, SECRET } from './leavers.ts'

const START = new Date('2026-11-16T18:00:00Z')
const TOOK_MS = { atlas: 50, aws: 5 }
const LOCK_MS = 120_000
const URLS = {
  work: 'work',
  events: 'events',
  topic: 'topic',
  deadLetters: { work: 'work-dlq', events: 'events-dlq', topic: 'topic-dlq' },
}

/** An execution environment's parts, by which it delivers messages and searches for leftovers. */
export type Environment = DeliverDeps & SearchDeps

/** The product's own parts, over the Atlas emulator and AWS in memory, in virtual time: exact, and the same on every machine. */
export async function virtualSystem(options: {
  readonly leavers: number
  /** How many of them were announced, and take no slot in the removal window. Default: all. */
  readonly approved?: number
  readonly rateLimits?: RateLimits
  readonly settings?: Partial<Environment['settings']>
  /** Instead of the example organization, each with its credential. */
  readonly orgs?: ReturnType<typeof orgsWithLeavers>
  /** Default: those of the example organization. */
  readonly projects?: readonly SeedProject[]
  /** Every call takes as long as any other of its kind. Default: between half and one and a half times as long. */
  readonly isEven?: boolean
  readonly onCall?: (call: Call) => void
}) {
  const { isEven = false } = options
  const time = virtualTime(START, 1)
  const org = orgWithLeavers(options.leavers)
  const orgs = options.orgs ?? [
    { ...org, secret: SECRET, ...(options.projects && { projects: options.projects }) },
  ]
  const secretIds = new Map(orgs.map(({ orgId }) => [orgId, `atlas/${orgId}`]))
  const atlas = emulatedAtlas({
    orgs,
    now: time.now,
    ...(options.rateLimits && { rateLimits: options.rateLimits }),
  })
  const aws = inMemoryAws()
  for (const { orgId, secret } of orgs) aws.secrets.set(`atlas/${orgId}`, JSON.stringify(secret))
  const clock = time.clock()
  const table = await approvedTable(options.approved ?? options.leavers, clock)
  const log = callLog({
    now: time.now,
    wait: (party) => time.wait(TOOK_MS[party] * (isEven ? 1 : 0.5 + time.random())),
    onCall: options.onCall,
  })
  const dynamoDb = clientOf(table, (operation, input, apply) =>
    log.command(table, { operation, input }, apply),
  )
  const settings = { ...SETTINGS, ...options.settings }
  let uids = 0

  /** One execution environment of the departures function: its own token, its own view of the rate limit. */
  function environment(): Environment {
    const { bus, queue, secrets } = clientsOf(
      aws,
      ({ service, operation }, apply) =>
        log.call({ party: 'aws', service: SERVICES[service], operation }, apply),
      time.now,
    )
    const organizations = atlasSecrets({
      client: secrets,
      secretIds,
      interpret: interpretSecret,
      clock,
    })
    const journal = { note: () => undefined }
    const members = atlasMembers({
      transport: (request) =>
        log.call({ party: 'atlas', service: 'Atlas', operation: request.operation }, () =>
          atlas.answer(request),
        ),
      credentials: organizations,
      clock,
      journal,
    })
    const deps: Environment = {
      ledger: atlasLedger({
        table: dynamoDbTable({ client: dynamoDb, tableName: 'ledger' }),
        clock,
        uid: () => `00000000-0000-4000-8000-${String(++uids).padStart(12, '0')}`,
        lockMs: LOCK_MS,
        keepClosedMs: 400 * 24 * 3_600_000,
      }),
      members,
      projects: members.projects,
      organizations,
      audit: eventBus({ client: bus, busName: 'audit' }),
      queue: sqsQueue(queue, URLS),
      clock,
      journal,
      settings,
      opensOnClose: (kase, now) => searchFor(kase, settings, now),
      attempts: {
        search: (id, deadline) => resumeTask(deps, { kind: 'search', id }, deadline, search(deps)),
      },
      intake: { onSuspend: 'ignore', oktaAppIds: [] },
      channels: new Map((['events', 'topic', 'work'] as const).map((name) => [queueArn(name), name])),
      senderRoles: new Map([[roleIdOf('departures'), 'departures']]),
      refer: async () => undefined,
      lastEventAt: new Map(),
      received: new Map(),
    }
    return deps
  }

  return { time, atlas, aws, table, environment }
}

const SERVICES = { table: 'DynamoDB', bus: 'EventBridge', queue: 'SQS', secrets: 'Secrets Manager' } as const

const SETTINGS: Environment['settings'] = {
  mode: 'enforce',
  protectedUsernames: [],
  holdOrgRoles: ['ORG_OWNER'],
  maxEventAgeMs: 72 * 3_600_000,
  maxRemovalsPerDay: 10,
  maxRemovalsPercent: 5,
  leftovers: 'off',
  fourEyes: false,
  version: '1.2.3',
}
