import type { IncomingHttpHeaders } from 'node:http'
import type { Call, Reply } from './service.ts'

/** An access key that only one function of this machine has, so that its calls can be distinguished from all others. */
export function accessKeyOf(functionName: string): string {
  return `AKIALOCAL${capitals(functionName)}`
}

/** The id of the function's role, which SQS shows as the sender of its messages. */
export function roleIdOf(functionName: string): string {
  return `AROALOCAL${capitals(functionName)}`
}

function capitals(functionName: string): string {
  return functionName.replaceAll('-', '').toUpperCase()
}

/** The sender id of every caller that is no function of ours. */
const SOMEBODY = 'AIDALOCAL'

/** Who signed the call: the role id and session of a function, or a user. */
export function senderOf({ authorization = '' }: IncomingHttpHeaders): string {
  const [, name] = /Credential=AKIALOCAL([A-Z0-9]+)\//.exec(authorization) ?? []
  return name === undefined ? SOMEBODY : `AROALOCAL${name}:local`
}

/** Makes SQS say of each message who sent it; fauxqs names the same sender for all. What an AWS service sent is left as it is. */
export function withSenderIds(serve: (call: Call) => Promise<Reply>): (call: Call) => Promise<Reply> {
  const senders = new Map<string, string>()
  return async (call) => {
    const reply = await serve(call)
    if (reply.status !== 200) return reply
    if (call.operation === 'ReceiveMessage') return shown(reply, senders)
    if (call.operation.startsWith('SendMessage'))
      for (const id of messageIds(reply)) senders.set(id, senderOf(call.headers))
    return reply
  }
}

type Sent = { readonly MessageId?: string; readonly Successful?: readonly { readonly MessageId: string }[] }

function messageIds({ body }: Reply): readonly string[] {
  const { MessageId, Successful = [] } = JSON.parse(body) as Sent
  return [...(MessageId === undefined ? [] : [MessageId]), ...Successful.map((one) => one.MessageId)]
}

type Received = {
  readonly Messages?: readonly { readonly MessageId: string; readonly Attributes?: Record<string, string> }[]
}

function shown(reply: Reply, senders: ReadonlyMap<string, string>): Reply {
  const { Messages, ...rest } = JSON.parse(reply.body) as Received
  if (!Messages) return reply
  const signed = Messages.map((message) => {
    const SenderId = senders.get(message.MessageId)
    const { Attributes } = message
    return SenderId && Attributes?.SenderId
      ? { ...message, Attributes: { ...Attributes, SenderId } }
      : message
  })
  const { 'content-length': _, ...headers } = reply.headers
  return { ...reply, headers, body: JSON.stringify({ ...rest, Messages: signed }) }
}
