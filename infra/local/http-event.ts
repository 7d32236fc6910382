import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'

export type Incoming = {
  readonly method: string
  /** Path and query, as they are on the wire. */
  readonly url: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
}

/** As in serverless.yml. */
const ROUTES: readonly { readonly key: string; readonly fits: RegExp }[] = [
  { key: 'ANY /scim/{proxy+}', fits: /^[A-Z]+ \/scim\/./ },
  { key: 'GET /hooks/okta', fits: /^GET \/hooks\/okta$/ },
  { key: 'POST /hooks/okta', fits: /^POST \/hooks\/okta$/ },
  { key: 'POST /hooks/standard', fits: /^POST \/hooks\/standard$/ },
  { key: 'POST /hooks/hr/{system}', fits: /^POST \/hooks\/hr\/[^/]+$/ },
]

/** API Gateway passes bodies of these types as text. All others are base64, also `application/scim+json` and a body without a type. */
const IS_TEXT = /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i

/**
 * Makes the event that API Gateway's HTTP API makes of a request, payload version 2.0.
 *
 * @returns `undefined` if no route takes the request
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpApiEvent(incoming: Incoming, host: string): APIGatewayProxyEventV2 | undefined {
  const { method, url, headers } = incoming
  const [rawPath = '', ...query] = url.split('?')
  const route = ROUTES.find(({ fits }) => fits.test(`${method} ${rawPath}`))
  if (!route) return undefined

  return {
    version: '2.0',
    routeKey: route.key,
    rawPath,
    rawQueryString: query.join('?'),
    headers: { ...headers },
    requestContext: contextOf({ method, path: rawPath, routeKey: route.key, host }),
    ...bodyOf(incoming),
  }
}

function bodyOf({ headers, body }: Incoming): Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'> {
  if (!body || body.length === 0) return { isBase64Encoded: false }
  return IS_TEXT.test(headers['content-type'] ?? '')
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true }
}

type Where = {
  readonly method: string
  readonly path: string
  readonly routeKey: string
  readonly host: string
}

function contextOf({ method, path, routeKey, host }: Where): APIGatewayProxyEventV2['requestContext'] {
  const now = new Date()
  return {
    accountId: '123456789012',
    apiId: 'local',
    domainName: host,
    domainPrefix: 'local',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
    requestId: randomUUID(),
    routeKey,
    stage: '$default',
    time: now.toISOString(),
    timeEpoch: now.getTime(),
  }
}
