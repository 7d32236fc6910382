import { expect, test } from 'vitest'
import { type EventPattern, matchesPattern } from '../../../infra/local/aws/event-pattern.ts'
import { isTaken } from '../../../infra/local/event-rules.ts'
import { auth0CloudEvent, auth0Deletion, auth0Log, auth0Update } from '../../unit/senders/auth0/events.ts'

const EVENT = {
  source: 'aws.partner/okta.example.com',
  detail: {
    eventType: 'user.lifecycle.deactivate',
    attempts: 2,
    target: [{ type: 'User' }, { type: 'App' }],
  },
}

const CASES: readonly [string, EventPattern, boolean][] = [
  ['an exact value', { detail: { eventType: ['user.lifecycle.deactivate'] } }, true],
  ['any of several values', { detail: { attempts: [1, 2] } }, true],
  ['no other value', { detail: { eventType: ['user.session.start'] } }, false],
  ['a number, but not as text', { detail: { attempts: ['2'] } }, false],
  ['every field, not just one', { source: [EVENT.source], detail: { attempts: [3] } }, false],
  ['a prefix', { source: [{ prefix: 'aws.partner/okta' }] }, true],
  ['no other prefix', { source: [{ prefix: 'aws.events' }] }, false],
  ['a value in another case', { source: [{ 'equals-ignore-case': EVENT.source.toUpperCase() }] }, true],
  ['no other value in any case', { source: [{ 'equals-ignore-case': 'AWS' }] }, false],
  ['no number in any case', { detail: { attempts: [{ 'equals-ignore-case': '2' }] } }, false],
  ['a prefix in another case', { source: [{ prefix: { 'equals-ignore-case': 'AWS.partner/OKTA' } }] }, true],
  ['no other prefix in any case', { source: [{ prefix: { 'equals-ignore-case': 'AWS.events' } }] }, false],
  ['anything but a value', { source: [{ 'anything-but': 'aws.events' }] }, true],
  ['nothing that anything-but names', { detail: { attempts: [{ 'anything-but': [1, 2] }] } }, false],
  ['nothing with the prefix anything-but names', { source: [{ 'anything-but': { prefix: 'aws' } }] }, false],
  ['no missing field by anything-but', { missing: [{ 'anything-but': 'x' }] }, false],
  ['a field that exists', { source: [{ exists: true }] }, true],
  ['a field that is missing', { detail: { dryRun: [{ exists: false }] } }, true],
  ['no missing field by exists', { detail: { dryRun: [{ exists: true }] } }, false],
  ['any element of an array', { detail: { target: { type: ['App'] } } }, true],
  ['no array without such an element', { detail: { target: { type: ['Group'] } } }, false],
]

test.for(CASES)('matchesPattern() matches %s', ([, pattern, expected]) => {
  const matches = matchesPattern(pattern, EVENT)

  expect(matches).toBe(expected)
})

test('matchesPattern() throws on an operator it does not know', () => {
  const pattern = { source: [{ wildcard: '*' }] } as unknown as EventPattern

  expect(() => matchesPattern(pattern, EVENT)).toThrow('Cannot match with {"wildcard":"*"}')
})

test.each([
  ['a deletion in the log', auth0Log(), true],
  ['a deletion as CloudEvent', auth0CloudEvent(), true],
  ['a block in the log', auth0Update({ blocked: true }), true],
  ['a block as CloudEvent', { type: 'user.updated', data: { object: { blocked: true } } }, true],
  ['an unblocking', auth0Update({ blocked: false }), false],
  ['a login', auth0Log('s'), false],
  ['a call that deletes a role', auth0Deletion('/api/v2/roles/rol_1'), false],
])('isTaken() of what Auth0 says: %s', (_, detail, isOne) => {
  expect(isTaken({ source: 'aws.partner/auth0.com/example', 'detail-type': 'Auth0 log', detail })).toBe(isOne)
})

test.each([
  ['hr.example', 'user departed', {}],
  ['aws.partner/okta.com/example', 'SystemLog', { eventType: 'USER.LIFECYCLE.DEACTIVATE' }],
  ['aws.partner/sailpoint.com/example', 'IDN:IDENTITY-DELETED', {}],
  ['aws.partner/sailpoint.com/example', 'idn:account-deleted', {}],
  ['aws.partner/auth0.com/example', 'Auth0 log', auth0Log('SDU')],
  ['com.example.hr', 'User Departed ', {}],
  ['com.example.hr', 'UserDeparted', {}],
  ['com.example.hr', 'user.departed', {}],
  ['com.example.hr', 'user_returned', {}],
  ['com.example.hr', 'User-Returned', {}],
  ['aws.partner/sailpoint.com/x', 'idn:account-disabled', {}],
  ['aws.partner/sailpoint.com/x', 'idn:native-change-account-deleted', {}],
  ['aws.partner/sailpoint.com/x', 'idn:source-account-deleted', {}],
  ['aws.partner/okta.com/example', 'SystemLog', { eventType: 'system.import.user.delete' }],
  ['aws.partner/okta.com/example', 'SystemLog', { eventType: 'system.import.user.suspend' }],
  ['aws.partner/auth0.com/example', 'Auth0 event', { type: 'organization.member.deleted' }],
  ['aws.partner/auth0.com/example', 'Auth0 log', auth0Deletion('/api/v2/users/auth0%7C1')],
  ['aws.partner/auth0.com/example', 'Auth0 log', auth0Deletion('/api/v2/connections/con_1/users')],
  ['aws.partner/auth0.com/example', 'Auth0 log', auth0Deletion('/scim/v2/connections/con_1/Users/1')],
])(
  'isTaken() lets nothing nearly of a leaving be dropped without a word: %s %s',
  (source, detailType, detail) => {
    expect(isTaken({ source, 'detail-type': detailType, detail })).toBe(true)
  },
)
