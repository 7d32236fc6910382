import { describe, expect, test } from 'vitest'
import { readTopic } from '../../../lib/senders/read-topic.ts'
import type { IntakeSettings } from '../../../lib/senders/reading.ts'
import { eventBridgeEnvelope, oktaDeactivation, PUBLISHED, snsNotification } from '../../fixtures/events.ts'
import { cloudEvent } from './canonical/events.ts'
import { sailPointDeletion } from './sailpoint/events.ts'

const SETTINGS: IntakeSettings = { onSuspend: 'ignore', oktaAppIds: [], forwarderTopics: ['forwarded'] }
const NOW = new Date('2026-11-16T18:16:00Z')
const ADA = { username: 'ada@example.com' }
const OKTA = eventBridgeEnvelope(oktaDeactivation())
const UUID = 'ab62c0bc-2837-11eb-9823-9fb8f750c5a9'

const read = (body: unknown) => readTopic(JSON.stringify(body), SETTINGS, NOW)
const wrapped = (message: unknown, topic = 'leavers') =>
  read(snsNotification(message, { topic, messageId: 'sns-1' }))

function departureOf(source: string, id: string, occurredAt: string) {
  const departure = { ...ADA, id: `${source}:${id}`, source, occurredAt: new Date(occurredAt) }
  return { kind: 'people', source, departures: [departure], returns: [] }
}

test.each([
  ['bare', ADA, 'sns-1', '2026-11-16T18:15:14Z'],
  ['with its own id and time', { ...ADA, id: 'own', occurredAt: PUBLISHED }, 'own', PUBLISHED],
])('readTopic() reads a canonical departure %s', (_, message, id, occurredAt) => {
  expect(wrapped(message)).toStrictEqual(departureOf('sns/leavers', id, occurredAt))
})

test('readTopic() reads a departure taken back', () => {
  expect(wrapped({ ...ADA, type: 'user.returned' })).toStrictEqual({
    kind: 'people',
    source: 'sns/leavers',
    departures: [],
    returns: departureOf('sns/leavers', 'sns-1', '2026-11-16T18:15:14Z').departures,
  })
})

test('readTopic() reads a CloudEvent', () => {
  const message = { ...cloudEvent(ADA), time: PUBLISHED }

  expect(wrapped(message)).toStrictEqual(departureOf('sns/leavers', 'ce-1', PUBLISHED))
})

test.each([
  ['type', 'user.returned', {}, 'unreadable'],
  ['Type', 'employee.hired', {}, 'unreadable'],
  ['dry_run', 'true', {}, 'unreadable'],
  ['effectiveAt', '2026-12-24T17:00:00Z', {}, 'unreadable'],
  ['type', 'user.departed', {}, 'people'],
  ['dryRun', 'true', { dryRun: true }, 'people'],
  ['tenant', 'acme', {}, 'people'],
  ['eventName', 'user.returned', {}, 'unreadable'],
  ['eventName', 'com.example.User.Returned', {}, 'unreadable'],
  ['eventName', 'user.returned', { type: 'user.returned' }, 'people'],
  ['eventName', 'user.returned', { reason: 'user returned' }, 'unreadable'],
  ['detail-type', 'User Returned', {}, 'unreadable'],
  ['events', '["user.returned"]', {}, 'unreadable'],
  ['eventName', 'user.departed', {}, 'people'],
  ['eventType', 'user.created', {}, 'unreadable'],
  ['event_type', 'USER_LOGIN', {}, 'unreadable'],
  ['event', 'employee.hired', {}, 'unreadable'],
  ['action', 'reactivate', {}, 'unreadable'],
  ['eventType', 'user.created', { type: 'user.departed' }, 'people'],
  ['eventType', 'employee.terminated', {}, 'people'],
  ['eventType', 'user.deactivated', {}, 'people'],
  ['event_type', 'termination.created', {}, 'people'],
  ['event', 'JoinerMoverLeaver', {}, 'people'],
  ['action', 'LoginDisabled', {}, 'people'],
  ['event', 'offboarding.cancelled', {}, 'unreadable'],
  ['note', 'user.created', {}, 'people'],
  ['eventTime', '2026-11-30T08:00:00Z', {}, 'people'],
])('readTopic() reads an attribute `%s` of %j beside %j as %s', (key, Value, more, kind) => {
  const MessageAttributes = { [key]: { Type: 'String', Value } }

  expect(read({ ...snsNotification({ ...ADA, ...more }), MessageAttributes }).kind).toBe(kind)
})

test.each([
  ['user.returned', {}, 'unreadable'],
  ['HR: User Returned', {}, 'unreadable'],
  ['User Returned', { type: 'user.returned' }, 'people'],
  ['User Departed', {}, 'people'],
  ['Somebody returned a laptop', {}, 'people'],
])('readTopic() reads the subject %j beside %j as %s', (Subject, more, kind) => {
  expect(read({ ...snsNotification({ ...ADA, ...more }), Subject }).kind).toBe(kind)
})

test.each([
  ['dryRun', 'unreadable'],
  ['dry_run', 'unreadable'],
  ['effective_at', 'unreadable'],
  ['type', 'unreadable'],
  ['orgId', 'unreadable'],
  ['replay-name', 'people'],
])('readTopic() reads an event with `%s` beside its detail as %s', (key, kind) => {
  const event = eventBridgeEnvelope(ADA, {
    source: 'com.example.hr',
    detailType: 'User Departed',
    id: 'b',
    time: PUBLISHED,
  })

  expect(wrapped({ ...event, [key]: 'x' }).kind).toBe(kind)
})

describe('readTopic() speaks for the topic, whatever it wraps:', () => {
  test.each([
    ['Okta', OKTA, UUID, PUBLISHED],
    [
      'SailPoint',
      eventBridgeEnvelope(sailPointDeletion(), {
        source: 'aws.partner/sailpoint.com/a/idn/x',
        detailType: 'idn:identity-deleted',
        id: 'bus-1',
        time: PUBLISHED,
      }),
      'bus-1',
      PUBLISHED,
    ],
    [
      'another bus',
      eventBridgeEnvelope(ADA, {
        source: 'com.example.hr',
        detailType: 'User Departed',
        id: 'b',
        time: PUBLISHED,
      }),
      'b',
      PUBLISHED,
    ],
  ])('%s', (_, message, id, occurredAt) => {
    expect(wrapped(message)).toStrictEqual(departureOf('sns/leavers', id, occurredAt))
  })

  test('an event that nobody acts on', () => {
    const session = eventBridgeEnvelope(oktaDeactivation({ eventType: 'user.session.start' }))
    const own = eventBridgeEnvelope({}, { source: 'atlas.offboarding', detailType: 'Offboarding Notice' })

    expect(wrapped(session)).toMatchObject({ kind: 'ignored', source: 'sns/leavers' })
    expect(wrapped(own)).toMatchObject({ kind: 'ignored', source: 'sns/leavers' })
  })

  test('an Okta return, which takes back nothing of Okta', () => {
    const back = eventBridgeEnvelope(oktaDeactivation({ eventType: 'user.lifecycle.activate' }))

    expect(wrapped(back)).toMatchObject({ source: 'sns/leavers', returns: [{ source: 'sns/leavers' }] })
  })
})

describe('readTopic() lets an event speak for itself through a topic declared a forwarder:', () => {
  test('Okta', () => {
    expect(wrapped(OKTA, 'forwarded')).toStrictEqual(departureOf('okta', UUID, PUBLISHED))
  })

  test('a bare departure, which has no other source', () => {
    expect(wrapped(ADA, 'forwarded')).toMatchObject({ kind: 'people', source: 'sns/forwarded' })
  })

  test('a topic of nearly that name is none', () => {
    expect(wrapped(OKTA, 'Forwarded')).toMatchObject({ source: 'sns/Forwarded' })
  })
})

test('readTopic() takes id and time of the notification for an event that lost its own', () => {
  const { id, time, ...event } = eventBridgeEnvelope(ADA, { source: 'hr', detailType: 'User Departed' })

  expect(wrapped(event)).toStrictEqual(departureOf('sns/leavers', 'sns-1', '2026-11-16T18:15:14Z'))
})

test.each(['SubscriptionConfirmation', 'UnsubscribeConfirmation'])('readTopic() ignores a %s', (type) => {
  expect(read(snsNotification('You have chosen…', { type }))).toStrictEqual({
    kind: 'ignored',
    source: 'sns/leavers',
    why: 'a notice about the subscription itself',
  })
})

test.each([
  ['nothing', ''],
  ['a bare departure', { ...ADA, id: '1', occurredAt: PUBLISHED }],
  ['an EventBridge event', OKTA],
  ['a message of ours', { kind: 'task', task: 'case', id: 'c-0123' }],
  ['SNS without message', { Type: 'Notification', TopicArn: 'arn:x' }],
  ['SNS of an unknown type', snsNotification(ADA, { type: 'Other' })],
])('readTopic() takes nothing but notifications: %s', (_, body) => {
  expect(read(body)).toMatchObject({ kind: 'unreadable', reason: 'expected an SNS notification' })
})

test.each([
  ['text', 'ada left', 'sns/leavers: expected JSON with no key twice'],
  ['a list', [ADA], 'sns/leavers: expected a departure with `username`'],
  [
    'a notification in a notification',
    snsNotification(ADA),
    'sns/leavers: `Type` is unknown; did you mean `type`?',
  ],
  [
    'a notification in an event',
    eventBridgeEnvelope(snsNotification(ADA), { source: 'hr', detailType: 'User Departed' }),
    'sns/leavers: `Type` is unknown; did you mean `type`?',
  ],
  ['a bare Okta event', oktaDeactivation(), 'sns/leavers: `uuid` is unknown'],
  ['one of our own messages', { kind: 'departure', departure: ADA }, 'sns/leavers: `kind` is unknown'],
])('readTopic() calls a notification of %s unreadable', (_, message, reason) => {
  expect(wrapped(message)).toMatchObject({ kind: 'unreadable', reason })
})

test.each([
  '{"username":"ada@example.com",}',
  '{"dryRun":true,"dryRun":false,"username":"ada"}',
  'ada@example.com left',
])('readTopic() sees that %s names somebody', (message) => {
  expect(wrapped(message)).toMatchObject({ kind: 'unreadable', namesUsername: true })
})

test('readTopic() refuses an instant in a wrapped event that is more than 400 days ahead', () => {
  const message = eventBridgeEnvelope(oktaDeactivation({ published: '2099-01-01T00:00:00Z' }))

  expect(wrapped(message)).toMatchObject({ kind: 'unreadable', namesUsername: true })
})
