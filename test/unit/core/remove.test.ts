import { describe, expect, test } from 'vitest'
import { renamedKey } from '../../../lib/core/absent.ts'
import { EVERYONE, NEW_ORG, type OrgState, orgKey } from '../../../lib/core/org-state.ts'
import type { Confirmation, Failure, HrWord, Lookup, Removal } from '../../../lib/core/ports.ts'
import { type PersonState, personKey } from '../../../lib/core/returns.ts'
import { CAME_BACK_AFTER_INTENT } from '../../../lib/core/rules.ts'
import { type Case, type CaseState, openCase } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import type { Departure } from '../../../lib/words/departure.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, departure, later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { ADA, answers, BOB, decision, HOUR, inMs, MINUTE, NOW, type Rig, rig } from './rig.ts'

const OLD = activeMember({ userId: 'a'.repeat(24), username: 'ada@old.example.com' })
const ELSEWHERE = activeMember({ username: 'lovelace@example.com' })
const ENDED = activeMember({ userId: 'e'.repeat(24), status: 'INVITATION_EXPIRED' })
const DOWN: Failure = { kind: 'failure', reason: 'transient', code: 'HTTP_503' }
const STOP = { kind: 'paused', since: NOW, because: 'drill', actor: 'arn:oncall' } as const
const removedAt = (at: Date) => ({ kind: 'removed', evidence: 'answered', revokedAt: at }) as const
const begun = (userId = ADA.userId) => ({ intent: { at: later(2_000), userId } })
const named = (fields: Partial<Decision>) => decision({ act: 'release', rule: 'possible_alias', ...fields })

type Setting = {
  readonly departed?: Partial<Departure>
  readonly state?: Partial<CaseState>
  readonly decisions?: readonly Decision[]
}

/** Works on Ada's case, as far as an earlier attempt left it. */
async function attempt(it: Rig, { departed, state, decisions = [] }: Setting = {}): Promise<Case> {
  const opened = openCase(departure(departed), ORG, { at: later(1_000) })
  await it.put({ ...opened, decisions, state: { ...opened.state, ...state } })
  return await it.again(opened.id)
}

const removals = (it: Rig) => it.calls.filter((call) => call === 'remove').length
const slotsOf = async (it: Rig) => Object.keys((await it.memory<OrgState>(orgKey(ORG)))?.slots ?? {})

/** Puts another case of the person into the ledger, as it ended. */
const earlier = (it: Rig, state: Partial<CaseState>, departed: Partial<Departure> = {}) =>
  it.put(openedCase(state, { id: 'okta:earlier', ...departed }, { id: 'c-earlier', closedAt: later(500) }))

describe('removeMember() of whom the lookup finds', () => {
  test('looks up, judges, reserves, writes the intent, deletes and confirms, in this order', async () => {
    const it = rig()
    const { state } = await attempt(it)

    expect(state).toMatchObject({
      outcome: { kind: 'removed', evidence: 'answered', revokedAt: NOW },
      intent: { at: NOW, userId: ADA.userId, answeredAt: NOW },
      snapshot: ADA,
    })
    expect(it.people).toEqual([BOB])
    const order = ['find', 'change', 'commit', 'remove', 'confirm', 'commit', 'unlock', 'publish', 'settle']
    expect(it.calls.filter((call) => order.includes(call))).toEqual(order)
  })

  test('has intent and snapshot in the ledger, and the lock’s end as its due time, before the DELETE leaves', async () => {
    const it = rig()
    const seen: unknown[] = []
    it.members.remove = async () => {
      const [kase] = await it.cases()
      seen.push(kase?.state.intent, kase?.state.snapshot, kase?.dueAt, kase?.state.attempts)
      throw new Error('crash')
    }
    await attempt(it)

    expect(seen).toEqual([{ at: NOW, userId: ADA.userId }, ADA, inMs(2 * MINUTE), 0])
  })

  test('sends no DELETE once another worker has written the case', async () => {
    const it = rig()
    it.ledger.commit = async (task, change) => {
      await it.own.commit(task, { state: task.state, dueAt: NOW })
      return await it.own.commit(task, change)
    }
    const { version, state } = await attempt(it)

    expect([removals(it), version, state.outcome]).toEqual([0, 3, undefined])
  })

  test('notes whom it found, by no name', async () => {
    const it = rig()
    const { id } = await attempt(it)

    const { userId, status, orgRoles } = ADA
    expect(it.journal[0]).toEqual({ event: 'found', caseId: id, userId, status, orgRoles })
    expect(JSON.stringify(it.journal)).not.toContain('@')
  })

  test.each<[string, Lookup, object]>([
    [
      'two bear the name',
      { kind: 'several', members: [ADA, OLD] },
      { kind: 'held', reason: 'ambiguous_username', detail: 'ada@example.com, ada@old.example.com' },
    ],
    ['nobody can be looked up', DOWN, { kind: 'deferred', code: 'HTTP_503' }],
  ])('deletes nobody where %s', async (_, lookup, outcome) => {
    const it = rig()
    it.members.find = answers(lookup)

    expect((await attempt(it)).state.outcome).toMatchObject(outcome)
    expect(removals(it)).toBe(0)
  })

  test('looks once more, and afresh, before it holds for a name', async () => {
    const it = rig()
    const fresh: unknown[] = []
    it.members.find = async (_, __, ___, isFresh) => {
      fresh.push(isFresh)
      return fresh.length === 1
        ? { kind: 'several', members: [ADA, OLD] }
        : { kind: 'found', member: ADA, ended: [] }
    }

    expect((await attempt(it)).state.outcome).toMatchObject({ kind: 'removed' })
    expect(fresh).toEqual([false, true])
  })

  test('takes one look for every other end', async () => {
    const it = rig({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await attempt(it)

    expect(it.calls.filter((call) => call === 'find')).toHaveLength(1)
  })

  test('tries ended invitations of the departure’s own names too, and their failure undoes nothing', async () => {
    const it = rig()
    const other = { ...ENDED, userId: 'd'.repeat(24), username: 'x@example.com' }
    const deleted: string[] = []
    it.members.find = answers<Lookup>({
      kind: 'found',
      member: ADA,
      ended: [ENDED, other, { ...ENDED, userId: 'c'.repeat(24) }],
    })
    it.members.confirm = answers<Confirmation>({ kind: 'gone' })
    it.members.remove = async (_, userId) => {
      deleted.push(userId)
      if (userId === ENDED.userId) throw new Error('broken')
      return { kind: 'removed' }
    }

    const departed = { aliases: ['ada@old.example.com'] }

    expect((await attempt(it, { departed })).state.outcome).toMatchObject({ kind: 'removed' })
    expect(deleted).toEqual([ADA.userId, ENDED.userId, 'c'.repeat(24)])
  })

  test('tries no ended invitation while the member is not known to be out', async () => {
    const it = rig()
    it.members.find = answers<Lookup>({ kind: 'found', member: ADA, ended: [ENDED] })
    it.members.confirm = answers<Confirmation>({ kind: 'present' })
    await attempt(it)
    expect(removals(it)).toBe(1)

    const absent = rig()
    absent.members.find = answers<Lookup>({ kind: 'found', member: ADA, ended: [ENDED] })
    absent.members.remove = answers<Removal>({ kind: 'absent', mayHaveApplied: false })
    expect((await attempt(absent)).state.outcome).toEqual({ kind: 'already_absent' })
    expect(removals(absent)).toBe(1)
  })
})

describe('removeMember() and the rules', () => {
  const privileged = { settings: { holdOrgRoles: ['ORG_MEMBER'] } }

  test('shows in the case whom a rule holds', async () => {
    const { state } = await attempt(rig(privileged))

    expect(state).toMatchObject({ outcome: { kind: 'held', reason: 'privileged' }, snapshot: ADA })
    expect(state.intent).toBeUndefined()
  })

  test('judges afresh whom an earlier attempt was about to delete', async () => {
    const it = rig({ settings: { protectedUsernames: ['ada@*'] } })

    expect((await attempt(it, { state: begun() })).state.outcome).toMatchObject({ reason: 'protected' })
    expect(removals(it)).toBe(0)
  })

  test.each<[string, (it: Rig) => Promise<void>, object]>([
    [
      'a pause of the organization',
      (it) => it.remember<OrgState>(orgKey(ORG), { ...NEW_ORG, stops: [STOP] }),
      { kind: 'held', reason: 'paused' },
    ],
    [
      'a pause of everybody',
      (it) => it.remember(EVERYONE, { stops: [STOP] }),
      { kind: 'held', reason: 'paused' },
    ],
    [
      'a return',
      (it) =>
        it.remember<PersonState>(personKey('ada@example.com'), {
          returns: { okta: { id: 'okta:back', at: later(500) } },
        }),
      { kind: 'cancelled', by: 'okta:back' },
    ],
    [
      'a return by an alias',
      (it) =>
        it.remember<PersonState>(personKey('ada@old.example.com'), {
          returns: { 'hook/hr': { id: 'hook/hr:back', at: later(500) } },
        }),
      { kind: 'held', reason: 'rejoined' },
    ],
  ])('sees %s that comes in while the member is looked up', async (_, comesIn, outcome) => {
    const it = rig()
    it.members.find = async () => {
      await comesIn(it)
      return { kind: 'found', member: ADA, ended: [] }
    }
    const { state } = await attempt(it, { departed: { aliases: ['ada@old.example.com'] } })

    expect(state.outcome).toMatchObject(outcome)
    expect(removals(it)).toBe(0)
  })

  test('judges by the window as its own reservation left it', async () => {
    const it = rig({ settings: { maxRemovalsPerDay: 0 } })

    expect((await attempt(it)).state.outcome).toEqual({ kind: 'held', reason: 'mass_removal' })
    expect([removals(it), it.notices()]).toEqual([0, ['stopped_over_limit']])
  })

  test('ends where no slot can be had, or the members cannot be counted', async () => {
    const it = rig()
    const slots = Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { at: NOW, member: id }]))
    await it.remember<OrgState>(orgKey(ORG), { ...NEW_ORG, slots })
    it.members.all = answers(DOWN)

    expect((await attempt(it)).state.outcome).toMatchObject({ kind: 'deferred', code: 'HTTP_503' })
    expect(removals(it)).toBe(0)
  })

  test('waits while the organization’s events cannot be read', async () => {
    const it = rig()
    it.members.events = answers(DOWN)

    expect((await attempt(it, { state: begun() })).state.outcome).toMatchObject({ code: 'HTTP_503' })
    expect(removals(it)).toBe(0)
  })

  test('keeps what the person had before our DELETE when they are let in again with less', async () => {
    const it = rig()
    it.feed.push({ id: 'e', type: 'JOINED_ORG', at: later(3_000), targetUsername: 'ada@example.com' })
    const before = activeMember({ orgRoles: ['ORG_BILLING_ADMIN'] })
    const { state } = await attempt(it, { state: { ...begun(), snapshot: before } })

    expect(state).toMatchObject({ outcome: { detail: CAME_BACK_AFTER_INTENT }, snapshot: before })
  })

  test('keeps what the person has now where nothing was kept before, or another rule holds', async () => {
    const it = rig()
    it.feed.push({ id: 'e', type: 'JOINED_ORG', at: later(3_000), targetUsername: 'ada@example.com' })
    expect((await attempt(it, { state: begun() })).state.snapshot).toEqual(ADA)

    const before = activeMember({ orgRoles: ['ORG_BILLING_ADMIN'] })
    const { state } = await attempt(rig(privileged), { state: { snapshot: before } })
    expect(state.snapshot).toEqual(ADA)
  })

  test('removes whom a human let pass after such a return, and keeps what they have then', async () => {
    const it = rig()
    const before = activeMember({ userId: 'f'.repeat(24), orgRoles: ['ORG_BILLING_ADMIN'] })
    const state = { ...begun(before.userId), snapshot: before }
    const held = await attempt(it, { state })
    expect(held.state.outcome).toMatchObject({ kind: 'held', reason: 'rejoined', member: ADA.userId })

    const again = rig()
    const release = decision({ act: 'release', rule: 'rejoined', member: ADA.userId })
    const { state: after } = await attempt(again, { state, decisions: [release] })
    expect(after).toMatchObject({
      outcome: { kind: 'removed' },
      snapshot: ADA,
      intent: { userId: ADA.userId },
    })
  })
})

describe('removeMember() and HR', () => {
  const announced = { employeeId: '17', effectiveAt: later(1) }

  test.each<[HrWord, object, Date]>([
    [{ kind: 'taken_back', because: 'stays' }, { kind: 'cancelled', because: 'stays' }, later(1)],
    [{ kind: 'still_active' }, { kind: 'deferred', code: 'HR_STILL_ACTIVE' }, later(1)],
    [
      { kind: 'moved', effectiveAt: inMs(HOUR) },
      { kind: 'scheduled', nextAttemptAt: inMs(HOUR) },
      inMs(HOUR),
    ],
  ])('removes nobody and takes no slot where HR objects: $kind', async (word, outcome, effectiveAt) => {
    const it = rig()
    const { state } = await it.offboard(announced, { hr: { confirm: answers(word) } })

    expect(state).toMatchObject({ outcome, departure: { ...announced, effectiveAt } })
    expect([removals(it), await slotsOf(it)]).toEqual([0, []])
  })

  test('removes whom HR confirms, asked with the deferrals so far, or whom no HR can be asked about', async () => {
    const it = rig()
    const asked: unknown[] = []
    const confirm = async (...args: unknown[]) => {
      asked.push(...args)
      return { kind: 'left' } as const
    }
    const { state } = await it.offboard(announced, { hr: { confirm } })
    const other = await rig().offboard(announced)

    expect([state.outcome?.kind, other.state.outcome?.kind]).toEqual(['removed', 'removed'])
    expect(asked).toEqual([departure(announced), 0, inMs(17_000)])
  })
})

describe('removeMember() and the person’s other cases', () => {
  test.each<[string, Partial<CaseState>, Partial<Departure>, object]>([
    ['removed here since', { outcome: removedAt(later(500)) }, {}, { kind: 'held', reason: 'rejoined' }],
    ['removed elsewhere', { orgId: OTHER_ORG, outcome: removedAt(later(500)) }, {}, { kind: 'removed' }],
    [
      'moved to another date',
      {},
      { occurredAt: later(10) },
      { kind: 'cancelled', because: 'superseded by case c-earlier' },
    ],
    ['moved to another date elsewhere', { orgId: OTHER_ORG }, { occurredAt: later(10) }, { kind: 'removed' }],
  ])('%s', async (_, state, departed, outcome) => {
    const it = rig()
    await earlier(it, state, departed)

    expect((await attempt(it, { departed: { effectiveAt: later(100) } })).state.outcome).toMatchObject(
      outcome,
    )
  })

  test('alerts of a date that moved', async () => {
    const it = rig()
    await earlier(it, {}, { occurredAt: later(10) })
    await attempt(it, { departed: { effectiveAt: later(100) } })

    expect(it.notices()).toEqual(['superseded'])
  })

  test('is no case of its own history, and no task of another kind is', async () => {
    const it = rig()
    const search = openedCase({ outcome: removedAt(later(500)) }, {}, { id: 's-1', kind: 'search' })
    await it.put(search)

    expect((await attempt(it, { state: { outcome: removedAt(later(500)) } })).state.outcome).toMatchObject({
      kind: 'removed',
    })
  })
})

describe('removeMember() by another name', () => {
  const departed = { username: 'ada@new.example.com', aliases: ['ada@example.com'] }

  test('removes the member whom an alias finds', async () => {
    const it = rig()

    expect((await attempt(it, { departed })).state.outcome).toMatchObject({ kind: 'removed' })
    expect(it.people).toEqual([BOB])
  })

  describe('where the address inside its own name is somebody else’s,', () => {
    const decorated = { username: 'Bob <bob@example.com>', aliases: ['ada@example.com'] }

    test.each(['Bob <bob@example.com>', 'DEL_bob@example.com'])('holds for both: %s', async (username) => {
      const it = rig()

      expect((await attempt(it, { departed: { ...decorated, username } })).state.outcome).toMatchObject({
        reason: 'ambiguous_username',
        candidates: [{ userId: BOB.userId }, { userId: ADA.userId }],
      })
      expect(removals(it)).toBe(0)
    })

    test('waits while nobody can say whose it is', async () => {
      const it = rig()
      it.members.all = answers(DOWN)

      expect((await attempt(it, { departed: decorated })).state.outcome).toMatchObject({ code: 'HTTP_503' })
    })

    test('removes whom a human named, nobody if none is meant, and holds for whom the human did not see', async () => {
      const release = { act: 'release', rule: 'ambiguous_username' } as const
      const one = rig()
      const decisions = [decision({ ...release, member: BOB.userId })]
      await attempt(one, { departed: decorated, decisions })
      expect(one.people).toEqual([ADA])

      const other = rig()
      await attempt(other, { departed: decorated, decisions: [decision({ ...release, member: ADA.userId })] })
      expect(other.people).toEqual([BOB])

      const none = rig()
      const kase = await attempt(none, {
        departed: decorated,
        decisions: [decision({ ...release, absent: true, candidates: [BOB.userId, ADA.userId] })],
      })
      expect([kase.state.outcome, removals(none)]).toEqual([{ kind: 'already_absent' }, 0])

      const since = rig()
      const unseen = await attempt(since, {
        departed: decorated,
        decisions: [decision({ ...release, absent: true, candidates: [BOB.userId] })],
      })
      expect(unseen.state.outcome).toMatchObject({ kind: 'held', candidates: [{ userId: ADA.userId }] })
    })

    test('removes the alias’s member if it is their own', async () => {
      const it = rig()
      await attempt(it, { departed: { username: 'Ada <ada@example.com>', aliases: ['ada@example.com'] } })

      expect(it.people).toEqual([BOB])
    })
  })

  test('takes no second lock for another spelling of its own name', async () => {
    const it = rig()
    await attempt(it, { departed: { username: 'ADA@example.com' } })

    expect(it.calls.filter((call) => call === 'lock')).toHaveLength(1)
  })

  test('comes back in 10 seconds while another worker has the name that the member bears', async () => {
    const it = rig()
    await it.own.lock({ orgId: ORG, username: 'ada@example.com' }, 'c-other')
    const kase = await attempt(it, { departed })

    expect(kase).toMatchObject({ dueAt: inMs(10_000), state: { attempts: 0 } })
    expect([removals(it), it.published]).toEqual([0, []])
  })

  test('has that name for itself until the member is known to be out, and not afterwards', async () => {
    const it = rig()
    const seen: string[] = []
    it.members.confirm = async () => {
      seen.push((await it.own.lock({ orgId: ORG, username: 'ada@example.com' }, 'c-next')).kind)
      return { kind: 'gone' }
    }
    await attempt(it, { departed })

    expect(seen).toEqual(['busy'])
    expect((await it.own.lock({ orgId: ORG, username: 'ada@example.com' }, 'c-next')).kind).toBe('locked')
  })

  test('knows what became of the member under that name, here alone', async () => {
    const it = rig()
    await earlier(it, { outcome: removedAt(later(500)) })
    expect((await attempt(it, { departed })).state.outcome).toMatchObject({ reason: 'rejoined' })

    const elsewhere = rig()
    await earlier(elsewhere, { orgId: OTHER_ORG, outcome: removedAt(later(500)) })
    expect((await attempt(elsewhere, { departed })).state.outcome).toMatchObject({ kind: 'removed' })
  })

  test('does its work although that name’s lock cannot be given back', async () => {
    const it = rig()
    it.ledger.unlock = () => Promise.reject(new Error('throttled'))

    expect((await attempt(it, { departed })).state.outcome).toMatchObject({ kind: 'removed' })
  })
})

describe('removeMember() of nobody', () => {
  const likeAda = (it: Rig) => {
    it.people = [OLD, BOB]
    return it
  }

  test('says already absent once everybody was read', async () => {
    const it = rig({ people: [BOB] })
    const { state } = await attempt(it)

    expect(state.outcome).toEqual({ kind: 'already_absent' })
    expect(state).not.toHaveProperty('snapshot')
  })

  test('holds for the same mailbox name elsewhere, and names who it is', async () => {
    expect((await attempt(likeAda(rig()))).state.outcome).toEqual({
      ...{ kind: 'held', reason: 'possible_alias', detail: 'ada@old.example.com' },
      candidates: [{ userId: OLD.userId, username: 'ada@old.example.com', status: 'ACTIVE' }],
    })
  })

  test('holds for whom the rename log knows', async () => {
    const it = rig({ people: [ELSEWHERE, BOB] })
    await it.remember(renamedKey(ORG, 'ada@example.com'), {
      userId: ADA.userId,
      at: NOW,
    })

    expect((await attempt(it)).state.outcome).toMatchObject({
      kind: 'held',
      reason: 'renamed',
      detail: 'lovelace@example.com',
    })
  })

  describe('whose name is somebody else’s now, while they are still there,', () => {
    const NEW_ADA = { ...ADA, userId: BOB.userId }
    const withBoth = async () => {
      const it = rig({ people: [NEW_ADA, ELSEWHERE] })
      await it.remember(renamedKey(ORG, 'ada@example.com'), { userId: ELSEWHERE.userId, at: NOW })
      return it
    }
    const held = { kind: 'held', reason: 'renamed', detail: 'lovelace@example.com, ada@example.com' }

    test('holds and names both', async () => {
      const it = await withBoth()

      expect((await attempt(it)).state.outcome).toMatchObject(held)
      expect(it.people).toHaveLength(2)
    })

    test.each([
      [NEW_ADA, [ELSEWHERE]],
      [ELSEWHERE, [NEW_ADA]],
    ])('removes whom a human names', async ({ userId }, left) => {
      const it = await withBoth()
      const decisions = [named({ rule: 'renamed', member: userId })]

      expect((await attempt(it, { decisions })).state.outcome).toMatchObject({ kind: 'removed' })
      expect(it.people).toEqual(left)
    })

    test('removes neither where a human says that it is none of them, and holds for whom the human did not see', async () => {
      const it = await withBoth()
      const candidates = it.people.map(({ userId }) => userId)
      const decisions = [named({ rule: 'renamed', absent: true, candidates })]
      const some = [named({ rule: 'renamed', absent: true, candidates: candidates.slice(1) })]
      const other = await attempt(await withBoth(), { decisions: some })

      expect((await attempt(it, { decisions })).state.outcome).toEqual({ kind: 'already_absent' })
      expect(it.people).toHaveLength(2)
      expect(other.state.outcome).toMatchObject({
        reason: 'renamed',
        candidates: [{ userId: candidates[0] }],
      })
    })

    test('waits while the members cannot be listed', async () => {
      const it = await withBoth()
      it.members.all = answers(DOWN)

      expect((await attempt(it)).state.outcome).toMatchObject({ kind: 'deferred', code: 'HTTP_503' })
    })
  })

  test('is not held for who bore the name before and is gone, or bears it again', async () => {
    const gone = rig({ people: [ADA, BOB] })
    const again = rig({ people: [ADA, BOB] })
    const bearer = (userId: string) => ({ userId, at: NOW })
    await gone.remember(renamedKey(ORG, 'ada@example.com'), bearer('f'.repeat(24)))
    await again.remember(renamedKey(ORG, 'ada@example.com'), bearer(ADA.userId))

    expect((await attempt(gone)).state.outcome).toMatchObject({ kind: 'removed' })
    expect((await attempt(again)).state.outcome).toMatchObject({ kind: 'removed' })
  })

  test('is not held for a namesake who was there when we removed the person', async () => {
    const it = likeAda(rig())
    await earlier(it, { outcome: removedAt(later(500)) })

    expect((await attempt(it)).state.outcome).toEqual({ kind: 'already_absent' })
  })

  test('is held for a namesake who came since, and waits while that cannot be known', async () => {
    const it = likeAda(rig())
    await earlier(it, { outcome: removedAt(later(500)) })
    it.feed.push({ id: 'e', type: 'JOINED_ORG', at: later(900), targetUsername: OLD.username })
    expect((await attempt(it)).state.outcome).toMatchObject({ reason: 'possible_alias' })

    const down = likeAda(rig())
    await earlier(down, { outcome: removedAt(later(500)) })
    down.members.events = answers(DOWN)
    expect((await attempt(down)).state.outcome).toMatchObject({ kind: 'deferred', code: 'HTTP_503' })
  })

  test('excuses no other hold by an earlier removal', async () => {
    const it = rig({ people: [ELSEWHERE, BOB] })
    await earlier(it, { outcome: removedAt(later(500)) })
    await it.remember(renamedKey(ORG, 'ada@example.com'), {
      userId: ADA.userId,
      at: NOW,
    })

    expect((await attempt(it)).state.outcome).toMatchObject({ reason: 'renamed' })
  })

  describe('once a human said whom the name means', () => {
    test('removes that very member, after every rule', async () => {
      const it = likeAda(rig())
      const { state } = await attempt(it, { decisions: [named({ member: OLD.userId })] })

      expect(state).toMatchObject({ outcome: { kind: 'removed' }, snapshot: OLD })
      expect(it.people).toEqual([BOB])
      const held = likeAda(rig({ settings: { holdOrgRoles: ['ORG_MEMBER'] } }))
      expect(
        (await attempt(held, { decisions: [named({ member: OLD.userId })] })).state.outcome,
      ).toMatchObject({
        reason: 'privileged',
      })
    })

    test('removes nobody else, whoever bears the name by now', async () => {
      const alike = activeMember({ userId: 'b'.repeat(24), username: 'ada@since.example.com' })
      for (const people of [
        [ADA, BOB],
        [alike, BOB],
      ]) {
        const it = rig({ people })
        const { state } = await attempt(it, { decisions: [named({ member: OLD.userId })] })

        expect(state.outcome).toEqual({ kind: 'already_absent' })
        expect(it.people).toEqual(people)
      }
    })

    test('tries no ended invitation of another name', async () => {
      const it = likeAda(rig())
      await attempt(it, { decisions: [named({ member: OLD.userId })] })

      expect(removals(it)).toBe(1)
    })

    test('waits while the members cannot be read', async () => {
      const it = likeAda(rig())
      it.members.all = answers(DOWN)

      expect((await attempt(it, { decisions: [named({ member: OLD.userId })] })).state.outcome).toMatchObject(
        {
          kind: 'deferred',
        },
      )
    })

    test('closes the case as absent if it is none of the candidates', async () => {
      const it = likeAda(rig())
      const decisions = [named({ absent: true, candidates: [OLD.userId] })]

      expect((await attempt(it, { decisions })).state.outcome).toEqual({ kind: 'already_absent' })
      expect(it.people).toEqual([OLD, BOB])
    })

    test('closes the case as absent of a name that is no address', async () => {
      const setting = { departed: { username: 'E0012345' } }
      const decisions = [named({ rule: 'ambiguous_username', absent: true })]

      expect((await attempt(rig(), setting)).state.outcome).toMatchObject({ reason: 'ambiguous_username' })
      expect((await attempt(rig(), { ...setting, decisions })).state.outcome).toEqual({
        kind: 'already_absent',
      })
    })

    test('holds for whoever is like the name since, of whom nobody said that it is not them', async () => {
      const it = likeAda(rig())
      const since = { ...OLD, userId: '5e4bc367c6b0f41b00000008', username: 'ada@since.example.com' }
      it.people = [...it.people, since]
      const first = named({ absent: true, candidates: [OLD.userId] })
      const { outcome } = (await attempt(it, { decisions: [first] })).state

      expect(outcome).toMatchObject({
        ...{ kind: 'held', reason: 'possible_alias', candidates: [{ userId: since.userId }] },
      })
    })

    test('takes a bare release for no answer', async () => {
      expect((await attempt(likeAda(rig()), { decisions: [named({})] })).state.outcome).toMatchObject({
        reason: 'possible_alias',
      })
    })
  })
})

describe('removeMember() of whose own entry is an ended invitation', () => {
  test('removes it', async () => {
    const it = rig({ people: [ENDED, BOB] })

    expect((await attempt(it)).state).toMatchObject({ outcome: { kind: 'removed' }, snapshot: ENDED })
  })

  test('holds while a member with access has the same mailbox name, until a human says it is not them', async () => {
    const it = rig({ people: [ENDED, OLD] })
    expect((await attempt(it)).state.outcome).toMatchObject({
      reason: 'possible_alias',
      detail: OLD.username,
    })
    expect(removals(it)).toBe(0)

    const again = rig({ people: [ENDED, OLD] })
    await attempt(again, { decisions: [named({ absent: true })] })
    expect(again.people).toEqual([OLD])
  })

  test('holds nobody with access for it', async () => {
    const it = rig()
    it.members.find = answers<Lookup>({
      ...{ kind: 'found', member: ADA, ended: [] },
      list: { members: [ADA, OLD], unreadable: [], asOf: NOW },
    })

    expect((await attempt(it)).state.outcome).toMatchObject({ kind: 'removed' })
  })
})

describe('removeMember() after an intent', () => {
  test('infers its own removal once Atlas says that the userId is gone', async () => {
    const it = rig({ people: [BOB] })
    const { state } = await attempt(it, { state: begun() })

    expect(state.outcome).toEqual({ kind: 'removed', evidence: 'inferred', revokedAt: NOW })
  })

  test('says so although a human cancelled the case meanwhile', async () => {
    const it = rig({ people: [BOB] })
    const decisions = [decision({ act: 'cancel' })]

    expect((await attempt(it, { state: begun(), decisions })).state.outcome).toMatchObject({
      kind: 'removed',
    })
  })

  test('deletes the ended invitation that it was about to delete', async () => {
    const it = rig({ people: [ENDED, BOB] })
    const { state } = await attempt(it, { state: begun(ENDED.userId) })

    expect([state.outcome?.kind, removals(it)]).toEqual(['removed', 1])
  })

  test('keeps the instant at which its DELETE was answered', async () => {
    const it = rig({ people: [BOB] })
    const answered = { intent: { ...begun().intent, answeredAt: later(3_000) } }

    expect((await attempt(it, { state: answered })).state.outcome).toEqual({
      ...{ kind: 'removed', evidence: 'answered', revokedAt: later(3_000) },
    })
  })

  test('says gone of whom its DELETE does not find, if an earlier one was begun', async () => {
    const it = rig()
    it.members = {
      remove: answers<Removal>({ kind: 'absent', mayHaveApplied: false }),
      confirm: answers<Confirmation>({ kind: 'gone' }),
    }

    expect((await attempt(it, { state: begun() })).state.outcome).toMatchObject({
      kind: 'removed',
      evidence: 'inferred',
    })
  })

  test('holds whom Atlas still has, under another name, until a human ends the case', async () => {
    const it = rig({ people: [ELSEWHERE, BOB] })
    expect((await attempt(it, { state: begun() })).state.outcome).toMatchObject({
      ...{ kind: 'held', reason: 'renamed', detail: 'lovelace@example.com' },
      candidates: [{ userId: ADA.userId }],
    })

    const decisions = [decision({ act: 'cancel' })]
    for (const people of [[ELSEWHERE, BOB], [BOB]]) {
      const cancelled = rig({ people })
      cancelled.members.confirm = answers<Confirmation>({ kind: 'present' })
      expect((await attempt(cancelled, { state: begun(), decisions })).state.outcome).toMatchObject({
        kind: 'cancelled',
      })
    }
  })

  test('comes back for whom Atlas still has and no list shows: nobody could say who that is', async () => {
    const it = rig({ people: [BOB] })
    it.members.confirm = answers<Confirmation>({ kind: 'present' })

    expect((await attempt(it, { state: begun() })).state.outcome).toMatchObject({
      kind: 'deferred',
      code: 'STILL_PRESENT',
    })
  })

  test('takes no failure for somebody with another name, nor for a case that may end', async () => {
    for (const decisions of [[], [decision({ act: 'cancel' })]]) {
      const it = rig({ people: [BOB] })
      it.members.confirm = answers<Confirmation>(DOWN)

      expect((await attempt(it, { state: begun(), decisions })).state.outcome).toMatchObject({
        code: 'HTTP_503',
      })
    }
  })

  test('asks about whom it meant where only an ended invitation of another userId is left', async () => {
    const it = rig({ people: [ENDED, BOB] })
    expect((await attempt(it, { state: begun() })).state.outcome).toMatchObject({
      kind: 'removed',
      evidence: 'inferred',
    })
    expect(removals(it)).toBe(0)

    const renamed = rig({ people: [ENDED, ELSEWHERE] })
    expect((await attempt(renamed, { state: begun() })).state.outcome).toMatchObject({ reason: 'renamed' })
  })

  test('asks so without a list, too', async () => {
    const it = rig()
    it.members = {
      find: answers<Lookup>({ kind: 'found', member: ENDED, ended: [] }),
      confirm: answers<Confirmation>({ kind: 'present' }),
    }

    expect((await attempt(it, { state: begun() })).state.outcome).toMatchObject({ code: 'STILL_PRESENT' })
  })

  test('ends a case of two members that a human cancelled', async () => {
    const it = rig()
    it.members.find = answers<Lookup>({ kind: 'several', members: [ADA, OLD] })

    expect(
      (await attempt(it, { state: begun(), decisions: [decision({ act: 'cancel' })] })).state.outcome,
    ).toMatchObject({ kind: 'cancelled' })
  })
})

describe('removeMember() and its slot', () => {
  const failing = (reason: Failure['reason'], mayHaveApplied = false): Removal => ({
    ...{ kind: 'failure', reason, code: 'X', mayHaveApplied },
  })

  test.each<[string, Removal, number]>([
    ['keeps it after a removal', { kind: 'removed' }, 1],
    ['gives it back after a 400', { kind: 'bad_request', code: 'X', mayHaveApplied: false }, 0],
    ['keeps it after a 400 to a second try', { kind: 'bad_request', code: 'X', mayHaveApplied: true }, 1],
    ['gives it back after a 404 of no meaning', { kind: 'unexplained', code: 'X', mayHaveApplied: false }, 0],
    ['gives it back of the last owner', failing('last_owner'), 0],
    ['keeps it if an earlier try may have removed them', failing('refused', true), 1],
    ['keeps it if the case comes back', failing('transient'), 1],
  ])('%s', async (_, removal, slots) => {
    const it = rig()
    it.members.remove = answers(removal)
    it.members.confirm = answers<Confirmation>({ kind: 'gone' })
    await attempt(it)

    expect(await slotsOf(it)).toHaveLength(slots)
  })

  test('takes none where a rule holds the member', async () => {
    const it = rig({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    await attempt(it)

    expect(await slotsOf(it)).toEqual([])
  })

  test('keeps on record by which approval it took none', async () => {
    const it = rig()
    const approval = { ...decision({ act: 'approve' }), until: inMs(HOUR), uses: {} }
    await it.remember<PersonState>(personKey('ada@example.com'), { returns: {}, approval })
    const { decisions } = await attempt(it)

    expect(decisions).toMatchObject([{ act: 'approve', member: ADA.userId, usedAt: NOW }])
    expect(await slotsOf(it)).toEqual([])
  })
})

test('a snapshot shows a member of a thousand projects at most', async () => {
  const projectRoles = Array.from({ length: 1_001 }, (_, index) => ({ groupId: `${index}`, roles: [] }))
  const big: Member = { ...ADA, projectRoles }

  expect((await attempt(rig({ people: [big] }))).state.snapshot).toMatchObject({ truncated: true })
})
