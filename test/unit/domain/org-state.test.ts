import { describe, expect, test } from 'vitest'
import {
  blocked,
  booked,
  newOrgState,
  probing,
  unblocked,
  unreadOrg,
  unreadSecretOf,
} from '../../../lib/domain/org-state.ts'
import { later, ORG } from '../../support/cases.ts'

const MINUTE = 60_000

describe('blocked()', () => {
  test('tells once, however many cases meet the refused credential', () => {
    const first = blocked(newOrgState(ORG), 'USER_UNAUTHORIZED', later(0))
    const again = blocked(first, 'HTTP_403', later(MINUTE))

    expect(first.block).toEqual({
      code: 'USER_UNAUTHORIZED',
      since: later(0),
      nextProbeAt: later(5 * MINUTE),
    })
    expect(again.block).toEqual({ code: 'HTTP_403', since: later(0), nextProbeAt: later(6 * MINUTE) })
    expect(again.unpublished.map(({ name }) => name)).toEqual(['blocked'])
  })
})

describe('probing()', () => {
  const org = blocked(newOrgState(ORG), 'HTTP_403', later(0))

  test('gives one probe per 5 minutes', () => {
    const probe = probing(org, later(5 * MINUTE))

    expect(probe?.block?.nextProbeAt).toEqual(later(10 * MINUTE))
    expect(probe && probing(probe, later(9 * MINUTE))).toBeUndefined()
  })

  test('gives none early, and none where nothing is blocked', () => {
    expect(probing(org, later(5 * MINUTE - 1))).toBeUndefined()
    expect(probing(newOrgState(ORG), later(5 * MINUTE))).toBeUndefined()
  })
})

describe('unblocked()', () => {
  test('takes the block away and tells since when it stood', () => {
    const org = unblocked(blocked(newOrgState(ORG), 'HTTP_403', later(0)), later(MINUTE))

    expect(org?.block).toBeUndefined()
    expect(org?.unpublished.at(-1)).toMatchObject({
      name: 'unblocked',
      unmapped: { blocked_since: later(0) },
    })
  })

  test('has nothing to do where nothing is blocked', () => {
    expect(unblocked(newOrgState(ORG), later(0))).toBeUndefined()
  })
})

test('booked() gives each case the time after the one before it, and none in the past', () => {
  const first = booked(newOrgState(ORG), later(0))
  const second = booked(first, later(10))
  const muchLater = booked(second, later(MINUTE))

  expect([first, second, muchLater].map(({ bookedUntil }) => bookedUntil)).toEqual([
    later(720),
    later(1_440),
    later(MINUTE + 720),
  ])
})

test('unreadSecretOf() reads what unreadOrg() wrote, and nothing out of an orgId', () => {
  expect(unreadSecretOf(unreadOrg('atlas/owner'))).toBe('atlas/owner')
  expect(unreadSecretOf(ORG)).toBeUndefined()
})
