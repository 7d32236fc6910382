import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

export type HttpReply = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; absent for none. */
  readonly body?: unknown
  /** Why a caller was not let in: for the metric, never sent. */
  readonly reason?: string
}

/** Nothing that we answer may be kept by anybody in between, or be taken for a page. */
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** Writes a reply as API Gateway wants it. */
export function toGateway({ status, headers, body }: HttpReply): APIGatewayProxyStructuredResultV2 {
  if (body === undefined) return { statusCode: status, headers: { ...HEADERS, ...headers } }
  return {
    statusCode: status,
    headers: { ...HEADERS, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}
