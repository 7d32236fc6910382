import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenOnLoopback } from '../../../infra/local/loopback.ts'

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
  const { url, close } = await listenOnLoopback(server)
  return {
    url,
    leadTo(url: string | undefined) {
      table = url ?? ''
    },
    fail(username: string) {
      unlucky = username
    },
    heal() {
      unlucky = undefined
    },
    [Symbol.asyncDispose]: close,
  }
}

const FAILED = JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' })
