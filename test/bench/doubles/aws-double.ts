import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { listenOnLoopback } from '../../../infra/local/loopback.ts'
import { type DynamoDbDouble, type DynamoDbInput, dynamoDbDouble } from './dynamodb-double.ts'

/** The table of the equal-work handler,as Powertools' idempotency lays it out. */
const IDEMPOTENCY = { hashKey: 'id', indexes: [] } as const

type Message = { readonly Id?: string; readonly MessageBody?: string; readonly DelaySeconds?: number }
type Input = DynamoDbInput & Message & { readonly Entries?: readonly Message[]; readonly SecretId?: string }

/** Starts what the functions use of AWS on one loopback port, so light that a call takes `delayMs` and little more. */
export async function startAwsDouble(options: {
  readonly delayMs: number
  readonly secretOf: (secretId: string) => string
  readonly table: DynamoDbDouble
  /** Told of every message of a batch that goes onto a queue. */
  readonly onMessage: (body: string, delayMs: number) => void
}) {
  const { delayMs, secretOf, table, onMessage } = options
  const idempotency = dynamoDbDouble(IDEMPOTENCY)
  const tableOf = ({ TableName }: DynamoDbInput) => (TableName === 'idempotency' ? idempotency : table)
  const answers: Readonly<Record<string, (input: Input, operation: string) => object | undefined>> = {
    DynamoDB_20120810: (input, operation) => tableOf(input).answer(operation, input),
    secretsmanager: ({ SecretId = '' }) => ({ SecretString: secretOf(SecretId) }),
    AWSEvents: ({ Entries = [] }) => ({
      FailedEntryCount: 0,
      Entries: Entries.map(() => ({ EventId: randomUUID() })),
    }),
    AmazonSQS({ Entries, MessageBody = '' }) {
      for (const { MessageBody = '', DelaySeconds = 0 } of Entries ?? [])
        onMessage(MessageBody, DelaySeconds * 1_000)
      return Entries ? { Failed: [], Successful: Entries.map(taken) } : taken({ MessageBody })
    },
  }

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const answerAt = performance.now() + delayMs
    const [service = '', operation = ''] = String(request.headers['x-amz-target']).split('.')
    const reply = answers[service]?.((await json(request)) as Input, operation)
    const leftMs = answerAt - performance.now()
    if (leftMs > 0) await sleep(leftMs)
    response.writeHead(reply ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(reply ?? { __type: 'ConditionalCheckFailedException' }))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 0
  const { url } = await listenOnLoopback(server)
  return { url }
}

/** What SQS answers to a message. The SDK compares the digest. */
function taken({ Id, MessageBody = '' }: Message) {
  return {
    Id,
    MessageId: randomUUID(),
    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  }
}
