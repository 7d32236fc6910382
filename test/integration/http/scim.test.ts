import { describe, expect, test } from 'vitest'
import { idOf } from '../../../lib/doors/scim/person-id.ts'
import { asciiLowerCase } from '../../../lib/words/username.ts'
import { activeMember, departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { type Http, httpOf, queued, type Request, slowHttpOf } from '../../support/http.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

const ADA = activeMember({ username: 'Ada@example.com' })
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const EVE = activeMember({
  userId: '5e4bc367c6b0f41b00000003',
  username: 'eve+x@example.com',
  status: 'INVITATION_EXPIRED',
})
const ADA_URL = `/scim/v2/Users/${idOf('ada@example.com')}`
const OUT = { Operations: [{ op: 'replace', value: { active: false } }] }
const IN = { Operations: [{ op: 'replace', path: 'active', value: true }] }
const CREATE = {
  method: 'POST',
  url: '/scim/v2/Users',
  body: { userName: 'Ada@example.com', active: true },
}
const MINUTE = 60_000

function worldOf(options: WorldOptions = {}): { readonly world: World; readonly http: Http } {
  const world = createWorld(options)
  for (const orgId of options.orgIds ?? [ORG]) world.org(orgId).members = [ADA, BOB, EVE]
  return { world, http: httpOf(world) }
}

async function workUntil(world: World, ms: number) {
  await world.runUntil(new Date(world.time.now().getTime() + ms))
}

describe('GET /Users', () => {
  test('lists everybody in Atlas once, in the order of their names', async () => {
    const { http } = worldOf({ orgIds: [ORG, OTHER_ORG] })
    const { status, headers, body } = await http.send({ url: '/scim/v2/Users?startIndex=1&count=2' })

    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/scim+json')
    expect(body).toMatchObject({ totalResults: 3, startIndex: 1, itemsPerPage: 2 })
    expect(body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:ListResponse'])
    expect(body.Resources.map(({ userName }: { userName: string }) => userName)).toEqual([
      'Ada@example.com',
      'bob@example.com',
    ])
  })

  test('turns the page without losing anybody, and shows whose invitation ended as inactive', async () => {
    const { http } = worldOf()
    await http.send({ url: '/scim/v2/Users?count=2' })
    const { body } = await http.send({ url: '/scim/v2/Users?startIndex=3&count=2' })

    expect(body).toMatchObject({ totalResults: 3, startIndex: 3, itemsPerPage: 1 })
    expect(body.Resources).toMatchObject([{ userName: 'eve+x@example.com', active: false }])
  })

  test.each([
    ['startIndex=0&count=-5', { startIndex: 1, itemsPerPage: 0, totalResults: 3 }],
    ['startIndex=9', { startIndex: 9, itemsPerPage: 0, totalResults: 3 }],
    ['count=100000', { itemsPerPage: 3 }],
  ])('takes %s as it is meant', async (query, expected) => {
    const { http } = worldOf()

    expect((await http.send({ url: `/scim/v2/Users?${query}` })).body).toMatchObject(expected)
  })

  test('refuses a page that is no number', async () => {
    const { http } = worldOf()

    expect(await http.send({ url: '/scim/v2/Users?startIndex=one' })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidValue', status: '400' },
    })
  })

  test.each([
    ['userName%20eq%20%22ADA%40example.com%22&startIndex=1&count=100', 'Ada@example.com'],
    ['userName+eq+%22ada@example.com%22', 'Ada@example.com'],
    ['userName+eq+%22eve%2Bx@example.com%22', 'eve+x@example.com'],
    ['emails[type+eq+%22work%22].value+eq+%22bob@example.com%22', 'bob@example.com'],
    ['aadOptscim062020&filter=userName+eq+%22bob@example.com%22', 'bob@example.com'],
  ])('finds one by filter=%s', async (filter, userName) => {
    const { http } = worldOf()
    const url = filter.startsWith('aad') ? `/scim/v2/Users?${filter}` : `/scim/v2/Users?filter=${filter}`
    const { status, body } = await http.send({ url })

    expect([status, body.totalResults, body.Resources[0]?.userName]).toEqual([200, 1, userName])
  })

  test.each([
    ['a random GUID, as Entra asks', 'userName+eq+%2200aa00aa-bb11-cc22-dd33-44ee44ee44ee%22'],
    ['a plus that was sent as a space', 'userName+eq+%22eve+x@example.com%22'],
    ['an external id', 'externalId+eq+%22ada@example.com%22'],
    ['a name that nobody can have', 'userName+eq+%22%22'],
  ])('answers 200 and nobody to %s', async (_, filter) => {
    const { http } = worldOf()

    expect(await http.send({ url: `/scim/v2/Users?filter=${filter}` })).toMatchObject({
      status: 200,
      body: { totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] },
    })
  })

  test('refuses a filter that it does not understand', async () => {
    const { http } = worldOf()

    expect(await http.send({ url: '/scim/v2/Users?filter=active+eq+true' })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidFilter' },
    })
  })

  test('shows who is leaving as inactive, and not whom the directory deleted', async () => {
    const { world, http } = worldOf({ settings: { mode: 'observe' } })
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await http.send({ method: 'DELETE', url: `/scim/v2/Users/${idOf('bob@example.com')}` })
    await workUntil(world, MINUTE)
    const { body } = await http.send({ url: '/scim/v2/Users' })

    expect(body.Resources).toMatchObject([
      { userName: 'Ada@example.com', active: false },
      { userName: 'eve+x@example.com' },
    ])
  })
})

describe('GET /Users/{id}', () => {
  test('shows a member in full', async () => {
    const { http } = worldOf()

    expect((await http.send({ url: ADA_URL })).body).toEqual({
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
  ])('does not know %s', async (_, id) => {
    const { http } = worldOf()

    expect(await http.send({ url: `/scim/v2/Users/${id}` })).toMatchObject({
      status: 404,
      body: { status: '404' },
    })
  })

  test('keeps a removed person readable, and shows them active once they are invited again', async () => {
    const { world, http } = worldOf()
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    expect((await http.send({ url: ADA_URL })).body.active).toBe(false)
    await workUntil(world, MINUTE)
    expect(world.org().members).toEqual([BOB, EVE])
    expect((await http.send({ url: ADA_URL })).body.active).toBe(false)
    const found = await http.send({ url: '/scim/v2/Users?filter=userName eq "ada@example.com"' })
    expect(found.body.Resources).toMatchObject([{ active: false }])

    world.org().members = [activeMember({ status: 'PENDING', invitationCreatedAt: world.time.now() }), BOB]
    expect((await http.send({ url: ADA_URL })).body.active).toBe(true)
  })

  test('knows of a removal by any other source', async () => {
    const { world, http } = worldOf()
    world.depart(departure({ username: 'ada@example.com' }))
    await workUntil(world, MINUTE)

    expect((await http.send({ url: ADA_URL })).body).toMatchObject({ active: false })
  })

  test('takes no notice of a dry run', async () => {
    const { world, http } = worldOf()
    world.depart(departure({ username: 'nobody@example.com', dryRun: true }))
    await workUntil(world, MINUTE)

    expect((await http.send({ url: `/scim/v2/Users/${idOf('nobody@example.com')}` })).status).toBe(404)
  })
})

describe('a deactivation', () => {
  test('queues the departure and removes that person alone', async () => {
    const { world, http } = worldOf()
    const { status, body } = await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })

    expect([status, body.active, body.id]).toEqual([200, false, idOf('ada@example.com')])
    expect(queued(world)).toMatchObject([{ departure: { source: 'scim', username: 'ada@example.com' } }])
    expect(JSON.stringify(queued(world))).toContain(`"scim:${idOf('ada@example.com')}:`)
    await workUntil(world, MINUTE)
    expect(world.org().members).toEqual([BOB, EVE])
    expect(world.outcomes()).toEqual(['removed'])
  })

  test('is the same departure however often and at once it is asked for', async () => {
    const { world, http } = worldOf()
    const put = { method: 'PUT', url: ADA_URL, body: { active: false } }
    const patch = { method: 'PATCH', url: ADA_URL, body: OUT }
    const answers = await http.sendAll([patch, put, patch, put, patch])
    await workUntil(world, MINUTE)
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await workUntil(world, MINUTE)

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(world.outcomes()).toEqual(['removed'])
    expect(world.cases()).toHaveLength(1)
    expect(world.atlas.removed).toHaveLength(1)
  })

  test('is another departure once the person has come back', async () => {
    const { world, http } = worldOf()
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await workUntil(world, MINUTE)
    await world.time.runUntil(new Date(world.time.now().getTime() + 60 * MINUTE))
    world.org().members = [activeMember({ userId: '5e4bc367c6b0f41b00000009' }), BOB]
    const patch = { method: 'PATCH', url: ADA_URL, body: OUT }
    await http.sendAll([patch, patch])
    await workUntil(world, MINUTE)

    expect(world.org().members).toEqual([BOB])
    expect(new Set(world.cases().map(({ departure: { id } }) => id)).size).toBe(2)
    expect(world.outcomes()).toEqual(['removed', 'removed'])
  })

  test('of somebody unknown is queued too: Atlas may have them under a name that only the worker tells', async () => {
    const { world, http } = worldOf()
    const url = `/scim/v2/Users/${idOf('ada@old.example.com')}`
    expect((await http.send({ method: 'PATCH', url, body: OUT })).status).toBe(200)
    await workUntil(world, MINUTE)

    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'possible_alias' })
    expect(world.org().members).toEqual([ADA, BOB, EVE])
  })

  test('is queued while Atlas is down', async () => {
    const { world, http } = worldOf({
      faultFor: ({ service }) => (service === 'atlas' ? { kind: 'error', when: 'before' } : undefined),
    })

    expect((await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })).status).toBe(200)
    expect(queued(world)).toHaveLength(1)
  })

  test('of somebody who came back is another departure, even if Atlas cannot tell that they did', async () => {
    let isDown = false
    const { world, http } = worldOf({
      faultFor: ({ service }) =>
        isDown && service === 'atlas' ? { kind: 'error', when: 'before' } : undefined,
    })
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await workUntil(world, MINUTE)
    world.org().members = [activeMember({ userId: '5e4bc367c6b0f41b00000009' }), BOB]
    isDown = true
    const answers = await http.sendAll([
      { method: 'PATCH', url: ADA_URL, body: OUT },
      { method: 'PATCH', url: ADA_URL, body: OUT },
    ])
    isDown = false
    await workUntil(world, MINUTE)

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(world.org().members).toEqual([BOB])
    expect(world.cases()).toHaveLength(2)
  })

  test.each(['queue', 'table'] as const)('is not acknowledged while the %s is down', async (down) => {
    const { world, http } = worldOf({
      faultFor: ({ service }) => (service === down ? { kind: 'error', when: 'before' } : undefined),
    })
    const { status, headers, body } = await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })

    expect([status, body.status]).toEqual([429, '429'])
    expect(headers['retry-after']).toMatch(/^\d+$/)
    expect(queued(world)).toEqual([])
  })

  test('that was not acknowledged is the same departure when it comes again', async () => {
    let isDown = true
    const { world, http } = worldOf({
      faultFor: ({ service }) =>
        isDown && service === 'queue' ? { kind: 'error', when: 'after' } : undefined,
    })
    expect((await http.send({ method: 'DELETE', url: ADA_URL })).status).toBe(429)
    isDown = false
    expect((await http.send({ method: 'DELETE', url: ADA_URL })).status).toBe(204)
    await workUntil(world, MINUTE)

    expect(world.outcomes()).toEqual(['removed'])
    expect(world.org().members).toEqual([BOB, EVE])
  })

  test('removes nobody by a PUT that does not speak of it', async () => {
    const { world, http } = worldOf()
    const answer = await http.send({ method: 'PUT', url: ADA_URL, body: { userName: 'ada@example.com' } })

    expect(answer).toMatchObject({ status: 200, body: { active: true } })
    expect(queued(world)).toEqual([])
  })
})

describe('a reactivation', () => {
  test('of a member changes nothing', async () => {
    const { world, http } = worldOf()

    expect(await http.send({ method: 'PATCH', url: ADA_URL, body: IN })).toMatchObject({
      status: 200,
      body: { active: true },
    })
    expect(queued(world)).toEqual([])
  })

  test('takes a departure back that is still open', async () => {
    const { world, http } = worldOf({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await workUntil(world, MINUTE)
    const answer = await http.send({ method: 'PATCH', url: ADA_URL, body: IN })
    expect(answer).toMatchObject({ status: 200, body: { active: true } })
    expect((await http.send({ url: ADA_URL })).body.active).toBe(true)
    await workUntil(world, MINUTE)

    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'cancelled' })
    expect((await http.send({ url: ADA_URL })).body.active).toBe(true)
  })

  test('is overtaken by the deactivation after it, in whatever order the queue brings them', async () => {
    const { world, http } = worldOf()
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await http.send({ method: 'PATCH', url: ADA_URL, body: IN })
    await http.send({ method: 'PATCH', url: ADA_URL, body: IN })
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    world.aws.messages.reverse()
    await workUntil(world, 10 * MINUTE)

    expect(world.org().members).toEqual([BOB, EVE])
    expect(world.cases().every(({ closedAt }) => closedAt)).toBe(true)
  })

  test('does not swallow the deactivation that follows it', async () => {
    const { world, http } = worldOf({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await workUntil(world, MINUTE)
    await http.send({ method: 'PATCH', url: ADA_URL, body: IN })
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await workUntil(world, MINUTE)

    const kinds = world.cases().map(({ outcome }) => outcome?.kind)
    expect(kinds.toSorted()).toEqual(['cancelled', 'held'])
    expect((await http.send({ url: ADA_URL })).body.active).toBe(false)
  })

  test('of a removed person is refused', async () => {
    const { world, http } = worldOf()
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await workUntil(world, MINUTE)

    expect(await http.send({ method: 'PUT', url: ADA_URL, body: { active: 'True' } })).toMatchObject({
      status: 400,
      body: { scimType: 'mutability' },
    })
  })

  test('of somebody who is out ends what is still open', async () => {
    const { world, http } = worldOf({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    await workUntil(world, MINUTE)
    world.org().members = [BOB]
    expect((await http.send({ method: 'PATCH', url: ADA_URL, body: IN })).status).toBe(400)
    await workUntil(world, MINUTE)

    expect(world.outcomes().at(-1)).toBe('cancelled')
    expect((await http.send({ url: ADA_URL })).body.active).toBe(false)
  })

  test('of a member who was never to leave keeps no name', async () => {
    const { world, http } = worldOf()
    await http.send({ method: 'PATCH', url: ADA_URL, body: IN })

    const [kept] = world.table.items().filter(({ pk }) => pk.startsWith('person#'))
    expect(kept?.expiresAt).toBe(Math.ceil(world.time.now().getTime() / 1_000))
  })

  test('of nobody is 404', async () => {
    const { http } = worldOf()
    const url = `/scim/v2/Users/${idOf('nobody@example.com')}`

    expect((await http.send({ method: 'PATCH', url, body: IN })).status).toBe(404)
  })

  test('leaves the departure of another source alone', async () => {
    const { world, http } = worldOf()
    const effectiveAt = later(60 * MINUTE)
    world.depart(departure({ id: 'hook/hr:1', source: 'hook/hr', username: 'ada@example.com', effectiveAt }))
    await workUntil(world, MINUTE)
    const answer = await http.send({ method: 'PUT', url: ADA_URL, body: { active: true } })
    await world.runUntil(later(70 * MINUTE))

    expect(answer).toMatchObject({ status: 200, body: { active: false } })
    expect(world.org().members).toEqual([BOB, EVE])
  })
})

describe('DELETE /Users/{id}', () => {
  test('queues the departure, and the user is gone at once, until they are a member again', async () => {
    const { world, http } = worldOf()
    expect((await http.send({ method: 'DELETE', url: ADA_URL })).status).toBe(204)
    const filter = '/scim/v2/Users?filter=userName eq "ada@example.com"'
    const gone = async () => [
      (await http.send({ url: ADA_URL })).status,
      (await http.send({ url: filter })).body.totalResults,
      (await http.send({ method: 'DELETE', url: ADA_URL })).status,
      (await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })).status,
    ]
    expect(await gone()).toEqual([404, 0, 404, 404])
    await workUntil(world, MINUTE)
    expect(world.org().members).toEqual([BOB, EVE])
    expect(await gone()).toEqual([404, 0, 404, 404])
    expect((await http.send({ method: 'PATCH', url: ADA_URL, body: IN })).status).toBe(404)
    expect((await http.send({ url: ADA_URL })).status).toBe(404)

    world.org().members = [activeMember({ invitationCreatedAt: world.time.now() }), BOB]
    expect((await http.send({ url: ADA_URL })).body.active).toBe(true)
  })

  test('after a deactivation is the same departure', async () => {
    const { world, http } = worldOf()
    await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
    expect((await http.send({ method: 'DELETE', url: ADA_URL })).status).toBe(204)
    await workUntil(world, MINUTE)

    expect(world.outcomes()).toEqual(['removed'])
  })

  test('of somebody who has come back removes them again', async () => {
    const { world, http } = worldOf()
    await http.send({ method: 'DELETE', url: ADA_URL })
    await workUntil(world, 60 * MINUTE)
    world.org().members = [activeMember({ userId: '5e4bc367c6b0f41b00000009' }), BOB]
    expect((await http.send({ method: 'DELETE', url: ADA_URL })).status).toBe(204)
    await workUntil(world, MINUTE)

    expect(world.org().members).toEqual([BOB])
  })

  test.each([
    ['a reactivation', { method: 'PATCH', url: ADA_URL, body: IN }, 200],
    ['a creation', CREATE, 409],
    ['a creation that says nothing of it', { ...CREATE, body: { userName: 'ada@example.com' } }, 409],
  ])('is taken back by %s while the removal waits', async (_, request, status) => {
    const { world, http } = worldOf()
    world.org().isReadOnly = true
    await http.send({ method: 'DELETE', url: ADA_URL })
    await workUntil(world, 10 * MINUTE)
    expect((await http.send(request)).status).toBe(status)
    expect((await http.send({ url: ADA_URL })).body.active).toBe(true)
    await workUntil(world, MINUTE)
    world.org().isReadOnly = false
    await workUntil(world, 60 * MINUTE)

    expect(world.org().members).toEqual([ADA, BOB, EVE])
    expect(world.outcomes().at(-1)).toBe('cancelled')
  })

  test('that was taken back leaves the user readable once somebody else removes them', async () => {
    const { world, http } = worldOf({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await http.send({ method: 'DELETE', url: ADA_URL })
    await workUntil(world, MINUTE)
    await http.send(CREATE)
    await workUntil(world, MINUTE)
    world.org().members = [BOB]

    expect((await http.send({ url: ADA_URL })).body).toMatchObject({ active: false })
  })

  test('stands if a creation says that the user is inactive', async () => {
    const { world, http } = worldOf()
    await http.send({ method: 'DELETE', url: ADA_URL })
    const body = { userName: 'ada@example.com', active: 'False' }
    expect((await http.send({ ...CREATE, body })).status).toBe(409)
    await workUntil(world, MINUTE)

    expect(world.org().members).toEqual([BOB, EVE])
  })

  test.each([
    ['nobody', idOf('nobody@example.com')],
    ['no id of ours', 'x'],
  ])('does not know %s', async (_, id) => {
    const { world, http } = worldOf()

    expect((await http.send({ method: 'DELETE', url: `/scim/v2/Users/${id}` })).status).toBe(404)
    expect(queued(world)).toEqual([])
  })
})

describe('POST /Users', () => {
  test.each([
    ['a member', { userName: 'ADA@example.com' }, 409, 'uniqueness'],
    ['somebody new', { userName: 'new@example.com', password: 'x' }, 501, undefined],
    ['somebody whose invitation ended', { userName: 'eve+x@example.com' }, 501, undefined],
    ['nobody', {}, 400, 'invalidValue'],
    ['a list', [], 400, 'invalidValue'],
    ['somebody who is perhaps active', { userName: 'bob@example.com', active: 1 }, 400, 'invalidValue'],
  ])('of %s', async (_, body, status, scimType) => {
    const { world, http } = worldOf()
    const answer = await http.send({ method: 'POST', url: '/scim/v2/Users', body })

    expect([answer.status, answer.body.status, answer.body.scimType]).toEqual([
      status,
      String(status),
      scimType,
    ])
    expect(queued(world)).toEqual([])
  })

  test('of what is no JSON is a syntax error', async () => {
    const { http } = worldOf()

    expect(await http.send({ method: 'POST', url: '/scim/v2/Users', body: '{' })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidSyntax' },
    })
  })
})

describe('while Atlas and the ledger take their time', () => {
  const SLOW_MS = 3_000
  const PATCH_OUT = { method: 'PATCH', url: ADA_URL, body: OUT }
  const PATCH_IN = { method: 'PATCH', url: ADA_URL, body: IN }
  const DELETE = { method: 'DELETE', url: ADA_URL }

  /** Sends the second request while the first one waits for the ledger, or already for Atlas. */
  async function overlap(world: World, first: Request, second: Request, afterMs: number) {
    const http = slowHttpOf(world, () => SLOW_MS)
    const answers = await http.sendAll([first, { ...second, afterMs }])
    await workUntil(world, 30 * MINUTE)
    return answers.map(({ status }) => status)
  }

  /** Ada was removed because the directory said so, and is a member again. */
  async function isBackAgain(world: World, http: Http) {
    await http.send(PATCH_OUT)
    await workUntil(world, 10 * MINUTE)
    expect(world.org().members).toEqual([BOB, EVE])
    world.org().members = [ADA, BOB, EVE]
    await workUntil(world, 60 * MINUTE)
  }

  test.each([1_000, 4_000])('a deactivation %i ms after a reactivation counts', async (afterMs) => {
    const { world, http } = worldOf({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await http.send(PATCH_OUT)
    await workUntil(world, MINUTE)

    expect(await overlap(world, PATCH_IN, PATCH_OUT, afterMs)).toEqual([200, 200])
    expect(
      world
        .cases()
        .map(({ outcome }) => outcome?.kind)
        .toSorted(),
    ).toEqual(['cancelled', 'held'])
    expect(await http.send({ url: ADA_URL })).toMatchObject({ body: { active: false } })
  })

  test.each([
    ['a reactivation', PATCH_OUT, PATCH_IN, 1_000, [200, 200]],
    ['a reactivation', PATCH_OUT, PATCH_IN, 4_000, [200, 200]],
    ['a creation', PATCH_OUT, CREATE, 4_000, [200, 409]],
    ['a reactivation after a deletion', DELETE, PATCH_IN, 4_000, [204, 200]],
  ])('of somebody who is back, %s counts', async (_, first, second, afterMs, statuses) => {
    const { world, http } = worldOf()
    await isBackAgain(world, http)

    expect(await overlap(world, first, second, afterMs)).toEqual(statuses)
    expect(world.org().members).toEqual([ADA, BOB, EVE])
    expect(world.cases()).toHaveLength(1)
    expect((await http.send({ url: ADA_URL })).body.active).toBe(true)
  })

  test.each([
    ['', async () => undefined],
    [', once more', async (http: Http) => void (await http.send(PATCH_IN))],
  ])('a reactivation after the deletion of somebody of whom nothing is known counts%s', async (_, before) => {
    const { world, http } = worldOf()
    await before(http)

    expect(await overlap(world, DELETE, PATCH_IN, 4_000)).toEqual([204, 200])
    expect(queued(world)).toEqual([])
    expect(world.org().members).toEqual([ADA, BOB, EVE])
    expect((await http.send({ url: ADA_URL })).body.active).toBe(true)
  })

  test('several deactivations are one departure, even with a reactivation between them', async () => {
    const { world, http } = worldOf()
    await isBackAgain(world, http)
    const requests = [PATCH_OUT, { ...PATCH_IN, afterMs: 1_000 }, { ...PATCH_OUT, afterMs: 2_000 }]
    await slowHttpOf(world, () => SLOW_MS).sendAll(requests)
    await workUntil(world, 30 * MINUTE)

    expect(world.org().members).toEqual([BOB, EVE])
    expect(world.outcomes()).toEqual(['removed', 'removed'])
  })
})

test.each([
  ['GET', undefined],
  ['PUT', { userName: 'ada@example.com' }],
  ['PATCH', { Operations: [{ op: 'replace', path: 'title', value: 'x' }] }],
])('a %s that says nothing of active writes nothing', async (method, body) => {
  const { world, http } = worldOf()
  await http.send({ method, url: ADA_URL, body })
  await http.send({ ...CREATE, body: { userName: 'ada@example.com' } })

  expect(world.calls.filter(({ service, operation }) => service === 'table' && operation === 'put')).toEqual(
    [],
  )
})

describe('what may pass', () => {
  const DOWN = { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') } as const
  const LIMITED = { kind: 'reply', reply: refusal(429, 'RATE_LIMITED', { 'retry-after': '120' }) } as const
  const REFUSED = { kind: 'reply', reply: refusal(401, 'USER_UNAUTHORIZED') } as const
  const REQUESTS = [
    { url: '/scim/v2/Users' },
    { url: '/scim/v2/Users?filter=userName eq "ada@example.com"' },
    { url: ADA_URL },
    { method: 'PATCH', url: ADA_URL, body: IN },
    { method: 'PUT', url: ADA_URL, body: {} },
    { method: 'POST', url: '/scim/v2/Users', body: { userName: 'ada@example.com' } },
  ]

  test.each([
    ['Atlas is down', DOWN, '60'],
    ['Atlas is over its limit', LIMITED, '120'],
    ['Atlas refuses our credential', REFUSED, '300'],
  ])('is 429 with whole seconds: %s', async (_, fault, seconds) => {
    const { http } = worldOf({
      faultFor: ({ operation }) => (operation === 'listOrgUsers' ? fault : undefined),
    })
    for (const request of REQUESTS) {
      const { status, headers, body } = await http.send(request)
      expect([status, body.status, headers['retry-after']]).toEqual([429, '429', seconds])
    }
  })

  test('is 429 while a secret of an organization cannot be read', async () => {
    const { world, http } = worldOf({ orgIds: [ORG, OTHER_ORG] })
    world.aws.secrets.delete(`atlas/${OTHER_ORG}`)
    const { status: list } = await http.send({ url: '/scim/v2/Users' })
    const { status: one } = await http.send({ url: `/scim/v2/Users/${idOf('nobody@example.com')}` })

    expect([list, one]).toEqual([429, 429])
    // Whoever is in one organization is in, whatever the others say.
    expect((await http.send({ url: ADA_URL })).body.active).toBe(true)
  })

  test('is 429 while the tokens cannot be read', async () => {
    const { world } = worldOf()
    const unavailable = async () => ({ kind: 'unavailable', code: 'SECRET_TIMEOUT' }) as const
    const http = httpOf(world, (deps) => ({
      ...deps,
      scim: { ...deps.scim, tokens: { current: unavailable, renewed: unavailable } },
    }))

    expect((await http.send({ url: ADA_URL })).status).toBe(429)
  })
})

describe('a caller', () => {
  test.each([
    ['without a token', null, {}],
    ['with a wrong token', 'wrong-token-of-full-length', {}],
    ['with a name and a password', null, { authorization: 'Basic YWRhOmFkYQ==' }],
  ])('%s is told nothing, and nobody is asked', async (_, token, headers) => {
    const { world, http } = worldOf()
    const before = world.calls.length
    const answer = await http.send({ method: 'PATCH', url: ADA_URL, body: OUT, token, headers })

    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(answer.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '401',
    })
    expect(world.calls).toHaveLength(before)
  })

  test('with the other token is let in', async () => {
    const { http } = worldOf()

    expect((await http.send({ url: ADA_URL, token: 'scim-token-for-tests-0002' })).status).toBe(200)
  })
})

describe('the rest of SCIM', () => {
  test.each([
    ['ServiceProviderConfig', { patch: { supported: true }, bulk: { supported: false } }],
    ['ResourceTypes', { totalResults: 1, Resources: [{ id: 'User', endpoint: '/Users' }] }],
    ['ResourceTypes/User', { id: 'User' }],
    ['Schemas', { totalResults: 1, Resources: [{ name: 'User' }] }],
    ['Schemas/urn:ietf:params:scim:schemas:core:2.0:User', { name: 'User' }],
    ['Groups?startIndex=1&count=100', { totalResults: 0, Resources: [] }],
  ])('%s', async (path, expected) => {
    const { world, http } = worldOf()
    const { status, body } = await http.send({ url: `/scim/v2/${path}` })

    expect(status).toBe(200)
    expect(body).toMatchObject(expected)
    expect(world.calls).toEqual([])
  })

  test.each([
    ['GET', '/scim/v2/Schemas/other', 404],
    ['GET', '/scim/v2/Groups/1', 405],
    ['GET', '/scim/v2', 404],
    ['GET', '/scim/v1/Users', 404],
    ['POST', '/scim/v2/Bulk', 501],
    ['GET', '/scim/v2/Me', 501],
    ['POST', '/scim/v2/Users/.search', 501],
    ['POST', '/scim/v2/Groups', 501],
    ['DELETE', '/scim/v2/Users', 405],
    ['GET', '/scim//v2/Users/', 200],
  ])('%s %s', async (method, url, status) => {
    const { http } = worldOf()
    const answer = await http.send({ method, url })

    expect(answer.status).toBe(status)
    if (status !== 200) expect(answer.body.status).toBe(String(status))
  })

  test.each([
    ['larger than 256 KB', JSON.stringify({ active: false, x: 'x'.repeat(256 * 1024) }), 413],
    ['nested too deep', `{"active": false, "x": ${'['.repeat(40)}${']'.repeat(40)}}`, 400],
    ['empty', '', 400],
  ])('a body that is %s removes nobody', async (_, body, status) => {
    const { world, http } = worldOf()

    expect((await http.send({ method: 'PUT', url: ADA_URL, body })).status).toBe(status)
    expect(queued(world)).toEqual([])
  })
})

test('no log entry names anybody', async () => {
  const { world, http } = worldOf()
  await http.send({ method: 'PATCH', url: ADA_URL, body: OUT })
  await http.send({ url: '/scim/v2/Users?filter=userName eq "ada@example.com"' })
  const told = asciiLowerCase(JSON.stringify(world.journal))

  expect(told).toContain('any /scim/{proxy+}')
  expect(told).not.toContain('ada@')
  expect(told).not.toContain(asciiLowerCase(idOf('ada@example.com')))
})
