import { TABLE_SCHEMA } from '../../lib/aws/table-schema.ts'
import { type AtlasEmulator, type EmulatorOptions, startAtlasEmulator } from './atlas/emulator.ts'
import { exampleOrg } from './atlas/example-org.ts'
import type { SeedOrg } from './atlas/org.ts'
import { type LocalAws, type LocalAwsOptions, startLocalAws } from './aws/local-aws.ts'
import { type Callers, callerSecretsOf, newCallers } from './callers.ts'
import { RULES } from './event-rules.ts'
import { deployedName, type Functions, startFunctions } from './functions.ts'
import { type HrServer, startHrServer } from './hr/server.ts'
import { startHttpGateway } from './http-gateway.ts'
import { startEventSource } from './lambda/event-source.ts'
import { type InvokeEndpoint, startInvokeEndpoint } from './lambda/invoke-endpoint.ts'
import { every, startSchedule, type Ticker } from './lambda/schedule.ts'
import type { Listener } from './loopback.ts'
import { rotated, secretsOf } from './secrets.ts'

export type LocalStackOptions = {
  /** Holds `<name>/<name>.mjs` for every function: `dist`, or the unpacked zips. */
  readonly code: string
  /** Each with credentials of the roles ORG_OWNER and ORG_MEMBER. Default: the example organization alone. */
  readonly orgs?: readonly SeedOrg[]
  /** Overrides the stack's own variables in the functions' environment, e.g. `{ MODE: 'observe' }`. */
  readonly settings?: Readonly<Record<string, string>>
  readonly emulator?: Omit<EmulatorOptions, 'orgs'>
  readonly aws?: Omit<LocalAwsOptions, 'table' | 'rules'>
  /** Invocations of the departures function at once; default 2. */
  readonly concurrency?: number
  /** When the sweep does each of its jobs; default every minute, hour and day, as deployed. */
  readonly sweepTicker?: Ticker
}

export type LocalStack = {
  readonly orgs: readonly SeedOrg[]
  readonly emulator: AtlasEmulator
  readonly aws: LocalAws
  readonly functions: Functions
  /** Where `aws lambda invoke` and SDK clients find the functions. */
  readonly lambda: InvokeEndpoint
  /** Where SCIM clients and senders of hooks find the http function. */
  readonly http: Listener
  readonly callers: Callers
  /** HR systems, which are asked only if `HR_SYSTEMS` among the settings names them. */
  readonly hr: HrServer
  /** Ends everything; an invocation that runs is cut off. */
  close(): Promise<void>
}

/** As deployed: longer than the lock on a person, or two workers would have one message. */
const VISIBILITY_TIMEOUT_SECONDS = 360

/** The schedules of infra/sweep.yml. */
const JOBS = [
  { job: 'minute', everyMs: 60_000 },
  { job: 'hour', everyMs: 3_600_000 },
  { job: 'day', everyMs: 86_400_000 },
] as const

/**
 * Starts the whole system on loopback: Atlas, the AWS services, and the functions as they are deployed.
 *
 * The functions get no environment but their own; the AWS credentials in it are dummies.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { orgs = [exampleOrg()], concurrency = 2, sweepTicker } = options
  await using started = new AsyncDisposableStack()

  const emulator = started.adopt(await startAtlasEmulator({ ...options.emulator, orgs }), closed)
  const { secrets, settings } = secretsOf(orgs)
  const callers = newCallers()
  const hr = started.adopt(await startHrServer(), closed)
  const ofCallers = callerSecretsOf(callers, hr.secret)
  const aws = started.adopt(
    await startLocalAws({
      visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS,
      ...options.aws,
      secrets: { ...secrets, ...ofCallers.secrets, ...options.aws?.secrets },
      rotate: (value) => rotated(emulator.state, value),
      table: { name: 'ledger', ...TABLE_SCHEMA },
      rules: RULES,
    }),
    closed,
  )

  const functions = await startFunctions({
    code: options.code,
    concurrency,
    aws,
    settings: { ...settings, ...ofCallers.settings, ATLAS_BASE_URL: emulator.url, ...options.settings },
  })
  const lambda = started.adopt(await startInvokeEndpoint(byDeployedName(functions)), closed)
  const http = started.adopt(await startHttpGateway(functions.http), closed)
  const sources = await Promise.all(
    Object.values(aws.queues).map(({ url }) =>
      startEventSource({
        env: aws.env,
        queueUrl: url,
        target: functions.departures,
        // One poller would do for one worker, but Lambda never has fewer than two.
        maximumConcurrency: Math.max(2, concurrency),
      }),
    ),
  )
  const schedules = JOBS.map(({ job, everyMs }) =>
    startSchedule({ target: functions.sweep, input: { job }, ticker: sweepTicker ?? every(everyMs) }),
  )
  // Together: sources and schedules wait for their invocations, and those end when the functions do.
  started.defer(async () => {
    const ending = [...sources, ...schedules].map((part) => part.stop())
    await Promise.all([...Object.values(functions).map(closed), ...ending])
  })

  const parts = started.move()
  const ends = { close: () => parts.disposeAsync() }
  return { orgs, emulator, aws, functions, lambda, http, callers, hr, ...ends }
}

function byDeployedName(functions: Functions) {
  const names = Object.keys(functions) as (keyof Functions)[]
  return Object.fromEntries(names.map((name) => [deployedName(name), functions[name]]))
}

function closed(part: { close(): Promise<void> }): Promise<void> {
  return part.close()
}
