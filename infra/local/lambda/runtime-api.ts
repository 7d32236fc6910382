import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenOnLoopback } from '../loopback.ts'
import type { Ending } from './invocation.ts'

type Invocation = {
  readonly requestId: string
  readonly payload: string
  readonly deadlineMs: number
  readonly functionArn: string
}

export type RuntimeApi = {
  /** `host:port`, as `AWS_LAMBDA_RUNTIME_API` wants it. */
  readonly address: string
  /** Resolves when the runtime first asks for work, or with the error that its init reported. */
  readonly initialized: Promise<Ending | undefined>
  /** Hands out one invocation as soon as the runtime asks for it, and resolves with its answer. */
  run(invocation: Invocation): Promise<Ending>
  close(): void
}

/**
 * Serves Lambda's Runtime API to one runtime, one invocation at a time.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  const init = Promise.withResolvers<Ending | undefined>()
  let asking = Promise.withResolvers<ServerResponse>()
  const running = new Map<string, (ending: Ending) => void>()

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const [, requestId = '', what = ''] =
      request.url?.match(/^\/2018-06-01\/runtime\/(?:invocation\/)?([^/]+)(?:\/([^/]+))?$/) ?? []
    if (requestId === 'next') {
      init.resolve(undefined)
      asking.resolve(response)
      return
    }
    const payload: unknown = JSON.parse(await text(request))
    const ending = what === 'error' ? { payload, functionError: 'Unhandled' } : { payload }
    if (requestId === 'init') init.resolve(ending)
    else running.get(requestId)?.(ending)
    response.writeHead(202).end('{"status":"OK"}')
  }

  const server = createServer((request, response) => {
    // A runtime killed in the middle of its answer: the sandbox sees it exit.
    serve(request, response).catch(() => response.destroy())
  })
  // The runtime asks over the socket it used last, after however long the handler took.
  server.keepAliveTimeout = 0
  const { url, close } = await listenOnLoopback(server)

  return {
    address: new URL(url).host,
    initialized: init.promise,
    async run({ requestId, payload, deadlineMs, functionArn }) {
      const response = await asking.promise
      asking = Promise.withResolvers()
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': deadlineMs,
        'lambda-runtime-invoked-function-arn': functionArn,
      })
      const answered = new Promise<Ending>((resolve) => running.set(requestId, resolve))
      response.end(payload)
      return answered.finally(() => running.delete(requestId))
    },
    close,
  }
}
