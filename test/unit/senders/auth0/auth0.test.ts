import { expect, test } from 'vitest'
import { readEvents } from '../../../../lib/senders/read-events.ts'
import { eventBridgeEnvelope, PUBLISHED } from '../../../fixtures/events.ts'
import { auth0CloudEvent, auth0Log, auth0Update } from './events.ts'

const read = (detail: unknown) =>
  readEvents(
    JSON.stringify(
      eventBridgeEnvelope(detail, {
        source: 'aws.partner/auth0.com/acme-8b47abb4/auth0.logs',
        detailType: 'Auth0 log',
        id: 'bus-1',
        time: '2026-11-16T18:15:13Z',
      }),
    ),
    { onSuspend: 'ignore', oktaAppIds: [] },
    new Date('2026-11-16T18:16:00Z'),
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

const BLOCKED = { type: 'user.updated', data: { object: { email: 'ada@example.com', blocked: true } } }

test.each([
  ['CloudEvent user.updated', BLOCKED],
  ['call of the Management API', auth0Update({ blocked: true })],
])('fromAuth0() counts a %s that blocks apart, and removes nobody', (_, detail) => {
  expect(read(detail)).toStrictEqual({
    kind: 'ignored',
    source: 'auth0',
    why: 'a blocked user is not a deleted one',
    mayMeanLeaving: true,
  })
})

const deletion = (request: object) => ({ ...auth0Log('sapi'), data: { type: 'sapi', details: { request } } })

test.each([
  ['log type SDU', auth0Log('SDU'), 'its type is nearly that of a deletion'],
  ['log type sdu with a blank', auth0Log(' sdu'), 'its type is nearly that of a deletion'],
  ['CloudEvent User.Deleted', auth0CloudEvent('User.Deleted'), 'its type is nearly that of a deletion'],
  ['CloudEvent user.delete', auth0CloudEvent('user.delete'), 'its type is nearly that of a deletion'],
  [
    'CloudEvent organization.member.deleted',
    { type: 'organization.member.deleted', data: { object: { user: { user_id: 'auth0|1' } } } },
    'a member was taken out of an organization of Auth0',
  ],
  [
    'call of the Management API that deletes a user',
    deletion({ method: 'delete', path: '/api/v2/users/auth0%7C1' }),
    'a call that deletes a user does not name them',
  ],
  [
    'call of the Management API that deletes a user of a connection',
    deletion({ method: 'delete', path: '/api/v2/connections/con_1/users' }),
    'a call that deletes a user does not name them',
  ],
  [
    'call by SCIM that deletes a user',
    deletion({ method: 'DELETE', path: '/scim/v2/connections/con_1/Users/1/' }),
    'a call that deletes a user does not name them',
  ],
])('fromAuth0() counts %s apart', (_, detail, why) => {
  expect(read(detail)).toStrictEqual({ kind: 'ignored', source: 'auth0', why, mayMeanLeaving: true })
})

test('fromAuth0() removes nobody over a test event', () => {
  expect(read({ ...auth0CloudEvent(), a0purpose: 'test' })).toStrictEqual({
    kind: 'ignored',
    source: 'auth0',
    why: 'a test event of Auth0',
  })
  expect(read({ ...auth0CloudEvent(), a0purpose: 'replay' }).kind).toBe('unreadable')
})

test.each([
  ['a call that deletes a role of a user', deletion({ method: 'delete', path: '/api/v2/users/1/roles' })],
  ['a call that reads a user', deletion({ method: 'get', path: '/api/v2/users/1' })],
  ['log type sapi', auth0Log('sapi')],
  ['log type fdu', auth0Log('fdu')],
  ['a call that unblocks', auth0Update({ blocked: false })],
  ['CloudEvent user.updated', auth0CloudEvent('user.updated')],
  ['CloudEvent organization.deleted', { type: 'organization.deleted', data: null }],
])('fromAuth0() ignores %s', (_, detail) => {
  expect(read(detail)).toStrictEqual({ kind: 'ignored', source: 'auth0', why: 'not about leaving' })
})

test.each([
  ['a log record with an empty name', auth0Log('sdu', ''), '`data.user_name`: expected'],
  ['a log record without name', { data: { type: 'sdu' } }, '`data.user_name`: expected'],
  ['a CloudEvent with null as email', auth0CloudEvent('user.deleted', null), '`data.object.email`: expected'],
  ['a CloudEvent without object', { type: 'user.deleted', data: {} }, '`data.object.email`: expected'],
  ['a CloudEvent without data', { type: 'user.deleted', data: [] }, '`data.object.email`: expected'],
  ['no type at all', { data: {} }, 'expected `type` (event stream) or `data.type` (log stream)'],
  ['two types', { ...auth0Log(), type: 'log' }, 'expected `type` (event stream) or `data.type` (log stream)'],
  ['no object', 'sdu', '`detail`: expected an object'],
  ['a misspelt key', { ...auth0CloudEvent(), Id: '1' }, '`Id` is unknown; did you mean `id`?'],
  [
    'a misspelt key of a log record',
    { data: { ...auth0Log().data, Date: '' } },
    '`Date` is unknown; did you mean `date`?',
  ],
])('fromAuth0() says what is missing from %s', (_, detail, reason) => {
  expect(read(detail)).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(reason) })
})
