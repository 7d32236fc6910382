import { describe, expect, test } from 'vitest'
import { hooks } from '../../../lib/doors/hooks/hooks.ts'
import { readEvent } from '../../../lib/doors/http.ts'
import { oktaDeactivation, oktaUser } from '../../fixtures/events.ts'
import { type Desk, OKTA_AUTHORIZATION, OLD_SIGNING_KEY, openDesk, signature, TOKEN } from './desk.ts'

const MINUTE = 60_000

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

const unreadables = ({ state }: Desk) => state.queued.filter(({ kind }) => kind === 'unreadable')

describe('/hooks/okta', () => {
  test('answers the verification challenge', async () => {
    const headers = { 'x-okta-verification-challenge': 'Kz_3~-x.+/=9' }

    expect(await openDesk().send({ url: '/hooks/okta', token: null, headers })).toMatchObject({
      status: 200,
      body: { verification: 'Kz_3~-x.+/=9' },
    })
  })

  test.each([
    ['nothing', {}],
    ['markup', { 'x-okta-verification-challenge': '<script>' }],
    ['a sentence', { 'x-okta-verification-challenge': 'hello there' }],
    ['too much', { 'x-okta-verification-challenge': 'x'.repeat(257) }],
  ])('reflects %s of a stranger', async (_, headers) => {
    const { status, body } = await openDesk().send({ url: '/hooks/okta', token: null, headers })

    expect([status, body]).toEqual([400, { error: 'Expected the header x-okta-verification-challenge' }])
  })

  test('queues everybody whom the events name, without asking anybody', async () => {
    const desk = openDesk()
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

    expect((await desk.send(okta(eventHook(...events)))).status).toBe(204)
    expect(desk.state.asked).toEqual([])
    expect(desk.state.queued).toMatchObject([
      { departure: { source: 'hook/corp', username: 'ada@example.com' } },
      { departure: { id: 'hook/corp:third', username: 'bob@example.com' } },
      { return: { id: 'hook/corp:fourth', username: 'eve@example.com' } },
    ])
  })

  test('is the same source as the log stream if its key says so', async () => {
    const hookSecret = JSON.stringify({ okta: { corp: { authorization: OKTA_AUTHORIZATION, as: 'okta' } } })
    const desk = openDesk({ hookSecret })
    await desk.send(okta(eventHook(oktaDeactivation({ uuid: 'one' }))))

    expect(desk.departures()).toMatchObject([{ id: 'okta:one', source: 'okta' }])
  })

  test('queues what can mean a leaving and is ignored, and only notes what cannot', async () => {
    const desk = openDesk()
    const events = ['user.lifecycle.suspend', 'user.session.start'].map((eventType) =>
      oktaDeactivation({ eventType }),
    )
    await desk.send(okta(eventHook(...events)))

    const ignored = { source: 'hook/corp', why: 'ON_SUSPEND is `ignore`' }
    expect(desk.state.queued).toEqual([{ kind: 'ignored', ...ignored }])
    expect(desk.state.journal.filter(({ event }) => event === 'ignored')).toEqual([
      { event: 'ignored', source: 'hook/corp', why: 'not about leaving' },
    ])
  })

  test.each([
    ['?dryRun=true', {}],
    ['?org_ids=32b6e34b3d91647abb20e7b8', {}],
    ['', { 'x-dry-run': '1' }],
  ])('removes nobody over what the query or a header limits: %s %j', async (query, headers) => {
    const desk = openDesk()
    const request = okta(eventHook(oktaDeactivation()), { authorization: OKTA_AUTHORIZATION, ...headers })

    expect((await desk.send({ ...request, url: `/hooks/okta${query}` })).status).toBe(400)
    expect(desk.departures()).toEqual([])
    expect(unreadables(desk)).toMatchObject([{ replay: expect.stringContaining('System Log') }])
  })

  test('has what names nobody reported with its own reason and the event, to be read again', async () => {
    const desk = openDesk()
    const posing = { departure: { id: 'x', source: 'operator', username: 'bob@example.com' } }
    const unnamed = oktaDeactivation({
      uuid: 'u',
      target: [oktaUser('ada@example.com'), oktaUser('unknown')],
    })

    expect((await desk.send(okta(eventHook(posing, unnamed)))).status).toBe(204)
    expect(desk.departures()).toMatchObject([{ username: 'ada@example.com' }])
    expect(unreadables(desk)).toMatchObject(
      [
        { source: 'hook/corp', reason: /eventType/, namesUsername: true, oktaEvent: posing },
        { source: 'hook/corp', reason: /target.alternateId/, namesUsername: true, oktaEvent: unnamed },
      ].map((one) => ({ ...one, reason: expect.stringMatching(one.reason) })),
    )
  })

  test('reports an event too large for the queue without it', async () => {
    const desk = openDesk()
    const event = oktaDeactivation({ target: [oktaUser('unknown'), { type: 'x', x: 'x'.repeat(140_000) }] })
    await desk.send(okta(eventHook(event)))

    expect(unreadables(desk)).toEqual([
      {
        kind: 'unreadable',
        source: 'hook/corp',
        reason: expect.stringContaining('target.alternateId'),
        namesUsername: expect.any(Boolean),
        digest: expect.any(String),
        replay: expect.stringContaining('since=2026-11-16T18:15:12.862Z&until=2026-11-16T18:15:12.863Z'),
      },
    ])
  })

  const many = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      oktaDeactivation({
        uuid: `u${at}`,
        published: new Date(Date.UTC(2026, 10, 29, 8, 0, at)).toISOString(),
      }),
    )
  const crowd = Array.from({ length: 60 }, (_, at) => oktaUser(`p${at}@example.com`))

  test('takes 100 events', async () => {
    const desk = openDesk()

    expect((await desk.send(okta(eventHook(...many(100))))).status).toBe(204)
    expect(desk.departures()).toHaveLength(100)
  })

  test.each([
    [
      'over 100 events',
      eventHook(...many(101)),
      'since=2026-11-29T08:00:00.000Z&until=2026-11-29T08:01:40.001Z',
    ],
    [
      'over 100 people',
      eventHook(oktaDeactivation({ target: crowd }), oktaDeactivation({ uuid: 'b', target: crowd })),
      'since=2026-11-16T18:15:12.862Z&until=2026-11-16T18:15:12.863Z',
    ],
    [
      'over 256 KB',
      eventHook({ x: 'x'.repeat(256 * 1024) }),
      'since=2026-11-29T08:50:00.001Z&until=2026-11-29T09:00:00.001Z',
    ],
    ['no event', eventHook(), 'since=2026-11-29T08:50:00.001Z'],
    ['no list', { data: { events: {} } }, 'since=2026-11-29T08:50:00.001Z'],
    ['null', 'null', 'since=2026-11-29T08:50:00.001Z'],
    ['no JSON', 'no JSON', 'since=2026-11-29T08:50:00.001Z'],
  ])('refuses %s: nothing is queued but a report with what to replay', async (_, body, replay) => {
    const desk = openDesk()
    const { status } = await desk.send(okta(body))

    expect(status).toBe(400)
    expect(desk.state.queued).toEqual([
      {
        kind: 'unreadable',
        source: 'hook/corp',
        reason: expect.stringMatching(/^hook\/corp: /),
        namesUsername: true,
        digest: expect.any(String),
        replay: expect.stringContaining(replay),
      },
    ])
  })

  test.each([
    ['no authorization', {}, 'no_authorization'],
    ['a wrong one', { authorization: 'okta-authorization-for-tests-0002' }, 'unknown_authorization'],
    ['a SCIM token', { authorization: `Bearer ${TOKEN}` }, 'unknown_authorization'],
  ])('refuses %s without a word', async (_, headers, reason) => {
    const { send, state } = openDesk()

    expect(await send(okta(eventHook(oktaDeactivation()), headers))).toMatchObject({
      status: 401,
      body: { error: 'Unauthorized' },
    })
    expect(state.queued).toEqual([])
    expect(state.journal).toMatchObject([{ event: 'answered', status: 401, reason }])
  })

  test('asks to have repeated what it could not queue', async () => {
    const { send, state } = openDesk()
    state.isQueueDown = true
    const { status, headers } = await send(okta(eventHook(oktaDeactivation())))

    expect([status, headers['retry-after']]).toEqual([503, '60'])
  })
})

describe('/hooks/standard', () => {
  const BODY = JSON.stringify({ username: 'ada@example.com', reason: 'HR-1042' })

  test.each(['application/json', 'application/cloudevents+json'])(
    'queues a signed departure sent as %s',
    async (type) => {
      const { send, state, departures } = openDesk()
      const headers = { ...signature(BODY, state.now), 'content-type': type }

      expect((await send(standard(BODY, headers))).status).toBe(204)
      expect(departures()).toEqual([
        {
          id: 'hook/workday:msg_1',
          source: 'hook/workday',
          username: 'ada@example.com',
          reason: 'HR-1042',
          occurredAt: new Date('2026-11-29T09:00:00.001Z'),
          timedByReceipt: true,
        },
      ])
    },
  )

  test('queues a return', async () => {
    const { send, state, returns } = openDesk()
    const body = JSON.stringify({ type: 'user.returned', username: 'ada@example.com' })
    await send(standard(body, signature(body, state.now)))

    expect(returns()).toMatchObject([
      { id: 'hook/workday:msg_1', source: 'hook/workday', username: 'ada@example.com' },
    ])
  })

  test.each([
    [
      'Standard Webhooks',
      { type: 'user.departed', timestamp: '2026-11-29T08:00:00Z', data: { username: 'ada@example.com' } },
    ],
    [
      'CloudEvents',
      {
        specversion: '1.0',
        id: 'ce-1',
        source: '/hr',
        type: 'com.example.user.departed',
        time: '2026-11-29T08:00:00Z',
        data: { username: 'ada@example.com' },
      },
    ],
  ])('reads a departure in the wrapper of %s, with its time', async (_, wrapped) => {
    const { send, state, departures } = openDesk()
    const body = JSON.stringify(wrapped)

    expect((await send(standard(body, signature(body, state.now)))).status).toBe(204)
    expect(departures()).toEqual([
      {
        id: 'hook/workday:msg_1',
        source: 'hook/workday',
        username: 'ada@example.com',
        occurredAt: new Date('2026-11-29T08:00:00Z'),
      },
    ])
  })

  test.each(['ce-type', 'ce-specversion'])(
    'refuses a CloudEvent whose type may stand in a header: %s',
    async (name) => {
      const { send, state, departures } = openDesk()
      const headers = { ...signature(BODY, state.now), [name]: 'com.example.user.returned' }

      expect((await send(standard(BODY, headers))).status).toBe(400)
      expect(departures()).toEqual([])
    },
  )

  test.each(['x-event-type', 'x-acme-event', 'event-name'])(
    'refuses another kind of event that only the header %s says',
    async (name) => {
      const { send, state, departures } = openDesk()
      const said = (body: string, event: string) =>
        standard(body, { ...signature(body, state.now, event), [name]: event })

      expect((await send(said(BODY, 'employee-hired'))).status).toBe(400)
      expect(departures()).toEqual([])
      const typed = JSON.stringify({ ...JSON.parse(BODY), type: 'user.departed' })
      expect((await send(said(typed, 'employee-hired'))).status).toBe(204)
      expect((await send(said(BODY, 'employee-deactivated'))).status).toBe(204)
    },
  )

  test('refuses a return that only a header says, whatever the header is called', async () => {
    const { send, state, returns } = openDesk()
    const headers = (body: string) => ({ ...signature(body, state.now), 'x-event-type': 'user.returned' })

    expect((await send(standard(BODY, headers(BODY)))).status).toBe(400)
    const body = JSON.stringify({ username: 'ada@example.com', type: 'user.returned' })
    expect((await send(standard(body, headers(body)))).status).toBe(204)
    expect(state.queued.map(({ kind }) => kind)).toEqual(['unreadable', 'return'])
    expect(returns()).toHaveLength(1)
  })

  test.each(['dry-run', 'x-dry-run', 'x-dryrun'])(
    'refuses a dry run that only a header says: %s',
    async (name) => {
      const { send, state } = openDesk()

      expect((await send(standard(BODY, { ...signature(BODY, state.now), [name]: 'true' }))).status).toBe(400)
      expect(state.queued.map(({ kind }) => kind)).toEqual(['unreadable'])
    },
  )

  test.each(['dryRun=true', 'dry_run=1', 'event=user.returned', 'effective-at=2027-01-01T00:00:00Z'])(
    'refuses what stands in the query and not in the body, which alone is signed: %s',
    async (query) => {
      const { send, state } = openDesk()
      const request = standard(BODY, signature(BODY, state.now))

      expect((await send({ ...request, url: `${request.url}?${query}` })).status).toBe(400)
      expect(state.queued.map(({ kind }) => kind)).toEqual(['unreadable'])
      expect((await send({ ...request, url: `${request.url}?tenant=acme` })).status).toBe(204)
    },
  )

  test('names the departure by webhook-id, whatever the body says', async () => {
    const { send, state, departures } = openDesk()
    const body = JSON.stringify({
      username: 'ada@example.com',
      id: 'other',
      occurredAt: '2026-11-29T08:00:00Z',
    })
    await send(standard(body, signature(body, state.now)))

    expect(departures()).toEqual([
      {
        id: 'hook/workday:msg_1',
        source: 'hook/workday',
        username: 'ada@example.com',
        occurredAt: new Date('2026-11-29T08:00:00Z'),
      },
    ])
  })

  test.each([
    [
      'with another key',
      (at: Date) => signature(BODY, at, 'msg_1', `whsec_${Buffer.alloc(32, 1).toString('base64')}`),
      'unknown_signature',
    ],
    ['with another body', (at: Date) => signature(`${BODY} `, at), 'unknown_signature'],
    [
      'more than 5 minutes ago',
      (at: Date) => signature(BODY, new Date(at.getTime() - 5 * MINUTE - 1_000)),
      'wrong_time',
    ],
    [
      'more than 5 minutes ahead',
      (at: Date) => signature(BODY, new Date(at.getTime() + 5 * MINUTE + 1_000)),
      'wrong_time',
    ],
    [
      'under another id',
      (at: Date) => ({ ...signature(BODY, at), 'webhook-id': 'msg_2' }),
      'unknown_signature',
    ],
    ['under an id with a full stop', (at: Date) => signature(BODY, at, 'msg.1'), 'no_signature'],
    ['under no id', (at: Date) => ({ ...signature(BODY, at), 'webhook-id': '' }), 'no_signature'],
    ['at no time', (at: Date) => ({ ...signature(BODY, at), 'webhook-timestamp': '1e9' }), 'no_signature'],
    [
      'by the other scheme',
      (at: Date) => ({ ...signature(BODY, at), 'webhook-signature': 'v1a,AAAA' }),
      'no_signature',
    ],
    ['half by Svix', (at: Date) => ({ ...svix(signature(BODY, at)), 'webhook-id': 'msg_1' }), 'no_signature'],
    ['not at all', () => ({}), 'no_signature'],
  ])('refuses a message signed %s', async (_, headersAt, reason) => {
    const { send, state } = openDesk()
    const answer = await send(standard(BODY, headersAt(state.now)))

    expect(answer).toMatchObject({ status: 401, body: { error: 'Unauthorized' } })
    expect(state.queued).toEqual([])
    expect(state.journal).toMatchObject([{ status: 401, reason }])
  })

  test.each([
    ['within 5 minutes', (at: Date) => signature(BODY, new Date(at.getTime() - 4 * MINUTE))],
    ['of a clock that is ahead', (at: Date) => signature(BODY, new Date(at.getTime() + 4 * MINUTE))],
    ['with the old key', (at: Date) => signature(BODY, at, 'msg_1', OLD_SIGNING_KEY)],
    ['with the headers of Svix', (at: Date) => svix(signature(BODY, at))],
    [
      'with several signatures',
      (at: Date) => {
        const headers = signature(BODY, at)
        return { ...headers, 'webhook-signature': `v1a,AAAA v1,AAAA ${headers['webhook-signature']}` }
      },
    ],
  ])('takes a message signed %s', async (_, headersAt) => {
    const { send, state } = openDesk()

    expect((await send(standard(BODY, headersAt(state.now)))).status).toBe(204)
  })

  test.each([
    [
      'a username that is none',
      JSON.stringify({ username: 7, reason: 'ada@example.com' }),
      '`username`: expected',
      true,
    ],
    ['a misspelt key', JSON.stringify({ username: 'ada@example.com', dry_run: true }), '`dry_run`', true],
    ['no JSON', 'no JSON', 'not JSON', false],
    ['a name in what is no JSON', '{"username": "ada@example.com",}', 'not JSON', true],
  ])('refuses %s, tells the signer which field, and reports it', async (_, body, reason, namesUsername) => {
    const desk = openDesk()
    const answer = await desk.send(standard(body, signature(body, desk.state.now)))

    expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(reason)])
    expect(JSON.stringify(answer.body)).not.toContain('ada@')
    expect(desk.state.queued).toEqual([
      {
        kind: 'unreadable',
        source: 'hook/workday',
        reason: expect.stringContaining(reason),
        namesUsername,
        digest: expect.any(String),
        replay: expect.stringMatching(/^the message with webhook-id /),
      },
    ])
  })

  test('reports two bodies that are wrong in the same way as two, and a repetition as one', async () => {
    const desk = openDesk()
    const misspelt = (username: string) => JSON.stringify({ username, dry_run: true })
    for (const username of ['ada@example.com', 'bob@example.com', 'ada@example.com']) {
      const body = misspelt(username)
      await desk.send(standard(body, signature(body, desk.state.now)))
    }

    const [ada, bob, adaAgain] = unreadables(desk).map((one) => JSON.stringify(one))
    expect(ada).not.toBe(bob)
    expect(adaAgain).toBe(ada)
  })

  test('refuses what is larger than 256 KB, with a report of each if it is signed', async () => {
    const { send, state } = openDesk()
    const bodies = ['x', 'y'].map((one) => JSON.stringify({ username: one.repeat(256 * 1024) }))

    for (const body of bodies)
      expect((await send(standard(body, signature(body, state.now)))).status).toBe(413)
    expect((await send(standard('z'.repeat(300_000), signature('z', state.now)))).status).toBe(401)

    const replay = expect.stringMatching(/^the message with webhook-id /)
    expect(state.queued).toMatchObject([
      { kind: 'unreadable', source: 'hook/workday', namesUsername: true, replay },
      { kind: 'unreadable', source: 'hook/workday', namesUsername: true, replay },
    ])
    expect(new Set(state.queued.map((one) => JSON.stringify(one))).size).toBe(2)
  })

  test('asks to have it repeated while the queue is down', async () => {
    const { send, state } = openDesk()
    state.isQueueDown = true

    expect((await send(standard(BODY, signature(BODY, state.now)))).status).toBe(503)
  })
})

function svix(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace('webhook', 'svix'), value]),
  )
}

describe('hooks()', () => {
  test.each(['okta', 'standard'])('asks to come back while the keys of %s cannot be read', async (scheme) => {
    const { send, deps, state } = openDesk()
    const unavailable = async () => ({ kind: 'unavailable', code: 'SECRET_TIMEOUT' }) as const
    const keys = { current: unavailable, renewed: unavailable }
    const request = scheme === 'okta' ? okta(eventHook()) : standard('{}', signature('{}', state.now))

    expect((await send(request, { ...deps, hooks: { ...deps.hooks, keys } })).status).toBe(503)
  })

  test.each([
    ['POST', ['hooks', 'other'], 404],
    ['PUT', ['hooks', 'okta'], 405],
  ])('knows no %s %j', async (method, path, status) => {
    const event = { rawPath: '', routeKey: '', headers: {}, isBase64Encoded: false }
    const requestContext = { requestId: 'r', timeEpoch: 0, http: { sourceIp: '192.0.2.7' } }
    const request = readEvent({ ...event, requestContext } as never)

    expect((await hooks(openDesk().deps.hooks, { ...request, method, path })).status).toBe(status)
  })
})

test.each([
  ['192.0.2.7', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:db8::7', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
])('readEvent() keeps of the address %s the network %s', (sourceIp, network) => {
  const event = { rawPath: '', routeKey: '', headers: {}, isBase64Encoded: false }
  const requestContext = { requestId: 'r', timeEpoch: 0, http: { sourceIp } }

  expect(readEvent({ ...event, requestContext } as never).network).toBe(network)
})
