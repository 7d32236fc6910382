import { describe, expect, test } from 'vitest'
import { offboard, offboardAgain } from '../../../lib/core/offboard.ts'
import { NEW_ORG, orgKey } from '../../../lib/core/org-state.ts'
import type { Failure, Members } from '../../../lib/core/ports.ts'
import type { ReceiveDeps } from '../../../lib/core/receive.ts'
import { approved, type PersonState, personKey } from '../../../lib/core/returns.ts'
import type { Case, CaseState } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, later, ORG, openedCase } from '../../support/cases.ts'
import { coreParts } from '../../support/core-parts.ts'

const DEADLINE = later(120_000)
const ADA = activeMember()
const OLD = { ...ADA, username: 'ada@old.example.com' }
const OTHER_ID = '5e4bc367c6b0f41b0000000a'
const ENDED: Member = { ...ADA, userId: OTHER_ID, status: 'INVITATION_EXPIRED' }
const DOWN: Failure = { kind: 'failure', reason: 'transient', code: 'HTTP_503' }
const NAMED: Decision = {
  ...{ act: 'release', rule: 'possible_alias', member: ADA.userId, actor: 'arn' },
  ...{ because: 'x', at: later(0), requestId: 'r' },
}
const INTENT = { at: later(0), userId: ADA.userId }

/** Atlas with Ada in it, who is gone after a DELETE. */
function members(changes: Partial<Members> = {}, member: Member = ADA): Members {
  const list = { members: [member], unreadable: [], asOf: later(0) }
  return {
    find: async () => ({ kind: 'found', member, ended: [] }),
    remove: async () => ({ kind: 'removed' }),
    confirm: async () => ({ kind: 'gone' }),
    all: async () => ({ kind: 'list', ...list }),
    events: async () => ({ kind: 'events', events: [] }),
    probe: async () => ({ kind: 'allowed' }),
    headroom: () => undefined,
    ...changes,
  }
}

type Changes = {
  readonly atlas?: Partial<Members>
  readonly member?: Member
  readonly deps?: (deps: ReceiveDeps) => Partial<ReceiveDeps>
  readonly before?: (deps: ReceiveDeps) => Promise<unknown>
}

/** How an attempt at a case ends. */
async function attempted(kase: Case, { atlas, member, deps: change, before }: Changes = {}): Promise<Case> {
  const { deps } = coreParts({}, members(atlas, member))
  await before?.(deps)
  await offboard({ ...deps, ...change?.(deps) }, kase, { deadline: DEADLINE, history: [] })
  return (await deps.ledger.read<CaseState>('case', kase.id)) as Case
}

async function endOf(kase: Case, changes: Changes = {}): Promise<object | undefined> {
  return (await attempted(kase, changes)).state.outcome
}

describe('an attempt at a case with an intent', () => {
  test.each([
    [
      'is refused where its organization is configured no more',
      [],
      { kind: 'refused', reason: 'unknown_org' },
    ],
    [
      'ends where a human cancelled it meanwhile',
      [{ ...NAMED, act: 'cancel' as const }],
      { kind: 'cancelled', because: 'x' },
    ],
  ])('%s', async (_, decisions, outcome) => {
    const kase = openedCase({ intent: INTENT }, {}, { decisions })
    const deps = ({ organizations }: ReceiveDeps) => ({ organizations: { ...organizations, orgIds: [] } })

    expect(await endOf(kase, { deps })).toMatchObject(outcome)
  })

  test('asks about the member where only an ended invitation bears the name', async () => {
    const found = { kind: 'found', member: ENDED, ended: [] } as const
    const list = { members: [{ ...ADA, username: 'lovelace@example.com' }], unreadable: [], asOf: later(0) }
    const kase = openedCase({ intent: INTENT })
    const present = {
      find: async () => ({ ...found, list }),
      confirm: async () => ({ kind: 'present' }) as const,
    }

    expect(await endOf(kase, { atlas: { find: async () => found } })).toMatchObject({ kind: 'removed' })
    expect(await endOf(kase, { atlas: present })).toMatchObject({ kind: 'held', reason: 'renamed' })
  })
})

describe('an attempt by another name', () => {
  const byAlias = openedCase({}, { aliases: [OLD.username] })

  test('waits ten seconds for a worker that has the member', async () => {
    const before = ({ ledger }: ReceiveDeps) => ledger.lock({ orgId: ORG, username: OLD.username }, 'c-other')
    const { dueAt, state } = await attempted(byAlias, { member: OLD, before })

    expect(dueAt).toEqual(later(70_000))
    expect(state.outcome).toBeUndefined()
  })

  test('does not mind that the lock on the alias cannot be given back', async () => {
    const deps = ({ ledger }: ReceiveDeps) => ({
      ledger: { ...ledger, unlock: () => Promise.reject(new Error('throttled')) },
    })

    expect(await endOf(byAlias, { member: OLD, deps })).toMatchObject({ kind: 'removed' })
  })

  test('ends in nothing for whom nobody can list, where a human named the member', async () => {
    const kase = openedCase({}, {}, { decisions: [NAMED] })

    expect(await endOf(kase, { atlas: { all: async () => DOWN } })).toMatchObject({ kind: 'deferred' })
  })

  test('looks for nobody else after a 404, where a human named the member', async () => {
    const kase = openedCase({}, {}, { decisions: [NAMED] })
    const remove = async () => ({ kind: 'absent', mayHaveApplied: false }) as const
    const find = () => Promise.reject(new Error('asked'))

    expect(await endOf(kase, { atlas: { remove, find } })).toEqual({ kind: 'already_absent' })
  })
})

describe('an attempt at an ordinary case', () => {
  test('sends no DELETE once another worker has written the case', async () => {
    let sent = 0
    const atlas = {
      async remove() {
        sent += 1
        return { kind: 'removed' } as const
      },
    }
    const deps = ({ ledger }: ReceiveDeps) => ({ ledger: { ...ledger, commit: async () => undefined } })

    expect(await endOf(openedCase(), { atlas, deps })).toBeUndefined()
    expect(sent).toBe(0)
  })

  test('takes an ended invitation for nobody after a 404', async () => {
    const lookups = [ADA, ENDED]
    const atlas = {
      find: async () => ({ kind: 'found', member: lookups.shift() ?? ADA, ended: [] }) as const,
      remove: async () => ({ kind: 'absent', mayHaveApplied: false }) as const,
    }

    expect(await endOf(openedCase(), { atlas })).toEqual({ kind: 'already_absent' })
  })

  test('says removed although an ended invitation beside the member stays', async () => {
    const removed: string[] = []
    const atlas: Partial<Members> = {
      find: async () => ({
        kind: 'found',
        member: ADA,
        ended: [ENDED, { ...ENDED, username: 'x@example.com' }],
      }),
      async remove(_orgId, userId) {
        removed.push(userId)
        if (userId === OTHER_ID) throw new Error('no connection')
        return { kind: 'removed' }
      },
    }

    expect(await endOf(openedCase(), { atlas })).toMatchObject({ kind: 'removed', evidence: 'answered' })
    expect(removed).toEqual([ADA.userId, OTHER_ID])
  })

  test.each([
    ['a join by its target', { type: 'JOINED_ORG', targetUsername: ADA.username }, 'held'],
    ['a join by who did it, where no target is named', { type: 'JOINED_ORG', actor: ADA.username }, 'held'],
    ['no invitation by who made it', { type: 'INVITED_TO_ORG', actor: ADA.username }, 'removed'],
    ['no join of somebody else', { type: 'JOINED_ORG', targetUsername: 'bob@example.com' }, 'removed'],
  ])('counts %s', async (_, event, kind) => {
    const events = async () => ({ kind: 'events' as const, events: [{ id: 'e', at: later(1), ...event }] })
    const kase = openedCase({ intent: INTENT })

    expect(await endOf(kase, { atlas: { events } })).toMatchObject({ kind })
  })

  test('is retried while nobody tells whether the person joined since', async () => {
    const kase = openedCase({ intent: INTENT })

    expect(await endOf(kase, { atlas: { events: async () => DOWN } })).toMatchObject({ kind: 'deferred' })
  })
})

describe('the slot of an attempt', () => {
  const full = {
    ...NEW_ORG,
    slots: Object.fromEntries(['a', 'b', 'c'].map((id) => [id, { at: later(0), member: id }])),
  }

  /** Writes the organization between the look at it and the reservation. */
  function meanwhile(...states: readonly object[]) {
    return ({ ledger }: ReceiveDeps) => {
      const waiting = [...states]
      const change: typeof ledger.change = async (key, act, known) => {
        const state = key === orgKey(ORG) ? waiting.shift() : undefined
        if (state) await ledger.change(key, () => ({ state }))
        return await ledger.change(key, act, state ? undefined : known)
      }
      return { ledger: { ...ledger, change } as typeof ledger }
    }
  }

  test('is not taken in an organization that was paused meanwhile', async () => {
    const stop = { kind: 'paused', since: later(0), because: 'x', actor: 'arn' }

    expect(await endOf(openedCase(), { deps: meanwhile({ ...NEW_ORG, stops: [stop] }) })).toMatchObject({
      reason: 'paused',
    })
  })

  test('needs the members counted when others took theirs meanwhile', async () => {
    expect(await endOf(openedCase(), { deps: meanwhile(full) })).toMatchObject({ reason: 'mass_removal' })
  })

  test('is not looked for without end', async () => {
    const old = { ...full, counts: [] }

    expect(await endOf(openedCase(), { deps: meanwhile(old, old, old, old, old) })).toMatchObject({
      kind: 'held',
      reason: 'mass_removal',
    })
  })

  const word = {
    act: 'approve',
    actor: 'arn',
    because: 'x',
    at: later(0),
    requestId: 'r',
    until: later(1e9),
  } as const
  const none = ({ settings }: ReceiveDeps) => ({ settings: { ...settings, maxRemovalsPerDay: 0 } })

  test('is spared by an approval once, whoever else uses it at the same time', async () => {
    const before = ({ ledger }: ReceiveDeps) =>
      ledger.change<PersonState>(personKey(ADA.username), (state) => approved(state, ADA.username, word))
    const used = (deps: ReceiveDeps) => {
      const { ledger } = deps
      const change: typeof ledger.change = async (key, act, known) => {
        if (key.startsWith('person#'))
          await ledger.change<PersonState>(key, (state) => {
            const approval = state?.approval
            return (
              state && approval && { state: { ...state, approval: { ...approval, uses: { [ORG]: 'c-x' } } } }
            )
          })
        return await ledger.change(key, act, known)
      }
      return { ...none(deps), ledger: { ...ledger, change } }
    }

    expect(await endOf(openedCase(), { before, deps: none })).toMatchObject({ kind: 'removed' })
    expect(await endOf(openedCase(), { before, deps: used })).toMatchObject({ reason: 'mass_removal' })
  })

  test('stays spared for the removal that an approval let pass before', async () => {
    const before = ({ ledger }: ReceiveDeps) =>
      ledger.change<PersonState>(personKey(ADA.username), (state) => approved(state, ADA.username, word))
    const kase = openedCase({}, {}, { decisions: [{ ...word, because: 'first', member: ADA.userId }] })
    const { decisions } = await attempted(kase, { before, deps: none })

    expect(decisions.map(({ because, usedAt }) => [because, usedAt])).toEqual([['first', later(60_000)]])
  })
})

test('offboardAgain() leaves an unknown case alone', async () => {
  const { deps, seen } = coreParts({}, members())

  await offboardAgain(deps, 'c-none', DEADLINE)

  expect(seen.journal).toEqual([])
})
