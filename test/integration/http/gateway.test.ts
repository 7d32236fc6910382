import { afterEach, expect, test } from 'vitest'
import { startHttpGateway } from '../../../infra/local/http-gateway.ts'
import type { InvokeResult } from '../../../infra/local/lambda/invocation.ts'
import type { Listener } from '../../../infra/local/loopback.ts'

const opened: Listener[] = []
afterEach(async () => void (await Promise.all(opened.splice(0).map((one) => one.close()))))

async function gatewayTo(answer: Partial<InvokeResult>) {
  const events: Record<string, unknown>[] = []
  const gateway = await startHttpGateway({
    async invoke(event) {
      events.push(event as Record<string, unknown>)
      return { logs: [], requestId: 'r', durationMs: 1, ...answer }
    },
  })
  opened.push(gateway)
  return { url: gateway.url, events }
}

test('startHttpGateway() gives a function the event of API Gateway, with SCIM bodies as base64', async () => {
  const { url, events } = await gatewayTo({ payload: { statusCode: 204 } })
  const { status } = await fetch(`${url}/scim/v2/Users/x?a=1&b=%2B+`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/scim+json; charset=utf-8', Authorization: 'Bearer t' },
    body: '{"Operations":[]}',
  })

  expect(status).toBe(204)
  expect(events[0]).toMatchObject({
    version: '2.0',
    routeKey: 'ANY /scim/{proxy+}',
    rawPath: '/scim/v2/Users/x',
    rawQueryString: 'a=1&b=%2B+',
    headers: { authorization: 'Bearer t', 'x-forwarded-proto': 'http' },
    requestContext: { http: { method: 'PATCH', path: '/scim/v2/Users/x' }, stage: '$default' },
    body: Buffer.from('{"Operations":[]}').toString('base64'),
    isBase64Encoded: true,
  })
})

test('startHttpGateway() hands JSON on as it is, and the answer back', async () => {
  const payload = {
    statusCode: 401,
    headers: { 'content-type': 'application/json', 'x-test': '1' },
    body: '{"error":1}',
  }
  const { url, events } = await gatewayTo({ payload })
  const response = await fetch(`${url}/hooks/standard`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"username":"ada@example.com"}',
  })

  expect(events[0]).toMatchObject({ body: '{"username":"ada@example.com"}', isBase64Encoded: false })
  expect([response.status, response.headers.get('x-test'), await response.json()]).toEqual([
    401,
    '1',
    { error: 1 },
  ])
})

test('startHttpGateway() answers as API Gateway where there is no route, and where the function fails', async () => {
  const { url, events } = await gatewayTo({ functionError: 'Unhandled', payload: {} })

  expect((await fetch(`${url}/other`)).status).toBe(404)
  expect(events).toEqual([])
  expect((await fetch(`${url}/hooks/okta`)).status).toBe(500)
})
