import { fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { roleIdOf } from '../../../infra/local/aws/sender-ids.ts'
import { ORG_ID, orgsWithLeavers, queueArn } from '../leavers.ts'

export type DoublesOptions = {
  readonly leavers: number
  /** Over how many organizations they are spread evenly. Default: all are in the example organization. */
  readonly inOrgs?: number
  /** Whether Atlas's own rate limits hold. Default false. */
  readonly isLimited?: boolean
  /** Whether their departures were announced, so that they take no place in the removal window. Default false. */
  readonly approved?: boolean
  /** How long Atlas takes to answer. */
  readonly atlasMs: number
  /** How long every AWS service takes to answer. */
  readonly awsMs: number
}

/** What the process of the doubles says to the one that started it. */
export type FromDoubles =
  | { readonly kind: 'started'; readonly atlasUrl: string; readonly awsUrl: string }
  | { readonly kind: 'queued'; readonly body: string; readonly delayMs: number }
  | ({ readonly kind: 'count' } & Count)

/** How many people Atlas has removed so far, and when it answered 429. */
type Count = { readonly removed: number; readonly refusedAt: readonly number[] }

/** Starts Atlas and AWS in a process that ends with the block. */
export async function startDoubles(
  options: DoublesOptions,
  onMessage: (body: string, delayMs: number) => void = () => undefined,
) {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = fork(main, [JSON.stringify(options)], { execArgv: [] })
  const said = new EventEmitter()
  child.on('message', (message: FromDoubles) => {
    if (message.kind === 'queued') onMessage(message.body, message.delayMs)
    else said.emit(message.kind, message)
  })
  const [urls] = (await once(said, 'started')) as [{ atlasUrl: string; awsUrl: string }]

  async function count(): Promise<Count> {
    child.send('count')
    const [counted] = await once(said, 'count')
    return counted
  }

  return {
    /** What a function needs to find them. */
    env: { ...functionEnvironment(urls), ...(options.inOrgs && { ORGS: orgsOf(options) }) },
    count,
    /** How many people Atlas has removed so far. */
    removed: async () => (await count()).removed,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}

function orgsOf({ leavers, inOrgs = 1 }: DoublesOptions): string {
  return orgsWithLeavers(inOrgs, leavers / inOrgs)
    .map(({ orgId }) => `${orgId}=atlas/${orgId}`)
    .join(',')
}

/** Every function takes its own keys out of it. */
function functionEnvironment({ atlasUrl, awsUrl }: { readonly atlasUrl: string; readonly awsUrl: string }) {
  const channels = (['events', 'topic', 'work'] as const).flatMap((channel) => [
    [`${channel.toUpperCase()}_QUEUE_ARN`, queueArn(channel)],
    [`${channel.toUpperCase()}_QUEUE_URL`, `${awsUrl}/000000000000/${channel}`],
    [`${channel.toUpperCase()}_DLQ_URL`, `${awsUrl}/000000000000/${channel}-dlq`],
  ])
  return {
    ...Object.fromEntries(channels),
    SENDER_ROLES: ['http', 'roster', 'sweep', 'operator', 'departures']
      .map((name) => `${name}=${roleIdOf(name)}`)
      .join(','),
    ORGS: `${ORG_ID}=atlas/owner`,
    READ_ORGS: `${ORG_ID}=atlas/read`,
    ATLAS_BASE_URL: atlasUrl,
    MODE: 'enforce',
    MAX_REMOVALS_PER_DAY: '1000',
    MAX_REMOVALS_PERCENT: '100',
    ROSTERS: '[]',
    ROSTER_BUCKET: 'rosters',
    LEDGER_TABLE: 'ledger',
    AUDIT_BUS: 'audit',
    SCIM_SECRET_ID: 'atlas/scim',
    HOOK_SECRET_ID: 'atlas/hooks',
    HR_SECRET_ID: 'atlas/hr',
    POWERTOOLS_SERVICE_NAME: 'atlas-offboarding',
    POWERTOOLS_METRICS_NAMESPACE: 'atlas-offboarding',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: awsUrl,
  }
}
