import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idOf } from '../../../lib/doors/scim/user.ts'
import { memberNamed, ORG, openDesk, type Request, TOKEN } from './desk.ts'

const USER = `/scim/v2/Users/${idOf('ada@example.com')}`

function desk() {
  const opened = openDesk()
  opened.state.members.set(ORG, [memberNamed('ada@example.com'), memberNamed('bob@example.com')])
  return opened
}

const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD')
const word = fc.oneof(
  fc.constantFrom(
    'Users',
    'Groups',
    'Schemas',
    '..',
    '%2e%2e',
    '__proto__',
    'constructor',
    idOf('ada@example.com'),
  ),
  fc.string({ minLength: 1, maxLength: 12 }).map(encodeURIComponent),
)
const query = fc.oneof(
  fc.constant(''),
  fc.string({ maxLength: 40 }).map((text) => `?filter=${encodeURIComponent(text)}`),
  fc.string({ maxLength: 20 }).map((text) => `?${text}`),
  fc.constantFrom(
    '?filter=userName%20eq%20%22%ff%22',
    '?startIndex=-1&count=%00',
    '?filter=%',
    '?__proto__=1',
  ),
)
const body = fc.oneof(
  fc.json(),
  fc.string(),
  fc.constantFrom(
    '{"__proto__": {"active": false}}',
    '{"Operations": [{"op": "replace", "path": "__proto__.active", "value": false}]}',
    '{"Operations": [{"op": "replace", "value": {"active": false}}]}',
    '{"active": false}',
    '['.repeat(100_000),
  ),
)
const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'host',
    'x-forwarded-proto',
  ),
  fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom('application/json', 'v1,', 'v1,AAAA v1,', '1795000000'),
  ),
)
const scimUrl = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 4 }), query)
  .map(([parts, text]) => `/scim/${parts.join('/')}${text}`)
const usersUrl = fc
  .tuple(fc.constantFrom('/scim/v2/Users', USER, '/scim/v2/Users/x'), query)
  .map(([path, text]) => `${path}${text}`)
const anyRequest = fc.record({
  method,
  url: fc.oneof(scimUrl, usersUrl),
  headers,
  body: fc.option(body, { nil: undefined }),
})

describe('whatever is sent', () => {
  test('under /scim is answered in SCIM', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, async (request) => {
        const answer = await desk().send(request)

        expect(answer.status === 204 || answer.headers['content-type'] === 'application/scim+json').toBe(true)
        if (answer.status >= 400) expect(answer.body.status).toBe(String(answer.status))
        expect(answer.status).not.toBe(500)
        expect(({} as { active?: unknown }).active).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  const stranger = fc.oneof(
    fc.constant<Request['token']>(null),
    fc.string({ maxLength: 40 }).map((token) => token.replace(/[^\x20-\x7e]/g, '')),
    fc.constantFrom(TOKEN.slice(1), `${TOKEN}1`, `Bearer ${TOKEN}`),
  )
  const hookUrl = fc.constantFrom('/hooks/okta', '/hooks/standard')
  const aimed = fc.oneof(
    anyRequest,
    fc.record({ method: fc.constant('POST'), url: hookUrl, headers, body }),
    fc.record({ method: fc.constant('PATCH'), url: fc.constant(USER), headers, body }),
  )

  test('without what proves the caller queues and asks nothing', async () => {
    await fc.assert(
      fc.asyncProperty(aimed, stranger, async (request, token) => {
        const { send, state } = desk()
        const answer = await send({ ...request, token })

        expect(answer.status).toBe(401)
        expect(state.queued).toEqual([])
        expect(state.asked).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
const anyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((flags) => [...text].map((letter, at) => (flags[at] ? letter.toUpperCase() : letter)).join(''))

const falsity = fc.oneof(fc.constant(false), anyCase('false'))
const attribute = fc.oneof(anyCase('active'), anyCase(`${CORE.toLowerCase()}:active`))
const noise = fc.constantFrom<unknown>(
  { op: 'Replace', path: 'name.givenName', value: 'Ada' },
  { op: 'add', path: 'emails[type eq "work"].value', value: 'eve@example.com' },
  { op: 'replace', value: { userName: 'new@example.com', 'name.familyName': 'B' } },
  { op: 'add', value: { active: true } },
)
const operation = fc
  .record({
    op: fc.oneof(anyCase('replace'), anyCase('add')),
    name: attribute,
    value: falsity,
    pathless: fc.boolean(),
  })
  .map(({ op, name, value, pathless }) =>
    pathless ? { op, value: { [name]: value } } : { op, path: name, value },
  )
const patch = fc
  .tuple(fc.array(noise, { maxLength: 2 }), operation)
  .map(([before, last]) => ({ method: 'PATCH', body: { schemas: ['x'], Operations: [...before, last] } }))
const put = fc
  .record({ name: attribute, value: falsity })
  .map(({ name, value }) => ({ method: 'PUT', body: { userName: 'Ada@example.com', [name]: value } }))
const deactivation = fc.oneof(patch, put, fc.constant({ method: 'DELETE' }))
const media = fc.constantFrom(
  'application/scim+json',
  'application/json',
  '',
  'application/scim+json; charset=utf-8',
)

test('a deactivation in any dialect queues one departure of that one person, with the id of the request', async () => {
  await fc.assert(
    fc.asyncProperty(deactivation, media, fc.integer({ min: 1, max: 3 }), async (request, type, times) => {
      const { send, departures, returns } = desk()
      for (let time = 0; time < times; time += 1) {
        const { status } = await send({ ...request, url: USER, headers: { 'content-type': type } })
        expect([200, 204]).toContain(status)
      }

      expect(departures().map(({ id, username }) => [id, username])).toEqual(
        Array.from({ length: times }, (_, at) => [`scim/entra:req-${at + 1}`, 'ada@example.com']),
      )
      expect(returns()).toEqual([])
    }),
    { numRuns: 200 },
  )
})

const slip = fc
  .record({
    at: fc.nat({ max: 5 }),
    letter: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz_.-'),
    how: fc.constantFrom('insert', 'replace', 'delete', 'swap'),
  })
  .map(({ at, letter, how }) => {
    const [before, after] = ['active'.slice(0, at), 'active'.slice(at)]
    if (how === 'insert') return `${before}${letter}${after}`
    if (how === 'delete') return `${before}${after.slice(1)}`
    if (how === 'swap') return `${before}${after[1] ?? ''}${after[0]}${after.slice(2)}`
    return `${before}${letter}${after.slice(1)}`
  })
  .filter((word) => word !== 'active')

test('one slip in the word `active` removes nobody, and never passes for nothing to do', async () => {
  await fc.assert(
    fc.asyncProperty(slip, fc.constantFrom('path', 'value', 'put'), async (word, where) => {
      const { send, departures } = desk()
      const operation =
        where === 'path'
          ? { op: 'replace', path: word, value: false }
          : { op: 'replace', value: { [word]: false } }
      const request =
        where === 'put'
          ? { method: 'PUT', body: { [word]: false } }
          : { method: 'PATCH', body: { Operations: [operation] } }
      const { status } = await send({ ...request, url: USER })

      expect([status, departures()]).toEqual([400, []])
    }),
    { numRuns: 400 },
  )
})
