import { describe, expect, test } from 'vitest'
import type { Tried, Work } from '../../../lib/core/attempt.ts'
import { recall } from '../../../lib/core/facts.ts'
import { NEW_ORG, type OrgState, orgKey } from '../../../lib/core/org-state.ts'
import type { Failure } from '../../../lib/core/ports.ts'
import { stoppedByCredential } from '../../../lib/core/stops.ts'
import { afterFailure, outcomeOf, waitForOthers } from '../../../lib/core/waits.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { Outcome } from '../../../lib/words/outcome.ts'
import { later, ORG, openedCase } from '../../support/cases.ts'
import { answers, decision, HOUR, inMs, MINUTE, NOW, type Rig, rig } from './rig.ts'

const REMOVED: Outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(3_000) }
const deferredBy = (code: string, nextAttemptAt = NOW): Outcome => ({ kind: 'deferred', code, nextAttemptAt })
const unresolved = (detail: string): Outcome => ({
  ...{ kind: 'held', reason: 'unresolved_employee', detail, nextAttemptAt: NOW },
})
const orgOf = (it: Rig) => it.memory<OrgState>(orgKey(ORG))

async function waits(it: Rig, task: Case = openedCase()): Promise<Outcome | undefined> {
  const lock = { key: 'k', owner: 'o', until: inMs(MINUTE), taskId: task.id }
  const work: Work = { task, lock, deadline: inMs(MINUTE), known: await recall(it.own, task.state) }
  const tried = await waitForOthers(it.deps, work)
  return tried?.kind === 'ended' ? tried.outcome : undefined
}

const endedBy = (outcome: Outcome, task = openedCase(), rule?: string) =>
  ({ kind: 'ended', task, outcome, ...(rule && { rule }) }) satisfies Tried

describe('outcomeOf()', () => {
  test('counts the attempt, keeps the outcome and renders its event', () => {
    const { deps } = rig()
    const task = openedCase({ attempts: 4, deferrals: 3 })
    const { change, note } = outcomeOf(deps, endedBy({ kind: 'held', reason: 'privileged' }, task))

    expect(change.state).toMatchObject({
      ...{ attempts: 5, deferrals: 0, outcomeAt: NOW, outcome: { kind: 'held', reason: 'privileged' } },
    })
    expect(change.drafts?.map(({ at, detail }) => [at, detail.unmapped])).toEqual([
      [NOW, expect.objectContaining({ attempts: 5, outcome: { kind: 'held', reason: 'privileged' } })],
    ])
    expect(note).toEqual({
      ...{ event: 'outcome', caseId: task.id, orgId: ORG, attempt: 5 },
      outcome: { kind: 'held', reason: 'privileged' },
    })
  })

  test.each<[Outcome, object]>([
    [REMOVED, { closed: true }],
    [{ kind: 'already_absent' }, { closed: true }],
    [{ kind: 'would_remove' }, { closed: true }],
    [{ kind: 'cancelled', by: 'x', because: 'y' }, { closed: true }],
    [{ kind: 'held', reason: 'paused' }, {}],
    [{ kind: 'refused', reason: 'last_owner' }, {}],
    [{ kind: 'scheduled', nextAttemptAt: later(9) }, { dueAt: later(9) }],
    [deferredBy('HTTP_503', later(9)), { dueAt: later(9) }],
  ])('closes a case, or says when it is due again: %j', (outcome, expected) => {
    const { closed, dueAt } = outcomeOf(rig().deps, endedBy(outcome)).change

    expect({ ...(closed && { closed }), ...(dueAt && { dueAt }) }).toEqual(expected)
  })

  test('counts no wait for the leaving date as a deferral', () => {
    const scheduled = endedBy({ kind: 'scheduled', nextAttemptAt: later(9) }, openedCase({ deferrals: 2 }))

    expect(outcomeOf(rig().deps, scheduled).change.state.deferrals).toBe(0)
  })

  test('opens what is still to be done for a person whose case is closed, and only then', () => {
    const it = rig()
    const seen: Case[] = []
    const search = openedCase({}, {}, { id: 's-1', kind: 'search' })
    const deps = { ...it.deps, opensOnClose: (kase: Case) => (seen.push(kase) ? [search] : []) }

    expect(outcomeOf(deps, endedBy(deferredBy('X'))).change.opens).toEqual([])
    expect(outcomeOf(deps, endedBy(REMOVED)).change.opens).toEqual([search])
    expect(seen).toMatchObject([{ closedAt: NOW, state: { outcome: REMOVED } }])
  })

  test('notes the time to revoke of a removal', () => {
    expect(outcomeOf(rig().deps, endedBy(REMOVED)).note).toMatchObject({ timeToRevokeMs: 3_000 })
    const { note } = outcomeOf(rig().deps, endedBy({ kind: 'already_absent' }))
    expect(note).toMatchObject({ timeToRevokeMs: undefined })
  })

  test('notes no time to revoke of a person whom a roster found: nobody knows when they left', () => {
    const found = openedCase({}, { source: 'roster/workday', id: 'roster/workday:1' })

    expect(outcomeOf(rig().deps, endedBy(REMOVED, found)).note).toMatchObject({ timeToRevokeMs: undefined })
  })

  test('marks by a removal, and by nothing else, every decision as used that is not', () => {
    const decisions = [decision({ act: 'approve' }), decision({ act: 'release', usedAt: later(1) })]
    const task = openedCase({}, {}, { decisions })
    const used = (outcome: Outcome) =>
      outcomeOf(rig().deps, endedBy(outcome, task)).change.decisions?.map(({ usedAt }) => usedAt)

    expect(used(REMOVED)).toEqual([NOW, later(1)])
    expect(used({ kind: 'already_absent' })).toEqual([undefined, later(1)])
  })

  test.each<[string, Outcome | undefined, Outcome, number]>([
    ['the same code again', deferredBy('HTTP_503'), deferredBy('HTTP_503', later(9)), 0],
    ['another code', deferredBy('HTTP_502'), deferredBy('HTTP_503'), 1],
    ['a first deferral', undefined, deferredBy('HTTP_503'), 1],
    ['a deferral after a hold', { kind: 'held', reason: 'paused' }, deferredBy('HTTP_503'), 1],
    [
      'a refusal with the code of the deferral before',
      deferredBy('X'),
      { kind: 'refused', reason: 'atlas_refused', code: 'X' },
      1,
    ],
    ['the same hold again', { kind: 'held', reason: 'paused' }, { kind: 'held', reason: 'paused' }, 1],
    [
      'a hold that is tried again',
      undefined,
      { kind: 'held', reason: 'unresolved_employee', nextAttemptAt: NOW },
      1,
    ],
    ['the same hold again, to be tried again', unresolved('no name'), unresolved('no name'), 0],
    ['another hold to be tried again', unresolved('no name'), unresolved('two names'), 1],
  ])('publishes %s: %#', (_, last, outcome, events) => {
    const task = openedCase({ deferrals: 2, ...(last && { outcome: last }) })
    const { change } = outcomeOf(rig().deps, endedBy(outcome, task))

    expect(change.drafts).toHaveLength(events)
    // What comes back by itself waits longer each time.
    expect(change.state.deferrals).toBe('nextAttemptAt' in outcome ? 3 : 0)
  })

  test('alerts of a leaving date that moved, and of no other end', () => {
    const outcome: Outcome = { kind: 'cancelled', by: 'system', because: 'superseded by case c-2' }
    const [, notice, ...more] =
      outcomeOf(rig().deps, endedBy(outcome, openedCase(), 'superseded')).change.drafts ?? []

    expect(notice?.detail).toMatchObject({
      ...{ status: 'superseded', user: { name: 'ada@example.com' } },
      metadata: { correlation_uid: 'okta:evt-1' },
      resources: [{ uid: ORG }],
      unmapped: { case: openedCase().id },
    })
    expect(more).toEqual([])
    expect(outcomeOf(rig().deps, endedBy(outcome, openedCase(), 'cancelled')).change.drafts).toHaveLength(1)
  })
})

describe('waitForOthers() behind a refused credential', () => {
  const stopped = async (since = NOW) => {
    const it = rig()
    await it.remember(orgKey(ORG), stoppedByCredential(NEW_ORG, ORG, 'HTTP_403', since).state)
    return it
  }

  test.each<[string, number, Date]>([
    ['at a random instant after the next probe', 0, inMs(7.5 * MINUTE)],
    ['not before its own time', 10, inMs(11.25 * MINUTE)],
  ])('lets a case come back %s', async (_, deferrals, nextAttemptAt) => {
    expect(await waits(await stopped(), openedCase({ deferrals }))).toEqual({
      ...{ kind: 'deferred', code: 'HTTP_403', nextAttemptAt },
    })
  })

  test('lets one case try when the probe is due, and the next ones wait for that', async () => {
    const it = await stopped(inMs(-5 * MINUTE))

    expect(await waits(it)).toBeUndefined()
    expect(await waits(it)).toMatchObject({ code: 'HTTP_403' })
    expect((await orgOf(it))?.stops).toMatchObject([{ nextProbeAt: inMs(5 * MINUTE) }])
  })

  test('lets a case continue whose organization was freed since it was read', async () => {
    const it = await stopped()
    const task = openedCase()
    const lock = { key: 'k', owner: 'o', until: inMs(MINUTE), taskId: task.id }
    const known = await recall(it.own, task.state)
    await it.remember(orgKey(ORG), NEW_ORG)

    expect(await waitForOthers(it.deps, { task, lock, deadline: inMs(MINUTE), known })).toBeUndefined()
  })
})

describe('waitForOthers() near the rate limit', () => {
  const limited = async (headroom: number | undefined, bookedUntil?: Date) => {
    const it = rig()
    it.members.headroom = () => headroom
    if (bookedUntil) await it.remember(orgKey(ORG), { ...NEW_ORG, bookedUntil })
    return it
  }
  const AT_REFILL = inMs(MINUTE + 720)

  test.each<[string, number | undefined, Date | undefined, Date | undefined]>([
    ['101 requests are left', 101, undefined, undefined],
    ['100 are left', 100, undefined, AT_REFILL],
    ['none is left', 0, undefined, AT_REFILL],
    ['Atlas said nothing', undefined, undefined, undefined],
    ['Atlas said nothing and others wait', undefined, inMs(5 * MINUTE), inMs(5 * MINUTE + 720)],
    ['Atlas said nothing and others waited until now', undefined, NOW, undefined],
    ['enough is left although others wait', 101, inMs(5 * MINUTE), undefined],
    ['few are left and others wait for less than a refill', 9, inMs(1), AT_REFILL],
  ])('when %s: %#', async (_, headroom, bookedUntil, nextAttemptAt) => {
    expect(await waits(await limited(headroom, bookedUntil))).toEqual(
      nextAttemptAt && { kind: 'deferred', code: 'RATE_LIMIT_NEAR', nextAttemptAt },
    )
  })

  test('books one time after the other', async () => {
    const it = await limited(90)
    await waits(it)

    expect(await waits(it)).toMatchObject({ nextAttemptAt: inMs(MINUTE + 1_440) })
    expect((await orgOf(it))?.bookedUntil).toEqual(inMs(MINUTE + 1_440))
  })

  test.each([
    ['RATE_LIMIT_NEAR', false],
    ['HTTP_503', true],
  ])('books for a case that waited for something else, and no second time: %s', async (code, books) => {
    const it = await limited(0)

    expect((await waits(it, openedCase({ outcome: deferredBy(code) }))) !== undefined).toBe(books)
  })
})

describe('afterFailure()', () => {
  async function weigh(
    failure: Omit<Failure, 'kind'>,
    { it = rig(), task = openedCase(), until = inMs(MINUTE) } = {},
  ) {
    const lock = { key: 'k', owner: 'o', until, taskId: task.id }
    const { change } = await afterFailure(it.deps, { task, lock }, { kind: 'failure', ...failure })
    return { it, change, outcome: change.state.outcome, stops: (await orgOf(it))?.stops ?? [] }
  }

  test.each<[Omit<Failure, 'kind'>, Outcome]>([
    [
      { reason: 'last_owner', code: 'L' },
      { kind: 'refused', reason: 'last_owner', code: 'L' },
    ],
    [
      { reason: 'refused', code: 'R' },
      { kind: 'refused', reason: 'atlas_refused', code: 'R' },
    ],
    [{ reason: 'transient', code: 'T' }, deferredBy('T', inMs(22_500))],
    [{ reason: 'transient', code: 'T', retryAfterMs: 10 * MINUTE }, deferredBy('T', inMs(10 * MINUTE))],
    [{ reason: 'forbidden', code: 'F' }, deferredBy('F', inMs(HOUR))],
  ])('of this case alone: %j', async (failure, expected) => {
    const { outcome, stops } = await weigh(failure)

    expect([outcome, stops]).toEqual([expected, []])
  })

  test('stops the organization whose credential is refused', async () => {
    const { it, outcome, stops } = await weigh({ reason: 'credential', code: 'C' })

    expect(outcome).toEqual(deferredBy('C', inMs(22_500)))
    expect(stops).toMatchObject([{ kind: 'credential', code: 'C', since: NOW }])
    expect(it.notices()).toEqual(['stopped_credential'])
  })

  test('stops nothing once the lock has lapsed: others may have worked with the credential since', async () => {
    const { it, stops } = await weigh({ reason: 'credential', code: 'C' }, { until: NOW })

    expect([stops, it.notices()]).toEqual([[], []])
  })

  test('waits longer with each deferral in a row', async () => {
    const { outcome } = await weigh(
      { reason: 'transient', code: 'T' },
      { task: openedCase({ deferrals: 2 }) },
    )

    expect(outcome).toEqual(deferredBy('T', inMs(90_000)))
  })

  describe('of a 403 with an unlisted code', () => {
    const FORBIDDEN = { reason: 'forbidden', code: 'NEW_CODE' } as const
    const probing = (answer: Failure | { kind: 'allowed' }) => {
      const it = rig()
      const until: Date[] = []
      it.members.probe = async (_, deadline) => {
        until.push(deadline)
        return answer
      }
      return { it, until }
    }
    const failing = (reason: Failure['reason']): Failure => ({ kind: 'failure', reason, code: 'PROBE' })

    test.each<[string, Failure | { kind: 'allowed' }, string | undefined]>([
      ['allowed', { kind: 'allowed' }, undefined],
      ['forbidden too', failing('forbidden'), 'PROBE'],
      ['refused by the credential', failing('credential'), 'PROBE'],
      ['not answered', failing('transient'), undefined],
    ])('stops the organization if a question about nobody is %s: %#', async (_, answer, code) => {
      const { it, until } = probing(answer)
      const { outcome, stops } = await weigh(FORBIDDEN, { it })

      expect(stops.map((stop) => ('code' in stop ? stop.code : stop.kind))).toEqual(code ? [code] : [])
      expect(outcome).toEqual(deferredBy('NEW_CODE', inMs(HOUR)))
      expect(until).toEqual([inMs(2_000)])
    })

    test('alerts with its code, once', async () => {
      const first = await weigh(FORBIDDEN)
      const again = await weigh(FORBIDDEN, { task: openedCase({ outcome: deferredBy('NEW_CODE') }) })
      const other = await weigh(FORBIDDEN, { task: openedCase({ outcome: deferredBy('OTHER') }) })

      expect(first.change.drafts?.map(({ detail }) => detail)).toEqual([
        expect.objectContaining({ status_code: 'NEW_CODE' }),
        expect.objectContaining({
          ...{ status: 'unlisted_code', user: { name: 'ada@example.com' } },
          metadata: expect.objectContaining({ correlation_uid: 'okta:evt-1' }),
          resources: [{ uid: ORG, type: 'Organization' }],
          unmapped: expect.objectContaining({ code: 'NEW_CODE', case: openedCase().id }),
        }),
      ])
      expect([again.change.drafts?.length, other.change.drafts?.length]).toEqual([0, 2])
    })

    test('alerts after a hold, too', async () => {
      const { change } = await weigh(FORBIDDEN, {
        task: openedCase({ outcome: { kind: 'held', reason: 'paused' } }),
        it: Object.assign(rig(), { members: { probe: answers({ kind: 'allowed' as const }) } }),
      })

      expect(change.drafts).toHaveLength(2)
    })
  })
})
