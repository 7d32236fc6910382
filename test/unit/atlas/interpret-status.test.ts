import { expect, test } from 'vitest'
import {
  interpretConfirmation,
  interpretEvents,
  interpretFailure,
  interpretRemoval,
  interpretToken,
  interpretUsers,
  isUnauthorized,
  mayHaveApplied,
  mayPass,
  remainingOf,
} from '../../../lib/atlas/interpret-status.ts'
import { idOf, noReply, page, person, refusal, reply, VERSIONED } from './scripted.ts'

const NOW = new Date('2026-11-23T12:00:00Z')

test.each([
  [400, 'INVALID_QUERY_PARAMETER', 'refused', false],
  [401, 'USER_UNAUTHORIZED', 'credential', false],
  [402, 'ACCOUNT_SUSPENDED', 'credential', false],
  [403, 'IP_ADDRESS_NOT_ON_ACCESS_LIST', 'credential', false],
  [403, 'CANNOT_DELETE_LAST_ADMIN', 'last_owner', false],
  [403, 'CANNOT_DEMOTE_LAST_ORG_OWNER', 'last_owner', false],
  [409, 'CANNOT_DELETE_LAST_ADMIN', 'transient', false],
  [404, 'ORG_NOT_FOUND', 'credential', false],
  [404, 'USER_NOT_FOUND', 'credential', false],
  [405, 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES', 'transient', true],
  [405, 'METHOD_NOT_ALLOWED', 'transient', false],
  [406, 'INVALID_VERSION_DATE', 'refused', false],
  [408, 'REQUEST_TIMEOUT', 'transient', true],
  [409, 'CONFLICT', 'transient', false],
  [410, 'VERSION_GONE', 'refused', false],
  [415, 'UNSUPPORTED_MEDIA_TYPE', 'transient', false],
  [425, 'TOO_EARLY', 'transient', true],
  [429, 'RATE_LIMITED_TOKEN_BUCKET', 'transient', true],
  [302, 'FOUND', 'transient', false],
  [500, 'UNEXPECTED_ERROR', 'transient', true],
  [503, 'SERVICE_UNAVAILABLE', 'transient', true],
] as const)(
  'interpretFailure() and mayPass() classify %i %s as %s, retried: %s',
  (status, code, reason, again) => {
    const answer = refusal(status, code)

    expect(interpretFailure(answer, NOW)).toEqual({ kind: 'failure', reason, code })
    expect(mayPass(answer)).toBe(again)
  },
)

test('interpretFailure() and mayPass() take a missing reply for something that may pass', () => {
  expect(interpretFailure(noReply('ECONNRESET'), NOW)).toEqual({
    kind: 'failure',
    reason: 'transient',
    code: 'ECONNRESET',
  })
  expect(mayPass(noReply('TIMEOUT'))).toBe(true)
})

test.each([
  ['no body', undefined, {}, 'HTTP_503'],
  ['no errorCode', { error: 503, detail: 'x' }, {}, 'HTTP_503'],
  ['an empty errorCode', { errorCode: '' }, {}, 'HTTP_503'],
  ['the header alone', undefined, { 'x-error-code': 'SERVICE_UNAVAILABLE' }, 'SERVICE_UNAVAILABLE'],
  ['a body that disagrees with the header', { errorCode: 'A' }, { 'x-error-code': 'B' }, 'A'],
  ['an errorCode that is no code', { errorCode: 'ada@example.com' }, { 'x-error-code': 'B' }, 'B'],
  ['an endless errorCode', { errorCode: 'A'.repeat(65) }, {}, 'HTTP_503'],
  ['a line break', { errorCode: 'A\nB' }, { 'x-error-code': '<b>' }, 'HTTP_503'],
  ['a number', { errorCode: 5 }, {}, 'HTTP_503'],
  ['an array', ['errorCode'], {}, 'HTTP_503'],
  ['null', null, {}, 'HTTP_503'],
  ['parameters of any shape', { errorCode: 'A', parameters: { deep: [null] } }, {}, 'A'],
  ['OAuth', { error: 'server_error' }, {}, 'SERVER_ERROR'],
  ['an OAuth error that is no code', { error: 'no such thing' }, {}, 'HTTP_503'],
])('interpretFailure() reads the code from %s', (_, body, headers, code) => {
  expect(interpretFailure(reply(503, body, headers as Record<string, string>), NOW).code).toBe(code)
})

test.each([
  ['55', 55_000],
  ['0', 0],
  [' 7 ', 7_000],
  ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
  ['Mon, 2 Nov 2026 12:00:30 GMT', 0],
  ['Mon, 23 Nov 2026 11:59:00 GMT', 0],
  ['99999999999', 3_600_000],
  ['9'.repeat(400), 3_600_000],
  ['Mon, 23 Nov 2036 12:00:30 GMT', 3_600_000],
  ['Xxx, 23 Xxx 2026 12:00:30 GMT', undefined],
  ['Mon, 23 Nov 2026 12:00:30 GMT+02:00', undefined],
  ['On Mon, 23 Nov 2026 12:00:30 GMT', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
])('interpretFailure() reads Retry-After %j as %j ms', (value, expected) => {
  const failure = interpretFailure(refusal(429, 'RATE_LIMITED', { 'retry-after': value }), NOW)

  expect(failure.retryAfterMs).toBe(expected)
})

test.each([
  ['204', reply(204), { kind: 'removed' }],
  ['404 USER_NOT_FOUND', refusal(404, 'USER_NOT_FOUND'), { kind: 'absent' }],
  ['404 USER_NOT_IN_ORG', refusal(404, 'USER_NOT_IN_ORG'), { kind: 'absent' }],
  ['404 by its header', reply(404, undefined, { 'x-error-code': 'USER_NOT_FOUND' }), { kind: 'absent' }],
  ['404 ORG_NOT_FOUND', refusal(404, 'ORG_NOT_FOUND'), { kind: 'unexplained', code: 'ORG_NOT_FOUND' }],
  ['404 INVALID_USER_ID', refusal(404, 'INVALID_USER_ID'), { kind: 'unexplained', code: 'INVALID_USER_ID' }],
  ['404 of HTML', reply(404), { kind: 'unexplained', code: 'HTTP_404' }],
  ['400', refusal(400, 'USER_NOT_FOUND'), { kind: 'bad_request', code: 'USER_NOT_FOUND' }],
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

test('interpretUsers() counts an entry without roles as unreadable, because it could be an owner', () => {
  const users = interpretUsers(page([person(1, 'ada@example.com', { roles: undefined })], {}), NOW)

  expect(users).toMatchObject({ members: [], unreadable: ['ada@example.com'] })
})

test('interpretUsers() reads the fields we use, and minds no others', () => {
  const active = person(1, 'ada@example.com', {
    mobileNumber: null,
    lastAuth: '2026-08-08T18:15:51Z',
    teamIds: ['t1', 5],
    roles: {
      orgRoles: ['ORG_OWNER', null],
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
    ids: [idOf(1), idOf(2)],
    size: 2,
    hasNext: true,
    totalCount: 7,
    unreadable: [],
    members: [
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
  ['an unknown status', person(1, 'x@example.com', { orgMembershipStatus: 'FROZEN' }), 'x@example.com'],
  ['no username', person(1, ''), ''],
  ['a username that is no text', person(1, 'x', { username: 5 }), ''],
  ['null', null, ''],
  ['a number', 5, ''],
])('interpretUsers() sets an entry with %s apart', (_, item, username) => {
  const users = interpretUsers(page([item, person(2, 'bob@example.com')]), NOW)

  expect(users).toMatchObject({ size: 2, ids: [idOf(2)], unreadable: [username] })
})

test('interpretUsers() reads a page without links and count', () => {
  const users = interpretUsers(reply(200, { results: [] }, VERSIONED), NOW)

  expect(users).toMatchObject({ kind: 'page', size: 0, hasNext: undefined, totalCount: undefined })
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

  expect(interpretUsers(reply(200, { results: [] }, headers), NOW)).toMatchObject({ kind: 'page', size: 0 })
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
    ids: ['e1', 'e2'],
    events: [
      { id: 'e1', type: 'JOINED_ORG', at },
      { id: 'e2', type: 'JOINED_ORG', at, targetUsername: 'ada@example.com', actor: 'abcdefgh' },
    ],
  })
})

test.each([
  ['an event without instant', reply(200, { results: [{ id: 'e', eventTypeName: 'JOINED_ORG' }] })],
  ['an event without type', reply(200, { results: [{ id: 'e', created: '2026-11-20T10:00:00Z' }] })],
  ['an event without id', reply(200, { results: [{ eventTypeName: 'A', created: '2026-11-20T10:00:00Z' }] })],
  ['no list', reply(200, {})],
])('interpretEvents() believes no feed with %s', (_, answer) => {
  expect(interpretEvents(answer, NOW)).toEqual(failure('transient', 'UNEXPECTED_REPLY'))
})

test('interpretEvents() tells failures', () => {
  expect(interpretEvents(refusal(403, 'ACCESS_FORBIDDEN'), NOW)).toEqual(
    failure('credential', 'ACCESS_FORBIDDEN'),
  )
  expect(interpretEvents(noReply('TIMEOUT'), NOW)).toEqual(failure('transient', 'TIMEOUT'))
})

test.each([
  ['a token', reply(200, { access_token: 'ey.J', expires_in: 60 }), token('ey.J', 60_000)],
  ['no life time', reply(200, { access_token: 'ey.J' }), token('ey.J', 3_600_000)],
  ['a senseless life time', reply(200, { access_token: 'ey.J', expires_in: -1 }), token('ey.J', 3_600_000)],
  ['a line break', reply(200, { access_token: 'ey\r\nX: y' }), failure('transient', 'UNEXPECTED_REPLY')],
  ['no JSON', reply(200), failure('transient', 'UNEXPECTED_REPLY')],
  ['invalid_client', reply(401, { error: 'invalid_client' }), failure('credential', 'INVALID_CLIENT')],
  ['invalid_request', reply(400, { error: 'invalid_request' }), failure('credential', 'INVALID_REQUEST')],
  ['access_denied', reply(403, { error: 'access_denied' }), failure('credential', 'ACCESS_DENIED')],
  ['server_error', reply(500, { error: 'server_error' }), failure('transient', 'SERVER_ERROR')],
  ["Atlas's own shape", refusal(429, 'RATE_LIMITED'), failure('transient', 'RATE_LIMITED')],
  ['nothing', noReply('TIMEOUT'), failure('transient', 'TIMEOUT')],
])('interpretToken() judges %s', (_, answer, expected) => {
  expect(interpretToken(answer, NOW)).toEqual(expected)
})

test.each([
  ['a request that never left', noReply('ECONNREFUSED', false), false],
  ['a lost answer', noReply('ECONNRESET'), true],
  ['500', reply(500), true],
  ['503', reply(503), true],
  ['408', reply(408), true],
  ['202', reply(202), true],
  ['300', reply(300), false],
  ['302', reply(302), false],
  ['429', reply(429), false],
  ['404', reply(404), false],
])('mayHaveApplied() judges %s', (_, answer, expected) => {
  expect(mayHaveApplied(answer)).toBe(expected)
})

test('isUnauthorized() knows a 401 from the rest', () => {
  expect([reply(401), reply(403), noReply('TIMEOUT')].map(isUnauthorized)).toEqual([true, false, false])
})

test.each([
  ['a number', reply(200, {}, { 'ratelimit-remaining': '499' }), 499],
  ['nothing', reply(200), undefined],
  ['garbage', reply(200, {}, { 'ratelimit-remaining': 'many' }), undefined],
  ['a sign', reply(200, {}, { 'ratelimit-remaining': '-499' }), undefined],
  ['a unit', reply(200, {}, { 'ratelimit-remaining': '499 a minute' }), undefined],
  ['no reply', noReply('TIMEOUT'), undefined],
])('remainingOf() reads %s', (_, answer, expected) => {
  expect(remainingOf(answer)).toBe(expected)
})

function failure(reason: string, code: string) {
  return { kind: 'failure', reason, code }
}

function token(text: string, expiresInMs: number) {
  return { kind: 'token', token: text, expiresInMs }
}
