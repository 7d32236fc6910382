import { randomUUID } from 'node:crypto'
import { ACCOUNT, type Call, errorReply, jsonReply, type Reply } from './service.ts'

type Sqs = (operation: string, input: object) => Promise<Received>
type Received = {
  readonly __type?: string
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[]
}

/**
 * Moves the messages of a dead-letter queue back, as `StartMessageMoveTask` does; here the move is over when the call returns. Without a
 * destination they go to the queue that the dead-letter queue is named after.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export function moveTasks(sqs: Sqs): (call: Call) => Promise<Reply> {
  const done: { readonly SourceArn: string; readonly ApproximateNumberOfMessagesMoved: number }[] = []

  async function start(SourceArn: string, DestinationArn = SourceArn.replace(/-dlq$/, '')): Promise<Reply> {
    if (!SourceArn.endsWith('-dlq'))
      return errorReply('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.')
    const [from, to] = [queueOf(SourceArn), queueOf(DestinationArn)]
    let moved = 0
    for (;;) {
      const { Messages = [], __type } = await sqs('ReceiveMessage', {
        QueueUrl: from,
        MaxNumberOfMessages: 10,
      })
      if (__type)
        return errorReply('ResourceNotFoundException', 'The resource that you specified is not here.')
      if (Messages.length === 0) break
      for (const { Body, ReceiptHandle } of Messages) {
        await sqs('SendMessage', { QueueUrl: to, MessageBody: Body })
        await sqs('DeleteMessage', { QueueUrl: from, ReceiptHandle })
      }
      moved += Messages.length
    }
    done.unshift({ SourceArn, ApproximateNumberOfMessagesMoved: moved })
    return jsonReply({ TaskHandle: randomUUID() })
  }

  return async ({ operation, body }) => {
    const { SourceArn, DestinationArn } = JSON.parse(body)
    if (operation === 'StartMessageMoveTask') return await start(SourceArn, DestinationArn)
    if (operation === 'ListMessageMoveTasks')
      return jsonReply({
        Results: done
          .filter((task) => task.SourceArn === SourceArn)
          .map((task) => ({ Status: 'COMPLETED', ...task })),
      })
    return errorReply(
      'UnknownOperationException',
      `No "${operation}" here: a move is over when it is answered`,
    )
  }
}

function queueOf(arn: string): string {
  return `/${ACCOUNT}/${arn.split(':').at(-1)}`
}
