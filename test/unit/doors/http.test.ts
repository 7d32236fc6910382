import { expect, test } from 'vitest'
import { httpApiEvent, type Incoming } from '../../../infra/local/http-event.ts'
import { readEvent } from '../../../lib/doors/http.ts'

function requestOf(incoming: Partial<Incoming>) {
  const event = httpApiEvent(
    { method: 'GET', url: '/scim/v2/Users', headers: {}, ...incoming },
    'api.example.com',
  )
  if (!event) throw new Error('no route')
  return { event, request: readEvent(event) }
}

test.each([
  ['application/scim+json', true],
  ['application/scim+json; charset=utf-8', true],
  ['application/secevent+jwt', true],
  ['application/jsonp', true],
  ['', true],
  ['application/json', false],
  ['Application/JSON; charset=utf-8', false],
  ['text/plain', false],
])('readEvent() gets the same bytes whether %j comes as base64 or not', (type, isBase64Encoded) => {
  const body = Buffer.from('{"name": "Zoë"}')
  const { event, request } = requestOf({ method: 'POST', headers: { 'content-type': type }, body })

  expect(event.isBase64Encoded).toBe(isBase64Encoded)
  expect(request.body.equals(body)).toBe(true)
})

test('readEvent() reads a path without its empty parts, and a query as a form', () => {
  const { request } = requestOf({ url: '/scim//v2/Users/?filter=a+b%2Bc&count=1' })

  expect(request.path).toEqual(['scim', 'v2', 'Users'])
  expect(request.query.get('filter')).toBe('a b+c')
  expect(request.body.length).toBe(0)
})

test('readEvent() decodes the parts of a path after dividing it, and leaves a broken encoding alone', () => {
  const { request } = requestOf({ url: '/scim/v2/Schemas/urn%3Aietf/a%2Fb/%zz' })

  expect(request.path).toEqual(['scim', 'v2', 'Schemas', 'urn:ietf', 'a/b', '%zz'])
})

test('readEvent() knows the id of the request and when API Gateway received it', () => {
  const { event, request } = requestOf({})

  expect([request.id, request.at.getTime()]).toEqual([
    event.requestContext.requestId,
    event.requestContext.timeEpoch,
  ])
})

test.each([
  ['http', 'http://api.example.com'],
  ['https', 'https://api.example.com'],
  ['gopher', 'https://api.example.com'],
])('readEvent() knows where it was reached by %s', (scheme, origin) => {
  expect(requestOf({ headers: { 'x-forwarded-proto': scheme } }).request.origin).toBe(origin)
})
