import { EventEmitter } from 'node:events'
import { buildApp } from 'fauxqs'
import { moveTasks } from './move-tasks.ts'
import { withSenderIds } from './sender-ids.ts'
import { ACCOUNT, type Call, type Reply, type Service } from './service.ts'

/** The way by which a message came: EventBridge rules, the topic, or our own functions. */
export type ChannelName = 'events' | 'topic' | 'work'

export type SqsSnsOptions = {
  readonly region: string
  /** The queue of each channel; its dead-letter queue has the same name with `-dlq` behind. */
  readonly queues: Readonly<Record<ChannelName, string>>
  readonly topic: string
  readonly maxReceiveCount: number
  readonly visibilityTimeoutSeconds: number
}

export type SqsSns = {
  readonly sqs: Service
  readonly sns: Service
  readonly topicArn: string
  /** Puts a message on the events queue, as EventBridge would. */
  send(body: string): Promise<void>
  /** Publishes to the topic, for callers that have no SNS client. */
  publish(message: string): Promise<void>
  close(): Promise<void>
}

/**
 * SQS and SNS: fauxqs with a queue and a dead-letter queue for each channel, and the intake topic subscribed to its own.
 *
 * It never listens: fauxqs itself would bind every interface.
 */
export async function sqsSns(options: SqsSnsOptions): Promise<SqsSns> {
  const app = buildApp({ logger: false, defaultRegion: options.region })
  const topicArn = `arn:aws:sns:${options.region}:${ACCOUNT}:${options.topic}`
  const queueArn = (name: string) => `arn:aws:sqs:${options.region}:${ACCOUNT}:${name}`

  const changes = new EventEmitter().setMaxListeners(0)

  async function ask({ headers, body }: Pick<Call, 'headers' | 'body'>): Promise<Reply> {
    const reply = await app.inject({ method: 'POST', url: '/', headers: passed(headers), payload: body })
    return { status: reply.statusCode, headers: reply.headers, body: reply.body }
  }
  async function forward(call: Pick<Call, 'headers' | 'body'>): Promise<Reply> {
    const reply = await ask(call)
    changes.emit(CHANGED)
    return reply
  }
  const sqsCall = (operation: string, input: unknown) =>
    succeed(operation, forward({ headers: sqsHeaders(operation), body: JSON.stringify(input) }))
  const snsCall = (input: Record<string, string>) =>
    succeed(String(input.Action), forward({ headers: FORM, body: String(new URLSearchParams(input)) }))

  const { queues, maxReceiveCount, visibilityTimeoutSeconds } = options
  for (const queue of Object.values(queues)) {
    await sqsCall('CreateQueue', { QueueName: `${queue}-dlq` })
    const redrive = { deadLetterTargetArn: queueArn(`${queue}-dlq`), maxReceiveCount }
    const VisibilityTimeout = String(visibilityTimeoutSeconds)
    const Attributes = { VisibilityTimeout, RedrivePolicy: JSON.stringify(redrive) }
    await sqsCall('CreateQueue', { QueueName: queue, Attributes })
  }
  await snsCall({ Action: 'CreateTopic', Name: options.topic })
  const Endpoint = queueArn(queues.topic)
  await snsCall({ Action: 'Subscribe', TopicArn: topicArn, Protocol: 'sqs', Endpoint })

  const moves = moveTasks(async (operation, input) => {
    const { body } = await forward({ headers: sqsHeaders(operation), body: JSON.stringify(input) })
    return JSON.parse(body)
  })
  return {
    sqs: withSenderIds((call) => {
      if (call.operation.endsWith('MessageMoveTask') || call.operation === 'ListMessageMoveTasks')
        return moves(call)
      return call.operation === 'ReceiveMessage' ? longPoll(call, ask, changes) : forward(call)
    }),
    sns: forward,
    topicArn,
    send: (body) => sqsCall('SendMessage', { QueueUrl: `/${ACCOUNT}/${queues.events}`, MessageBody: body }),
    publish: (message) => snsCall({ Action: 'Publish', TopicArn: topicArn, Message: message }),
    close: async () => {
      await app.close()
    },
  }
}

/** Emitted after every call that receives nothing: there may be a new message. */
const CHANGED = 'changed'
/** Without a call, look again after so long: a delay or a visibility timeout may have ended. */
const LOOK_MS = 100

/**
 * Long polling of our own: fauxqs keeps waiting for a consumer that has hung up, and then hands it a message that
 * nobody sees until the visibility timeout.
 */
async function longPoll(
  call: Call,
  ask: (call: Call) => Promise<Reply>,
  changes: EventEmitter,
): Promise<Reply> {
  const input = JSON.parse(call.body) as { WaitTimeSeconds?: number }
  const once = { ...call, body: JSON.stringify({ ...input, WaitTimeSeconds: 0 }) }
  const until = Date.now() + (input.WaitTimeSeconds ?? 0) * 1000
  for (;;) {
    const change = changed(changes)
    const reply = await ask(once)
    const waits = reply.status === 200 && !reply.body.includes('"Messages"')
    if (!waits || Date.now() >= until) return reply
    await change
    if (call.signal.aborted) return reply
  }
}

function changed(changes: EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      clearTimeout(timer)
      changes.off(CHANGED, look)
      resolve()
    }
    const timer = setTimeout(look, LOOK_MS)
    changes.once(CHANGED, look)
  })
}

async function succeed(operation: string, answer: Promise<Reply>): Promise<void> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`Cannot ${operation}: ${body}`)
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

function sqsHeaders(operation: string) {
  return { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` }
}

/** Leaves out what describes the caller's connection: the hop to fauxqs has its own. */
function passed(headers: Call['headers']): Call['headers'] {
  const { 'content-length': _, 'transfer-encoding': __, connection: ___, expect: ____, ...rest } = headers
  return rest
}
