import { describe, expect, test } from 'vitest'
import { ORG, OTHER_ORG } from '../support/cases.ts'
import type { IoCall } from '../support/faulty-io.ts'
import { isIndependent, isTimeless } from './independent.ts'

function call(service: IoCall['service'], operation: string, input: unknown): IoCall {
  return { worker: 'worker-1', role: 'departures', index: 0, invocation: 1, service, operation, input }
}

const READ = call('table', 'get', 'case#c-1')
const WRITE = call('table', 'update', { pk: 'case#c-1' })
const OTHER = call('table', 'update', { pk: 'case#c-2' })
const QUERY = call('table', 'query', { index: 'person', hash: 'ada@example.com' })
const LOCK = call('table', 'insertLapsed', { pk: `lock#${ORG}#ada@example.com` })
const UNLOCK = call('table', 'remove', `lock#${ORG}#ada@example.com`)
const LOOKUP = call('atlas', 'listOrgUsers', { orgId: ORG })
const DELETE = call('atlas', 'removeOrgUser', { orgId: ORG })
const ELSEWHERE = call('atlas', 'removeOrgUser', { orgId: OTHER_ORG })
const PUBLISH = call('bus', 'PutEvents', {})

describe('isIndependent()', () => {
  test.each([
    ['a read and a write of one item', READ, WRITE, false],
    ['two writes of one item', WRITE, WRITE, false],
    ['a read and a write of two items', READ, OTHER, true],
    ['two writes of two items', WRITE, OTHER, true],
    ['a query and a write that its index may show', QUERY, OTHER, false],
    ['a query and a lock, which is in no index', QUERY, LOCK, true],
    ['a lock and its end', LOCK, UNLOCK, false],
    ['a lookup and a DELETE in one organization', LOOKUP, DELETE, false],
    ['a lookup and a DELETE in two organizations', LOOKUP, ELSEWHERE, true],
    ['two reads of several items', call('table', 'getMany', ['case#c-1', 'everyone']), READ, true],
    [
      'a read of several items and a write of one',
      call('table', 'getMany', ['everyone', 'case#c-1']),
      WRITE,
      false,
    ],
    ['an event and a write', PUBLISH, WRITE, true],
  ])('%s', (_, one, other, expected) => {
    expect([isIndependent(one, other), isIndependent(other, one)]).toEqual([expected, expected])
  })
})

test.each([
  ['a read', READ, true],
  ['a commit', WRITE, false],
  ['a lock', LOCK, false],
  ['a DELETE', DELETE, false],
  ['an event', PUBLISH, true],
])('isTimeless() of %s', (_, one, expected) => {
  expect(isTimeless(one)).toBe(expected)
})
