import { expect, test } from 'vitest'
import { readMessage } from '../../../../lib/senders/read-message.ts'
import { auth0CloudEvent, auth0Log, eventBridgeEnvelope, PUBLISHED } from '../../../fixtures/events.ts'

const read = (detail: unknown) =>
  readMessage(
    JSON.stringify(
      eventBridgeEnvelope(detail, {
        source: 'aws.partner/auth0.com/acme-8b47abb4/auth0.logs',
        detailType: 'Auth0 log',
        id: 'bus-1',
        time: '2026-11-16T18:15:13Z',
      }),
    ),
    { onSuspend: 'ignore', oktaAppIds: [] },
  )

const departureOf = (id: string, occurredAt = PUBLISHED) => ({
  kind: 'people',
  source: 'auth0',
  departures: [{ id, source: 'auth0', username: 'ada@example.com', occurredAt: new Date(occurredAt) }],
  returns: [],
})

test('fromAuth0() reads log type sdu as a departure under its log id', () => {
  expect(read(auth0Log())).toStrictEqual(departureOf('auth0:90020261116181512862000000000000001'))
})

test.each(['user.deleted', 'com.auth0.user.deleted'])(
  'fromAuth0() reads CloudEvent %s as a departure under its own id',
  (type) => {
    expect(read(auth0CloudEvent(type))).toStrictEqual(departureOf('auth0:evt_1234567890abcdef'))
  },
)

test.each([
  ['log record', { data: { type: 'sdu', user_name: 'ada@example.com', date: 'yesterday' } }],
  ['CloudEvent', { type: 'user.deleted', data: { object: { email: 'ada@example.com' } } }],
])('fromAuth0() takes id and time of the envelope for a %s without them', (_, detail) => {
  expect(read(detail)).toStrictEqual(departureOf('auth0:bus-1', '2026-11-16T18:15:13Z'))
})

test.each([
  ['log type sapi', auth0Log('sapi')],
  ['log type fdu', auth0Log('fdu')],
  ['CloudEvent user.updated', auth0CloudEvent('user.updated')],
  ['CloudEvent organization.deleted', { type: 'organization.deleted', data: null }],
])('fromAuth0() ignores %s', (_, detail) => {
  expect(read(detail)).toMatchObject({ kind: 'ignored', source: 'auth0' })
})

test.each([
  ['a log record without name', auth0Log('sdu', ''), '`data.user_name`'],
  ['a CloudEvent without email', auth0CloudEvent('user.deleted', null), '`data.object.email`'],
  ['a CloudEvent without data', { type: 'user.deleted', data: [] }, '`data.object.email`'],
  ['no type at all', { data: {} }, '`type` or `data.type`'],
  ['no object', 'sdu', '`detail`: expected an object'],
])('fromAuth0() calls %s unreadable', (_, detail, reason) => {
  expect(read(detail)).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(reason) })
})
