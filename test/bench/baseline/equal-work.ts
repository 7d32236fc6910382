/**
 * What a good engineer would write for the same work with the usual parts: one idempotency record, the three requests, one audit event, one
 * message that starts the search for leftovers, logs and metrics. No rules, no resuming after a crash.
 */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { bareAtlas } from './bare-atlas.ts'

const logger = new Logger()
const metrics = new Metrics()
const secrets = new SecretsManagerClient()
const bus = new EventBridgeClient()
const queue = new SQSClient()
const atlas = bareAtlas(process.env.ATLAS_BASE_URL ?? '')
const processor = new BatchProcessor(EventType.SQS)
const persistenceStore = new DynamoDBPersistenceLayer({
  tableName: 'idempotency',
  awsSdkV3Client: new DynamoDBClient(),
})
const config = new IdempotencyConfig({ eventKeyJmesPath: 'id' })

async function unlock() {
  const [, SecretId] = process.env.ORGS?.split('=') ?? []
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }))
  const secret = JSON.parse(SecretString) as { clientId: string; clientSecret: string; orgId: string }
  return { orgId: secret.orgId, token: await atlas.token(secret) }
}

let access: ReturnType<typeof unlock> | undefined

type Departure = { readonly id: string; readonly detail: { readonly username: string } }

async function offboard({ id, detail: { username } }: Departure) {
  access ??= unlock()
  const { orgId, token } = await access
  const userId = await atlas.remove(token, orgId, username)
  await publish({ id, orgId, userId, username, outcome: 'removed', at: new Date() })
  const search = JSON.stringify({ kind: 'search', id, username })
  await queue.send(new SendMessageCommand({ QueueUrl: process.env.WORK_QUEUE_URL, MessageBody: search }))
  logger.info('outcome', { id, orgId, userId, outcome: 'removed' })
  metrics.addMetric('Removed', 'Count', 1)
  return { userId }
}

async function publish(detail: object): Promise<void> {
  const entry = { EventBusName: process.env.AUDIT_BUS, Source: 'baseline', DetailType: 'Offboarding Outcome' }
  const command = new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] })
  const { FailedEntryCount } = await bus.send(command)
  if (FailedEntryCount) throw new Error('Cannot publish the outcome')
}

const offboardOnce = makeIdempotent(offboard, { persistenceStore, config })

async function work({ body }: SQSRecord): Promise<unknown> {
  return await offboardOnce(JSON.parse(body) as Departure)
}

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(logMetrics(metrics))
  .handler((event, context: Context) => {
    config.registerLambdaContext(context)
    return processPartialResponse(event, work, processor, { context })
  })
