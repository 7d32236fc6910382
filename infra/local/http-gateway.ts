import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { httpApiEvent } from './http-event.ts'
import type { Invocable } from './lambda/invocation.ts'
import { type Listener, listenOnLoopback } from './loopback.ts'

/** Serves the http function on loopback as API Gateway's HTTP API does, in plain HTTP. */
export async function startHttpGateway(target: Invocable): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(target, request, response).catch((cause) => {
      console.error('Cannot answer a local request', cause)
      response.destroy()
    })
  })
  return await listenOnLoopback(server)
}

async function answer(target: Invocable, request: IncomingMessage, response: ServerResponse) {
  const { method = 'GET', url = '/', headers } = request
  const joined = Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
  const event = httpApiEvent(
    {
      method,
      url,
      headers: { ...Object.fromEntries(joined), 'x-forwarded-proto': 'http' },
      body: await buffer(request),
    },
    headers.host ?? 'localhost',
  )
  if (!event) return reply(response, { statusCode: 404, body: '{"message":"Not Found"}' })

  const { functionError, payload } = await target.invoke(event)
  // A function that fails or takes too long is all the same to API Gateway.
  reply(
    response,
    functionError
      ? { statusCode: 500, body: '{"message":"Internal Server Error"}' }
      : (payload as APIGatewayProxyStructuredResultV2),
  )
}

function reply(
  response: ServerResponse,
  { statusCode = 200, headers = {}, body, isBase64Encoded = false }: APIGatewayProxyStructuredResultV2,
) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
  response.writeHead(statusCode, { ...type, ...Object.fromEntries(texts) })
  response.end(body && Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'))
}
