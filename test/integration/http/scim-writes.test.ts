import { describe, expect, test } from 'vitest'
import { renamedKey } from '../../../lib/core/absent.ts'
import { idOf } from '../../../lib/doors/scim/user.ts'
import { readWork } from '../../../lib/senders/read-work.ts'
import { CANCELLED, caseOf, memberNamed, ORG, OTHER_ORG, OTHER_TOKEN, openDesk, REMOVED } from './desk.ts'

const ADA = memberNamed('Ada@example.com')
const BOB = memberNamed('bob@example.com')
const EVE = memberNamed('eve+x@example.com', { status: 'INVITATION_EXPIRED' })
const urlOf = (username: string) => `/scim/v2/Users/${idOf(username)}`
const ADA_URL = urlOf('ada@example.com')
const OUT = { Operations: [{ op: 'replace', value: { active: false } }] }
const IN = { Operations: [{ op: 'replace', path: 'active', value: true }] }
const PATCH_OUT = { method: 'PATCH', url: ADA_URL, body: OUT }
const PATCH_IN = { method: 'PATCH', url: ADA_URL, body: IN }
const DELETE = { method: 'DELETE', url: ADA_URL }
const CREATE = { method: 'POST', url: '/scim/v2/Users', body: { userName: 'Ada@example.com', active: true } }

function desk(options = {}) {
  const opened = openDesk(options)
  opened.state.members.set(ORG, [ADA, BOB, EVE])
  return opened
}

describe('a deactivation of an id that nobody has', () => {
  const put = (userName: string, active = false) => ({
    method: 'PUT',
    url: urlOf('old@example.com'),
    body: { userName, active },
  })

  test('is queued under a name in its body that a member stands inside, for a human to look at', async () => {
    const { send, departures } = desk()
    const { status, body } = await send(put('DEL_bob@example.com'))

    expect([status, body.id, body.active]).toEqual([200, idOf('old@example.com'), false])
    expect(departures()).toMatchObject([{ username: 'del_bob@example.com' }])
  })

  test('is queued under the name in its body, and not under the present name of whoever bore it before', async () => {
    const { send, departures, state } = desk()
    state.renamed.set(renamedKey(ORG, 'x@example.com'), { userId: ADA.userId, at: '2026-11-28T09:00:00Z' })
    const { status } = await send(put('x@example.com'))

    expect(status).toBe(200)
    expect(departures()).toMatchObject([{ username: 'x@example.com' }])
  })

  test('is 404 if nobody is like the name in its body, either, or if it deactivates nobody', async () => {
    const { send, state } = desk()

    expect((await send(put('DEL_gus@example.com'))).status).toBe(404)
    expect((await send(put('DEL_bob@example.com', true))).status).toBe(404)
    expect(state.queued).toEqual([])
  })
})

describe('a write whose query or headers limit it, as no directory does by SCIM', () => {
  const limited = (query: string, headers = {}) =>
    [PATCH_OUT, DELETE].map((one) => ({ ...one, url: `${one.url}?${query}`, headers }))

  test.each([
    ...['dryRun=true', 'dry_run=1', 'orgId=32b6e34b3d91647abb20e7b8', 'effective-at=x'].flatMap((query) =>
      limited(query),
    ),
    ...limited('', { 'x-dry-run': 'true' }),
  ])('removes nobody and is reported: $method $url', async (request) => {
    const { send, state } = desk()

    expect((await send(request)).status).toBe(400)
    expect(state.queued).toMatchObject(
      [{ kind: 'unreadable', reason: /query/ }].map(({ kind, reason }) => ({
        kind,
        reason: expect.stringMatching(reason),
      })),
    )
  })

  test.each(['aadOptscim062020', 'attributes=userName'])('is taken with %s', async (query) => {
    const { send, departures } = desk()
    for (const request of limited(query)) await send(request)

    expect(departures()).toHaveLength(2)
  })
})

describe('a deactivation', () => {
  test('queues one departure with the id and the instant of the request, and writes nothing', async () => {
    const { send, state } = desk()
    const { status, body } = await send(PATCH_OUT)

    expect([status, body.active, body.id]).toEqual([200, false, idOf('ada@example.com')])
    expect(state.queued).toEqual([
      {
        kind: 'departure',
        departure: {
          id: 'scim/entra:req-1',
          source: 'scim/entra',
          username: 'Ada@example.com',
          occurredAt: new Date('2026-11-29T09:00:00.001Z'),
        },
      },
    ])
  })

  test('is a departure of its own each time, and of the token that asked', async () => {
    const { send, departures } = desk()
    await send(PATCH_OUT)
    await send({ method: 'PUT', url: ADA_URL, body: { active: 'False' } })
    await send({ ...PATCH_OUT, token: OTHER_TOKEN })

    expect(departures().map(({ id }) => id)).toEqual([
      'scim/entra:req-1',
      'scim/entra:req-2',
      'scim/other:req-3',
    ])
  })

  test.each(['transient', 'credential'] as const)(
    'is queued while Atlas cannot be asked: %s',
    async (reason) => {
      const { send, departures, failAll } = desk()
      failAll({ reason })

      expect(await send(PATCH_OUT)).toMatchObject({ status: 200, body: { active: false } })
      expect(await send({ method: 'DELETE', url: urlOf('nobody@example.com') })).toMatchObject({
        status: 204,
      })
      expect(departures()).toHaveLength(2)
    },
  )

  test.each(['PATCH', 'DELETE'])('of an id that nobody bears is 404: %s', async (method) => {
    const { send, state } = desk({ orgIds: [ORG, OTHER_ORG] })
    const answer = await send({ method, url: urlOf('nobody@example.com'), body: OUT })

    expect(answer).toMatchObject({ status: 404, body: { status: '404' } })
    expect(state.queued).toEqual([])
  })

  test('of an unknown id is queued if one of two organizations does not answer', async () => {
    const { send, departures, state } = desk({ orgIds: [ORG, OTHER_ORG] })
    state.failures.set(OTHER_ORG, { kind: 'failure', reason: 'transient', code: 'TIMEOUT' })

    expect((await send({ ...PATCH_OUT, url: urlOf('nobody@example.com') })).status).toBe(200)
    expect(departures()).toMatchObject([{ username: 'nobody@example.com' }])
  })

  test('of somebody with a like name is queued: a human has to look', async () => {
    const { send, departures } = desk()

    expect((await send({ ...PATCH_OUT, url: urlOf('ada@old.example.com') })).status).toBe(200)
    expect(departures()).toMatchObject([{ username: 'ada@old.example.com' }])
  })

  test('leaves itself time to be queued, however slow Atlas is', async () => {
    const { send, state } = desk()
    await send(PATCH_OUT)

    expect(state.deadlines).toEqual([new Date('2026-11-29T09:00:10.001Z')])
  })

  test('of a name that two members bear is queued', async () => {
    const { send, departures, state } = desk()
    state.members.set(ORG, [ADA, memberNamed('ada@EXAMPLE.com', { userId: '5e4bc367c6b0f41b00000009' })])

    expect(await send(PATCH_OUT)).toMatchObject({ status: 200, body: { userName: 'ada@example.com' } })
    expect(departures()).toMatchObject([{ username: 'ada@example.com' }])
  })

  test('of somebody who is out already is accepted', async () => {
    const { send, work, departures, state } = desk()
    await send(PATCH_OUT)
    work(REMOVED)
    state.members.set(ORG, [BOB])

    expect((await send(PATCH_OUT)).status).toBe(200)
    expect(departures()).toHaveLength(1)
  })

  test.each(['isLedgerDown', 'isQueueDown'] as const)('is not acknowledged with %s', async (down) => {
    const { send, state } = desk()
    state[down] = true
    const { status, headers, body } = await send(PATCH_OUT)

    expect([status, body.status, headers['retry-after']]).toEqual([429, '429', '60'])
    expect(state.queued).toEqual([])
  })

  test.each([
    ['nothing of active', { userName: 'ada@example.com' }],
    ['that active is null', { userName: 'ada@example.com', active: null }],
  ])('is not a PUT that says %s', async (_, body) => {
    const { send, state } = desk()

    expect(await send({ method: 'PUT', url: ADA_URL, body })).toMatchObject({
      status: 200,
      body: { active: true },
    })
    expect(state.queued).toEqual([])
  })
})

describe('a renamed person', () => {
  const NEW = memberNamed('new@example.com', { userId: ADA.userId })
  const renamed = (from: string, userId = ADA.userId) =>
    [renamedKey(ORG, from), { userId, at: '2026-11-28T09:00:00Z' }] as const

  test('is found by the old id, which they keep', async () => {
    const { send, state, departures } = desk()
    state.members.set(ORG, [NEW, BOB])
    state.renamed.set(...renamed('ada@example.com'))

    expect(await send({ url: ADA_URL })).toMatchObject({
      status: 200,
      body: { id: idOf('ada@example.com'), userName: 'new@example.com', active: true },
    })
    expect(await send(PATCH_OUT)).toMatchObject({
      status: 200,
      body: { id: idOf('ada@example.com'), active: false },
    })
    expect(departures()).toMatchObject([{ username: 'new@example.com' }])
    expect(departures()[0]).not.toHaveProperty('aliases')
  })

  test('is found through several renames', async () => {
    const { send, state, departures } = desk()
    state.members.set(ORG, [NEW, BOB])
    state.renamed.set(...renamed('ada@example.com'))
    state.renamed.set(...renamed('mid@example.com'))
    await send(PATCH_OUT)

    expect(departures()).toMatchObject([{ username: 'new@example.com' }])
  })

  test('is nobody else who has taken the new name since', async () => {
    const { send, state, departures } = desk()
    state.members.set(ORG, [memberNamed('new@example.com', { userId: '5e4bc367c6b0f41b00000009' }), BOB])
    state.renamed.set(...renamed('ada@example.com'))

    expect((await send(PATCH_OUT)).status).toBe(200)
    expect(departures()).toMatchObject([{ username: 'ada@example.com' }])
  })

  test('and whoever bears the old name now are both named, so that a human decides', async () => {
    const { send, state, departures } = desk()
    state.members.set(ORG, [NEW, memberNamed('ada@example.com', { userId: '5e4bc367c6b0f41b00000009' })])
    state.renamed.set(...renamed('ada@example.com'))
    await send(PATCH_OUT)

    expect(departures()).toMatchObject([{ username: 'ada@example.com', aliases: ['new@example.com'] }])
  })

  test('who has the old name again is one person', async () => {
    const { send, state, departures } = desk()
    state.renamed.set(...renamed('ada@example.com'))
    state.renamed.set(...renamed('new@example.com'))
    await send(PATCH_OUT)

    expect(departures()[0]).not.toHaveProperty('aliases')
  })

  test.each([
    ['PUT', { userName: 'new@example.com', active: false }],
    [
      'PATCH',
      { Operations: [{ op: 'Replace', path: 'userName', value: 'new@example.com' }, ...OUT.Operations] },
    ],
  ])('is found by the name in a %s, before the rename log knows of it', async (method, body) => {
    const { send, state, departures } = desk()
    state.members.set(ORG, [NEW, BOB])

    expect((await send({ method, url: ADA_URL, body })).status).toBe(200)
    expect(departures()).toMatchObject([{ username: 'new@example.com' }])
  })

  test('is not looked for under the name in a PUT that nobody has while the id is somebody’s', async () => {
    const { send, departures } = desk()
    await send({ method: 'PUT', url: ADA_URL, body: { userName: 'new@example.com', active: false } })

    expect(departures()).toMatchObject([{ username: 'Ada@example.com' }])
    expect(departures()[0]).not.toHaveProperty('aliases')
  })
})

describe('a deactivation whose body names another user than its id', () => {
  const BODIES = [
    ['PUT', { userName: 'bob@example.com', active: false }],
    ['PUT', { id: idOf('bob@example.com'), userName: 'ada@example.com', active: false }],
    ['PATCH', { Operations: [{ op: 'replace', value: { userName: 'BOB@example.com', active: false } }] }],
    ['PATCH', { Operations: [{ op: 'replace', value: { id: idOf('bob@example.com'), active: false } }] }],
  ] as const

  test.each(BODIES)('removes neither, and is reported: %s %j', async (method, body) => {
    const { send, state } = desk()

    expect(await send({ method, url: ADA_URL, body })).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness' },
    })
    expect(state.queued).toMatchObject([{ kind: 'unreadable', source: 'scim/entra', namesUsername: true }])
  })

  test.each(BODIES)('waits while Atlas cannot tell whether both are members: %s %j', async (method, body) => {
    const { send, failAll, state } = desk()
    failAll()

    expect((await send({ method, url: ADA_URL, body })).status).toBe(429)
    expect(state.queued).toEqual([])
  })

  test('removes nobody if we removed the user of the id before', async () => {
    const { send, state, work } = desk()
    await send(PATCH_OUT)
    work(REMOVED)
    state.members.set(ORG, [BOB])
    const body = { userName: 'bob@example.com', active: false }

    expect((await send({ method: 'PUT', url: ADA_URL, body })).status).toBe(409)
    expect(state.queued.map(({ kind }) => kind)).toEqual(['unreadable'])
  })

  test('is no reason to keep anybody in either', async () => {
    const { send, returns } = desk()
    const body = { userName: 'bob@example.com', active: true }

    expect((await send({ method: 'PUT', url: ADA_URL, body })).status).toBe(409)
    expect(returns()).toEqual([])
  })

  test.each(['ada.old@example.com', 'ada'])(
    'is of one person under an earlier name, or a login: %s',
    async (userName) => {
      const { send, state, departures } = desk()
      const rename = { userId: ADA.userId, at: '2026-11-28T09:00:00Z' }
      state.renamed.set(renamedKey(ORG, 'ada.old@example.com'), rename)

      expect((await send({ method: 'PUT', url: ADA_URL, body: { userName, active: false } })).status).toBe(
        200,
      )
      expect(departures()).toMatchObject([{ username: 'Ada@example.com' }])
    },
  )
})

describe('a deactivation of a decorated name', () => {
  const DECORATED = ['DEL_ada@example.com', 'ada.deleted@example.com', 'ada_example.com#EXT#@x.example.com']
  const requests = (name: string) => [
    { method: 'PATCH', url: urlOf(name), body: OUT },
    { method: 'DELETE', url: urlOf(name) },
  ]

  test.each(DECORATED)(
    'is queued if the address inside is a member’s, so that a human decides: %s',
    async (name) => {
      for (const request of requests(name)) {
        const { send, departures } = desk()

        expect((await send(request)).status).toBeLessThan(300)
        expect(departures()).toMatchObject([{ username: name.toLowerCase() }])
      }
    },
  )

  test.each(DECORATED)('is queued if the rename log knows the address inside: %s', async (name) => {
    for (const request of requests(name)) {
      const { send, state, departures } = desk()
      state.members.set(ORG, [memberNamed('new@example.com', { userId: ADA.userId }), BOB])
      const rename = { userId: ADA.userId, at: '2026-11-28T09:00:00Z' }
      state.renamed.set(renamedKey(ORG, 'ada@example.com'), rename)

      expect((await send(request)).status).toBeLessThan(300)
      expect(departures()).toMatchObject([{ username: name.toLowerCase() }])
    }
  })

  test.each(DECORATED)('is 404 if nobody has the address inside: %s', async (name) => {
    for (const request of requests(name)) {
      const { send, state, departures } = desk()
      state.members.set(ORG, [BOB])

      expect((await send(request)).status).toBe(404)
      expect(departures()).toEqual([])
    }
  })
})

describe('a reactivation', () => {
  test.each([
    ['PATCH', PATCH_IN, 200],
    ['PUT', { method: 'PUT', url: ADA_URL, body: { active: 'True' } }, 200],
    ['POST', CREATE, 409],
    ['POST that does not speak of it', { ...CREATE, body: { userName: 'Ada@example.com' } }, 409],
  ])('by %s is a return with the id and the instant of the request', async (_, request, status) => {
    const { send, returns } = desk()

    expect((await send(request)).status).toBe(status)
    expect(returns()).toEqual([
      {
        id: 'scim/entra:req-1',
        source: 'scim/entra',
        username: 'Ada@example.com',
        occurredAt: new Date('2026-11-29T09:00:00.001Z'),
      },
    ])
  })

  test('of somebody whose own departure is open shows them active', async () => {
    const { send, work } = desk()
    await send(PATCH_OUT)
    work()
    expect((await send({ url: ADA_URL })).body.active).toBe(false)

    expect(await send(PATCH_IN)).toMatchObject({ status: 200, body: { active: true } })
  })

  test('leaves the departure of another source alone', async () => {
    const { send, work } = desk()
    await send({ ...PATCH_OUT, token: OTHER_TOKEN })
    work()

    expect(await send(PATCH_IN)).toMatchObject({ status: 200, body: { active: false } })
  })

  test('of a removed person is refused', async () => {
    const { send, work, state } = desk()
    await send(PATCH_OUT)
    work(REMOVED)
    state.members.set(ORG, [BOB])

    expect(await send(PATCH_IN)).toMatchObject({ status: 400, body: { scimType: 'mutability' } })
  })

  test('of somebody with an open departure and no membership is a return, and refused', async () => {
    const { send, work, state, returns } = desk()
    await send(PATCH_OUT)
    work()
    state.members.set(ORG, [BOB])

    expect(await send(PATCH_IN)).toMatchObject({ status: 400, body: { scimType: 'mutability' } })
    expect(returns()).toHaveLength(1)
  })

  test('of nobody is 404 and queues nothing', async () => {
    const { send, state } = desk()

    expect((await send({ ...PATCH_IN, url: urlOf('nobody@example.com') })).status).toBe(404)
    expect(state.queued).toEqual([])
  })

  test('is queued while Atlas cannot be asked, and to be repeated unless the person was seen', async () => {
    const { send, returns, failAll } = desk()
    await send({ url: ADA_URL })
    failAll()

    expect((await send(PATCH_IN)).status).toBe(200)
    expect((await send({ ...PATCH_IN, url: urlOf('bob@example.com') })).status).toBe(429)
    expect(returns()).toHaveLength(2)
  })
})

describe('DELETE /Users/{id}', () => {
  test('queues a departure by which the directory deletes the user', async () => {
    const { send, departures } = desk()

    expect((await send(DELETE)).status).toBe(204)
    expect(departures()).toMatchObject([
      { id: 'scim/entra:req-1', username: 'Ada@example.com', deletedByDirectory: true },
    ])
  })

  test('hides the user from that directory until they are a member again', async () => {
    const { send, work, finish, state } = desk()
    const filter = '/scim/v2/Users?filter=userName eq "ada@example.com"'
    const seen = async () => [
      (await send({ url: ADA_URL })).status,
      (await send({ url: filter })).body.totalResults,
      (await send(DELETE)).status,
      (await send(PATCH_OUT)).status,
    ]
    await send(DELETE)
    work()
    expect(await seen()).toEqual([404, 0, 404, 404])
    expect((await send({ url: ADA_URL, token: OTHER_TOKEN })).body).toMatchObject({ active: false })
    finish(REMOVED)
    state.members.set(ORG, [BOB])
    expect(await seen()).toEqual([404, 0, 404, 404])

    state.members.set(ORG, [memberNamed('ada@example.com', { status: 'PENDING' }), BOB])
    expect((await send({ url: ADA_URL })).body.active).toBe(true)
    expect((await send(DELETE)).status).toBe(204)
  })

  test('hides a removed user although somebody has a like name', async () => {
    const { send, work, state } = desk()
    await send(DELETE)
    work(REMOVED)
    state.members.set(ORG, [memberNamed('ada@example.org')])

    expect((await send({ url: ADA_URL })).status).toBe(404)
    expect((await send(DELETE)).status).toBe(404)
  })

  test('queues the departure of a hidden user while Atlas cannot tell whether they are back', async () => {
    const { send, work, failAll, departures } = desk()
    await send(DELETE)
    work(REMOVED)
    failAll()

    expect((await send({ url: ADA_URL })).status).toBe(429)
    expect((await send(DELETE)).status).toBe(204)
    expect(departures()).toHaveLength(1)
  })

  test.each([
    ['a reactivation', PATCH_IN, 200],
    ['a creation', CREATE, 409],
  ])('can be taken back by %s while it is open', async (_, request, status) => {
    const { send, work, finish, returns } = desk()
    await send(DELETE)
    work()
    expect((await send(request)).status).toBe(status)
    expect(returns()).toHaveLength(1)
    finish(CANCELLED)

    expect((await send({ url: ADA_URL })).body.active).toBe(true)
  })

  test('that was taken back leaves the user readable once they are out', async () => {
    const { send, work, state } = desk()
    await send(DELETE)
    work(CANCELLED)
    state.members.set(ORG, [BOB])

    expect((await send({ url: ADA_URL })).body).toMatchObject({ active: false })
  })

  test('stands if a creation says that the user is inactive', async () => {
    const { send, returns } = desk()

    expect((await send({ ...CREATE, body: { userName: 'ada@example.com', active: 'False' } })).status).toBe(
      409,
    )
    expect(returns()).toEqual([])
  })

  test('does not know what is no id of ours', async () => {
    expect((await desk().send({ method: 'DELETE', url: '/scim/v2/Users/x' })).status).toBe(404)
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
    const answer = await desk().send({ method: 'POST', url: '/scim/v2/Users', body })

    expect([answer.status, answer.body.status, answer.body.scimType]).toEqual([
      status,
      String(status),
      scimType,
    ])
  })

  test('of what is no JSON is a syntax error', async () => {
    expect(await desk().send({ method: 'POST', url: '/scim/v2/Users', body: '{' })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidSyntax' },
    })
  })

  test('of somebody new queues nothing', async () => {
    const { send, state } = desk()
    await send({ method: 'POST', url: '/scim/v2/Users', body: { userName: 'new@example.com', active: true } })

    expect(state.queued).toEqual([])
  })
})

test('what is no case of the person makes nobody inactive', async () => {
  const { send, state } = desk()
  const departure = { id: 'okta:1', source: 'okta', username: 'ada@example.com', occurredAt: state.now }
  const search = { ...caseOf(departure, ORG, state.now), kind: 'search' as const }
  state.cases.push(caseOf({ ...departure, id: 'okta:3', dryRun: true }, ORG, state.now))
  state.cases.push(search, caseOf({ ...departure, id: 'okta:2' }, 'unknown', state.now))

  expect((await send({ url: ADA_URL })).body.active).toBe(true)
  expect((await send({ url: '/scim/v2/Users?count=1' })).body.Resources).toMatchObject([{ active: true }])
})

test('a departure that takes effect later leaves its person active, a dry run too', async () => {
  const { send, state } = desk()
  const departure = { id: 'okta:1', source: 'okta', username: 'ada@example.com', occurredAt: state.now }
  const effectiveAt = new Date(state.now.getTime() + 60_000)
  state.cases.push(
    caseOf({ ...departure, effectiveAt }, ORG, state.now),
    caseOf({ ...departure, id: 'okta:2', dryRun: true }, ORG, state.now),
  )

  expect((await send({ url: ADA_URL })).body.active).toBe(true)
  state.now = effectiveAt
  expect((await send({ url: ADA_URL })).body.active).toBe(false)
})

describe('a write that cannot be read', () => {
  test.each([
    ['another word for active', { Operations: [{ op: 'replace', value: { disabled: true } }] }, 400],
    ['an unknown operation', { Operations: [{ op: 'deactivate', path: 'active' }] }, 400],
    ['no JSON', '{', 400],
    ['too much', `{"active":false,"x":"${'x'.repeat(300_000)}"}`, 413],
  ])('is refused, and reported: %s', async (_, body, status) => {
    const { send, state } = desk()
    const answer = await send({ ...PATCH_OUT, body })

    expect(answer).toMatchObject({ status, body: { status: String(status) } })
    expect(state.queued).toMatchObject([
      {
        kind: 'unreadable',
        source: 'scim/entra',
        reason: expect.stringContaining('PATCH of a user'),
        namesUsername: true,
      },
    ])
    expect(
      readWork(JSON.stringify(state.queued[0]), 'http', { onSuspend: 'ignore', oktaAppIds: [] }),
    ).toMatchObject({
      kind: 'unreadable',
      namesUsername: true,
    })
  })

  test.each(['ada@example.com', 'YWRhQGV4YW1wbGUuY29t=', '5f1d2c3b-4a59-6877-6655-4433221100ff'])(
    'is reported if no search ever gave its id: %s',
    async (id) => {
      const { send, state } = desk()
      const requests = [PATCH_OUT, { ...PATCH_OUT, method: 'PUT', body: { active: false } }, DELETE]
      for (const request of requests)
        expect((await send({ ...request, url: `/scim/v2/Users/${id}` })).status).toBe(404)

      expect(state.queued.map(({ kind }) => kind)).toEqual(['unreadable', 'unreadable', 'unreadable'])
    },
  )

  test.each([
    ['POST', '/scim/v2/Bulk', 501],
    ['POST', ADA_URL, 405],
    ['PATCH', `${ADA_URL}/active`, 404],
    ['PATCH', `/scim/v2/users/${idOf('ada@example.com')}`, 404],
    ['DELETE', '/scim/v2/Users', 405],
    ['PATCH', '/scim/v2/Me', 405],
  ])('is reported where we take none: %s %s', async (method, url, status) => {
    const { send, state } = desk()
    const body = { Operations: [{ method: 'DELETE', path: `/Users/${idOf('ada@example.com')}` }] }

    expect((await send({ method, url, body })).status).toBe(status)
    expect(state.queued).toMatchObject([{ kind: 'unreadable', source: 'scim/entra', namesUsername: true }])
  })

  test('is no write of a user if it is one of a group, or only a question', async () => {
    const { send, state } = desk()
    for (const [method, url] of [
      ['PATCH', '/scim/v2/Groups/1'],
      ['POST', '/scim/v2/Groups'],
      ['PUT', '/scim/v2/Groups'],
      ['GET', '/scim/v2/Me'],
      ['HEAD', '/scim/v2/Users'],
      ['OPTIONS', '/scim/v2/Bulk'],
    ] as const)
      await send({ method, url, body: {} })

    expect(state.queued).toEqual([])
  })

  test('is reported once for each person', async () => {
    const { send, state } = desk()
    const body = { Operations: [{ op: 'replace', value: { disabled: true } }] }
    for (const name of ['ada@example.com', 'ada@example.com', 'bob@example.com'])
      await send({ method: 'PATCH', url: urlOf(name), body })

    expect(new Set(state.queued.map((message) => JSON.stringify(message))).size).toBe(2)
  })

  test.each([
    'DEL_ada@example.com',
    'ada@example.com.deleted',
    'ada@example.com2026-11-30',
    '5f1d2c3b4a596877',
  ])('and a new name with the old one inside are not the same: that is counted: %s', async (userName) => {
    const { send, state } = desk()
    const Operations = [{ op: 'replace', path: 'userName', value: userName }]

    expect((await send({ method: 'PUT', url: ADA_URL, body: { userName } })).status).toBe(200)
    expect((await send({ method: 'PATCH', url: ADA_URL, body: { Operations } })).status).toBe(200)
    expect(state.queued).toMatchObject([{ kind: 'ignored' }, { kind: 'ignored' }])
  })

  test('and one that may say who is active are not the same: that one is counted', async () => {
    const { send, state } = desk()
    const answer = await send({
      method: 'PUT',
      url: ADA_URL,
      body: { userName: 'ada@example.com', canLogin: false },
    })

    expect(answer).toMatchObject({ status: 200, body: { active: true } })
    expect(state.queued).toMatchObject([{ kind: 'ignored', source: 'scim/entra' }])
  })
})
