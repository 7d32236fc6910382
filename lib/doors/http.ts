import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

/** One HTTP request, as API Gateway brought it. */
export type HttpRequest = {
  /** API Gateway's id of the request, new for each one. */
  readonly id: string
  /** When API Gateway received it. */
  readonly at: Date
  readonly method: string
  /** The API's route, `ANY /scim/{proxy+}`: what may be logged. */
  readonly route: string
  /** The decoded parts of the path; empty ones are left out, so that a doubled or trailing slash does no harm. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  /** The network that the caller's address is in: it tells callers apart and names nobody. */
  readonly network: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The bytes exactly as they were sent, so that their signature can be verified. */
  readonly body: Buffer
  /** Where the caller reached us, `https://host`. */
  readonly origin: string
}

/**
 * Reads an event of API Gateway's HTTP API, payload version 2.0.
 *
 * Bodies of any type but a few come as base64: `application/scim+json` among them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function readEvent(event: APIGatewayProxyEventV2): HttpRequest {
  const { routeKey, rawPath, rawQueryString = '', headers, requestContext, isBase64Encoded } = event
  const scheme = headers['x-forwarded-proto'] === 'http' ? 'http' : 'https'
  return {
    id: requestContext.requestId,
    at: new Date(requestContext.timeEpoch),
    method: requestContext.http.method,
    route: routeKey,
    path: rawPath
      .split('/')
      .filter((part) => part !== '')
      .map(decoded),
    query: new URLSearchParams(rawQueryString),
    network: networkOf(requestContext.http.sourceIp),
    headers,
    body: Buffer.from(event.body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
    origin: `${scheme}://${requestContext.domainName ?? headers.host}`,
  }
}

/** Keeps 24 bits of an IPv4 address, 48 of an IPv6 one. */
function networkOf(address: string): string {
  if (!address.includes(':')) return `${address.split('.').slice(0, 3).join('.')}.0/24`
  const [head = ''] = address.split('::')
  const groups = [...head.split(':'), '0', '0', '0'].slice(0, 3)
  return `${groups.map((group) => group || '0').join(':')}::/48`
}

/** Decoded after the path is divided: an encoded slash divides nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export type HttpReply = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; absent for none. */
  readonly body?: unknown
  /** Why a caller was not let in: for the log, never sent. */
  readonly reason?: string
}

/** Nobody in between may cache our answers, or take them for a page. */
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
