import { describe, expect, test } from 'vitest'
import { ended, type Tried } from '../../../lib/core/attempt.ts'
import type { Confirmation, Failure, Lookup, Members, Removal } from '../../../lib/core/ports.ts'
import { asQuestion, confirm, isStillThere, settle } from '../../../lib/core/settle.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, later, openedCase } from '../../support/cases.ts'
import { ADA, answers, BOB, decision, inMs, MINUTE, NOW, rig } from './rig.ts'

const LIST = {
  kind: 'list',
  members: [BOB] as readonly Member[],
  unreadable: [] as readonly string[],
  asOf: NOW,
} as const
const NONE: Lookup = { kind: 'none', list: LIST }
const GONE: Confirmation = { kind: 'gone' }
const DOWN: Failure = { kind: 'failure', reason: 'transient', code: 'HTTP_503' }
const TURNED_DOWN: Failure = { kind: 'failure', reason: 'refused', code: 'HTTP_410' }
const EXPIRED = activeMember({ status: 'INVITATION_EXPIRED' })
const REJECTED = activeMember({ status: 'INVITATION_REJECTED' })
const AGAIN = activeMember({ userId: 'f'.repeat(24) })
const INTENT = { intent: { at: later(2_000), userId: ADA.userId } }

type Setting = {
  readonly member?: Member
  readonly isResumed?: boolean
  readonly members?: Partial<Members>
  readonly named?: boolean
}

/** How a DELETE with this answer ends; Atlas answers every question as if Ada were gone unless told otherwise. */
async function settled(removal: Removal, { member = ADA, isResumed = false, named, members }: Setting = {}) {
  const it = rig()
  it.members = { find: answers(NONE), confirm: answers(GONE), all: answers(LIST), ...members }
  const decisions = named ? [decision({ act: 'release', rule: 'renamed', member: ADA.userId })] : []
  const task = openedCase(INTENT, {}, { decisions })
  const tried = await settle(it.deps, { task, deadline: inMs(MINUTE), member, removal, isResumed })
  return { ...it, tried, said: told(tried) }
}

/** An end or a failure in a few words. */
function told(tried: Tried): string {
  if (tried.kind === 'failed') return `failed: ${tried.failure.reason} ${tried.failure.code}`
  if (tried.kind !== 'ended') return tried.kind
  const { outcome } = tried
  if (outcome.kind === 'removed') return `removed: ${outcome.evidence}`
  return outcome.kind === 'refused' ? `refused: ${outcome.reason} ${outcome.code}` : outcome.kind
}

const absent = (mayHaveApplied = false): Removal => ({ kind: 'absent', mayHaveApplied })
const unexplained = (mayHaveApplied = false): Removal => ({
  kind: 'unexplained',
  code: 'ORG_NOT_FOUND',
  mayHaveApplied,
})
const badRequest: Removal = { kind: 'bad_request', code: 'INVALID_ATTRIBUTE', mayHaveApplied: false }
const found = (member: Member): Lookup => ({ kind: 'found', member, ended: [] })
const PRESENT = { confirm: answers<Confirmation>({ kind: 'present' }) }
const STILL_LISTED = { all: answers({ ...LIST, members: [BOB, ADA] }) }
const UNREADABLE = { all: answers({ ...LIST, unreadable: [''] }) }

describe('settle() of a DELETE that was answered', () => {
  test.each<[string, Partial<Members>, string]>([
    ['gone', {}, 'removed: answered'],
    ['still there', PRESENT, 'failed: transient STILL_PRESENT'],
    ['not to be asked', { confirm: answers<Confirmation>(DOWN) }, 'failed: transient HTTP_503'],
    [
      'not to be asked with this request',
      { confirm: answers<Confirmation>(TURNED_DOWN) },
      'failed: transient HTTP_410',
    ],
  ])('when Atlas says that the member is %s', async (_, members, said) => {
    expect((await settled({ kind: 'removed' }, { members })).said).toBe(said)
  })

  test('keeps when it was answered, whatever the confirmation says', async () => {
    const intent = { ...INTENT.intent, answeredAt: NOW }

    expect((await settled({ kind: 'removed' })).tried).toMatchObject({
      outcome: { revokedAt: NOW },
      task: { state: { intent } },
    })
    expect((await settled({ kind: 'removed' }, { members: PRESENT })).tried).toMatchObject({
      task: { state: { intent } },
    })
  })

  test('asks about the very userId, once', async () => {
    const { calls, journal } = await settled({ kind: 'removed' })

    expect(calls).toEqual(['confirm'])
    expect(journal).toEqual([{ event: 'confirmed', caseId: openedCase().id, userId: ADA.userId }])
  })
})

describe('settle() of a 404 that knows no such user', () => {
  test.each<[string, Removal, Setting, string]>([
    ['is somebody else’s work at a first DELETE', absent(), {}, 'already_absent'],
    ['may be our own, where an earlier try had no answer', absent(true), {}, 'removed: inferred'],
    [
      'may be our own, where an earlier attempt had an intent',
      absent(),
      { isResumed: true },
      'removed: inferred',
    ],
    [
      'is not ours while the member is there',
      absent(true),
      { members: PRESENT },
      'failed: transient STILL_PRESENT',
    ],
    [
      'does not count while the name is another entry’s',
      absent(),
      { members: { find: answers(found(AGAIN)) } },
      'failed: transient MEMBER_CHANGED',
    ],
    [
      'does not count while two bear the name',
      absent(true),
      { members: { find: answers<Lookup>({ kind: 'several', members: [ADA, AGAIN] }) } },
      'failed: transient MEMBER_CHANGED',
    ],
    [
      'counts beside an ended invitation',
      absent(),
      { members: { find: answers(found({ ...AGAIN, status: 'INVITATION_REJECTED' })) } },
      'already_absent',
    ],
    [
      'counts although the filter still shows the very entry',
      absent(),
      { members: { find: answers(found(ADA)) } },
      'already_absent',
    ],
    [
      'waits while the name cannot be looked up',
      absent(),
      { members: { find: answers<Lookup>(TURNED_DOWN) } },
      'failed: transient HTTP_410',
    ],
    [
      'counts for whom a human named, whoever bears the name',
      absent(),
      { named: true, members: { find: answers(found(AGAIN)) } },
      'already_absent',
    ],
  ])('%s', async (_, removal, setting, said) => {
    expect((await settled(removal, setting)).said).toBe(said)
  })

  test('asks with a fresh look, for every name', async () => {
    const asked: unknown[] = []
    const find: Members['find'] = async (...args) => {
      asked.push(args)
      return NONE
    }
    await settled(absent(), { members: { find } })

    expect(asked).toEqual([['32b6e34b3d91647abb20e7b8', ['ada@example.com'], inMs(MINUTE), true]])
  })
})

describe('settle() of a 404 that explains nothing', () => {
  test.each<[string, Removal, Setting, string]>([
    [
      'while the member is listed',
      unexplained(),
      { members: STILL_LISTED },
      'refused: atlas_refused ORG_NOT_FOUND',
    ],
    ['once only others are listed', unexplained(), {}, 'already_absent'],
    ['after a lost answer, once only others are listed', unexplained(true), {}, 'removed: inferred'],
    [
      'after an earlier intent, once only others are listed',
      unexplained(),
      { isResumed: true },
      'removed: inferred',
    ],
    [
      'while the list cannot be read',
      unexplained(true),
      { members: { all: answers(DOWN) } },
      'failed: transient HTTP_503',
    ],
    [
      'while Atlas refuses the list',
      unexplained(true),
      { members: { all: answers(TURNED_DOWN) } },
      'failed: transient HTTP_410',
    ],
    [
      'while a row of the list cannot be read',
      unexplained(true),
      { members: UNREADABLE },
      'failed: transient UNREADABLE_ROW',
    ],
    [
      'while another entry has the name',
      unexplained(true),
      { members: { find: answers(found(AGAIN)) } },
      'failed: transient MEMBER_CHANGED',
    ],
    [
      'of an expired invitation, whatever the list says',
      unexplained(true),
      { member: EXPIRED, members: STILL_LISTED },
      'already_absent',
    ],
  ])('%s', async (_, removal, setting, said) => {
    expect((await settled(removal, setting)).said).toBe(said)
  })

  test('lists the members before it believes that somebody is gone', async () => {
    expect((await settled(unexplained())).calls).toEqual(['all', 'find'])
    expect((await settled(unexplained(), { members: STILL_LISTED })).calls).toEqual(['all'])
  })
})

describe('settle() of a DELETE that Atlas turns down', () => {
  test.each<[string, Removal, Setting, string]>([
    ['by a 400', badRequest, {}, 'refused: atlas_refused INVALID_ATTRIBUTE'],
    ['by a 400 for an expired invitation', badRequest, { member: EXPIRED }, 'already_absent'],
    ['by a 400 for a rejected invitation', badRequest, { member: REJECTED }, 'already_absent'],
    ['for good', { ...TURNED_DOWN, mayHaveApplied: false }, {}, 'failed: refused HTTP_410'],
    ['for now', { ...DOWN, mayHaveApplied: true }, {}, 'failed: transient HTTP_503'],
  ])('%s', async (_, removal, setting, said) => {
    expect((await settled(removal, setting)).said).toBe(said)
  })
})

describe('confirm() of a 404 that explains nothing', () => {
  test.each<[string, Partial<Members>, string]>([
    ['once only others are listed', {}, 'removed: inferred'],
    ['while the member is listed', STILL_LISTED, 'failed: transient STILL_PRESENT'],
    ['while the list cannot be read', { all: answers(DOWN) }, 'failed: transient HTTP_503'],
    ['while a row cannot be read', UNREADABLE, 'failed: transient UNREADABLE_ROW'],
  ])('%s', async (_, members, said) => {
    const it = rig()
    it.members = {
      confirm: answers<Confirmation>({ kind: 'unexplained', code: 'X' }),
      all: answers(LIST),
      ...members,
    }
    const about = { task: openedCase(INTENT), deadline: inMs(MINUTE) }

    expect(told(await confirm(it.deps, about, ADA.userId))).toBe(said)
  })

  test('knows nothing of an answer where there was no intent', async () => {
    const it = rig()
    it.members = { confirm: answers(GONE), remove: answers<Removal>({ kind: 'removed' }) }
    const task = openedCase()
    const sent = { task, deadline: inMs(MINUTE), member: ADA, isResumed: false }

    expect(told(await settle(it.deps, { ...sent, removal: { kind: 'removed' } }))).toBe('removed: inferred')
  })
})

test.each([
  ['refused', 'transient'],
  ['last_owner', 'transient'],
  ['forbidden', 'transient'],
  ['credential', 'credential'],
  ['transient', 'transient'],
] as const)('asQuestion() takes %s for %s, with its code and wait', (reason, taken) => {
  const failure: Failure = { kind: 'failure', reason, code: 'X', retryAfterMs: 7 }

  expect(asQuestion(failure)).toEqual({ ...failure, reason: taken })
})

describe('isStillThere()', () => {
  const failing = (reason: Failure['reason'], mayHaveApplied = false): Removal => ({
    ...{ kind: 'failure', reason, code: 'X', mayHaveApplied },
  })
  const FAILED = (removal: Removal): Tried => ({
    ...{ kind: 'failed', task: openedCase(), failure: removal as Failure },
  })
  const REFUSED = ended(openedCase(), { kind: 'refused', reason: 'atlas_refused', code: 'X' })
  const ABSENT = ended(openedCase(), { kind: 'already_absent' })

  test.each<[string, Removal, Tried, boolean]>([
    ['a removal', { kind: 'removed' }, ended(openedCase(), { kind: 'already_absent' }), false],
    ['a removal that is not confirmed', { kind: 'removed' }, FAILED(failing('transient')), false],
    ['a 400', badRequest, REFUSED, true],
    ['a 400 to a second try', { ...badRequest, mayHaveApplied: true } as Removal, REFUSED, false],
    ['a 400 for an ended invitation', badRequest, ABSENT, false],
    ['an unexplained 404 of somebody listed', unexplained(), REFUSED, true],
    ['an unexplained 404, unsettled', unexplained(), FAILED(failing('transient')), false],
    ['the same with an earlier try', unexplained(true), REFUSED, false],
    ['the last owner', failing('last_owner'), FAILED(failing('last_owner')), true],
    ['a refusal', failing('refused'), FAILED(failing('refused')), true],
    ['a refusal of a second try', failing('refused', true), FAILED(failing('refused')), false],
    ['a 403 with an unlisted code', failing('forbidden'), FAILED(failing('forbidden')), true],
    ['a time-out', failing('transient'), FAILED(failing('transient')), false],
    ['a refused credential', failing('credential'), FAILED(failing('credential')), false],
  ])('after %s: %#', (_, removal, tried, isThere) => {
    expect(isStillThere(removal, tried)).toBe(isThere)
  })
})
