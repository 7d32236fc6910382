import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseJson } from '../../../lib/words/body.ts'
import { listenOnLoopback } from '../loopback.ts'
import type { Invocable } from './invocation.ts'

export type InvokeEndpoint = {
  /** What an SDK client needs, besides `LocalAws.env`, to find the functions. */
  readonly env: { readonly AWS_ENDPOINT_URL_LAMBDA: string }
  close(): Promise<void>
}

/**
 * Serves Lambda's Invoke API for the functions by their names.
 *
 * An `Event` invocation runs once; Lambda would retry it twice.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function startInvokeEndpoint(
  functions: Readonly<Record<string, Invocable>>,
): Promise<InvokeEndpoint> {
  const server = createServer((request, response) => {
    invoke(functions, request, response).catch((cause) => {
      console.error('Cannot answer a local invocation', cause)
      response.destroy()
    })
  })
  server.keepAliveTimeout = 0
  const { url, close } = await listenOnLoopback(server)
  return { env: { AWS_ENDPOINT_URL_LAMBDA: url }, close }
}

async function invoke(
  functions: Readonly<Record<string, Invocable>>,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const body = await text(request)
  const name = functionName(request)
  if (name === '') {
    const Message = `No "${request.method} ${request.url}" here: functions can be invoked, and nothing else`
    response.writeHead(501).end(JSON.stringify({ Type: 'User', Message }))
    return
  }
  const target = functions[name]
  if (!target) {
    response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' })
    response.end(JSON.stringify({ Type: 'User', Message: `Function not found: ${name}` }))
    return
  }

  const event = parseJson(body || '{}')
  if (event === undefined) {
    response.writeHead(400, { 'x-amzn-errortype': 'InvalidRequestContentException' })
    response.end(JSON.stringify({ Type: 'User', message: 'Could not parse request body into json' }))
    return
  }

  const invocation = target.invoke(event)
  if (request.headers['x-amz-invocation-type'] === 'Event') {
    response.writeHead(202).end()
    await invocation
    return
  }

  const result = await invocation
  response.setHeader('x-amzn-requestid', result.requestId)
  response.setHeader('x-amz-executed-version', '$LATEST')
  if (result.functionError) response.setHeader('x-amz-function-error', result.functionError)
  if (request.headers['x-amz-log-type'] === 'Tail') {
    response.setHeader('x-amz-log-result', logTail(result.logs))
  }
  response.end(JSON.stringify(result.payload))
}

/** A function is called by its name or by its ARN. */
function functionName(request: IncomingMessage): string {
  const [, name = ''] = request.url?.match(/^\/2015-03-31\/functions\/([^/]+)\/invocations/) ?? []
  return decodeURIComponent(name).replace(/^arn:.*:function:/, '')
}

const LOG_TAIL_BYTES = 4096

function logTail(lines: readonly string[]): string {
  return Buffer.from(lines.join('\n')).subarray(-LOG_TAIL_BYTES).toString('base64')
}
