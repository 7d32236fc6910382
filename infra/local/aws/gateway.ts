import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Listener, listenOnLoopback } from '../loopback.ts'
import { accessDenied, type Effect, internalError, throttled } from './faults.ts'
import { type Call, jsonReply, type Reply, type Service, type ServiceName } from './service.ts'

export type GatewayOptions = {
  readonly services: Readonly<Record<ServiceName, Service>>
  readonly delayMs: Readonly<Partial<Record<ServiceName, number>>>
  readonly takeFault: (call: Call) => Effect | undefined
  /** Whether the policies allow the call. Default: they allow everything. */
  readonly mayCall?: (call: Call) => boolean
}

/** Serves every service on one loopback port and lets the scripted faults happen in front of them. */
export async function startGateway(options: GatewayOptions): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((cause) => {
      console.error(`Cannot answer a local AWS call: ${cause}`)
      const reply = jsonReply(
        { __type: 'SerializationException', message: 'The request cannot be read' },
        400,
      )
      if (response.headersSent) response.destroy()
      else response.writeHead(reply.status, reply.headers).end(reply.body)
    })
  })
  // SDK clients keep their sockets; a server that closes idle ones would race their next request.
  server.keepAliveTimeout = 0
  return await listenOnLoopback(server)
}

async function answer(options: GatewayOptions, request: IncomingMessage, response: ServerResponse) {
  const hungUp = new AbortController()
  response.on('close', () => hungUp.abort())
  const body = await text(request)
  const target = addressee(request, body)
  const reply = target
    ? await reach(options, { ...target, headers: request.headers, body, signal: hungUp.signal })
    : unserved(request, body)

  if (reply === 'reset') request.socket.destroy()
  else response.writeHead(reply.status, reply.headers).end(reply.body, reply.encoding ?? 'utf8')
}

async function reach(options: GatewayOptions, call: Call): Promise<Reply | 'reset'> {
  const delayMs = options.delayMs[call.service]
  if (delayMs) await sleep(delayMs)
  if (options.mayCall && !options.mayCall(call)) return accessDenied(call.service)
  const serve = options.services[call.service]
  const effect = options.takeFault(call)
  return effect ? serveWithFault(effect, call, serve) : serve(call)
}

async function serveWithFault(effect: Effect, call: Call, serve: Service): Promise<Reply | 'reset'> {
  switch (effect.kind) {
    case 'error':
    case 'reset':
      if (effect.when === 'after') await serve(call)
      return effect.kind === 'reset' ? 'reset' : internalError(call.service)
    case 'throttle':
      return throttled(call.service)
    case 'delay':
      await sleep(effect.delayMs)
      return serve(call)
    case 'failed_entries':
      return serve({ ...call, failedEntries: effect })
  }
}

const TARGETS: Readonly<Record<string, ServiceName>> = {
  AmazonSQS: 'sqs',
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secrets_manager',
  AWSEvents: 'eventbridge',
}

function addressee({ headers, method, url: path = '' }: IncomingMessage, body: string) {
  const [prefix = '', operation = ''] = String(headers['x-amz-target'] ?? '').split('.')
  const service = TARGETS[prefix]
  if (service) return { service, operation }
  if (method === 'GET' && path.includes('versionId='))
    return { service: 's3' as const, operation: 'GetObjectVersion', path }
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined
  const query = new URLSearchParams(body)
  const action = query.get('Action') ?? ''
  if (query.get('Version') === SNS_VERSION) return { service: 'sns' as const, operation: action }
  return action === 'GetCallerIdentity' ? { service: 'sts' as const, operation: action } : undefined
}

const SNS_VERSION = '2010-03-31'
const SQS_VERSION = '2012-11-05'

/** Names what is not here. Older clients send SQS a form instead of JSON. */
function unserved({ headers, method, url = '' }: IncomingMessage, body: string): Reply {
  const query = new URLSearchParams(body)
  const [, target] = String(headers['x-amz-target'] ?? '').split('.')
  const action = target ?? query.get('Action') ?? `${method} ${url.replace(/[?<&].*$/s, '')}`
  const isForm = query.get('Version') === SQS_VERSION
  const message = isForm
    ? `This SQS reads only JSON, and this client sent a form: ${action} needs a newer AWS CLI (2.9 is too old)`
    : `No "${action}" here`
  const error = `<Error><Type>Sender</Type><Code>UnknownOperation</Code><Message>${message}</Message></Error>`
  return {
    status: 400,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse>${error}</ErrorResponse>`,
  }
}
