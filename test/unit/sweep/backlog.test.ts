import { expect, test } from 'vitest'
import { blocked, EVERY_ORG, newOrgState, paused, unreadableOrg } from '../../../lib/core/org-state.ts'
import { isUncompared, oldestByKind, remindedOf, silences, stopsOf } from '../../../lib/sweep/backlog.ts'
import { noticeEvent } from '../../../lib/words/audit-event.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { later, ORG, openedCase } from '../../support/cases.ts'
import { hasOcsfSchema, ocsfProblems } from '../../support/ocsf.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PRIVILEGED: Outcome = { kind: 'held', reason: 'privileged' }
const OBSERVING: Outcome = { kind: 'held', reason: 'observing' }
const ACT = { by: 'grace', because: 'HR-1042', at: later(0), requestId: 'r-1' }

test('oldestByKind() measures each kind from when its oldest case was received', () => {
  const open = [
    openedCase({ receivedAt: later(0), outcome: PRIVILEGED }),
    openedCase({ receivedAt: later(HOUR), outcome: PRIVILEGED }),
    openedCase({ receivedAt: later(-DAY), outcome: OBSERVING }, { occurredAt: later(-DAY) }),
    openedCase({ receivedAt: later(2 * HOUR) }),
  ]

  expect(oldestByKind(open, later(2 * HOUR))).toEqual({ held: 7_200, observing: 93_600, new: 0 })
})

test('oldestByKind() measures a departure ahead of its instant from that instant, and counts nothing before', () => {
  const scheduled = (ms: number) =>
    openedCase(
      { receivedAt: later(-60 * DAY), outcome: { kind: 'scheduled', nextAttemptAt: later(ms) } },
      { occurredAt: later(-60 * DAY), effectiveAt: later(ms) },
    )
  const deferred = {
    ...scheduled(-HOUR),
    outcome: { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(HOUR) },
  } as const

  expect(oldestByKind([scheduled(DAY)], later(0))).toEqual({ scheduled: 0 })
  expect(oldestByKind([scheduled(DAY), scheduled(-HOUR), deferred], later(0))).toEqual({
    scheduled: 3_600,
    deferred: 3_600,
  })
})

test('silences() leaves out operators, and sources that have been silent for a month', () => {
  const state = {
    ...newOrgState(EVERY_ORG),
    sources: {
      okta: { at: later(0) },
      operator: { at: later(0) },
      'sns/trial': { at: later(-29 * DAY) },
      'hook/old': { at: later(-30 * DAY + 60_000) },
    },
  }

  expect(silences(state, later(60_000))).toEqual({ okta: 60, 'sns/trial': 2_505_660 })
  expect(silences(newOrgState(EVERY_ORG), later(0))).toEqual({})
})

test('stopsOf() names everything that stops an organization', () => {
  const all = paused(blocked(unreadableOrg(ORG), 'HTTP_403', later(0)), ACT) ?? newOrgState(ORG)

  expect(stopsOf(all)).toEqual(['paused', 'latched', 'blocked'])
  expect(stopsOf(newOrgState(ORG))).toEqual([])
})

test('remindedOf() tells once a day what has been open for a day', () => {
  const open = [
    openedCase({ id: 'c-1', receivedAt: later(0), outcome: PRIVILEGED }),
    openedCase({ id: 'c-2', receivedAt: later(DAY - 1), outcome: PRIVILEGED }),
    openedCase({ id: 'c-3', receivedAt: later(0), outcome: OBSERVING }),
  ]
  const everywhere = newOrgState(EVERY_ORG)

  const first = remindedOf(everywhere, open, [], later(DAY))

  expect(first?.unpublished).toEqual([
    {
      uid: 'still_open/2026-11-17',
      ...{ at: later(DAY), name: 'still_open', severity: 4 },
      message: 'Open for more than a day: 1 held: privileged',
      unmapped: { open: 1, cases: ['c-1'] },
    },
  ])
  expect(first && remindedOf(first, open, [], later(DAY + 1))).toBeUndefined()
  expect(first && remindedOf(first, open, [], later(2 * DAY))?.unpublished).toHaveLength(2)
  expect(remindedOf(everywhere, open, [], later(DAY - 1))).toBeUndefined()
})

test('remindedOf() tells of a stop although nobody waits behind it yet', () => {
  const everywhere = paused(newOrgState(EVERY_ORG), ACT) ?? newOrgState(EVERY_ORG)
  const org = blocked(newOrgState(ORG), 'HTTP_403', later(0))

  const [, notice] = remindedOf(everywhere, [], [everywhere, org], later(DAY))?.unpublished ?? []

  expect(notice?.message).toBe(`all organizations: paused; ${ORG}: blocked`)
})

test('remindedOf() tells everything at once, and names a hundred cases at most', () => {
  const held = Array.from({ length: 101 }, (_, index) =>
    openedCase({ id: `c-${index}`, outcome: PRIVILEGED }),
  )
  const stopped = unreadableOrg(ORG)
  const org = paused(stopped, ACT) ?? stopped
  const open = [...held, openedCase({ id: 'c-new' })]

  const [notice] = remindedOf(newOrgState(EVERY_ORG), open, [org], later(2 * DAY))?.unpublished ?? []

  expect(notice?.message).toBe(
    `Open for more than a day: 101 held: privileged, 1 new; ${ORG}: paused, latched`,
  )
  expect(notice?.unmapped).toEqual({ open: 102, cases: held.slice(0, 100).map(({ id }) => id) })
})

test('remindedOf() tells of one who waits behind one stop', () => {
  const everywhere = newOrgState(EVERY_ORG)

  expect(remindedOf(everywhere, [openedCase()], [unreadableOrg(ORG)], later(2 * DAY))).toBeDefined()
})

test.skipIf(!hasOcsfSchema)('remindedOf() tells it in valid OCSF', () => {
  const open = [openedCase({ receivedAt: later(0), outcome: PRIVILEGED })]

  const [notice] = remindedOf(newOrgState(EVERY_ORG), open, [], later(DAY))?.unpublished ?? []

  expect(notice && ocsfProblems(noticeEvent(notice).detail)).toEqual([])
})

test('isUncompared() from three hours after the last comparison', () => {
  const org = { ...newOrgState(ORG), comparedUntil: later(0) }

  expect([3 * HOUR - 1, 3 * HOUR].map((ms) => isUncompared(org, later(ms)))).toEqual([false, true])
  expect(isUncompared(newOrgState(ORG), later(DAY))).toBe(false)
})
