import { expect, test } from 'vitest'
import {
  interpretConfirmation,
  interpretEvents,
  interpretRemoval,
  interpretToken,
  interpretUsers,
} from '../../../lib/atlas/interpret-members.ts'
import type { Reply } from '../../../lib/atlas/transport.ts'
import { idOf, noReply, page, person, refusal, reply, VERSIONED } from './scripted.ts'

const NOW = new Date('2026-11-23T12:00:00Z')

test.each([
  ['204', reply(204), { kind: 'removed' }],
  ['404 USER_NOT_FOUND', refusal(404, 'USER_NOT_FOUND'), { kind: 'absent' }],
  ['404 USER_NOT_IN_ORG', refusal(404, 'USER_NOT_IN_ORG'), { kind: 'absent' }],
  ['404 by its header', reply(404, undefined, { 'x-error-code': 'USER_NOT_FOUND' }), { kind: 'absent' }],
  ['404 ORG_NOT_FOUND', refusal(404, 'ORG_NOT_FOUND'), { kind: 'unexplained', code: 'ORG_NOT_FOUND' }],
  ['404 INVALID_USER_ID', refusal(404, 'INVALID_USER_ID'), { kind: 'unexplained', code: 'INVALID_USER_ID' }],
  ['404 of HTML', reply(404), { kind: 'unexplained', code: 'HTTP_404' }],
  ['400', refusal(400, 'USER_NOT_FOUND'), { kind: 'bad_request', code: 'USER_NOT_FOUND' }],
  ['400 of a proxy', reply(400), failure('transient', 'HTTP_400')],
  ['403 of a proxy', reply(403), failure('transient', 'HTTP_403')],
  ['a person Atlas keeps', refusal(403, 'USER_ORGS_RESTRICTED'), failure('refused', 'USER_ORGS_RESTRICTED')],
  ['410', refusal(410, 'VERSION_GONE'), failure('refused', 'VERSION_GONE')],
  ['406', refusal(406, 'INVALID_VERSION_DATE'), failure('refused', 'INVALID_VERSION_DATE')],
  ['200', reply(200, {}), failure('transient', 'HTTP_200')],
  ['last owner', refusal(403, 'CANNOT_DELETE_LAST_ADMIN'), failure('last_owner', 'CANNOT_DELETE_LAST_ADMIN')],
  ['no reply', noReply('TIMEOUT'), failure('transient', 'TIMEOUT')],
])('interpretRemoval() judges %s', (_, answer, expected) => {
  expect(interpretRemoval(answer, NOW)).toEqual(expected)
})

test.each([
  ['200', reply(200, person(1, 'ada@example.com'), VERSIONED), { kind: 'present' }],
  ['404 USER_NOT_FOUND', refusal(404, 'USER_NOT_FOUND'), { kind: 'gone' }],
  ['404 USER_NOT_IN_ORG', refusal(404, 'USER_NOT_IN_ORG'), { kind: 'gone' }],
  [
    '404 unexplained',
    refusal(404, 'RESOURCE_NOT_FOUND'),
    { kind: 'unexplained', code: 'RESOURCE_NOT_FOUND' },
  ],
  ['another version', reply(200, person(1, 'a')), failure('transient', 'UNEXPECTED_VERSION')],
  ['a body of another kind', reply(200, {}, VERSIONED), failure('transient', 'UNEXPECTED_REPLY')],
  ['500', refusal(500, 'UNEXPECTED_ERROR'), failure('transient', 'UNEXPECTED_ERROR')],
  ['no reply', noReply('ECONNREFUSED', false), failure('transient', 'ECONNREFUSED')],
])('interpretConfirmation() judges %s', (_, answer, expected) => {
  expect(interpretConfirmation(answer, NOW)).toEqual(expected)
})

test.each([
  ['no roles', undefined],
  ['roles that are no object', 'ORG_OWNER'],
  ['org roles that are no list', { orgRoles: 'ORG_OWNER' }],
  ['an org role that is no text', { orgRoles: ['ORG_MEMBER', { roleName: 'ORG_OWNER' }] }],
])('interpretUsers() sets an entry with %s apart, because it could be an owner', (_, roles) => {
  const users = interpretUsers(page([person(1, 'ada@example.com', { roles })], {}), NOW)

  expect(users).toMatchObject({ rows: [], unreadable: ['ada@example.com'] })
})

test.each([
  ['a status that we do not know', { orgMembershipStatus: 'FROZEN' }, { status: 'FROZEN' }],
  ['no status', { orgMembershipStatus: undefined }, { status: 'UNKNOWN' }],
  ['a role that we do not know', { roles: { orgRoles: ['ORG_NEW'] } }, { orgRoles: ['ORG_NEW'] }],
])('interpretUsers() lets %s pass through', (_, more, expected) => {
  const users = interpretUsers(page([person(1, 'ada@example.com', more)]), NOW)

  expect(users).toMatchObject({ rows: [expected], unreadable: [] })
})

test('interpretUsers() reads the fields we use, and minds no others', () => {
  const active = person(1, 'ada@example.com', {
    mobileNumber: null,
    lastAuth: '2026-08-08T18:15:51Z',
    teamIds: ['t1', 5],
    roles: {
      orgRoles: ['ORG_OWNER'],
      groupRoleAssignments: [{ groupId: 'g1', groupRoles: ['GROUP_OWNER'] }, { groupRoles: [] }, null],
    },
  })
  const pending = person(2, 'bob@example.com', {
    orgMembershipStatus: 'PENDING',
    invitationCreatedAt: '2026-08-10T03:03:42Z',
    inviterUsername: 'abcdefgh',
    roles: {},
    teamIds: 'none',
  })

  const users = interpretUsers(page([active, pending], { next: true, totalCount: 7 }), NOW)

  expect(users).toEqual({
    kind: 'page',
    keys: [idOf(1), idOf(2)],
    hasNext: true,
    totalCount: 7,
    unreadable: [],
    rows: [
      {
        userId: idOf(1),
        username: 'ada@example.com',
        status: 'ACTIVE',
        orgRoles: ['ORG_OWNER'],
        projectRoles: [{ groupId: 'g1', roles: ['GROUP_OWNER'] }],
        teamIds: ['t1'],
        lastAuthAt: new Date('2026-08-08T18:15:51Z'),
      },
      {
        userId: idOf(2),
        username: 'bob@example.com',
        status: 'PENDING',
        orgRoles: [],
        projectRoles: [],
        teamIds: [],
        invitationCreatedAt: new Date('2026-08-10T03:03:42Z'),
        inviterUsername: 'abcdefgh',
      },
    ],
  })
})

test.each([
  ['an id in upper case', person(1, 'x@example.com', { id: 'A'.repeat(24) }), 'x@example.com'],
  ['an id that is a path', person(1, 'x@example.com', { id: '..' }), 'x@example.com'],
  ['roles as a list', person(1, 'x@example.com', { roles: [{ roleName: 'ORG_OWNER' }] }), 'x@example.com'],
  ['no username', person(1, ''), ''],
  ['a username that is no text', person(1, 'x', { username: 5 }), ''],
  ['null', null, ''],
  ['a number', 5, ''],
])('interpretUsers() sets an entry with %s apart', (_, item, username) => {
  const users = interpretUsers(page([item, person(2, 'bob@example.com')]), NOW)

  expect(users).toMatchObject({ rows: [{ userId: idOf(2) }], unreadable: [username] })
})

test('interpretUsers() reads a page without links and count', () => {
  const users = interpretUsers(reply(200, { results: [] }, VERSIONED), NOW)

  expect(users).toMatchObject({ kind: 'page', rows: [], hasNext: undefined, totalCount: undefined })
})

test.each([
  ['of 2023', reply(200, { results: [] }, { 'content-type': 'application/vnd.atlas.2023-01-01+json' })],
  [
    'of a longer date',
    reply(200, { results: [] }, { 'content-type': 'application/vnd.atlas.2025-02-19+jsonx' }),
  ],
  [
    'of a type that only contains it',
    reply(200, { results: [] }, { 'content-type': 'x-application/vnd.atlas.2025-02-19+json' }),
  ],
  ['of plain JSON', reply(200, { results: [] })],
  ['of HTML', reply(200, undefined, { 'content-type': 'text/html' })],
  ['without content type', { kind: 'reply', status: 200, headers: {}, body: { results: [] } } as const],
])('interpretUsers() believes no list %s', (_, answer) => {
  expect(interpretUsers(answer, NOW)).toEqual(failure('transient', 'UNEXPECTED_VERSION'))
})

test('interpretUsers() believes a list of the version without parameters', () => {
  const headers = { 'content-type': 'application/vnd.atlas.2025-02-19+json' }

  expect(interpretUsers(reply(200, { results: [] }, headers), NOW)).toMatchObject({ kind: 'page', rows: [] })
})

test.each([
  ['no JSON', undefined],
  ['no results', {}],
  ['results that are no list', { results: { length: 0 } }],
  ['null', null],
  ['a bare list', []],
])('interpretUsers() believes no 200 with %s', (_, body) => {
  expect(interpretUsers(reply(200, body, VERSIONED), NOW)).toEqual(failure('transient', 'UNEXPECTED_REPLY'))
})

test('interpretUsers() never takes a failure for an empty list', () => {
  expect(interpretUsers(refusal(404, 'ORG_NOT_FOUND'), NOW)).toEqual(failure('credential', 'ORG_NOT_FOUND'))
  expect(interpretUsers(noReply('TIMEOUT'), NOW)).toEqual(failure('transient', 'TIMEOUT'))
})

test('interpretEvents() reads events of whatever version', () => {
  const joined = { id: 'e1', eventTypeName: 'JOINED_ORG', created: '2026-11-20T10:00:00Z' }
  const invited = {
    ...joined,
    id: 'e2',
    targetUsername: 'ada@example.com',
    publicKey: 'abcdefgh',
    username: 'x',
  }

  const events = interpretEvents(reply(200, { results: [joined, invited] }), NOW)

  const at = new Date('2026-11-20T10:00:00Z')
  expect(events).toMatchObject({
    kind: 'page',
    keys: ['e1', 'e2'],
    rows: [
      { id: 'e1', type: 'JOINED_ORG', at },
      { id: 'e2', type: 'JOINED_ORG', at, targetUsername: 'ada@example.com', actor: 'abcdefgh' },
    ],
  })
})

test.each([
  ['an instant', { id: 'e', eventTypeName: 'JOINED_ORG' }],
  ['a type', { id: 'e', created: '2026-11-20T10:00:00Z' }],
  ['an id', { eventTypeName: 'JOINED_ORG', created: '2026-11-20T10:00:00Z' }],
])('interpretEvents() sets an event without %s apart, unless it names somebody', (_, row) => {
  const named = { ...row, targetUsername: 'ada@example.com' }

  const events = interpretEvents(reply(200, { results: [row, named] }), NOW)

  expect(events).toMatchObject({ rows: [{ targetUsername: 'ada@example.com' }], unreadable: [''] })
})

test('interpretEvents() takes an event of no readable instant for one of now', () => {
  const row = { id: 'e', eventTypeName: 'JOINED_ORG', created: 'soon', targetUsername: 'ada@example.com' }

  expect(interpretEvents(reply(200, { results: [row] }), NOW)).toMatchObject({
    rows: [{ at: NOW, isUndated: true }],
  })
})

test('interpretEvents() gives an event without an id a short one', () => {
  const row = { raw: 'x'.repeat(9_000), targetUsername: 'ada@example.com' }

  expect(interpretEvents(reply(200, { results: [row] }), NOW)).toMatchObject({
    rows: [{ id: expect.stringMatching(/^[0-9a-f]{20}$/) }],
  })
})

test('interpretEvents() believes no feed without a list', () => {
  expect(interpretEvents(reply(200, {}), NOW)).toEqual(failure('transient', 'UNEXPECTED_REPLY'))
})

test('interpretEvents() tells failures', () => {
  expect(interpretEvents(refusal(403, 'ACCESS_FORBIDDEN'), NOW)).toEqual(
    failure('forbidden', 'ACCESS_FORBIDDEN'),
  )
  expect(interpretEvents(noReply('TIMEOUT'), NOW)).toEqual(failure('transient', 'TIMEOUT'))
})

test.each([
  ['a token', reply(200, { access_token: 'ey.J', expires_in: 60 }), token('ey.J', 60_000)],
  ['no life time', reply(200, { access_token: 'ey.J' }), token('ey.J', 3_600_000)],
  ['no life', reply(200, { access_token: 'ey.J', expires_in: 0 }), token('ey.J', 3_600_000)],
  ['a life time as text', reply(200, { access_token: 'ey.J', expires_in: '60' }), token('ey.J', 3_600_000)],
  ['a senseless life time', reply(200, { access_token: 'ey.J', expires_in: -1 }), token('ey.J', 3_600_000)],
  ['a life time in ms', reply(200, { access_token: 'ey.J', expires_in: 3.6e6 }), token('ey.J', 3_600_000)],
  ['a line break', reply(200, { access_token: 'ey\r\nX: y' }), failure('transient', 'UNEXPECTED_REPLY')],
  ['no JSON', reply(200), failure('transient', 'UNEXPECTED_REPLY')],
  ['invalid_client', reply(401, { error: 'invalid_client' }), failure('credential', 'INVALID_CLIENT')],
  ['invalid_request', reply(400, { error: 'invalid_request' }), failure('credential', 'INVALID_REQUEST')],
  ['access_denied', reply(403, { error: 'access_denied' }), failure('credential', 'ACCESS_DENIED')],
  ['server_error', reply(500, { error: 'server_error' }), failure('transient', 'SERVER_ERROR')],
  ['an error that is no code', reply(403, { error: 'no such thing' }), failure('transient', 'HTTP_403')],
  ["Atlas's own shape", refusal(429, 'RATE_LIMITED'), failure('transient', 'RATE_LIMITED')],
  ['a proxy', reply(403), failure('transient', 'HTTP_403')],
  ['an unlisted code', refusal(403, 'SOMETHING_NEW'), failure('credential', 'SOMETHING_NEW')],
  ['an endless body', { ...reply(200), truncated: true } as Reply, failure('transient', 'BODY_TOO_LARGE')],
  ['nothing', noReply('TIMEOUT'), failure('transient', 'TIMEOUT')],
])('interpretToken() judges %s', (_, answer, expected) => {
  expect(interpretToken(answer, NOW)).toEqual(expected)
})

function failure(reason: string, code: string) {
  return { kind: 'failure', reason, code }
}

function token(text: string, expiresInMs: number) {
  return { kind: 'token', token: text, expiresInMs }
}
