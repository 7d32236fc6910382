import { expect, test } from 'vitest'
import { isReservedSource } from '../../../lib/words/source-name.ts'

test.each([
  ...['system', 'sweep', 'operator', 'departures', 'http'],
  ...['okta', 'auth0', 'sailpoint', 'onelogin'],
  ...['scim', 'hook', 'hr', 'roster', 'sns', 'events', 'topic', 'work', 'direct'],
  ...['Okta', 'OPERATOR'],
])('isReservedSource() keeps %j from callers', (name) => {
  expect(isReservedSource(name)).toBe(true)
})

test.each(['workday', 'okta-prod', 'hr2', '', 'o\u212Ata'])(
  'isReservedSource() leaves %j to callers',
  (name) => {
    expect(isReservedSource(name)).toBe(false)
  },
)
