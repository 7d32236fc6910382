import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { httpApiEvent } from './http-event.ts'
import type { Invocable } from './lambda/invocation.ts'

export type HttpGateway = { readonly url: string; close(): Promise<void> }

/** Serves the http function on loopback as API Gateway's HTTP API does, in plain HTTP. */
export async function startHttpGateway(target: Invocable): Promise<HttpGateway> {
  const server = createServer((request, response) => {
    answer(target, request, response).catch((cause) => {
      console.error('Cannot answer a local request', cause)
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
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
