import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

export type ServiceName = 'sqs' | 'sns' | 'dynamodb' | 'secrets_manager' | 'eventbridge' | 'sts' | 's3'

export type Call = {
  readonly service: ServiceName
  readonly operation: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Path and query of a call to S3, which name the object. */
  readonly path?: string
  /** Aborts when the caller has hung up. */
  readonly signal: AbortSignal
  /** The entries of this `PutEvents` that a scripted fault makes fail. */
  readonly failedEntries?: FailedEntries
}

export type FailedEntries = { readonly indexes: readonly number[]; readonly code: string }

export type Reply = {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: string
  /** `latin1`: a byte for each character. */
  readonly encoding?: 'latin1'
}

export type Service = (call: Call) => Promise<Reply>

/** The account every ARN of the local AWS names. */
export const ACCOUNT = '000000000000'

export function jsonReply(body: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) }
}

export function errorReply(code: string, message: string, status = 400): Reply {
  return jsonReply({ __type: code, message }, status)
}
