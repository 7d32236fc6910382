import { describe, expect, test } from 'vitest'
import { fromCanonical } from '../../../../lib/senders/canonical/canonical.ts'
import { cloudEvent, standardWebhook } from './events.ts'

const NOW = new Date('2026-11-30T09:00:00Z')
const ENVELOPE = { id: 'sns-1', at: new Date('2026-11-29T12:00:00Z') }
const ADA = { username: 'ada@example.com' }
const read = (body: unknown, envelope: object = ENVELOPE) => fromCanonical(body, 'sns/leavers', envelope, NOW)

function personOf(id: string, occurredAt: string) {
  return { id: `sns/leavers:${id}`, source: 'sns/leavers', ...ADA, occurredAt: new Date(occurredAt) }
}

describe('openWrapper() opens', () => {
  test.each([
    ['Standard Webhooks', standardWebhook(ADA), personOf('sns-1', '2026-11-29T10:00:00Z')],
    ['CloudEvents', cloudEvent(ADA), personOf('ce-1', '2026-11-29T11:00:00Z')],
    [
      'CloudEvents without time',
      { ...cloudEvent(ADA), time: undefined },
      personOf('ce-1', '2026-11-29T12:00:00Z'),
    ],
    [
      'CloudEvents of the bare type',
      { ...cloudEvent(ADA), type: 'user.departed' },
      personOf('ce-1', '2026-11-29T11:00:00Z'),
    ],
    [
      'attributes that nobody reads',
      {
        ...cloudEvent(ADA),
        subject: 'bob@example.com',
        datacontenttype: 'application/json',
        traceparent: '0',
      },
      personOf('ce-1', '2026-11-29T11:00:00Z'),
    ],
    [
      'a body with its own id and time',
      cloudEvent({ ...ADA, id: 'own-1', occurredAt: '2026-11-28T10:00:00Z' }),
      personOf('own-1', '2026-11-28T10:00:00Z'),
    ],
  ])('%s', (_, body, departure) => {
    expect(read(JSON.parse(JSON.stringify(body)))).toStrictEqual({
      kind: 'people',
      source: 'sns/leavers',
      departures: [departure],
      returns: [],
    })
  })

  test.each([
    ['Standard Webhooks', standardWebhook(ADA, 'user.returned'), personOf('sns-1', '2026-11-29T10:00:00Z')],
    ['CloudEvents', cloudEvent(ADA, 'com.example.user.returned'), personOf('ce-1', '2026-11-29T11:00:00Z')],
    [
      'an attribute that repeats it',
      { ...standardWebhook(ADA, 'user.returned'), eventType: 'user.returned' },
      personOf('sns-1', '2026-11-29T10:00:00Z'),
    ],
  ])('a return in %s', (_, body, back) => {
    expect(read(body)).toMatchObject({ kind: 'people', departures: [], returns: [back] })
  })
})

describe('openWrapper() reads the type of a CloudEvent', () => {
  test.each([
    'com.example.cancelled.user.departed',
    'com.example.leavingCanceled.user.departed',
    'com.example.not.user.departed',
    'not.user.departed',
    'com.example.withdrawn.user.departed',
    'com.example.rescinded.user.departed',
    'com.example.leaving-reversed.user.departed',
    'com.example.undo.user.departed',
    'com.example.cancelled.user.returned',
  ])('%s, which takes itself back: unreadable', (type) => {
    expect(read(cloudEvent(ADA, type))).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('`type`: expected'),
      namesUsername: true,
    })
  })

  test.each([
    'user.departed',
    'com.example.user.departed',
    'no.example.hr.user.departed',
    'com.example.notify.user.departed',
    'com.example.access-revoked.user.departed',
    'com.example.reverse-proxy.user.departed',
    'org.nonprofit.user.departed',
    'com.non-profit.hr.user.departed',
    'com.cancellara.user.departed',
    'io.example-labs.hr_v2.user.departed',
  ])('%s: a departure', (type) => {
    expect(read(cloudEvent(ADA, type))).toMatchObject({ kind: 'people', departures: [ADA] })
  })
})

describe('openWrapper() calls unreadable', () => {
  test.each([
    ['another version', { ...cloudEvent(ADA), specversion: '0.3' }, '`specversion`: expected "1.0"'],
    ['a CloudEvent without id', { ...cloudEvent(ADA), id: undefined }, '`id`: expected'],
    ['a CloudEvent without source', { ...cloudEvent(ADA), source: '' }, '`source`: expected'],
    ['a CloudEvent whose data is a list', { ...cloudEvent([ADA]) }, '`data`: expected an object'],
    [
      'a CloudEvent with two bodies',
      { ...cloudEvent(ADA), data_base64: 'e30=' },
      '`data_base64`: expected `data` alone',
    ],
    ['a time that is none', { ...cloudEvent(ADA), time: 'now' }, '`time`: expected'],
    ['a hire', cloudEvent(ADA, 'com.example.employee.hired'), '`type`: expected'],
    ['a type that only ends alike', cloudEvent(ADA, 'com.example.superuser.departed'), '`type`: expected'],
    ['a hire by webhook', standardWebhook(ADA, 'employee.hired'), '`type`: expected'],
    ['a webhook of a longer type', standardWebhook(ADA, 'com.example.user.departed'), '`type`: expected'],
    ['a webhook without timestamp', { type: 'user.departed', data: ADA }, '`timestamp`: expected'],
    ['a webhook without type', { timestamp: '2026-11-29T10:00:00Z', data: ADA }, '`type`: expected'],
    ['data that is text', standardWebhook(JSON.stringify(ADA)), '`data`: expected an object'],
    ['an unknown key inside', standardWebhook({ ...ADA, dry_run: true }), '`data`: `dry_run` is unknown'],
    ['a wrong field inside', standardWebhook({ ...ADA, dryRun: 1 }), '`data.dryRun`: expected'],
    ['a wrapper in a wrapper', cloudEvent(standardWebhook(ADA)), '`data`: `timestamp` is unknown'],
    [
      'a key of the body beside it',
      { ...standardWebhook(ADA), dryRun: true },
      '`dryRun`: expected inside `data`',
    ],
    ['a misspelt one beside it', { ...standardWebhook(ADA), dry_run: true }, '`dry_run` is unknown'],
    ['a misspelt attribute', { ...cloudEvent(ADA), tiem: '' }, '`tiem` is unknown; did you mean `time`?'],
    [
      'another attribute by which it is a return',
      { ...standardWebhook(ADA), eventType: 'user.returned' },
      '`type`: expected every attribute to say the same',
    ],
    [
      'a subject by which it is a return',
      { ...cloudEvent(ADA), subject: 'user returned' },
      '`type`: expected every attribute to say the same',
    ],
    [
      'types that disagree',
      standardWebhook({ ...ADA, type: 'user.returned' }),
      '`type`: expected body and envelope to say the same',
    ],
  ])('%s', (_, body, reason) => {
    expect(read(JSON.parse(JSON.stringify(body)))).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining(reason),
      namesUsername: true,
    })
  })

  test.each(['user.departed', 'user.returned'] as const)(
    'a body that contradicts a %s on the bus',
    (type) => {
      const other = type === 'user.departed' ? 'user.returned' : 'user.departed'

      expect(read({ ...ADA, type: other }, { ...ENVELOPE, type }).kind).toBe('unreadable')
      expect(read(standardWebhook(ADA, other), { ...ENVELOPE, type }).kind).toBe('unreadable')
      expect(read({ ...ADA, type }, { ...ENVELOPE, type }).kind).toBe('people')
    },
  )
})
