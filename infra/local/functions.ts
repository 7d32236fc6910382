import { join } from 'node:path'
import { DEFAULT_PREFIX } from '../../lib/cli/argv.ts'
import { SCHEMAS } from '../../lib/config.ts'
import type { LocalAws } from './aws/local-aws.ts'
import { type LocalFunction, startLocalFunction } from './lambda/local-lambda.ts'

type FunctionName = keyof typeof SCHEMAS
export type Functions = Readonly<Record<FunctionName, LocalFunction>>

/** As in serverless.yml. */
const TIMEOUT_SECONDS: Readonly<Record<FunctionName, number>> = {
  departures: 60,
  sweep: 60,
  roster: 300,
  operator: 60,
  'operator-read': 30,
  http: 29,
}

type Options = {
  readonly code: string
  readonly concurrency: number
  readonly aws: LocalAws
  readonly settings: Readonly<Record<string, string>>
}

/** Starts every function there is, each with its own environment; a process starts with its first invocation. */
export async function startFunctions(options: Options): Promise<Functions> {
  const names = Object.keys(SCHEMAS) as FunctionName[]
  const started = await Promise.all(names.map(async (name) => [name, await start(name, options)] as const))
  return Object.fromEntries(started) as Functions
}

/** The name that a function has when it is deployed, and by which the command line and the runbook call it. */
export function deployedName(name: FunctionName): string {
  return `${DEFAULT_PREFIX}-${name}`
}

function start(name: FunctionName, { code, concurrency, aws, settings }: Options): Promise<LocalFunction> {
  return startLocalFunction({
    name: deployedName(name),
    codeDir: join(code, name),
    handler: `${name}.handler`,
    env: {
      ...aws.identityOf(name).env,
      ...POWERTOOLS,
      ...environmentOf(name, { ...GUARDS, ...resourcesIn(aws), ...settings }),
    },
    timeoutSeconds: TIMEOUT_SECONDS[name],
    memoryMb: 256,
    concurrency: name === 'departures' ? concurrency : 1,
  })
}

const POWERTOOLS = {
  POWERTOOLS_SERVICE_NAME: 'atlas-offboarding',
  POWERTOOLS_METRICS_NAMESPACE: 'atlas-offboarding-local',
}

/** What the template fills in when it is deployed. */
function resourcesIn({
  table,
  auditBus,
  queues,
  rosters,
  identityOf,
}: LocalAws): Readonly<Record<string, string>> {
  const ofQueue = Object.entries(queues).flatMap(([channel, { arn, url, dlqUrl }]) => [
    [`${channel.toUpperCase()}_QUEUE_ARN`, arn],
    [`${channel.toUpperCase()}_QUEUE_URL`, url],
    [`${channel.toUpperCase()}_DLQ_URL`, dlqUrl],
  ])
  const senders = ['http', 'roster', 'sweep', 'operator', 'departures'].map(
    (name) => `${name}=${identityOf(name).roleId}`,
  )
  return {
    ...Object.fromEntries(ofQueue),
    LEDGER_TABLE: table,
    AUDIT_BUS: auditBus,
    ROSTER_BUCKET: rosters.name,
    SENDER_ROLES: senders.join(','),
  }
}

const GUARDS = {
  ROSTERS: '',
  MODE: 'enforce',
  HOLD_ORG_ROLES: 'ORG_OWNER',
  PROTECTED_USERNAMES: 'break-glass@example.com',
  // They have a story of their own. All other stories end before a search would.
  LEFTOVERS: 'off',
  // One person of a dozen is more than the default of 5.
  MAX_REMOVALS_PERCENT: '100',
}

/** Picks what a function reads: in the template too, each is given its own keys and no others. */
function environmentOf(name: FunctionName, values: Readonly<Record<string, string>>): Record<string, string> {
  const keys = new Set(Object.keys(SCHEMAS[name].shape))
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.has(key)))
}
