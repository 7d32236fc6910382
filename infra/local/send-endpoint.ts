import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { PartnerEvent } from './aws/event-bridge.ts'
import type { LocalAws } from './aws/local-aws.ts'
import { busOf, isTaken } from './event-rules.ts'
import { type Listener, listenOnLoopback } from './loopback.ts'

/**
 * Lets anybody with curl publish: `POST /sns` takes the message of a notification, `POST /events` an EventBridge event.
 *
 * AWS would ask for a signature; this one listens on loopback only.
 */
export async function startSendEndpoint(aws: LocalAws): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(aws, request, response).catch((error) => reply(response, 400, { error: String(error) }))
  })
  return await listenOnLoopback(server)
}

async function answer(aws: LocalAws, request: IncomingMessage, response: ServerResponse) {
  const body = await text(request)
  switch (`${request.method} ${request.url}`) {
    case 'POST /sns':
      await aws.publish(body)
      return reply(response, 202, { published: aws.topicArn })
    case 'POST /events':
      return await putEvent(aws, JSON.parse(body), response)
    default:
      return reply(response, 404, { error: 'expected POST /sns or POST /events' })
  }
}

async function putEvent(aws: LocalAws, event: PartnerEvent, response: ServerResponse) {
  if (!event?.source || !event['detail-type'] || !event.detail)
    return reply(response, 400, { error: 'expected an event with `source`, `detail-type` and `detail`' })
  const bus = busOf(event)
  if (!isTaken(event)) return reply(response, 422, { error: `no rule on the bus "${bus}" takes this event` })

  await aws.putPartnerEvent({ ...event, bus })
  reply(response, 202, { published: bus })
}

function reply(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}
