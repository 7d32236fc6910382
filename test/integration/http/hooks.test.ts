import { describe, expect, test } from 'vitest'
import { hooks } from '../../../lib/doors/hooks/hooks.ts'
import { oktaDeactivation, oktaUser } from '../../fixtures/events.ts'
import { activeMember } from '../../support/cases.ts'
import { type Http, httpOf, OKTA_AUTHORIZATION, queued, signature } from '../../support/http.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

const ADA = activeMember()
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const MINUTE = 60_000

function worldOf(options: WorldOptions = {}): { readonly world: World; readonly http: Http } {
  const world = createWorld(options)
  world.org().members = [ADA, BOB]
  return { world, http: httpOf(world) }
}

async function workUntil(world: World, ms: number) {
  await world.runUntil(new Date(world.time.now().getTime() + ms))
}

function eventHook(...events: readonly unknown[]) {
  return {
    eventType: 'com.okta.event_hook',
    eventId: '85b60edb-4263-4e13-993b-818e26201052',
    data: { events },
  }
}

function okta(body: unknown, headers: Record<string, string> = { authorization: OKTA_AUTHORIZATION }) {
  return {
    method: 'POST',
    url: '/hooks/okta',
    token: null,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  }
}

function standard(body: string, headers: Record<string, string>) {
  return { method: 'POST', url: '/hooks/standard', token: null, headers, body }
}

describe('/hooks/okta', () => {
  test('answers the verification challenge', async () => {
    const { http } = worldOf()
    const headers = { 'x-okta-verification-challenge': 'a "challenge"' }

    expect(await http.send({ url: '/hooks/okta', token: null, headers })).toMatchObject({
      status: 200,
      body: { verification: 'a "challenge"' },
    })
    expect((await http.send({ url: '/hooks/okta', token: null })).status).toBe(400)
  })

  test('queues everybody whom the events name, without asking Atlas', async () => {
    const { world, http } = worldOf()
    const events = [
      oktaDeactivation({ target: [oktaUser('ada@example.com')] }),
      oktaDeactivation({ uuid: 'other', eventType: 'user.session.start' }),
      oktaDeactivation({ uuid: 'third', target: [oktaUser('bob@example.com')] }),
      oktaDeactivation({
        uuid: 'fourth',
        eventType: 'user.lifecycle.unsuspend',
        target: [oktaUser('eve@example.com')],
      }),
    ]
    const { status } = await http.send(okta(eventHook(...events)))

    expect(status).toBe(204)
    expect(world.calls.map(({ service }) => service)).toEqual(['queue'])
    expect(queued(world)).toMatchObject([
      { departure: { source: 'okta', username: 'ada@example.com' } },
      { departure: { id: 'okta:third', username: 'bob@example.com' } },
      { return: { id: 'okta:fourth', username: 'eve@example.com' } },
    ])
    await workUntil(world, MINUTE)
    expect(world.org().members).toEqual([])
  })

  test('is the same departure as the one from the log stream', async () => {
    const { world, http } = worldOf()
    await http.send(okta(eventHook(oktaDeactivation({ target: [oktaUser('ada@example.com')] }))))
    await http.send(okta(eventHook(oktaDeactivation({ target: [oktaUser('ada@example.com')] }))))
    await workUntil(world, MINUTE)

    expect(world.outcomes()).toEqual(['removed'])
  })

  test('has what names nobody laid aside, where nothing can take it for something else', async () => {
    const { world, http } = worldOf()
    const posing = {
      departure: {
        id: 'x',
        source: 'operator',
        username: 'bob@example.com',
        occurredAt: '2026-11-16T18:15:12Z',
      },
    }
    const unnamed = oktaDeactivation({
      uuid: 'u',
      target: [oktaUser('ada@example.com'), oktaUser('unknown')],
    })
    expect((await http.send(okta(eventHook(posing, unnamed)))).status).toBe(204)
    await workUntil(world, MINUTE)

    expect(world.org().members).toEqual([BOB])
    expect(world.aws.rejected).toHaveLength(2)
    expect(world.outcomes().toSorted()).toEqual(['removed', 'unreadable', 'unreadable'])
  })

  test.each([
    ['no authorization', {}],
    ['a wrong one', { authorization: 'okta-authorization-for-other' }],
    ['a SCIM token', { authorization: 'Bearer scim-token-for-tests-0001' }],
  ])('refuses %s without a word', async (_, headers) => {
    const { world, http } = worldOf()

    expect(await http.send(okta(eventHook(oktaDeactivation()), headers))).toMatchObject({
      status: 401,
      body: { error: 'Unauthorized' },
    })
    expect(queued(world)).toEqual([])
  })

  test.each([['null'], ['{}'], ['{"data": {"events": {}}}'], ['not JSON']])('refuses %s', async (body) => {
    const { http } = worldOf()

    expect((await http.send(okta(body))).status).toBe(400)
  })

  test('asks to be told again what it could not queue', async () => {
    const { http } = worldOf({
      faultFor: ({ service }) => (service === 'queue' ? { kind: 'error', when: 'before' } : undefined),
    })
    const { status, headers } = await http.send(okta(eventHook(oktaDeactivation())))

    expect([status, headers['retry-after']]).toEqual([503, '60'])
  })
})

describe('/hooks/standard', () => {
  const BODY = JSON.stringify({ username: 'ada@example.com', reason: 'HR-1042' })

  test.each(['application/json', 'application/cloudevents+json'])(
    'queues a signed departure sent as %s',
    async (type) => {
      const { world, http } = worldOf()
      const headers = {
        ...signature(BODY, world.time.now()),
        'content-type': type,
      }
      expect((await http.send(standard(BODY, headers))).status).toBe(204)

      expect(queued(world)).toMatchObject([
        {
          departure: {
            id: 'hook/workday:msg_1',
            source: 'hook/workday',
            username: 'ada@example.com',
            reason: 'HR-1042',
          },
        },
      ])
      await workUntil(world, MINUTE)
      expect(world.org().members).toEqual([BOB])
    },
  )

  test('names the departure by webhook-id, whatever the body says', async () => {
    const { world, http } = worldOf()
    const body = JSON.stringify({
      username: 'ada@example.com',
      id: 'other',
      occurredAt: '2026-11-16T18:00:00Z',
    })
    await http.send(standard(body, signature(body, world.time.now())))

    expect(queued(world)).toMatchObject([
      { departure: { id: 'hook/workday:msg_1', occurredAt: '2026-11-16T18:00:00.000Z' } },
    ])
  })

  test('takes a message that is repeated, and signed anew, for the same departure', async () => {
    const { world, http } = worldOf()
    await http.send(standard(BODY, signature(BODY, world.time.now())))
    await http.send(standard(BODY, signature(BODY, world.time.now())))
    await workUntil(world, 60 * MINUTE)
    await http.send(standard(BODY, signature(BODY, world.time.now())))
    await workUntil(world, MINUTE)

    expect(world.outcomes()).toEqual(['removed'])
    expect(world.cases()).toHaveLength(1)
  })

  test.each([
    [
      'with another key',
      (at: Date) => signature(BODY, at, 'msg_1', `whsec_${Buffer.alloc(32, 1).toString('base64')}`),
    ],
    ['with another body', (at: Date) => signature(`${BODY} `, at)],
    ['more than 5 minutes ago', (at: Date) => signature(BODY, new Date(at.getTime() - 5 * MINUTE - 1_000))],
    ['more than 5 minutes ahead', (at: Date) => signature(BODY, new Date(at.getTime() + 5 * MINUTE + 1_000))],
    ['under another id', (at: Date) => ({ ...signature(BODY, at), 'webhook-id': 'msg_2' })],
    ['under an id with a full stop', (at: Date) => signature(BODY, at, 'msg.1')],
    ['under no id', (at: Date) => ({ ...signature(BODY, at), 'webhook-id': '' })],
    ['at no time', (at: Date) => ({ ...signature(BODY, at), 'webhook-timestamp': '1e9' })],
    ['by the other scheme', (at: Date) => ({ ...signature(BODY, at), 'webhook-signature': 'v1a,AAAA' })],
    ['not at all', () => ({})],
  ])('refuses a message signed %s', async (_, headersAt) => {
    const { world, http } = worldOf()
    const answer = await http.send(standard(BODY, headersAt(world.time.now())))

    expect(answer).toMatchObject({ status: 401, body: { error: 'Unauthorized' } })
    expect(queued(world)).toEqual([])
  })

  test.each([
    ['within 5 minutes', 4 * MINUTE],
    ['of a clock that is ahead', -4 * MINUTE],
  ])('takes a message %s', async (_, ms) => {
    const { world, http } = worldOf()
    const headers = signature(BODY, new Date(world.time.now().getTime() - ms))

    expect((await http.send(standard(BODY, headers))).status).toBe(204)
  })

  test('takes any of several signatures', async () => {
    const { world, http } = worldOf()
    const headers = signature(BODY, world.time.now())
    const several = `v1a,AAAA v1,AAAA ${headers['webhook-signature']}`

    expect((await http.send(standard(BODY, { ...headers, 'webhook-signature': several }))).status).toBe(204)
  })

  test('tells a signer which field is wrong, and never its value', async () => {
    const { world, http } = worldOf()
    const body = JSON.stringify({ username: 7 })
    const answer = await http.send(standard(body, signature(body, world.time.now())))

    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatch(/^hook\/workday: `username`: expected/)
  })

  test.each([['no JSON', 'no JSON', 400]])('refuses signed %s', async (_, body, status) => {
    const { world, http } = worldOf()

    expect((await http.send(standard(body, signature(body, world.time.now())))).status).toBe(status)
  })

  test.each([
    ['queue', 503],
    ['table', 503],
  ] as const)('asks to be told again while the %s is down', async (down, status) => {
    const { world, http } = worldOf({
      faultFor: ({ service }) => (service === down ? { kind: 'error', when: 'before' } : undefined),
    })

    expect((await http.send(standard(BODY, signature(BODY, world.time.now())))).status).toBe(status)
    expect(queued(world)).toEqual([])
  })
})

describe('hooks()', () => {
  test.each(['okta', 'standard'])(
    'asks to be told again while the keys of %s cannot be read',
    async (scheme) => {
      const { world } = worldOf()
      const unavailable = async () => ({ kind: 'unavailable', code: 'SECRET_TIMEOUT' }) as const
      const http = httpOf(world, (deps) => ({
        ...deps,
        hooks: { ...deps.hooks, keys: { current: unavailable, renewed: unavailable } },
      }))
      const request =
        scheme === 'okta' ? okta(eventHook()) : standard('{}', signature('{}', world.time.now()))

      expect((await http.send(request)).status).toBe(503)
    },
  )

  test('knows no path that API Gateway does not', async () => {
    const { http } = worldOf()
    const request = {
      method: 'POST',
      path: ['hooks', 'other'],
      route: '',
      query: new URLSearchParams(),
      headers: {},
      body: undefined,
      origin: '',
    }

    expect((await hooks(http.deps.hooks, request)).status).toBe(404)
    expect(
      (await hooks(http.deps.hooks, { ...request, method: 'PUT', path: ['hooks', 'okta'] })).status,
    ).toBe(405)
  })
})
