import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

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

function functionEnvironment({ atlasUrl, awsUrl }: { readonly atlasUrl: string; readonly awsUrl: string }) {
  return {
    ATLAS_SECRET_IDS: 'atlas/owner',
    ATLAS_READ_SECRET_IDS: 'atlas/read',
    ATLAS_BASE_URL: atlasUrl,
    MODE: 'enforce',
    MAX_REMOVALS_PER_DAY: '1000',
    MAX_REMOVALS_PERCENT: '100',
    LEDGER_TABLE: 'ledger',
    AUDIT_BUS: 'audit',
    QUEUE_URL: `${awsUrl}/000000000000/departures`,
    DLQ_URL: `${awsUrl}/000000000000/departures-dlq`,
    SCIM_SECRET_ID: 'atlas/scim',
    HOOK_SECRET_ID: 'atlas/hooks',
    POWERTOOLS_SERVICE_NAME: 'atlas-offboarding',
    POWERTOOLS_METRICS_NAMESPACE: 'atlas-offboarding',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: awsUrl,
  }
}
