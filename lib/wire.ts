import { randomUUID } from 'node:crypto'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { ReaderDeps } from './acts/act.ts'
import { watchProposal } from './acts/confirm/watch.ts'
import type { ProvingDeps } from './acts/operator.ts'
import { interpretSecret } from './atlas/interpret-secret.ts'
import { atlasMembers } from './atlas/members.ts'
import { httpTransport } from './atlas/transport.ts'
import { atlasSecrets } from './aws/atlas-secrets.ts'
import { eventBus } from './aws/bus.ts'
import { stsCallers } from './aws/callers.ts'
import { awsClient } from './aws/client.ts'
import { sqsDeadLetters } from './aws/dead-letters.ts'
import { dynamoDbTable } from './aws/dynamodb-table.ts'
import { s3Files } from './aws/files.ts'
import { atlasLedger } from './aws/ledger.ts'
import { powertoolsJournal } from './aws/log.ts'
import { type QueueUrls, sqsQueue } from './aws/queue.ts'
import { verificationSecret } from './aws/verification-secret.ts'
import { type Config, type Environment, type OrgSecret, readConfig } from './config.ts'
import type { Journal } from './core/journal.ts'
import type { Ledger } from './core/ledger.ts'
import type { Clock } from './core/ports.ts'
import { resumeTask } from './core/runner.ts'
import { interpretHookSecret } from './doors/hooks/hook-keys.ts'
import { memberDirectory } from './doors/scim/directory.ts'
import { interpretScimSecret } from './doors/scim/tokens.ts'
import type { HttpDeps } from './doors/serve.ts'
import { search } from './leftovers/search.ts'
import { searchFor } from './leftovers/search-task.ts'
import type { RosterDeps } from './people/take-roster.ts'
import type { DeliverDeps } from './senders/deliver.ts'
import { interpretHrSecret } from './senders/hr/credentials.ts'
import { wireHr } from './senders/hr/hr.ts'
import { hrTransport } from './senders/hr/transport.ts'
import { readListed } from './sweep/lists.ts'
import type { SweepDeps } from './sweep/parts.ts'
import type { Case } from './words/case.ts'
import { DAY_MS, HOUR_MS } from './words/duration.ts'

const clock: Clock = {
  now: () => new Date(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}

/** Longer than any function's time-out (60 s), shorter than the queue's visibility time-out (360 s). */
const LOCK_MS = 120_000
/** Init is not throttled and not billed like a request, but Lambda ends it after 10 s. */
const PREFETCH_MS = 3_000

type Wired<Deps> = { readonly deps: Deps; readonly metrics: Metrics }

/** The instant at which Lambda ends this invocation. */
export function deadlineOf(context: { getRemainingTimeInMillis(): number }): Date {
  return new Date(clock.now().getTime() + context.getRemainingTimeInMillis())
}

/**
 * The departures function's parts, with secrets and tokens of all organizations fetched ahead. A secret that cannot be read now is
 * read again on first use: it must not delay the departures from other organizations.
 *
 * @throws if the environment is wrong
 */
export async function wireDepartures(env: Environment): Promise<Wired<DeliverDeps>> {
  const config = readConfig('departures', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations, members } = wireAtlas(config.ORGS, config.ATLAS_BASE_URL, journal)
  const settings = {
    ...limitsOf(config),
    holdOrgRoles: config.HOLD_ORG_ROLES,
    maxEventAgeMs: config.MAX_EVENT_AGE_HOURS * HOUR_MS,
    leftovers: config.LEFTOVERS,
  }
  const { EVENTS_QUEUE_URL: events, TOPIC_QUEUE_URL: topic } = config
  const queue = wireQueue(config, { events, topic, deadLetters: deadLettersOf(config) })
  const [ledger, audit] = [wireLedger(config, journal), wireAudit(config)]
  const parts = { ledger, members, organizations, audit, queue, clock, journal, settings }
  const searching = { ...parts, projects: members.projects }
  const opensOnClose = (kase: Case, now: Date) => searchFor(kase, settings, now)
  const secret = { client: awsClient(SecretsManagerClient), secretId: config.HR_SECRET_ID, name: 'hr' }
  const hr = wireHr({
    ...{ ...parts, opensOnClose, systems: config.HR_SYSTEMS, recheckDays: config.HR_RECHECK_DAYS },
    credentials: verificationSecret({ ...secret, interpret: interpretHrSecret, clock, journal }),
    transport: hrTransport(),
  })
  const deps: DeliverDeps = {
    ...{ ...parts, opensOnClose, hr: hr.port, refer: hr.refer },
    attempts: {
      search: (id, deadline) => resumeTask(searching, { kind: 'search', id }, deadline, search(searching)),
      reference: hr.again,
      proposal: (id, deadline) => resumeTask(parts, { kind: 'proposal', id }, deadline, watchProposal(parts)),
    },
    ...{ lastEventAt: new Map(), received: new Map() },
    intake: {
      onSuspend: config.ON_SUSPEND,
      oktaAppIds: config.OKTA_APP_IDS,
      sailPointLeaverStates: config.SAILPOINT_LEFT_STATES,
      forwarderTopics: config.FORWARDER_TOPICS,
      hookSpeaksAsOkta: config.HOOK_SPEAKS_AS_OKTA === 'on',
    },
    channels: new Map([
      [config.EVENTS_QUEUE_ARN, 'events'],
      [config.TOPIC_QUEUE_ARN, 'topic'],
      [config.WORK_QUEUE_ARN, 'work'],
    ]),
    senderRoles: config.SENDER_ROLES,
  }
  const until = new Date(clock.now().getTime() + PREFETCH_MS)
  await Promise.all(organizations.orgIds.map((orgId) => members.warm(orgId, until)))
  return { deps, metrics }
}

function limitsOf(config: Config<'departures'> | Config<'operator-read'>) {
  return {
    mode: config.MODE,
    protectedUsernames: config.PROTECTED_USERNAMES,
    maxRemovalsPerDay: config.MAX_REMOVALS_PER_DAY,
    maxRemovalsPercent: config.MAX_REMOVALS_PERCENT,
    fourEyes: config.FOUR_EYES === 'on',
    version: config.VERSION,
  }
}

/** The sweep's parts; it reads Atlas with the read secrets and can remove nobody. @throws if the environment is wrong */
export function wireSweep(env: Environment): Wired<SweepDeps> {
  const config = readConfig('sweep', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations, members } = wireAtlas(config.READ_ORGS, config.ATLAS_BASE_URL, journal)
  const [ledger, queue, audit] = [wireLedger(config, journal), wireQueue(config), wireAudit(config)]
  const deps: SweepDeps = {
    ...{ ledger, members, organizations, audit, queue, clock, journal },
    deadLetters: wireDeadLetters(config),
    recheckMs: config.RECHECK_DAYS * DAY_MS,
    rosters: config.ROSTERS.map(({ name }) => name),
    hrSystems: config.HR_SYSTEMS.map(({ name }) => name),
  }
  return { deps, metrics }
}

/** The parts of the function that reads nightly files; it has no secret and calls no other system. @throws if the environment is wrong */
export function wireRoster(env: Environment): Wired<RosterDeps> {
  const config = readConfig('roster', env)
  const { journal, metrics } = powertoolsJournal()
  const [ledger, queue] = [wireLedger(config, journal), wireQueue(config)]
  const files = s3Files({ client: awsClient(S3Client), bucket: config.ROSTER_BUCKET })
  const orgIds = config.READ_ORGS.map(({ orgId }) => orgId)
  const listed = (orgId: string) => readListed(ledger, orgId)
  return { deps: { ledger, queue, files, clock, journal, rosters: config.ROSTERS, orgIds, listed }, metrics }
}

/** The writing operator's parts. @throws if the environment is wrong */
export function wireOperator(env: Environment): Wired<ProvingDeps> {
  const config = readConfig('operator', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations } = wireAtlas(config.READ_ORGS, config.ATLAS_BASE_URL, journal)
  const [ledger, queue, audit] = [wireLedger(config, journal), wireQueue(config), wireAudit(config)]
  const settings = { fourEyes: config.FOUR_EYES === 'on', breakGlass: config.BREAK_GLASS === 'on' }
  const parts = { ledger, organizations, audit, queue, callers: wireCallers(env), clock, journal, settings }
  return { deps: { ...parts, deadLetters: wireDeadLetters(config), uid: randomUUID }, metrics }
}

/** The reading operator's parts. @throws if the environment is wrong */
export function wireOperatorRead(env: Environment): Wired<ReaderDeps & Pick<ProvingDeps, 'callers'>> {
  const config = readConfig('operator-read', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations, members } = wireAtlas(config.READ_ORGS, config.ATLAS_BASE_URL, journal)
  const state = { ledger: wireLedger(config, journal), deadLetters: wireDeadLetters(config), clock }
  const own = { settings: { ...limitsOf(config), orgNames: config.ORG_NAMES }, callers: wireCallers(env) }
  return { deps: { organizations, members, projects: members.projects, ...state, ...own }, metrics }
}

/**
 * The HTTP function's parts, with the secrets that verify callers fetched ahead. It reads Atlas with the read secrets, and only
 * once a caller is verified.
 *
 * @throws if the environment is wrong
 */
export async function wireHttp(env: Environment): Promise<Wired<HttpDeps>> {
  const config = readConfig('http', env)
  const { journal, metrics } = powertoolsJournal()
  const { organizations, members } = wireAtlas(config.READ_ORGS, config.ATLAS_BASE_URL, journal)
  const secret = { client: awsClient(SecretsManagerClient), clock, journal }
  const scim = { secretId: config.SCIM_SECRET_ID, name: 'scim', interpret: interpretScimSecret }
  const hooks = { secretId: config.HOOK_SECRET_ID, name: 'hooks', interpret: interpretHookSecret }
  const tokens = verificationSecret({ ...secret, ...scim })
  const keys = verificationSecret({ ...secret, ...hooks })
  const ledger = wireLedger(config, journal)
  const shared = { ledger, queue: wireQueue(config), clock }
  const intake = { onSuspend: config.ON_SUSPEND, oktaAppIds: config.OKTA_APP_IDS }
  const deps: HttpDeps = {
    scim: { ...shared, tokens, directory: memberDirectory({ organizations, members, ledger, clock }) },
    hooks: { ...shared, keys, intake, journal },
    journal,
  }
  await Promise.race([Promise.all([tokens.current(), keys.current()]), clock.sleep(PREFETCH_MS)])
  return { deps, metrics }
}

function wireAtlas(orgs: readonly OrgSecret[], baseUrl: string, journal: Journal) {
  const secretIds = new Map(orgs.map(({ orgId, secretId }) => [orgId, secretId]))
  const client = awsClient(SecretsManagerClient)
  const organizations = atlasSecrets({ client, secretIds, interpret: interpretSecret, clock })
  const transport = httpTransport({ baseUrl })
  const members = atlasMembers({ transport, credentials: organizations, clock, journal })
  return { organizations, members }
}

type LedgerConfig = Pick<Config<'http'>, 'LEDGER_TABLE'> &
  Partial<Pick<Config<'operator'>, 'KEEP_CLOSED_DAYS' | 'ORG_NAMES'>>

/** @param config - `KEEP_CLOSED_DAYS` is absent where the function closes no task */
function wireLedger(config: LedgerConfig, journal: Journal): Ledger {
  const { LEDGER_TABLE: tableName, KEEP_CLOSED_DAYS: days = 0, ORG_NAMES: orgNames } = config
  return atlasLedger({
    table: dynamoDbTable({ client: awsClient(DynamoDBClient), tableName }),
    ...{ clock, uid: randomUUID, lockMs: LOCK_MS, keepClosedMs: days * DAY_MS, orgNames },
    noteUnreadable: (taskId) => journal.note({ event: 'unfinished', taskId, error: 'UnreadableItem' }),
  })
}

function wireCallers(env: Environment) {
  return stsCallers({ region: env.AWS_REGION ?? '', endpoint: env.AWS_ENDPOINT_URL_STS, clock })
}

function wireAudit({ AUDIT_BUS }: { readonly AUDIT_BUS: string }) {
  return eventBus({ client: awsClient(EventBridgeClient), busName: AUDIT_BUS })
}

/** @param urls - the queues beside the work queue to which the function may send */
function wireQueue(config: Pick<Config<'sweep'>, 'WORK_QUEUE_URL'>, urls: Partial<QueueUrls> = {}) {
  return sqsQueue(awsClient(SQSClient), { ...urls, work: config.WORK_QUEUE_URL })
}

type DlqConfig = Pick<Config<'operator'>, 'EVENTS_DLQ_URL' | 'TOPIC_DLQ_URL' | 'WORK_DLQ_URL'>

function deadLettersOf({ EVENTS_DLQ_URL: events, TOPIC_DLQ_URL: topic, WORK_DLQ_URL: work }: DlqConfig) {
  return { events, topic, work }
}

function wireDeadLetters(config: DlqConfig) {
  return sqsDeadLetters(awsClient(SQSClient), deadLettersOf(config), clock)
}
