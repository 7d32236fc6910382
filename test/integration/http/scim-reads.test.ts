import { describe, expect, test } from 'vitest'
import { idOf } from '../../../lib/doors/scim/user.ts'
import { asciiLowerCase } from '../../../lib/words/username.ts'
import { caseOf, type Desk, memberNamed, ORG, OTHER_ORG, OTHER_TOKEN, openDesk, REMOVED } from './desk.ts'

const ADA = memberNamed('Ada@example.com')
const BOB = memberNamed('bob@example.com')
const EVE = memberNamed('eve+x@example.com', { status: 'INVITATION_EXPIRED' })
const urlOf = (username: string) => `/scim/v2/Users/${idOf(username)}`
const ADA_URL = urlOf('ada@example.com')
const OUT = { Operations: [{ op: 'replace', value: { active: false } }] }

function desk(options = {}) {
  const opened = openDesk(options)
  for (const orgId of opened.state.members.keys()) opened.state.members.set(orgId, [ADA, BOB, EVE])
  return opened
}

async function namesIn(opened: Desk, url: string): Promise<readonly string[]> {
  const { body } = await opened.send({ url })
  return body.Resources.map(({ userName }: { userName: string }) => userName)
}

describe('GET /Users', () => {
  test('lists everybody in Atlas once, in the order of their names', async () => {
    const { send } = desk({ orgIds: [ORG, OTHER_ORG] })
    const { status, headers, body } = await send({ url: '/scim/v2/Users?startIndex=1&count=2' })

    expect([status, headers['content-type']]).toEqual([200, 'application/scim+json'])
    expect(body).toMatchObject({ totalResults: 3, startIndex: 1, itemsPerPage: 2 })
    expect(body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:ListResponse'])
    expect(body.Resources).toMatchObject([{ userName: 'Ada@example.com' }, { userName: 'bob@example.com' }])
  })

  test.each([
    [ORG, OTHER_ORG],
    [OTHER_ORG, ORG],
  ])('shows somebody as active who has access in %s only', async (there, elsewhere) => {
    const { send, state } = desk({ orgIds: [ORG, OTHER_ORG] })
    state.members.set(elsewhere, [memberNamed('ada@example.com', { status: 'INVITATION_REJECTED' })])
    state.members.set(there, [memberNamed('ada@example.com')])

    expect((await send({ url: '/scim/v2/Users' })).body.Resources).toMatchObject([{ active: true }])
    expect((await send({ url: ADA_URL })).body.active).toBe(true)
  })

  test('reads everybody again for a first page', async () => {
    const opened = desk()
    await opened.send({ url: '/scim/v2/Users' })
    opened.state.members.set(ORG, [BOB])

    expect(await namesIn(opened, '/scim/v2/Users?startIndex=1')).toEqual(['bob@example.com'])
  })

  test('shows later pages of the same list, and whose invitation ended as inactive', async () => {
    const { send, state } = desk()
    await send({ url: '/scim/v2/Users?count=2' })
    state.members.set(ORG, [])
    const { body } = await send({ url: '/scim/v2/Users?startIndex=3&count=2' })

    expect(body).toMatchObject({ totalResults: 3, startIndex: 3, itemsPerPage: 1 })
    expect(body.Resources).toMatchObject([{ userName: 'eve+x@example.com', active: false }])
  })

  test.each([
    ['startIndex=0&count=-5', { startIndex: 1, itemsPerPage: 0, totalResults: 3 }],
    ['startIndex=9', { startIndex: 9, itemsPerPage: 0, totalResults: 3 }],
    ['count=100000', { itemsPerPage: 3 }],
    ['count=99999999999999999999', { itemsPerPage: 3 }],
    ['startIndex=+1&count=%2B2', { itemsPerPage: 2 }],
    // Else a client that writes it so gets the first page again and again.
    ['startindex=3&COUNT=2', { startIndex: 3, itemsPerPage: 1 }],
  ])('takes %s as it is meant', async (query, expected) => {
    expect((await desk().send({ url: `/scim/v2/Users?${query}` })).body).toMatchObject(expected)
  })

  test.each(['startIndex=one', 'count=1.5', 'count='])('refuses %s', async (query) => {
    expect(await desk().send({ url: `/scim/v2/Users?${query}` })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidValue', status: '400' },
    })
  })

  test('never shows more than 200 people at once', async () => {
    const opened = desk()
    opened.state.members.set(
      ORG,
      Array.from({ length: 250 }, (_, at) => memberNamed(`p${at}@example.com`)),
    )
    const { body } = await opened.send({ url: '/scim/v2/Users?count=1000' })

    expect(body).toMatchObject({ totalResults: 250, itemsPerPage: 200 })
  })

  test('counts what its pages show: a client that pages to the end comes to an end', async () => {
    const { send, work } = desk()
    await send({ method: 'DELETE', url: urlOf('bob@example.com') })
    await send({ method: 'PATCH', url: ADA_URL, body: OUT })
    work()
    const seen: string[] = []
    for (let startIndex = 1, total = 1; startIndex <= total; ) {
      const { body } = await send({ url: `/scim/v2/Users?startIndex=${startIndex}&count=1` })
      expect(body.itemsPerPage).toBe(1)
      seen.push(body.Resources[0].userName)
      total = body.totalResults
      startIndex += body.itemsPerPage
    }

    expect(seen).toEqual(['Ada@example.com', 'eve+x@example.com'])
  })
})

describe('a filter', () => {
  test.each([
    ['userName%20eq%20%22ADA%40example.com%22&startIndex=1&count=100', 'Ada@example.com'],
    ['userName+eq+%22ada@example.com%22', 'Ada@example.com'],
    ['userName+eq+%22eve%2Bx@example.com%22', 'eve+x@example.com'],
    ['userName+eq+%22eve+x@example.com%22', 'eve+x@example.com'],
    ['emails[type+eq+%22work%22].value+eq+%22bob@example.com%22', 'bob@example.com'],
    ['userName eq "bob@example.com" and active eq true', 'bob@example.com'],
  ])('%s finds one', async (filter, userName) => {
    const { status, body } = await desk().send({ url: `/scim/v2/Users?filter=${filter}` })

    expect([status, body.totalResults, body.Resources[0]?.userName]).toEqual([200, 1, userName])
  })

  test.each([
    ['a random GUID, as Entra asks', 'userName+eq+%2200aa00aa-bb11-cc22-dd33-44ee44ee44ee%22'],
    ['an external id', 'externalId+eq+%22ada@example.com%22'],
    ['a name that nobody can have', 'userName+eq+%22%22'],
    ['a member who is to be inactive', 'userName eq "ada@example.com" and active eq false'],
  ])('by %s is answered 200 and nobody', async (_, filter) => {
    expect(await desk().send({ url: `/scim/v2/Users?filter=${filter}` })).toMatchObject({
      status: 200,
      body: { totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] },
    })
  })

  test('that is not understood is refused with what is wrong with it', async () => {
    const { status, body } = await desk().send({ url: '/scim/v2/Users?filter=userName+co+"ada"' })

    expect([status, body.scimType, body.detail]).toEqual([
      400,
      'invalidFilter',
      'Expected the operator `eq`, not `co`',
    ])
  })

  // Everybody would be the answer, and a client that takes the first one would deactivate a stranger.
  test.each([
    'q=userName eq "bob@example.com"',
    'userName=bob@example.com',
    'search=bob@example.com',
    'query=id eq "x"',
  ])('a parameter that is to name a person is not everybody: %s', async (parameter) => {
    const [name = '', value = ''] = parameter.split(/=(.*)/)
    const { send } = desk()
    const url = `/scim/v2/Users?${name}=${encodeURIComponent(value)}`
    const searched = { method: 'POST', url: '/scim/v2/Users/.search', body: { [name]: value } }

    expect(await send({ url })).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
    expect(await send(searched)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })

  test('another parameter is not read', async () => {
    const answer = await desk().send({ url: '/scim/v2/Users?sortBy=userName&_=1764468000' })

    expect(answer.status).toBe(200)
  })

  test.each(['$filter', 'FILTER', 'filters', 'fliter', 'filter=id eq "x"&filter'])(
    'that is not given as the one `filter` is refused: %s',
    async (name) => {
      const { send } = desk()
      const found = await send({ url: `/scim/v2/Users?${name}=userName eq "bob@example.com"` })
      const url = '/scim/v2/Users/.search'
      const sought = await send({ method: 'POST', url, body: { filters: 'userName eq "bob@example.com"' } })

      expect([found.body.scimType, sought.body.scimType]).toEqual(['invalidFilter', 'invalidFilter'])
    },
  )
})

describe('POST /.search', () => {
  test.each(['/scim/v2/Users/.search', '/scim/v2/.search'])('%s answers as GET /Users', async (url) => {
    const { send } = desk()
    const filter = { filter: 'userName eq "ada@example.com"', attributes: ['userName'] }
    const page = { startIndex: 2, count: 1 }

    expect((await send({ method: 'POST', url, body: filter })).body.Resources).toEqual([
      {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        id: idOf('ada@example.com'),
        userName: 'Ada@example.com',
      },
    ])
    expect((await send({ method: 'POST', url, body: page })).body).toMatchObject({
      totalResults: 3,
      Resources: [{ userName: 'bob@example.com' }],
    })
    expect((await send({ method: 'POST', url, body: [] })).status).toBe(400)
  })
})

describe('GET /Users/{id}', () => {
  test('shows a member in full', async () => {
    expect((await desk().send({ url: ADA_URL })).body).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: idOf('ada@example.com'),
      userName: 'Ada@example.com',
      name: { formatted: 'Ada@example.com', givenName: 'Ada', familyName: 'example.com' },
      displayName: 'Ada@example.com',
      emails: [{ value: 'Ada@example.com', type: 'work', primary: true }],
      active: true,
      meta: { resourceType: 'User', location: `https://api.example.com${ADA_URL}` },
    })
  })

  test.each([
    ['nobody', idOf('nobody@example.com')],
    ['no id of ours', '2819c223-7f76-453a-919d-413861904646'],
    ['somebody with a like name', idOf('ada@example.org')],
    ['a broken encoding', '%zz'],
  ])('does not know %s', async (_, id) => {
    expect(await desk().send({ url: `/scim/v2/Users/${id}` })).toMatchObject({
      status: 404,
      body: { status: '404' },
    })
  })

  test('keeps a removed person readable, whoever removed them, until they are invited again', async () => {
    const { send, state } = desk()
    const departure = { id: 'okta:1', source: 'okta', username: 'ada@example.com', occurredAt: state.now }
    state.cases.push(caseOf(departure, ORG, state.now, REMOVED))
    state.members.set(ORG, [BOB])
    expect((await send({ url: ADA_URL })).body).toMatchObject({ active: false })
    const found = await send({ url: '/scim/v2/Users?filter=userName eq "ada@example.com"' })
    expect(found.body.Resources).toMatchObject([{ active: false }])

    state.members.set(ORG, [memberNamed('ada@example.com', { status: 'PENDING' })])
    expect((await send({ url: ADA_URL })).body.active).toBe(true)
  })
})

describe('while Atlas cannot be asked', () => {
  const READS = ['/scim/v2/Users', '/scim/v2/Users?filter=userName eq "ada@example.com"', ADA_URL]

  test.each([
    ['Atlas is down', {}, '60'],
    ['Atlas is over its limit', { retryAfterMs: 119_001 }, '120'],
    ['Atlas refuses our credential', { reason: 'credential' as const }, '300'],
  ])('reads of people never seen are 429 with whole seconds: %s', async (_, failure, seconds) => {
    const { send, failAll } = desk()
    failAll(failure)
    for (const url of READS) {
      const { status, headers, body } = await send({ url })
      expect([status, body.status, headers['retry-after']]).toEqual([429, '429', seconds])
    }
  })

  test.each([['/scim/v2/Users'], [ADA_URL]])(
    'reads come from what %s showed within the hour',
    async (before) => {
      const { send, failAll, later } = desk()
      await send({ url: before })
      failAll()
      later(59 * 60_000)
      expect((await send({ url: ADA_URL })).body).toMatchObject({ userName: 'ada@example.com', active: true })
      expect((await send({ url: urlOf('nobody@example.com') })).status).toBe(429)

      later(2 * 60_000)
      expect((await send({ url: ADA_URL })).status).toBe(429)
    },
  )

  test('the list of the last hour is shown', async () => {
    const opened = desk()
    await opened.send({ url: '/scim/v2/Users' })
    opened.failAll()
    opened.later(50 * 60_000)

    expect(await namesIn(opened, '/scim/v2/Users')).toEqual([
      'Ada@example.com',
      'bob@example.com',
      'eve+x@example.com',
    ])
  })

  test('the list of the last hour shows as inactive who is leaving since', async () => {
    const { send, work, failAll, later } = desk()
    await send({ url: '/scim/v2/Users' })
    await send({ method: 'PATCH', url: ADA_URL, body: OUT })
    work()
    failAll()
    later(50 * 60_000)

    expect((await send({ url: '/scim/v2/Users?count=1' })).body.Resources).toMatchObject([{ active: false }])
    later(11 * 60_000)
    expect((await send({ url: '/scim/v2/Users?count=1' })).status).toBe(429)
  })

  test('somebody seen and removed since is not shown as active', async () => {
    const { send, failAll, later, work } = desk()
    await send({ method: 'PATCH', url: ADA_URL, body: OUT })
    later(60_000)
    work(REMOVED)
    failAll()

    expect((await send({ url: ADA_URL })).status).toBe(429)
  })

  test('somebody whose departure is under way is inactive all the same', async () => {
    const { send, failAll, work } = desk()
    await send({ method: 'PATCH', url: ADA_URL, body: OUT })
    work()
    failAll()

    expect((await send({ url: ADA_URL })).body.active).toBe(false)
  })

  test('somebody whom a later list lacks is forgotten', async () => {
    const { send, state, failAll } = desk()
    await send({ url: ADA_URL })
    state.members.set(ORG, [BOB])
    await send({ url: '/scim/v2/Users' })
    failAll()

    expect((await send({ url: ADA_URL })).status).toBe(429)
  })

  test('an ended invitation in one organization does not make a person inactive in another', async () => {
    const { send, state } = desk({ orgIds: [ORG, OTHER_ORG] })
    state.failures.set(OTHER_ORG, { kind: 'failure', reason: 'transient', code: 'TIMEOUT' })

    expect((await send({ url: urlOf('eve+x@example.com') })).status).toBe(429)
  })

  test('whoever is in one organization is in, whatever the others say', async () => {
    const { send, state } = desk({ orgIds: [ORG, OTHER_ORG] })
    state.failures.set(OTHER_ORG, { kind: 'failure', reason: 'credential', code: 'SECRET_NOT_JSON' })

    expect((await send({ url: '/scim/v2/Users' })).status).toBe(429)
    expect((await send({ url: urlOf('nobody@example.com') })).status).toBe(429)
    expect((await send({ url: ADA_URL })).body.active).toBe(true)
  })
})

describe('a caller', () => {
  test.each([
    ['without a token', null, {}, 'no_token'],
    ['with a wrong token', 'wrong-token-of-full-length-abcdefgh', {}, 'unknown_token'],
    ['with a name and a password', null, { authorization: 'Basic YWRhOmFkYQ==' }, 'not_a_bearer_token'],
  ])('%s is told nothing, and nobody is asked', async (_, token, headers, reason) => {
    const { send, state } = desk()
    const answer = await send({ method: 'PATCH', url: ADA_URL, body: OUT, token, headers })

    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    expect(answer.body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '401',
      detail: 'Expected a valid bearer token',
    })
    expect([state.asked, state.queued]).toEqual([[], []])
    expect(state.journal).toEqual([
      {
        ...{ event: 'answered', route: 'ANY /scim/{proxy+}', method: 'PATCH', status: 401 },
        ...{ network: '127.0.0.0/24', reason },
      },
    ])
  })

  test('with another token is let in', async () => {
    expect((await desk().send({ url: ADA_URL, token: OTHER_TOKEN })).status).toBe(200)
  })

  test('is asked to come back while the tokens cannot be read', async () => {
    const { send, deps } = desk()
    const unavailable = async () => ({ kind: 'unavailable', code: 'SECRET_TIMEOUT' }) as const
    const scim = { ...deps.scim, tokens: { current: unavailable, renewed: unavailable } }

    expect((await send({ url: ADA_URL }, { ...deps, scim })).status).toBe(429)
  })
})

describe('the rest of SCIM', () => {
  test.each([
    ['ServiceProviderConfig', { patch: { supported: true }, bulk: { supported: false } }],
    ['ResourceTypes', { totalResults: 1, Resources: [{ id: 'User', endpoint: '/Users' }] }],
    ['ResourceTypes/User', { id: 'User' }],
    ['Schemas', { totalResults: 1, Resources: [{ name: 'User' }] }],
    ['Schemas/urn:ietf:params:scim:schemas:core:2.0:User', { name: 'User' }],
    ['Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser', { name: 'User' }],
    ['Groups?startIndex=1&count=100', { totalResults: 0, Resources: [] }],
  ])('%s', async (path, expected) => {
    const { send, state } = desk()
    const { status, body } = await send({ url: `/scim/v2/${path}` })

    expect(status).toBe(200)
    expect(body).toMatchObject(expected)
    expect(state.asked).toEqual([])
  })

  test.each([
    ['GET', '/scim/v2/Schemas/other', 404],
    ['GET', '/scim/v2/Groups/1', 404],
    ['GET', '/scim/v2', 404],
    ['GET', '/scim/v1/Users', 404],
    ['POST', '/scim/v2/Bulk', 501],
    ['GET', '/scim/v2/Me', 501],
    ['POST', '/scim/v2/Groups', 501],
    ['PATCH', '/scim/v2/Groups/1', 501],
    ['DELETE', '/scim/v2/Users', 405],
    ['GET', '/scim//v2/Users/', 200],
  ])('%s %s', async (method, url, status) => {
    const answer = await desk().send({ method, url })

    expect(answer.status).toBe(status)
    if (status !== 200) expect(answer.body.status).toBe(String(status))
  })

  test('a body that is larger than 256 KB removes nobody', async () => {
    const { send, departures } = desk()
    const body = JSON.stringify({ active: false, x: 'x'.repeat(256 * 1024) })

    expect((await send({ method: 'PUT', url: ADA_URL, body })).status).toBe(413)
    expect(departures()).toEqual([])
  })
})

test('no log entry names anybody', async () => {
  const { send, state } = desk()
  await send({ method: 'PATCH', url: ADA_URL, body: OUT })
  await send({ url: '/scim/v2/Users?filter=userName eq "ada@example.com"' })
  const noted = asciiLowerCase(JSON.stringify(state.journal))

  expect(noted).toContain('any /scim/{proxy+}')
  expect(noted).not.toContain('ada@')
  expect(noted).not.toContain(asciiLowerCase(idOf('ada@example.com')))
})
