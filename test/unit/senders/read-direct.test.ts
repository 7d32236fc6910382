import { expect, test } from 'vitest'
import { readDirect } from '../../../lib/senders/read-direct.ts'
import { readEvents } from '../../../lib/senders/read-events.ts'
import { readTopic } from '../../../lib/senders/read-topic.ts'
import {
  eventBridgeEnvelope,
  oktaDeactivation,
  snsInvocation,
  snsNotification,
  sqsRecord,
} from '../../fixtures/events.ts'

const SETTINGS = { onSuspend: 'ignore', oktaAppIds: [] } as const
const NOW = new Date('2026-11-16T18:16:00Z')
const ADA = { username: 'ada@example.com' }
const OKTA = eventBridgeEnvelope(oktaDeactivation())

function bodiesOf(event: unknown): readonly string[] {
  const reading = readDirect(event)
  return reading.kind === 'direct' ? reading.bodies : []
}

test('readDirect() gives an EventBridge event as one body for the events queue, as it is', () => {
  expect(readDirect(OKTA)).toStrictEqual({
    kind: 'direct',
    channel: 'events',
    bodies: [JSON.stringify(OKTA)],
  })
})

test('readDirect() gives one body for the topic queue of each SNS record, whatever it holds', () => {
  const { Records } = snsInvocation('no JSON')

  expect(readDirect({ Records: [...Records, { Sns: {} }] })).toStrictEqual({
    kind: 'direct',
    channel: 'topic',
    bodies: [JSON.stringify(Records[0]?.Sns), '{}'],
  })
})

test('readDirect() gives a body that reads like the same message from the queue', () => {
  const [body = ''] = bodiesOf(snsInvocation(ADA))

  const reading = readTopic(body, SETTINGS, NOW)

  expect(reading.kind).toBe('people')
  expect(reading).toStrictEqual(readTopic(JSON.stringify(snsNotification(ADA)), SETTINGS, NOW))
})

test('readDirect() lets nobody smuggle one of our own messages in', () => {
  const smuggled = { ...OKTA, kind: 'departure', departure: { username: 'bob@example.com' } }
  const [body = ''] = bodiesOf(smuggled)

  expect(readEvents(body, SETTINGS, NOW)).toMatchObject({ source: 'okta', departures: [ADA] })
})

test.each([
  ['a batch of the queue', { Records: [sqsRecord(OKTA)] }, true],
  ['an empty batch', { Records: [] }, false],
  ['a mixed batch', { Records: [...snsInvocation('{}').Records, sqsRecord({})] }, false],
  ['records that are no list', { Records: { Sns: {} } }, false],
  ['records that are no objects', { Records: [null, 'Sns'] }, false],
  ['a departure', ADA, true],
  ['one of our own messages', { kind: 'task', task: 'case', id: 'c-1' }, false],
  ['an empty event', {}, false],
  ['null', null, false],
  ['a list', [OKTA], true],
  ['text', JSON.stringify(OKTA), true],
])('readDirect() calls %s unreadable', (_, event, namesUsername) => {
  expect(readDirect(event)).toStrictEqual({
    kind: 'unreadable',
    reason: 'expected a batch of a queue, or an event that SNS or EventBridge brings',
    namesUsername,
  })
})

test('readDirect() answers for an event too deep to be written down', () => {
  const detail = JSON.parse('['.repeat(500_000) + ']'.repeat(500_000))

  expect(readDirect(eventBridgeEnvelope(detail))).toMatchObject({ kind: 'unreadable' })
})
