import { expect, test } from 'vitest'
import { readEvents } from '../../../lib/senders/read-events.ts'
import { eventBridgeEnvelope, oktaDeactivation, PUBLISHED, snsNotification } from '../../fixtures/events.ts'

const SETTINGS = { onSuspend: 'ignore', oktaAppIds: [] } as const
const NOW = new Date('2026-11-16T18:16:00Z')
const ADA = { username: 'ada@example.com' }
const AT = '2026-11-16T18:15:13Z'

const read = (body: unknown) => readEvents(JSON.stringify(body), SETTINGS, NOW)
const canonical = (detail: unknown, detailType = 'User Departed', source = 'com.example.hr') =>
  eventBridgeEnvelope(detail, { source, detailType, id: 'bus-1', time: AT })

test.each([
  ['as it is', eventBridgeEnvelope(oktaDeactivation())],
  ['replayed', { ...eventBridgeEnvelope(oktaDeactivation()), 'replay-name': 'after-outage' }],
])('readEvents() reads an event of a partner, %s, as the partner’s', (_, body) => {
  const id = 'okta:ab62c0bc-2837-11eb-9823-9fb8f750c5a9'

  expect(read(body)).toStrictEqual({
    kind: 'people',
    source: 'okta',
    departures: [{ ...ADA, id, source: 'okta', occurredAt: new Date(PUBLISHED) }],
    returns: [],
  })
})

test.each([
  ['User Departed', 'com.example.hr', 'departures'],
  ['User Returned', 'com.example.hr', 'returns'],
  ['User Departed', 'a:b\n ', 'departures'],
])('readEvents() reads detail-type `%s` of %j', (detailType, sender, side) => {
  const source = sender === 'com.example.hr' ? 'eventbridge/com.example.hr' : 'eventbridge/a?b??~b9709da1c057'

  expect(read(canonical(ADA, detailType, sender))).toStrictEqual({
    kind: 'people',
    source,
    departures: [],
    returns: [],
    [side]: [{ ...ADA, id: `${source}:bus-1`, source, occurredAt: new Date(AT) }],
  })
})

test('readEvents() never takes two senders for one source', () => {
  const sources = ['a:b', 'a?b', 'a b', 'x'.repeat(201), `${'x'.repeat(200)}y`].map((sender) => {
    const reading = read(canonical(ADA, 'User Departed', sender))
    return reading.kind === 'people' && reading.source
  })

  expect(new Set(sources).size).toBe(5)
})

test('readEvents() refuses a body that contradicts its detail-type', () => {
  expect(read(canonical({ ...ADA, type: 'user.departed' }, 'User Returned')).kind).toBe('unreadable')
})

test('readEvents() lets no sender name itself after a partner', () => {
  expect(read(canonical(ADA, 'User Departed', 'okta'))).toMatchObject({ source: 'eventbridge/okta' })
  expect(read(canonical({ ...ADA, source: 'okta' })).kind).toBe('unreadable')
})

test('readEvents() ignores our own audit events, so that refusing one cannot start a loop', () => {
  expect(read(canonical({}, 'Offboarding Outcome', 'atlas.offboarding'))).toStrictEqual({
    kind: 'ignored',
    source: 'eventbridge/atlas.offboarding',
    why: 'our own audit event',
  })
})

test.each([
  ['an unknown source', eventBridgeEnvelope(oktaDeactivation(), { source: 'aws.identitystore' })],
  ['a source that only looks known', eventBridgeEnvelope({}, { source: 'x.aws.partner/okta.com/a/b' })],
  ['a detail-type in the wrong case', canonical(ADA, 'user departed')],
])('readEvents() calls an event of %s unreadable', (_, body) => {
  expect(read(body)).toMatchObject({
    kind: 'unreadable',
    reason:
      'expected an EventBridge event of a known source, or of detail-type `User Departed` or `User Returned`',
  })
})

test('readEvents() refuses a partner’s instant more than 400 days ahead', () => {
  const event = eventBridgeEnvelope(oktaDeactivation({ published: '2099-01-01T00:00:00Z' }))

  expect(read(event)).toMatchObject({ kind: 'unreadable', namesUsername: true })
})

test.each([
  ['nothing', '', false],
  ['text', 'ada@example.com', true],
  ['half a JSON', '{"username":"ada"', true],
  ['a number', '7', false],
  ['null', 'null', false],
  ['a list', '[{"username":"ada@example.com"}]', true],
  ['a bare departure', JSON.stringify({ ...ADA, id: '1', occurredAt: AT }), true],
  ['a bare Okta event', JSON.stringify(oktaDeactivation()), true],
  ['SNS', JSON.stringify(snsNotification(ADA)), true],
  ['a message of ours', JSON.stringify({ kind: 'task', task: 'case', id: 'c-0123' }), false],
  ['1 MB of text', 'x'.repeat(1_000_000), false],
  ['1 MB of at signs', '@'.repeat(1_000_000), false],
  ['1 MB of opening brackets', '['.repeat(1_000_000), false],
  ['1 MB of nested lists', '['.repeat(500_000) + ']'.repeat(500_000), false],
])('readEvents() takes nothing but EventBridge events: %s', (_, body, namesUsername) => {
  expect(readEvents(body, SETTINGS, NOW)).toStrictEqual({
    kind: 'unreadable',
    reason: 'expected an EventBridge event',
    namesUsername,
  })
})

test('readEvents() answers for an event nested as deeply as 1 MB allows', () => {
  const detail = `${'{"a":'.repeat(170_000)}1${'}'.repeat(170_000)}`
  const body = `{"source":"com.example.hr","detail-type":"User Departed","id":"1","detail":${detail}}`

  expect(readEvents(body, SETTINGS, NOW)).toMatchObject({ kind: 'unreadable' })
})
