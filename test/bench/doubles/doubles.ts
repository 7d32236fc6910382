import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { roleIdOf } from '../../../infra/local/aws/sender-ids.ts'
import { ORG_ID, queueArn } from '../leavers.ts'

export type DoublesOptions = {
  readonly leavers: number
  /** Whether their departures were announced, so that they take no place in the removal window. Default false. */
  readonly approved?: boolean
  /** How long Atlas takes to answer. */
  readonly atlasMs: number
  /** How long every AWS service takes to answer. */
  readonly awsMs: number
}

/** Starts Atlas and AWS in a process that ends with the block. */
export async function startDoubles(options: DoublesOptions) {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = fork(main, [JSON.stringify(options)], { execArgv: [] })
  const [urls] = (await once(child, 'message')) as [{ atlasUrl: string; awsUrl: string }]

  return {
    /** What a function needs to find them. */
    env: functionEnvironment(urls),
    /** How many people Atlas has removed so far. */
    async removed(): Promise<number> {
      child.send('removed')
      const [count] = await once(child, 'message')
      return count
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
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
