import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from '../../../lib/senders/own-message.ts'
import { type IntakeSettings, type Reading, readMessage } from '../../../lib/senders/read-message.ts'
import {
  auth0CloudEvent,
  auth0Log,
  eventBridgeEnvelope,
  oktaDeactivation,
  PUBLISHED,
  sailPointDeletion,
  snsNotification,
} from '../../fixtures/events.ts'

const SETTINGS: IntakeSettings = { onSuspend: 'ignore', oktaAppIds: [] }
const ADA = { username: 'ada@example.com' }
const OWN = {
  departure: { ...ADA, id: 'okta:1', source: 'okta', occurredAt: PUBLISHED },
}
const EXPECTED =
  'expected a departure with `username`, an SNS notification, or an EventBridge event of a known source'

const read = (body: unknown) => readMessage(JSON.stringify(body), SETTINGS)
const userDeparted = (detail: unknown, source = 'com.example.hr') =>
  eventBridgeEnvelope(detail, {
    source,
    detailType: 'User Departed',
    id: 'bus-1',
    time: '2026-11-16T18:15:13Z',
  })

describe('readMessage() finds the same Okta departure', () => {
  const event = eventBridgeEnvelope(oktaDeactivation())
  test.each([
    ['in EventBridge → SQS', event],
    ['in EventBridge → SNS → SQS', snsNotification(event)],
    ['in a replayed event', { ...event, 'replay-name': 'after-outage' }],
  ])('%s, by its uuid', (_, body) => {
    expect(read(body)).toStrictEqual({
      kind: 'people',
      source: 'okta',
      departures: [
        {
          ...ADA,
          id: 'okta:ab62c0bc-2837-11eb-9823-9fb8f750c5a9',
          source: 'okta',
          occurredAt: new Date(PUBLISHED),
        },
      ],
      returns: [],
    })
  })
})

test.each([
  ['eventbridge/com.example.hr:bus-1', '2026-11-16T18:15:13Z', userDeparted(ADA)],
  ['eventbridge/com.example.hr:bus-1', '2026-11-16T18:15:13Z', snsNotification(userDeparted(ADA))],
  ['eventbridge/a?b??:bus-1', '2026-11-16T18:15:13Z', userDeparted(ADA, 'a:b\n ')],
  ['sns/leavers:sns-1', '2026-11-16T18:15:14Z', snsNotification(ADA, { messageId: 'sns-1' })],
  ['sqs:own-1', PUBLISHED, { ...ADA, id: 'own-1', occurredAt: PUBLISHED }],
])('readMessage() reads a canonical departure as %s', (id, occurredAt, body) => {
  expect(read(body)).toMatchObject({
    kind: 'people',
    departures: [{ ...ADA, id, occurredAt: new Date(occurredAt) }],
  })
})

test('readMessage() takes id and time of the next envelope where the innermost has none it can use', () => {
  const { id, time, ...event } = userDeparted(ADA)
  const body = snsNotification({ ...event, id: 7 }, { messageId: 'sns-1' })

  expect(read(body)).toMatchObject({
    departures: [{ id: 'eventbridge/com.example.hr:sns-1', occurredAt: new Date('2026-11-16T18:15:14Z') }],
  })
})

test('readMessage() keeps the outer topic as source of a notification in a notification', () => {
  const forged = snsNotification(ADA, { topic: 'payroll', messageId: 'inner-1' })

  expect(read(snsNotification(forged, { topic: 'leavers' }))).toMatchObject({
    source: 'sns/leavers',
    departures: [{ id: 'sns/leavers:inner-1' }],
  })
})

test('readMessage() opens four envelopes and not a fifth', () => {
  const wrapped = (times: number) => {
    let body: unknown = ADA
    for (let i = 0; i < times; i++) body = snsNotification(body)
    return body
  }

  expect(read(wrapped(4)).kind).toBe('people')
  expect(read(wrapped(5))).toStrictEqual({ kind: 'unreadable', reason: 'expected at most 4 envelopes' })
})

test('readMessage() reads our own messages', () => {
  expect(read(OWN)).toMatchObject({ kind: 'people', source: 'okta', departures: [{ id: 'okta:1' }] })
  expect(readMessage(encodeMessage({ kind: 'case', caseId: 'c-0123' }), SETTINGS)).toStrictEqual({
    kind: 'due',
    caseId: 'c-0123',
  })
})

test.each([
  ['SNS', snsNotification(OWN)],
  ['SNS twice', snsNotification(snsNotification(OWN))],
  ['EventBridge', userDeparted(OWN)],
  ['EventBridge of another detail-type', eventBridgeEnvelope(OWN, { source: 'com.example.hr' })],
  ['SNS, a case', snsNotification({ case: 'c-0123456789abcdef0123' })],
])('readMessage() accepts none of our own messages from inside %s', (_, body) => {
  expect(read(body).kind).toBe('unreadable')
})

test.each(['SubscriptionConfirmation', 'UnsubscribeConfirmation'])('readMessage() ignores a %s', (type) => {
  expect(read(snsNotification('You have chosen…', { type }))).toStrictEqual({
    kind: 'ignored',
    source: 'sns/leavers',
    why: 'a notice about the subscription itself',
  })
})

test('readMessage() ignores our own audit events, so that refusing one cannot start a loop', () => {
  const event = eventBridgeEnvelope({}, { source: 'atlas.offboarding', detailType: 'Offboarding Outcome' })

  expect(read(event)).toMatchObject({ kind: 'ignored', why: 'our own audit event' })
})

test.each([
  ['an unknown source', eventBridgeEnvelope(oktaDeactivation(), { source: 'aws.identitystore' })],
  ['a source that only looks known', eventBridgeEnvelope({}, { source: 'x.aws.partner/okta.com/a/b' })],
  [
    'a detail-type in the wrong case',
    eventBridgeEnvelope(ADA, { source: 'hr', detailType: 'user departed' }),
  ],
])('readMessage() calls an EventBridge event of %s unreadable', (_, body) => {
  expect(read(body)).toStrictEqual({
    kind: 'unreadable',
    reason: 'expected an EventBridge event of a known source, or of detail-type `User Departed`',
  })
})

test.each([
  ['nothing', ''],
  ['text', 'ada@example.com'],
  ['half a JSON', '{"username":"ada@example.com"'],
  ['a number', '7'],
  ['null', 'null'],
  ['a list', '[{"username":"ada@example.com"}]'],
  ['JSON in JSON', JSON.stringify('{"username":"ada@example.com"}')],
  ['an empty object', '{}'],
  ['another key', '{"email":"ada@example.com"}'],
  ['an inherited key', '{"__proto__":{"username":"ada@example.com","id":"1"}}'],
  ['a bare Okta event, which anybody could write', JSON.stringify(oktaDeactivation())],
  ['SNS without message', JSON.stringify({ Type: 'Notification', TopicArn: 'arn:x' })],
  ['SNS of unknown type', JSON.stringify(snsNotification(ADA, { type: 'Other' }))],
  ['SNS around text', JSON.stringify(snsNotification('ada left'))],
  ['1 MB of text', 'x'.repeat(1_000_000)],
  ['1 MB of opening brackets', '['.repeat(1_000_000)],
  ['1 MB of nested lists', '['.repeat(500_000) + ']'.repeat(500_000)],
  ['1 MB of nested objects', `${'{"a":'.repeat(170_000)}1${'}'.repeat(170_000)}`],
])('readMessage() calls %s unreadable', (_, body) => {
  expect(readMessage(body, SETTINGS)).toStrictEqual({ kind: 'unreadable', reason: EXPECTED })
})

test('readMessage() takes the last of two equal keys, as JSON does', () => {
  const body = `{"username":"bob@example.com","username":"ada@example.com","id":"1","occurredAt":"${PUBLISHED}"}`

  expect(readMessage(body, SETTINGS)).toMatchObject({ departures: [ADA] })
})

test('readMessage() reads a departure out of 1 MB of keys that it does not know', () => {
  const padding = { ...ADA, padding: 'x'.repeat(1_000_000), reason: 'y'.repeat(1_000_000) }

  expect(read(snsNotification(padding))).toMatchObject({ departures: [{ ...ADA, reason: 'y'.repeat(200) }] })
})

describe('readMessage(), whatever comes,', () => {
  const SAMPLES: readonly unknown[] = [
    OWN,
    { case: 'c-0123' },
    { ...ADA, id: '1', occurredAt: PUBLISHED, aliases: ['ada@old.example.com'], dryRun: true },
    eventBridgeEnvelope(oktaDeactivation()),
    eventBridgeEnvelope(sailPointDeletion(), {
      source: 'aws.partner/sailpoint.com/a/idn/x',
      detailType: 'idn:identity-deleted',
    }),
    eventBridgeEnvelope(auth0Log(), { source: 'aws.partner/auth0.com/a/auth0.logs' }),
    eventBridgeEnvelope(auth0CloudEvent(), { source: 'aws.partner/auth0.com/a/stream' }),
    userDeparted(ADA),
  ]
  const KINDS = ['people', 'due', 'ignored', 'unreadable']

  test('answers a reading for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (body) => {
        expect(KINDS).toContain(readMessage(body, SETTINGS).kind)
      }),
    )
  })

  test('answers a reading for a known shape with anything in the place of one of its parts', () => {
    const spoiled = fc.tuple(fc.constantFrom(...SAMPLES), fc.nat(), fc.jsonValue(), fc.boolean())

    fc.assert(
      fc.property(spoiled, ([sample, place, value, inSns]) => {
        const body = replaced(sample, place, value)
        expect(KINDS).toContain(read(inSns ? snsNotification(body) : body).kind)
      }),
      { numRuns: 1_000 },
    )
  })

  test('never shows a value in a reason', () => {
    const spoiled = fc.tuple(fc.constantFrom(...SAMPLES), fc.nat())

    fc.assert(
      fc.property(spoiled, ([sample, place]) => {
        expect(reasonOf(read(replaced(sample, place, 's3cret\n')))).not.toContain('s3cret')
      }),
      { numRuns: 500 },
    )
  })

  test('names nobody but the person in the event', () => {
    const spoiled = fc.tuple(fc.constantFrom(...SAMPLES), fc.nat(), fc.constantFrom(null, 7, [], {}, ''))

    fc.assert(
      fc.property(spoiled, ([sample, place, value]) => {
        const reading = read(replaced(sample, place, value))
        const people = reading.kind === 'people' ? [...reading.departures, ...reading.returns] : []
        for (const { username } of people) expect(username).toBe('ada@example.com')
      }),
      { numRuns: 500 },
    )
  })
})

/** Puts a value in the place of one part of a sample, parts being counted from the outside in. */
function replaced(sample: unknown, place: number, value: unknown): unknown {
  let parts = 0
  JSON.stringify(sample, (_, part) => {
    parts++
    return part
  })
  let seen = 0
  return JSON.parse(JSON.stringify(sample, (_, part) => (seen++ === place % parts ? value : part)))
}

function reasonOf(reading: Reading): string {
  switch (reading.kind) {
    case 'unreadable':
      return reading.reason
    case 'people':
      return reading.unreadable ?? ''
    case 'ignored':
      return reading.why
    case 'due':
    case 'leftovers':
      return ''
  }
}
