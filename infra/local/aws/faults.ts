import { s3Error } from './s3.ts'
import { errorReply, type FailedEntries, type Reply, type ServiceName } from './service.ts'

/**
 * What goes wrong with a call.
 *
 * `before` leaves the state untouched; `after` applies the call and loses its answer. `reset` cuts the connection
 * instead of answering.
 */
export type Effect =
  | { readonly kind: 'error' | 'reset'; readonly when: 'before' | 'after' }
  | { readonly kind: 'throttle' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | ({ readonly kind: 'failed_entries' } & FailedEntries)

export type Fault = Effect & {
  readonly service: ServiceName
  /** An operation of the service, e.g. `PutItem`; every operation when left out. */
  readonly operation?: string
  /** How many matching calls it hits; default 1, `Infinity` until removed. */
  readonly times?: number
  /** How many matching calls it lets pass first; default 0. */
  readonly skip?: number
}

export type Faults = {
  /** Scripts a fault, after those scripted before. @returns a function that removes it */
  add(fault: Fault): () => void
  clear(): void
}

/** Keeps the scripted faults. `take` uses up the first one that fits a call. */
export function scriptedFaults() {
  const script = new Set<{ fault: Fault; skip: number; times: number }>()

  function take(call: { service: ServiceName; operation: string }): Effect | undefined {
    for (const entry of script) {
      if (!concerns(entry.fault, call)) continue
      if (entry.skip > 0) {
        entry.skip -= 1
        continue
      }
      entry.times -= 1
      if (entry.times <= 0) script.delete(entry)
      return entry.fault
    }
    return undefined
  }

  const faults: Faults = {
    add(fault) {
      const entry = { fault, skip: fault.skip ?? 0, times: fault.times ?? 1 }
      script.add(entry)
      return () => script.delete(entry)
    },
    clear: () => script.clear(),
  }
  return { faults, take }
}

function concerns(fault: Fault, call: { service: ServiceName; operation: string }): boolean {
  return fault.service === call.service && (fault.operation ?? call.operation) === call.operation
}

const INTERNAL_ERROR: Record<ServiceName, string> = {
  sqs: 'com.amazonaws.sqs#InternalError',
  sns: 'InternalError',
  dynamodb: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
  secrets_manager: 'InternalServiceError',
  eventbridge: 'InternalException',
  sts: 'InternalFailure',
  s3: 'InternalError',
}

export function internalError(service: ServiceName): Reply {
  return inProtocol(service, INTERNAL_ERROR[service], 500)
}

const THROTTLED: Record<ServiceName, { code: string; status: number }> = {
  sqs: { code: 'com.amazonaws.sqs#RequestThrottled', status: 403 },
  sns: { code: 'Throttled', status: 429 },
  dynamodb: { code: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', status: 400 },
  secrets_manager: { code: 'ThrottlingException', status: 400 },
  eventbridge: { code: 'ThrottlingException', status: 400 },
  sts: { code: 'Throttling', status: 400 },
  s3: { code: 'SlowDown', status: 503 },
}

export function throttled(service: ServiceName): Reply {
  const { code, status } = THROTTLED[service]
  return inProtocol(service, code, status)
}

const DENIED: Record<ServiceName, { code: string; status: number }> = {
  sqs: { code: 'com.amazonaws.sqs#AccessDenied', status: 403 },
  sns: { code: 'AuthorizationError', status: 403 },
  dynamodb: { code: 'com.amazon.coral.service#AccessDeniedException', status: 400 },
  secrets_manager: { code: 'AccessDeniedException', status: 400 },
  eventbridge: { code: 'AccessDeniedException', status: 400 },
  // Nobody is denied `GetCallerIdentity`: keys that were taken away are unknown.
  sts: { code: 'InvalidClientTokenId', status: 403 },
  s3: { code: 'AccessDenied', status: 403 },
}

/** What a service answers to a call that the policies do not allow. */
export function accessDenied(service: ServiceName): Reply {
  const { code, status } = DENIED[service]
  return inProtocol(service, code, status)
}

/** SNS still answers in the query protocol's XML, and S3 in its own. */
function inProtocol(service: ServiceName, code: string, status: number): Reply {
  const message = 'Scripted fault'
  if (service === 's3') return s3Error(code, status)
  if (service !== 'sns') return errorReply(code, message, status)
  const error = `<Error><Type>Receiver</Type><Code>${code}</Code><Message>${message}</Message></Error>`
  return { status, headers: { 'content-type': 'text/xml' }, body: `<ErrorResponse>${error}</ErrorResponse>` }
}
