import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../../../infra/local/aws/local-aws.ts'

const TABLE = {
  name: 'ledger',
  hashKey: 'pk',
  indexes: [{ name: 'due', hash: 'state', range: 'dueAt' }],
}

/** Starts a local AWS of the test's own, and stops it when the test leaves the block. */
export async function localAws(options: Partial<LocalAwsOptions> = {}) {
  const aws = await startLocalAws({ table: TABLE, ...options })
  return Object.assign(aws, { [Symbol.asyncDispose]: () => aws.close() })
}

/** One attempt only: what a fault does must not be healed by the SDK. */
function clientConfig({ env }: LocalAws, service: string) {
  return {
    endpoint: env[`AWS_ENDPOINT_URL_${service}`] ?? '',
    region: env.AWS_REGION ?? '',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: 'local' },
    maxAttempts: 1,
  }
}

export const sqsClient = (aws: LocalAws) => new SQSClient(clientConfig(aws, 'SQS'))
export const dynamoDbClient = (aws: LocalAws) => new DynamoDBClient(clientConfig(aws, 'DYNAMODB'))
export const secretsClient = (aws: LocalAws) => new SecretsManagerClient(clientConfig(aws, 'SECRETS_MANAGER'))
export const eventsClient = (aws: LocalAws) => new EventBridgeClient(clientConfig(aws, 'EVENTBRIDGE'))

export type ReceiveOptions = { waitSeconds?: number; visibilityTimeoutSeconds?: number }

/** Receives what is on the queue; by default without waiting. */
export async function receive(aws: LocalAws, queueUrl = aws.queues.work.url, options: ReceiveOptions = {}) {
  const received = await sqsClient(aws).send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: options.waitSeconds ?? 0,
      VisibilityTimeout: options.visibilityTimeoutSeconds,
      MessageSystemAttributeNames: ['All'],
    }),
  )
  return received.Messages ?? []
}
