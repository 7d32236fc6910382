import type { SeedProject } from '../../infra/local/atlas/project.ts'
import type { RateLimits } from '../../infra/local/atlas/rate-limits.ts'
import { atlasMembers } from '../../lib/atlas/members.ts'
import { atlasSecrets } from '../../lib/aws/atlas-secrets.ts'
import { eventBus } from '../../lib/aws/bus.ts'
import { dynamoDbTable } from '../../lib/aws/dynamodb-table.ts'
import { atlasLedger } from '../../lib/aws/ledger.ts'
import { departuresQueue } from '../../lib/aws/queue.ts'
import type { DeliverDeps } from '../../lib/core/receive.ts'
import { encodeMessage } from '../../lib/senders/own-message.ts'
import { clientsOf, inMemoryAws } from '../support/in-memory-aws.ts'
import { virtualTime } from '../support/virtual-time.ts'
import { approvedTable, clientOf } from './doubles/approved-table.ts'
import { emulatedAtlas } from './emulated-atlas.ts'
import { orgWithLeavers, SECRET } from './leavers.ts'

const START = new Date('2026-11-16T18:00:00Z')
const ATLAS_MS = 50
const AWS_MS = 5

/** The product's own parts, over the Atlas emulator and AWS in memory, in virtual time: exact, and the same on every machine. */
export async function virtualSystem(options: {
  readonly leavers: number
  /** How many of them were announced, and take no place in the removal window. Default: all. */
  readonly approved?: number
  readonly rateLimits?: RateLimits
  readonly settings?: Partial<DeliverDeps['settings']>
  /** Default: those of the example organization. */
  readonly projects?: readonly SeedProject[]
}) {
  const time = virtualTime(START, 1)
  const org = orgWithLeavers(options.leavers)
  const atlas = emulatedAtlas({
    org: options.projects ? { ...org, projects: options.projects } : org,
    now: time.now,
    ...(options.rateLimits && { rateLimits: options.rateLimits }),
  })
  const aws = inMemoryAws()
  aws.secrets.set('atlas/owner', JSON.stringify(SECRET))
  const clock = time.clock()
  const table = await approvedTable(options.approved ?? options.leavers, clock)
  const journal = { note: () => undefined }
  let uids = 0

  /** Between half and one and a half times as long as it takes on average. */
  const taking = async <T>(ms: number, apply: () => T) => {
    await time.wait(ms * (0.5 + time.random()))
    return apply()
  }

  const dynamoDb = clientOf(table, (apply) => taking(AWS_MS, apply))

  /** One execution environment of the departures function: its own token, its own view of the rate limit. */
  function environment(): DeliverDeps {
    const { bus, queue, secrets } = clientsOf(aws, (_, __, apply) => taking(AWS_MS, apply), time.now)
    const organizations = atlasSecrets({ client: secrets, secretIds: ['atlas/owner'], clock })
    const members = atlasMembers({
      transport: (request) => taking(ATLAS_MS, () => atlas.answer(request)),
      credentials: organizations,
      clock,
      journal,
    })
    return {
      ledger: atlasLedger({
        table: dynamoDbTable({ client: dynamoDb, tableName: 'ledger' }),
        clock,
        uid: () => String(++uids),
        leaseMs: 120_000,
        keepClosedMs: 0,
      }),
      members,
      projects: members.projects,
      organizations,
      audit: eventBus({ client: bus, busName: 'audit' }),
      queue: departuresQueue({ client: queue, queueUrl: 'queue', dlqUrl: 'dlq', encode: encodeMessage }),
      clock,
      journal,
      settings: {
        mode: 'enforce',
        protectedUsernames: [],
        holdOrgRoles: ['ORG_OWNER'],
        maxEventAgeMs: 72 * 3_600_000,
        maxRemovalsPerDay: 10,
        maxRemovalsPercent: 5,
        leftovers: 'off',
        ...options.settings,
      },
      intake: { onSuspend: 'ignore', oktaAppIds: [] },
      heard: new Map(),
    }
  }

  return { time, atlas, aws, table, environment }
}
