/**
 * What a good engineer would write for the same work with the usual parts: one idempotency record, the three requests, one audit event, one
 * message that starts the search for leftovers, logs and metrics. No rules, no resuming after a crash.
 */
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { bareAtlas } from './bare-atlas.ts'
import { once } from './idempotency.ts'

const logger = new Logger()
const metrics = new Metrics()
const secrets = new SecretsManagerClient()
const bus = new EventBridgeClient()
const queue = new SQSClient()
const atlas = bareAtlas(process.env.ATLAS_BASE_URL ?? '')

async function unlock() {
  const [, SecretId] = process.env.ORGS?.split('=') ?? []
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }))
  const secret = JSON.parse(SecretString) as { clientId: string; clientSecret: string; orgId: string }
  return { orgId: secret.orgId, token: await atlas.token(secret) }
}

let access: ReturnType<typeof unlock> | undefined

async function offboard(id: string, username: string): Promise<{ readonly userId: string }> {
  access ??= unlock()
  const { orgId, token } = await access
  const userId = await atlas.remove(token, orgId, username)
  const detail = { id, orgId, userId, username, outcome: 'removed', at: new Date() }
  const Entries = [
    {
      EventBusName: process.env.AUDIT_BUS,
      Source: 'baseline',
      DetailType: 'Offboarding Outcome',
      Detail: JSON.stringify(detail),
    },
  ]
  const { FailedEntryCount } = await bus.send(new PutEventsCommand({ Entries }))
  if (FailedEntryCount) throw new Error('Cannot publish the outcome')
  const search = { Id: '0', MessageBody: JSON.stringify({ kind: 'search', id, username }) }
  await queue.send(new SendMessageBatchCommand({ QueueUrl: process.env.WORK_QUEUE_URL, Entries: [search] }))
  logger.info('outcome', { id, orgId, userId, outcome: 'removed' })
  metrics.addMetric('Removed', 'Count', 1)
  return { userId }
}

async function work({ body }: SQSRecord): Promise<unknown> {
  const { id, detail } = JSON.parse(body) as {
    readonly id: string
    readonly detail: { readonly username: string }
  }
  return await once(id, () => offboard(id, detail.username))
}

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(logMetrics(metrics))
  .handler(async ({ Records }) => {
    const settled = await Promise.allSettled(Records.map(work))
    const failed = Records.filter((_, index) => settled[index]?.status === 'rejected')
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  })
