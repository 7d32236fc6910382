import { describe, expect, test } from 'vitest'
import type { Work } from '../../../lib/core/attempt.ts'
import { recall } from '../../../lib/core/facts.ts'
import { isExplainedByRemoval, rejoins } from '../../../lib/core/joins.ts'
import type { Failure, OrgEvent } from '../../../lib/core/ports.ts'
import type { Case } from '../../../lib/words/case.ts'
import { later, ORG, openedCase } from '../../support/cases.ts'
import { ADA, answers, HOUR, inMs, MINUTE, type Rig, rig } from './rig.ts'

const QUARTER = 15 * MINUTE
const BEGUN = { intent: { at: later(1), userId: ADA.userId } }
const event = (fields: Partial<OrgEvent>): OrgEvent => ({
  id: 'e-1',
  type: 'JOINED_ORG',
  at: later(9),
  ...fields,
})

async function workOn(it: Rig, task: Case): Promise<Work> {
  const lock = { key: 'k', owner: 'o', until: inMs(MINUTE), taskId: task.id }
  return { task, lock, deadline: inMs(MINUTE), known: await recall(it.own, task.state) }
}

async function asked(task: Case, ms: number, ...events: readonly OrgEvent[]) {
  const it = rig()
  it.now = later(ms)
  it.feed.push(...events)
  const joins = await rejoins(it.deps, await workOn(it, task), ADA)
  return { joins: joins.kind === 'joins' ? joins.at : joins, isAsked: it.calls.includes('events') }
}

describe('rejoins()', () => {
  test.each<[string, Case, number, boolean]>([
    ['15 minutes after the leaving instant', openedCase(), QUARTER, false],
    ['a moment later', openedCase(), QUARTER + 1, true],
    [
      '15 minutes after a later leaving instant',
      openedCase({}, { effectiveAt: later(HOUR) }),
      HOUR + QUARTER,
      false,
    ],
    ['a moment after those', openedCase({}, { effectiveAt: later(HOUR) }), HOUR + QUARTER + 1, true],
    ['at once after an intent', openedCase(BEGUN), 1, true],
  ])('asks for the organization’s events %s: %#', async (_, task, ms, isAsked) => {
    const joins = isAsked ? [later(9)] : []

    expect(await asked(task, ms, event({ targetUsername: 'ada@example.com' }))).toEqual({ joins, isAsked })
  })

  test.each<[string, Partial<OrgEvent>, boolean]>([
    ['the member’s own', { targetUsername: 'ADA@example.com' }, true],
    ['an invitation of the member', { type: 'INVITED_TO_ORG', targetUsername: 'ada@example.com' }, true],
    ['somebody else’s', { targetUsername: 'bob@example.com' }, false],
    ['nobody’s', {}, false],
    ['one that only says who did it, which is who joined', { actor: 'ada@example.com' }, true],
    ['an invitation by the member', { type: 'INVITED_TO_ORG', actor: 'ada@example.com' }, false],
    [
      'somebody else’s that the member did',
      { targetUsername: 'bob@example.com', actor: 'ada@example.com' },
      false,
    ],
  ])('counts %s: %#', async (_, fields, counts) => {
    expect((await asked(openedCase(BEGUN), HOUR, event(fields))).joins).toEqual(counts ? [later(9)] : [])
  })

  test('asks for the two kinds of event since the leaving instant', async () => {
    const it = rig()
    const args: unknown[] = []
    it.members.events = async (...given) => {
      args.push(...given)
      return { kind: 'events', events: [] }
    }
    await rejoins(it.deps, await workOn(it, openedCase(BEGUN, { effectiveAt: later(500) })), ADA)

    expect(args).toEqual([ORG, ['JOINED_ORG', 'INVITED_TO_ORG'], later(500), inMs(MINUTE)])
  })

  test.each([
    ['credential', 'credential'],
    ['refused', 'transient'],
    ['transient', 'transient'],
  ] as const)('passes on that the events cannot be read: %s as %s', async (reason, passed) => {
    const it = rig()
    it.members.events = answers<Failure>({ kind: 'failure', reason, code: 'X' })

    expect(await rejoins(it.deps, await workOn(it, openedCase(BEGUN)), ADA)).toEqual({
      ...{ kind: 'failure', reason: passed, code: 'X' },
    })
  })
})

describe('isExplainedByRemoval()', () => {
  const removedAt = (ms: number) =>
    openedCase({ outcome: { kind: 'removed', evidence: 'answered', revokedAt: later(ms) } })
  const similar = ['ada@old.example.com', 'ada+ci@example.com']

  async function isExplained(history: readonly Case[], ...events: readonly OrgEvent[]) {
    const it = rig()
    it.feed.push(...events)
    return await isExplainedByRemoval(it.deps, await workOn(it, openedCase()), similar, history)
  }

  test.each<[string, Case[], boolean]>([
    ['a removal within the age of an event', [removedAt(72 * HOUR)], true],
    ['a removal a moment later', [removedAt(72 * HOUR + 1)], false],
    ['a removal within the age of an event before', [removedAt(-72 * HOUR)], true],
    ['a removal a moment earlier', [removedAt(-72 * HOUR - 1)], false],
    ['one of several', [removedAt(100 * HOUR), removedAt(1)], true],
    ['a case that was held', [openedCase({ outcome: { kind: 'held', reason: 'privileged' } })], false],
    ['a case without outcome', [openedCase()], false],
    ['nothing', [], false],
  ])('by %s: %#', async (_, history, isIt) => {
    expect(await isExplained(history)).toBe(isIt)
  })

  test('not, where the namesake came since the last removal', async () => {
    expect(await isExplained([removedAt(1)], event({ targetUsername: 'ADA@old.example.com' }))).toBe(false)
    expect(await isExplained([removedAt(1)], event({ targetUsername: 'bob@example.com' }))).toBe(true)
  })

  test('asks since the latest removal, and only if there is one', async () => {
    const it = rig()
    const since: Date[] = []
    it.members.events = async (_, __, from) => {
      since.push(from)
      return { kind: 'events', events: [] }
    }
    const work = await workOn(it, openedCase())
    await isExplainedByRemoval(it.deps, work, similar, [])
    await isExplainedByRemoval(it.deps, work, similar, [removedAt(5), removedAt(7), removedAt(6)])

    expect(since).toEqual([later(7)])
  })

  test('passes on that the events cannot be read', async () => {
    const it = rig()
    it.members.events = answers<Failure>({ kind: 'failure', reason: 'forbidden', code: 'X' })

    expect(
      await isExplainedByRemoval(it.deps, await workOn(it, openedCase()), similar, [removedAt(1)]),
    ).toEqual({
      kind: 'failure',
      reason: 'transient',
      code: 'X',
    })
  })
})
