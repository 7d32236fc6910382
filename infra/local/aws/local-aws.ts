import { dynamoDb, type TableSchema } from './dynamodb.ts'
import { eventBridge, type PartnerEvent, type PublishedEvent, type Rule } from './event-bridge.ts'
import { type Faults, scriptedFaults } from './faults.ts'
import { startGateway } from './gateway.ts'
import { type Bucket, s3 } from './s3.ts'
import { type Rotate, type Secrets, secretsManager } from './secrets-manager.ts'
import { accessKeyOf, roleIdOf } from './sender-ids.ts'
import { ACCOUNT, type Call, type ServiceName } from './service.ts'
import { type ChannelName, sqsSns } from './sqs-sns.ts'
import { type LocalCaller, onCallOf, sts } from './sts.ts'

export type LocalAwsOptions = {
  readonly table: TableSchema
  /** Secret id to secret string. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly rules?: readonly Rule[]
  /** Default: no secret can be rotated. */
  readonly rotate?: Rotate
  /** Default `offboarding-audit`. */
  readonly auditBus?: string
  /** Receives before a message goes to the dead-letter queue; default 5. */
  readonly maxReceiveCount?: number
  /** Default 30. */
  readonly visibilityTimeoutSeconds?: number
  readonly delayMs?: Readonly<Partial<Record<ServiceName, number>>>
  /** Whether the policies allow the call. Default: they allow everything. */
  readonly mayCall?: (call: Call) => boolean
}

type LocalQueue = { readonly url: string; readonly arn: string; readonly dlqUrl: string }

/** The environment with which a function calls this AWS under its own role, and the role id that SQS then reports as its sender. */
type Identity = { readonly env: Readonly<Record<string, string>>; readonly roleId: string }

export type LocalAws = {
  /** What an SDK client needs to find this AWS. */
  readonly env: Readonly<Record<string, string>>
  /** People of on-call, by AWS profile. */
  readonly profiles: Readonly<Record<string, LocalCaller>>
  /** `env` with the credentials of a function's role. */
  identityOf(functionName: string): Identity
  readonly queues: Readonly<Record<ChannelName, LocalQueue>>
  readonly topicArn: string
  readonly table: string
  readonly auditBus: string
  /** Every event that `PutEvents` took for a bus that exists. */
  readonly events: readonly PublishedEvent[]
  onEvent(listener: (event: PublishedEvent) => void): void
  readonly secrets: Secrets
  /** The bucket that HR's nightly files are put into. */
  readonly rosters: Bucket
  /** Matches an event of a partner, or of the default bus, against the rules and delivers it to the events queue. */
  putPartnerEvent(event: PartnerEvent): Promise<void>
  /** Publishes to the intake topic. */
  publish(message: string): Promise<void>
  readonly faults: Faults
  /** How long each service takes before it answers; may be changed at any time. */
  readonly delayMs: Partial<Record<ServiceName, number>>
  close(): Promise<void>
}

/** People of on-call, by AWS profile. `LocalAws.env` has the credentials of the first. */
const PROFILES: Readonly<Record<string, LocalCaller>> = {
  oncall: onCallOf('oncall@example.com', 'local'),
  colleague: onCallOf('colleague@example.com', 'local-colleague'),
}

const REGION = 'us-east-1'
/** As deployed in the stage `prod`, so that the runbook's commands find them. */
const QUEUES = {
  events: 'atlas-offboarding-prod-events',
  topic: 'atlas-offboarding-prod-topic',
  work: 'atlas-offboarding-prod-work',
} as const

const ROSTER_BUCKET = 'atlas-offboarding-prod-rosters'

/** Starts SQS, SNS, DynamoDB, Secrets Manager, EventBridge and S3 on one loopback port, with the system's resources. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { table, auditBus = 'offboarding-audit', rules = [] } = options
  const delayMs = { ...options.delayMs }
  const { faults, take: takeFault } = scriptedFaults()
  const messaging = await sqsSns({
    region: REGION,
    queues: QUEUES,
    topic: 'offboarding-intake',
    maxReceiveCount: options.maxReceiveCount ?? 5,
    visibilityTimeoutSeconds: options.visibilityTimeoutSeconds ?? 30,
  })
  const files = s3(ROSTER_BUCKET)
  const secretStore = secretsManager(REGION, options.secrets ?? {}, options.rotate)
  const buses = eventBridge({ region: REGION, rules, buses: [auditBus], toQueue: messaging.send })
  const services = {
    sqs: messaging.sqs,
    sns: messaging.sns,
    dynamodb: await dynamoDb(table),
    secrets_manager: secretStore.service,
    eventbridge: buses.service,
    sts: sts(Object.values(PROFILES)),
    s3: files.service,
  }
  const gateway = await startGateway({
    services,
    delayMs,
    takeFault,
    ...(options.mayCall && { mayCall: options.mayCall }),
  })

  const env = sdkEnvironment(gateway.url)
  const queueOf = (name: string): LocalQueue => ({
    url: `${gateway.url}/${ACCOUNT}/${name}`,
    arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
    dlqUrl: `${gateway.url}/${ACCOUNT}/${name}-dlq`,
  })
  return {
    env,
    profiles: PROFILES,
    identityOf: (name) => ({ env: { ...env, AWS_ACCESS_KEY_ID: accessKeyOf(name) }, roleId: roleIdOf(name) }),
    queues: { events: queueOf(QUEUES.events), topic: queueOf(QUEUES.topic), work: queueOf(QUEUES.work) },
    topicArn: messaging.topicArn,
    table: table.name,
    auditBus,
    events: buses.events,
    onEvent: buses.onEvent,
    secrets: secretStore.secrets,
    rosters: files.bucket,
    putPartnerEvent: buses.putPartnerEvent,
    publish: messaging.publish,
    faults,
    delayMs,
    async close() {
      await gateway.close()
      await messaging.close()
    },
  }
}

function sdkEnvironment(url: string): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_SNS: url,
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_ENDPOINT_URL_S3: url,
  }
}
