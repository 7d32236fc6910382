import { expect, test } from 'vitest'
import { bodiesOfDirectEvent } from '../../../lib/senders/direct.ts'
import { readMessage } from '../../../lib/senders/read-message.ts'
import {
  eventBridgeEnvelope,
  oktaDeactivation,
  snsInvocation,
  snsNotification,
  sqsRecord,
} from '../../fixtures/events.ts'

const SETTINGS = { onSuspend: 'ignore', oktaAppIds: [] } as const
const OKTA = eventBridgeEnvelope(oktaDeactivation())

test('bodiesOfDirectEvent() gives an EventBridge event as one body, as it is', () => {
  expect(bodiesOfDirectEvent(OKTA)).toStrictEqual([JSON.stringify(OKTA)])
})

test('bodiesOfDirectEvent() gives a body that reads like the same message from the queue', () => {
  const [body = ''] = bodiesOfDirectEvent(snsInvocation({ username: 'ada@example.com' })) ?? []

  const reading = readMessage(body, SETTINGS)

  expect(reading.kind).toBe('people')
  expect(reading).toStrictEqual(
    readMessage(JSON.stringify(snsNotification({ username: 'ada@example.com' })), SETTINGS),
  )
})

test('bodiesOfDirectEvent() gives one body for each SNS record, whatever it holds', () => {
  const { Records } = snsInvocation('no JSON')

  expect(bodiesOfDirectEvent({ Records: [...Records, { Sns: {} }] })).toStrictEqual([
    JSON.stringify(Records[0]?.Sns),
    '{}',
  ])
})

test('bodiesOfDirectEvent() lets nobody smuggle one of our own messages in', () => {
  const [body = ''] = bodiesOfDirectEvent({ ...OKTA, departure: { username: 'bob@example.com' } }) ?? []

  expect(readMessage(body, SETTINGS)).toMatchObject({
    source: 'okta',
    departures: [{ username: 'ada@example.com' }],
  })
})

test.each([
  ['a batch of the queue', { Records: [sqsRecord(OKTA)] }],
  ['an empty batch', { Records: [] }],
  ['a mixed batch', { Records: [...snsInvocation('{}').Records, sqsRecord(OKTA)] }],
  ['records that are no list', { Records: { Sns: {} } }],
  ['records that are no objects', { Records: [null, 'Sns'] }],
  ['a departure', { username: 'ada@example.com' }],
  ['an empty event', {}],
  ['null', null],
  ['a list', [OKTA]],
  ['text', JSON.stringify(OKTA)],
])('bodiesOfDirectEvent() leaves %s alone', (_, event) => {
  expect(bodiesOfDirectEvent(event)).toBeUndefined()
})
