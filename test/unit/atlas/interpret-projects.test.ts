import { expect, test } from 'vitest'
import {
  interpretDatabaseUsers,
  interpretInvitationRemoval,
  interpretInvitations,
  interpretProjects,
} from '../../../lib/atlas/interpret-projects.ts'
import { idOf, noReply, page, refusal, reply } from './scripted.ts'

const NOW = new Date('2026-11-23T12:00:00Z')
const INVITATION = {
  id: idOf(1),
  username: 'ada@example.com',
  createdAt: '2026-11-01T00:00:00Z',
  roles: ['GROUP_OWNER'],
}

test('interpretProjects() reads ids and names; a project without a name is called by its id', () => {
  expect(interpretProjects(page([{ id: idOf(1), name: 'payments' }, { id: idOf(2) }]), NOW)).toMatchObject({
    kind: 'page',
    keys: [idOf(1), idOf(2)],
    rows: [
      { id: idOf(1), name: 'payments' },
      { id: idOf(2), name: idOf(2) },
    ],
  })
})

test.each([
  ['no list', reply(200, {}), 'UNEXPECTED_REPLY'],
  ['no answer', noReply('TIMEOUT'), 'TIMEOUT'],
  ['a refusal', refusal(401, 'USER_UNAUTHORIZED'), 'USER_UNAUTHORIZED'],
])('interpretProjects() makes a failure of %s', (_, answer, code) => {
  expect(interpretProjects(answer, NOW)).toMatchObject({ kind: 'failure', code })
})

test('interpretDatabaseUsers() reads how each signs in', () => {
  const users = [
    { username: 'ada@example.com', databaseName: 'admin', x509Type: 'NONE', awsIAMType: 'NONE' },
    { username: 'CN=ada', databaseName: '$external', x509Type: 'MANAGED' },
    { username: 'arn:aws:iam::1:user/ada', databaseName: '$external', awsIAMType: 'USER' },
    { username: 'bare' },
  ]

  expect(interpretDatabaseUsers(page(users), NOW)).toMatchObject({
    keys: ['admin/ada@example.com', '$external/CN=ada', '$external/arn:aws:iam::1:user/ada', 'admin/bare'],
    rows: [
      { username: 'ada@example.com', databaseName: 'admin', isX509: false, isIam: false },
      { username: 'CN=ada', databaseName: '$external', isX509: true, isIam: false },
      { username: 'arn:aws:iam::1:user/ada', databaseName: '$external', isX509: false, isIam: true },
      { username: 'bare', databaseName: 'admin', isX509: false, isIam: false },
    ],
  })
})

test('interpretInvitations() reads a bare list', () => {
  expect(interpretInvitations(reply(200, [INVITATION]), NOW)).toEqual({
    kind: 'invitations',
    invitations: [{ id: idOf(1), username: 'ada@example.com', createdAt: new Date('2026-11-01T00:00:00Z') }],
  })
  expect(interpretInvitations(reply(200, []), NOW)).toEqual({ kind: 'invitations', invitations: [] })
})

test.each([
  ['no list', {}],
  ['an endless list', undefined],
])('interpretInvitations() takes %s for a failure', (_, body) => {
  expect(interpretInvitations(reply(200, body), NOW)).toMatchObject({ kind: 'failure', reason: 'transient' })
})

const NOT_TOLD = [
  [401, 'USER_UNAUTHORIZED', { kind: 'forbidden', code: 'USER_UNAUTHORIZED' }],
  [401, 'NOT_IN_GROUP', { kind: 'forbidden', code: 'NOT_IN_GROUP' }],
  [403, 'ACCESS_FORBIDDEN', { kind: 'forbidden', code: 'ACCESS_FORBIDDEN' }],
  [
    403,
    'IP_ADDRESS_NOT_ON_ACCESS_LIST',
    { kind: 'failure', reason: 'credential', code: 'IP_ADDRESS_NOT_ON_ACCESS_LIST' },
  ],
  [
    403,
    'ORG_REQUIRES_ACCESS_LIST',
    { kind: 'failure', reason: 'credential', code: 'ORG_REQUIRES_ACCESS_LIST' },
  ],
  [402, 'ACCOUNT_SUSPENDED', { kind: 'failure', reason: 'credential', code: 'ACCOUNT_SUSPENDED' }],
  [403, 'ACCOUNT_SUSPENDED', { kind: 'failure', reason: 'credential', code: 'ACCOUNT_SUSPENDED' }],
  [404, 'GROUP_NOT_FOUND', { kind: 'no_project' }],
  [400, 'GROUP_NOT_FOUND', { kind: 'failure', reason: 'refused', code: 'GROUP_NOT_FOUND' }],
  [404, 'RESOURCE_NOT_FOUND', { kind: 'failure', reason: 'refused', code: 'RESOURCE_NOT_FOUND' }],
  [401, 'SOMETHING_NEW', { kind: 'forbidden', code: 'SOMETHING_NEW' }],
  [401, 'HTTP_401', { kind: 'forbidden', code: 'HTTP_401' }],
  [406, 'INVALID_VERSION_DATE', { kind: 'failure', reason: 'refused', code: 'INVALID_VERSION_DATE' }],
  [410, 'VERSION_GONE', { kind: 'ended', code: 'VERSION_GONE' }],
  [503, 'VERSION_GONE', { kind: 'failure', reason: 'transient', code: 'VERSION_GONE' }],
  [410, 'HTTP_410', { kind: 'failure', reason: 'refused', code: 'HTTP_410' }],
  [
    429,
    'RATE_LIMITED_TOKEN_BUCKET',
    { kind: 'failure', reason: 'transient', code: 'RATE_LIMITED_TOKEN_BUCKET' },
  ],
  [503, 'SERVICE_UNAVAILABLE', { kind: 'failure', reason: 'transient', code: 'SERVICE_UNAVAILABLE' }],
] as const

test.each(NOT_TOLD)('a project that answers %i %s is read the same by all three', (status, code, told) => {
  const answer = refusal(status, code)

  expect(interpretInvitations(answer, NOW)).toEqual(told)
  expect(interpretDatabaseUsers(answer, NOW)).toEqual(told)
  expect(interpretInvitationRemoval(answer, NOW)).toEqual(told)
})

test('a project that does not answer, or not with a list, is a failure', () => {
  const failure = { kind: 'failure', reason: 'transient', code: 'ECONNRESET' }

  expect(interpretInvitations(noReply('ECONNRESET'), NOW)).toEqual(failure)
  expect(interpretDatabaseUsers(noReply('ECONNRESET'), NOW)).toEqual(failure)
  expect(interpretInvitationRemoval(noReply('ECONNRESET'), NOW)).toEqual(failure)
  expect(interpretInvitations(reply(200), NOW)).toMatchObject({ code: 'UNEXPECTED_REPLY' })
})

test.each([
  [204, undefined, { kind: 'deleted' }],
  [400, 'INVALID_INVITATION_ID', { kind: 'absent', code: 'INVALID_INVITATION_ID' }],
  [404, 'INVALID_INVITATION_ID', { kind: 'absent', code: 'INVALID_INVITATION_ID' }],
  [400, 'CANNOT_DELETE_GROUP_INVITATION', { kind: 'failure', reason: 'refused' }],
  [404, 'RESOURCE_NOT_FOUND', { kind: 'failure', reason: 'refused' }],
  [200, undefined, { kind: 'failure', reason: 'transient' }],
] as const)('interpretInvitationRemoval() reads %i %s by its code', (status, code, told) => {
  const answer = code ? refusal(status, code) : reply(status)

  expect(interpretInvitationRemoval(answer, NOW)).toMatchObject(told)
})

test.each([
  ['an id', { ...INVITATION, id: '..' }],
  ['a name', { ...INVITATION, username: '' }],
  ['an age: it may be newer than the leaving instant', { ...INVITATION, createdAt: 'x' }],
])('interpretInvitations() sets one without %s apart', (_, row) => {
  expect(interpretInvitations(reply(200, [row, INVITATION]), NOW)).toMatchObject({
    invitations: [{ id: idOf(1) }],
    unreadable: 1,
  })
})

test('interpretProjects() and interpretDatabaseUsers() set a row that cannot be read apart', () => {
  expect(interpretProjects(page([{ id: '..' }, { id: idOf(1) }]), NOW)).toMatchObject({
    rows: [{ id: idOf(1) }],
    unreadable: [''],
  })
  expect(interpretDatabaseUsers(page([{}]), NOW)).toMatchObject({ rows: [], unreadable: [''] })
})

test('interpretInvitations() reads from the header when Atlas means to end them', () => {
  const answer = reply(200, [], { sunset: 'Thu, 1 Jul 2027 00:00:00 GMT' })

  expect(interpretInvitations(answer, NOW)).toMatchObject({ sunset: new Date('2027-07-01T00:00:00Z') })
  expect(interpretInvitations(reply(200, [], { sunset: 'one day' }), NOW)).not.toHaveProperty('sunset')
})

test.each([401, 403])('a %i of a proxy says nothing of a role', (status) => {
  const failure = { kind: 'failure', reason: 'transient', code: `HTTP_${status}` }

  expect(interpretInvitations(reply(status), NOW)).toEqual(failure)
  expect(interpretDatabaseUsers(reply(status), NOW)).toEqual(failure)
})
