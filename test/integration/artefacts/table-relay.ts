import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

const PASSED = ['x-amz-target', 'x-amz-date', 'authorization', 'content-type']

/** Starts a relay in front of the table that fails to record the cases of whoever is named, and nobody else's. */
export async function startTableRelay() {
  let table = ''
  let unlucky: string | undefined

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const body = await text(request)
    if (unlucky && body.includes('"case#') && body.includes(unlucky))
      return response.writeHead(500).end(FAILED)
    const headers = PASSED.map((name) => [name, String(request.headers[name])] as const)
    const reply = await fetch(table, { method: 'POST', headers: Object.fromEntries(headers), body })
    response.writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.0' })
    return response.end(await reply.text())
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo(url: string | undefined) {
      table = url ?? ''
    },
    fail(username: string) {
      unlucky = username
    },
    heal() {
      unlucky = undefined
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

const FAILED = JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' })
