import { describe, expect, test } from 'vitest'
import {
  blocked,
  booked,
  digested,
  EVERY_ORG,
  heardSource,
  newOrgState,
  paused,
  probing,
  resumed,
  unblocked,
  unreadableOrg,
  unreadOrg,
  unreadSecretOf,
} from '../../../lib/core/org-state.ts'
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
    expect(again.unpublished).toEqual([
      {
        uid: `${ORG}/blocked/${later(0).getTime()}`,
        at: later(0),
        name: 'blocked',
        orgId: ORG,
        severity: 4,
        message:
          'Nobody can be removed: the credential of this organization is refused (USER_UNAUTHORIZED); repair it, the cases come back by themselves',
        unmapped: { code: 'USER_UNAUTHORIZED' },
      },
    ])
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
    expect(org?.unpublished.map(({ name }) => name)).toEqual(['blocked', 'unblocked'])
    expect(org?.unpublished.at(-1)).toEqual({
      uid: `${ORG}/unblocked/${later(MINUTE).getTime()}`,
      at: later(MINUTE),
      name: 'unblocked',
      orgId: ORG,
      severity: 1,
      message: 'The credential of this organization works again; its cases go on',
      unmapped: { code: 'HTTP_403', blocked_since: later(0) },
    })
  })

  test('has nothing to do where nothing is blocked', () => {
    expect(unblocked(newOrgState(ORG), later(0))).toBeUndefined()
  })
})

test('booked() gives each case the time after the one before it, the first one a refill ahead, and none in the past', () => {
  const first = booked(newOrgState(ORG), later(0))
  const second = booked(first, later(10))
  const muchLater = booked(second, later(10 * MINUTE))

  expect([first, second, muchLater].map(({ bookedUntil }) => bookedUntil)).toEqual([
    later(MINUTE + 720),
    later(MINUTE + 1_440),
    later(11 * MINUTE + 720),
  ])
})

test('unreadSecretOf() reads what unreadOrg() wrote, and nothing out of an orgId', () => {
  expect(unreadSecretOf(unreadOrg('atlas/owner'))).toBe('atlas/owner')
  expect(unreadSecretOf(ORG)).toBeUndefined()
})

describe('paused() and resumed()', () => {
  const act = { by: 'oncall', because: 'drill', at: later(0), requestId: 'r-1' }

  test('keep the first pause on record and tell both acts with who and why', () => {
    const stopped = paused(newOrgState(ORG), act)
    const going = stopped && resumed(stopped, { ...act, at: later(1) })

    expect(stopped && paused(stopped, { ...act, by: 'another' })).toBeUndefined()
    expect(going?.paused).toBeUndefined()
    const unmapped = { by: 'oncall', because: 'drill', request_id: 'r-1' }
    expect(stopped?.paused).toEqual({ by: 'oncall', because: 'drill', at: later(0) })
    expect(going?.unpublished).toEqual([
      {
        uid: `${ORG}/paused/${later(0).getTime()}`,
        ...{ at: later(0), name: 'paused', orgId: ORG, severity: 4, unmapped },
        message: 'All removals are stopped until a human resumes them',
      },
      {
        uid: `${ORG}/resumed/${later(1).getTime()}`,
        ...{ at: later(1), name: 'resumed', orgId: ORG, severity: 3, unmapped },
        message: 'Removals go on',
      },
    ])
  })

  test('name no organization when they mean every one', () => {
    expect(paused(newOrgState(EVERY_ORG), act)?.unpublished[0]?.orgId).toBeUndefined()
  })

  test('resumed() unlatches too, keeps what was removed, and has nothing to do where nothing stops', () => {
    const latched = { ...newOrgState(ORG), latchedAt: later(0), slots: { a: { at: later(0) } } }

    expect(resumed(latched, act)).toMatchObject({ latchedAt: undefined, slots: { a: { at: later(0) } } })
    expect(resumed(newOrgState(ORG), act)).toBeUndefined()
  })
})

test('unreadableOrg() is latched', () => {
  expect(unreadableOrg(ORG).latchedAt).toEqual(new Date(0))
})

test('digested() tells once a day how many cases are held, and names a hundred at most', () => {
  const held = Array.from({ length: 101 }, (_, index) => `c-${index}`)
  const first = digested(newOrgState(EVERY_ORG), held, later(0))

  expect(first?.unpublished).toEqual([
    {
      uid: 'digest/2026-11-16',
      ...{ at: later(0), name: 'observing_digest', severity: 3 },
      message: 'Observe mode holds 101 cases: nobody is removed until they are released, or MODE is enforce',
      unmapped: { held: 101, cases: held.slice(0, 100) },
    },
  ])
  expect(first && digested(first, held, later(1))).toBeUndefined()
  expect(first && digested(first, held, later(24 * 60 * MINUTE))?.unpublished).toHaveLength(2)
  expect(digested(newOrgState(EVERY_ORG), [], later(0))).toBeUndefined()
})

test('heardSource() remembers a hundred sources, the latest ones', () => {
  let state = newOrgState(EVERY_ORG)
  for (let index = 0; index <= 150; index += 1) state = heardSource(state, `sns/${index % 120}`, later(index))

  expect(Object.keys(state.sources ?? {})).toHaveLength(100)
  expect(state.sources?.['sns/30']).toEqual({ at: later(150) })
  expect(state.sources?.['sns/40']).toBeUndefined()
})

test('heardSource() forgets whoever was silent the longest, in whatever order they are kept', () => {
  const names = Array.from({ length: 100 }, (_, index) => [`sns/${index}`, { at: later(index) }] as const)
  const state = { ...newOrgState(EVERY_ORG), sources: Object.fromEntries(names) }

  expect(heardSource(state, 'okta', later(100)).sources).toEqual(
    Object.fromEntries([...names.slice(1), ['okta', { at: later(100) }]]),
  )
  expect(heardSource(state, 'sns/7', later(100)).sources).toEqual({
    ...state.sources,
    'sns/7': { at: later(100) },
  })
})
