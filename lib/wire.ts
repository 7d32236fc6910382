import { randomUUID } from 'node:crypto'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { OperatorDeps, ReaderDeps } from './acts/operator.ts'
import { type AtlasMembers, atlasMembers } from './atlas/members.ts'
import { rehearsalTransport } from './atlas/rehearsal-transport.ts'
import { httpTransport, type Transport } from './atlas/transport.ts'
import { type AtlasSecrets, atlasSecrets } from './aws/atlas-secrets.ts'
import { eventBus } from './aws/bus.ts'
import { dynamoDbTable } from './aws/dynamodb-table.ts'
import { atlasLedger } from './aws/ledger.ts'
import { powertoolsJournal } from './aws/log.ts'
import { departuresQueue } from './aws/queue.ts'
import { REHEARSAL_AWS, rehearse } from './aws/rehearsal.ts'
import { verificationSecret } from './aws/verification-secret.ts'
import { type Config, type Environment, readConfig } from './config.ts'
import type { Clock, Journal, Ledger } from './core/ports.ts'
import type { DeliverDeps } from './core/receive.ts'
import { interpretHookSecret } from './doors/hooks/hook-keys.ts'
import { memberDirectory } from './doors/scim/directory.ts'
import { interpretScimSecret } from './doors/scim/tokens.ts'
import type { HttpDeps } from './doors/serve.ts'
import { encodeMessage } from './senders/own-message.ts'
import type { SweepDeps } from './sweep/sweep.ts'

const clock: Clock = {
  now: () => new Date(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Longer than any function's time-out (60 s), shorter than the queue's visibility time-out (360 s). */
const LEASE_MS = 120_000
/** Init is not throttled and not billed like a request, but Lambda ends it after 10 s. */
const PREFETCH_MS = 3_000

/** A service that hangs must not eat the time in which the outcome is written down; the SDK tries three times. */
export const AWS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
}

type AwsOptions = typeof AWS | typeof REHEARSAL_AWS
type Wired<Deps> = { readonly deps: Deps; readonly metrics: Metrics }

/** The instant at which Lambda ends this invocation. */
export function deadlineOf(context: { getRemainingTimeInMillis(): number }): Date {
  return new Date(clock.now().getTime() + context.getRemainingTimeInMillis())
}

/**
 * The departures function's parts, with secrets and tokens of all organizations fetched ahead and one removal rehearsed. A
 * secret that cannot be had now is asked for again on first use: it must not keep the others' departures waiting.
 *
 * @throws if the environment is wrong
 */
export async function wireDepartures(env: Environment): Promise<Wired<DeliverDeps>> {
  const config = readConfig('departures', env)
  const { journal, metrics } = powertoolsJournal()
  const transport = httpTransport({ baseUrl: config.ATLAS_BASE_URL })
  const { members, ...deps } = departuresParts(config, { aws: AWS, transport, journal })
  const unheard = { aws: REHEARSAL_AWS, transport: rehearsalTransport, journal: { note: () => undefined } }
  const rehearsed = departuresParts({ ...config, ATLAS_SECRET_IDS: ['rehearsal'] }, unheard)
  await Promise.all([
    prefetch(deps.organizations, members),
    // It changes nothing and proves nothing: what goes wrong in it is no reason not to start.
    rehearse(rehearsed, clock.now()).catch(() => undefined),
  ])
  return { deps: { ...deps, members }, metrics }
}

type Outside = { readonly aws: AwsOptions; readonly transport: Transport; readonly journal: Journal }

/** Everything of the departures function, on a given way to the world outside. */
function departuresParts(config: Config<'departures'>, { aws, transport, journal }: Outside) {
  const organizations = atlasSecrets({
    client: new SecretsManagerClient(aws),
    secretIds: config.ATLAS_SECRET_IDS,
    clock,
  })
  const members = atlasMembers({ transport, credentials: organizations, clock, journal })
  return {
    ledger: wireLedger(config.LEDGER_TABLE, config.KEEP_CLOSED_DAYS, aws),
    members,
    projects: members.projects,
    organizations,
    audit: wireAudit(config, aws),
    queue: wireQueue(config.QUEUE_URL, config.DLQ_URL, aws),
    clock,
    journal,
    settings: {
      mode: config.MODE,
      protectedUsernames: config.PROTECTED_USERNAMES,
      holdOrgRoles: config.HOLD_ORG_ROLES,
      maxEventAgeMs: config.MAX_EVENT_AGE_HOURS * HOUR_MS,
      maxRemovalsPerDay: config.MAX_REMOVALS_PER_DAY,
      maxRemovalsPercent: config.MAX_REMOVALS_PERCENT,
      leftovers: config.LEFTOVERS,
    },
    intake: { onSuspend: config.ON_SUSPEND, oktaAppIds: config.OKTA_APP_IDS },
    heard: new Map<string, Date>(),
  }
}

async function prefetch(organizations: AtlasSecrets, members: AtlasMembers): Promise<void> {
  const until = new Date(clock.now().getTime() + PREFETCH_MS)
  const known = await organizations.list(until)
  await Promise.all(known.map((one) => (one.kind === 'org' ? members.warm(one.orgId, until) : undefined)))
}

/** The sweep's parts; it reads Atlas with the read secrets and can remove nobody. @throws if the environment is wrong */
export function wireSweep(env: Environment): Wired<SweepDeps> {
  const config = readConfig('sweep', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations, members } = wireAtlas(config.ATLAS_READ_SECRET_IDS, config.ATLAS_BASE_URL, journal)
  const deps: SweepDeps = {
    ledger: wireLedger(config.LEDGER_TABLE, config.KEEP_CLOSED_DAYS),
    members,
    organizations,
    audit: wireAudit(config),
    queue: wireQueue(config.QUEUE_URL),
    clock,
    journal,
    recheckMs: config.RECHECK_DAYS * DAY_MS,
  }
  return { deps, metrics }
}

/** The writing operator's parts. @throws if the environment is wrong */
export function wireOperator(env: Environment): Wired<OperatorDeps> {
  const config = readConfig('operator', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations } = wireAtlas(config.ATLAS_READ_SECRET_IDS, config.ATLAS_BASE_URL, journal)
  const ledger = wireLedger(config.LEDGER_TABLE, config.KEEP_CLOSED_DAYS)
  const queue = wireQueue(config.QUEUE_URL)
  return { deps: { ledger, organizations, audit: wireAudit(config), queue, clock, journal }, metrics }
}

/** The reading operator's parts. @throws if the environment is wrong */
export function wireOperatorRead(env: Environment): Wired<ReaderDeps> {
  const config = readConfig('operator-read', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations, members } = wireAtlas(config.ATLAS_READ_SECRET_IDS, config.ATLAS_BASE_URL, journal)
  const settings = {
    mode: config.MODE,
    protectedUsernames: config.PROTECTED_USERNAMES,
    maxRemovalsPerDay: config.MAX_REMOVALS_PER_DAY,
    maxRemovalsPercent: config.MAX_REMOVALS_PERCENT,
  }
  return {
    deps: {
      ledger: wireLedger(config.LEDGER_TABLE, 0),
      organizations,
      members,
      projects: members.projects,
      clock,
      settings,
    },
    metrics,
  }
}

/**
 * The HTTP function's parts, with what callers are verified by fetched ahead. It reads Atlas with the read secrets, and only
 * once a caller is verified.
 *
 * @throws if the environment is wrong
 */
export async function wireHttp(env: Environment): Promise<Wired<HttpDeps>> {
  const config = readConfig('http', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations, members } = wireAtlas(config.ATLAS_READ_SECRET_IDS, config.ATLAS_BASE_URL, journal)
  const client = new SecretsManagerClient(AWS)
  const { SCIM_SECRET_ID, HOOK_SECRET_ID } = config
  const tokens = verificationSecret({
    client,
    secretId: SCIM_SECRET_ID,
    interpret: interpretScimSecret,
    clock,
  })
  const keys = verificationSecret({ client, secretId: HOOK_SECRET_ID, interpret: interpretHookSecret, clock })
  const shared = { ledger: wireLedger(config.LEDGER_TABLE, 0), queue: wireQueue(config.QUEUE_URL), clock }
  const directory = memberDirectory({ organizations, members, clock })
  const intake = { onSuspend: config.ON_SUSPEND, oktaAppIds: config.OKTA_APP_IDS }
  const deps: HttpDeps = {
    scim: { ...shared, tokens, organizations, members, directory },
    hooks: { ...shared, keys, intake, journal },
    journal,
  }
  await Promise.race([Promise.all([tokens.current(), keys.current()]), clock.sleep(PREFETCH_MS)])
  return { deps, metrics }
}

function wireAtlas(secretIds: readonly string[], baseUrl: string, journal: Journal) {
  const organizations = atlasSecrets({ client: new SecretsManagerClient(AWS), secretIds, clock })
  const members = atlasMembers({
    transport: httpTransport({ baseUrl }),
    credentials: organizations,
    clock,
    journal,
  })
  return { organizations, members }
}

function wireLedger(tableName: string, keepClosedDays: number, aws: AwsOptions = AWS): Ledger {
  return atlasLedger({
    table: dynamoDbTable({ client: new DynamoDBClient(aws), tableName }),
    clock,
    uid: randomUUID,
    leaseMs: LEASE_MS,
    keepClosedMs: keepClosedDays * DAY_MS,
  })
}

function wireAudit({ AUDIT_BUS }: Pick<Config<'departures'>, 'AUDIT_BUS'>, aws: AwsOptions = AWS) {
  return eventBus({ client: new EventBridgeClient(aws), busName: AUDIT_BUS })
}

function wireQueue(queueUrl: string, dlqUrl?: string, aws: AwsOptions = AWS) {
  return departuresQueue({ client: new SQSClient(aws), queueUrl, dlqUrl, encode: encodeMessage })
}
