import { expect, test } from 'vitest'
import { type EventPattern, matchesPattern } from '../../../infra/local/aws/event-pattern.ts'

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
