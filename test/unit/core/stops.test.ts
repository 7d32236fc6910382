import { describe, expect, test } from 'vitest'
import type { Memory, MemoryChange } from '../../../lib/core/ledger.ts'
import {
  EVERYONE,
  everyoneIn,
  NEW_ORG,
  type OrgState,
  orgKey,
  orgStateIn,
  type Stop,
  stopOf,
} from '../../../lib/core/org-state.ts'
import {
  changeOrg,
  credentialRestored,
  paused,
  probeClaimed,
  resumed,
  type StopAct,
  stoppedByCredential,
} from '../../../lib/core/stops.ts'
import { later, ORG } from '../../support/cases.ts'
import { MINUTE, rig } from './rig.ts'

const ACT: StopAct = {
  ...{ actor: 'arn:oncall', claimedBy: 'grace', because: 'drill', at: later(0), requestId: 'r-1' },
}
const OVER: Stop = { kind: 'over_limit', since: later(0) }
const statusesOf = (change?: MemoryChange<unknown>) => change?.drafts?.map(({ detail }) => detail.status)
const detailsOf = (change?: MemoryChange<unknown>) => change?.drafts?.map(({ detail }) => detail)

describe('what is remembered of stops', () => {
  const memory: Memory<OrgState> = { key: 'k', version: 1, sequence: 0 }

  test('is nothing of a new organization, and what was written of a known one', () => {
    const state = { ...NEW_ORG, stops: [OVER] }

    expect(orgStateIn(memory)).toEqual({ stops: [], slots: {}, counts: [] })
    expect(orgStateIn({ ...memory, state })).toBe(state)
    expect(everyoneIn(memory)).toEqual({ stops: [] })
    expect(everyoneIn({ ...memory, state: { stops: [OVER] } })).toEqual({ stops: [OVER] })
  })

  test('stops everything where it cannot be read', () => {
    const isUnreadable = true as const

    expect(orgStateIn({ ...memory, isUnreadable })).toEqual({
      ...NEW_ORG,
      stops: [{ kind: 'over_limit', since: new Date(0) }],
    })
    expect(everyoneIn({ ...memory, isUnreadable })).toEqual({
      stops: [
        {
          ...{ kind: 'paused', since: new Date(0), actor: 'system' },
          because: 'the record of pauses cannot be read',
        },
      ],
    })
  })

  test('has one key for each organization, and one for all', () => {
    expect([orgKey(ORG), EVERYONE]).toEqual([`org#${ORG}`, 'everyone'])
  })

  test('stopOf() finds the stop of a kind, and no other', () => {
    expect(stopOf({ stops: [OVER] }, 'over_limit')).toBe(OVER)
    expect(stopOf({ stops: [OVER] }, 'paused')).toBeUndefined()
  })
})

describe('a refused credential', () => {
  const stopped = () => stoppedByCredential({ ...NEW_ORG, stops: [OVER] }, ORG, 'USER_UNAUTHORIZED', later(0))

  test('stops the organization beside its other stops, and says so once', () => {
    const first = stopped()
    const again = stoppedByCredential(first.state, ORG, 'HTTP_403', later(MINUTE))
    const stop = { kind: 'credential', since: later(0) }

    expect(first.state.stops).toEqual([
      OVER,
      { ...stop, code: 'USER_UNAUTHORIZED', nextProbeAt: later(5 * MINUTE) },
    ])
    expect(again.state.stops).toEqual([OVER, { ...stop, code: 'HTTP_403', nextProbeAt: later(6 * MINUTE) }])
    expect([statusesOf(first), statusesOf(again)]).toEqual([['stopped_credential'], []])
    expect(detailsOf(first)).toEqual([
      expect.objectContaining({
        resources: [{ uid: ORG, type: 'Organization' }],
        unmapped: expect.objectContaining({ code: 'USER_UNAUTHORIZED' }),
      }),
    ])
  })

  test('gives one probe per 5 minutes, none early', () => {
    const first = stopped()
    const probe = probeClaimed(first.state, later(5 * MINUTE))

    expect(probeClaimed(first.state, later(5 * MINUTE - 1))).toBeUndefined()
    expect(probe && stopOf(probe.state, 'credential')).toMatchObject({
      ...{ code: 'USER_UNAUTHORIZED', since: later(0), nextProbeAt: later(10 * MINUTE) },
    })
    expect(probe && probeClaimed(probe.state, later(10 * MINUTE - 1))).toBeUndefined()
    expect(probeClaimed(NEW_ORG, later(5 * MINUTE))).toBeUndefined()
  })

  test('that works again takes its own stop away and says since when it stood', () => {
    const restored = credentialRestored(stopped().state, ORG, later(MINUTE))

    expect(restored?.state.stops).toEqual([OVER])
    expect(detailsOf(restored)).toEqual([
      expect.objectContaining({
        ...{ status: 'credential_restored', time: later(MINUTE).getTime() },
        resources: [{ uid: ORG, type: 'Organization' }],
        unmapped: expect.objectContaining({ code: 'USER_UNAUTHORIZED', stopped_since: later(0) }),
      }),
    ])
    expect(credentialRestored({ ...NEW_ORG, stops: [OVER] }, ORG, later(0))).toBeUndefined()
  })
})

describe('paused() and resumed()', () => {
  test('keep the first pause on record, and publish both acts with who and why', () => {
    const stopped = paused(NEW_ORG, ACT, ORG)
    const going = stopped && resumed(stopped.state, { ...ACT, at: later(1) }, ORG)

    expect(stopped && paused(stopped.state, { ...ACT, actor: 'arn:another' }, ORG)).toBeUndefined()
    expect(stopped?.state.stops).toEqual([
      { kind: 'paused', since: later(0), because: 'drill', actor: 'arn:oncall', claimedBy: 'grace' },
    ])
    expect(going?.state.stops).toEqual([])
    expect([...(detailsOf(stopped) ?? []), ...(detailsOf(going) ?? [])]).toEqual(
      [
        ['stopped_paused', 0],
        ['resumed', 1],
      ].map(([status, ms]) =>
        expect.objectContaining({
          ...{ status, time: later(Number(ms)).getTime(), actor: { user: { name: 'arn:oncall' } } },
          resources: [{ uid: ORG, type: 'Organization' }],
          unmapped: expect.objectContaining({
            ...{ because: 'drill', request_id: 'r-1', claimed_by: 'grace' },
          }),
        }),
      ),
    )
  })

  test('name no organization when they mean every one, and no name that nobody typed', () => {
    const { claimedBy: _, ...unclaimed } = ACT
    const stopped = paused({ stops: [] }, unclaimed)

    expect(detailsOf(stopped)?.[0]).not.toHaveProperty('resources')
    expect(stopped?.state.stops[0]).toMatchObject({ claimedBy: undefined })
  })

  test.each([
    ['a pause', 'paused', true],
    ['an exceeded limit', 'over_limit', true],
    ['a refused credential', 'credential', false],
  ] as const)('resumed() lifts %s: %#', (_, kind, isLifted) => {
    const stop = { kind, since: later(0), because: 'x', actor: 'x', code: 'X', nextProbeAt: later(0) } as Stop
    const state: OrgState = { ...NEW_ORG, stops: [stop], slots: { a: { at: later(0), member: 'm' } } }

    expect(resumed(state, ACT, ORG)?.state).toEqual(isLifted ? { ...state, stops: [] } : undefined)
  })

  test('resumed() has nothing to do where nothing stops', () => {
    expect(resumed(NEW_ORG, ACT)).toBeUndefined()
  })
})

describe('changeOrg()', () => {
  test('changes what is remembered and publishes what that says', async () => {
    const { deps, notices, memory } = rig()

    expect(await changeOrg(deps, ORG, (state) => paused(state, ACT, ORG))).toMatchObject({
      stops: [{ kind: 'paused' }],
    })
    expect(await memory(orgKey(ORG))).toMatchObject({ stops: [{ kind: 'paused' }] })
    expect(notices()).toEqual(['stopped_paused'])
  })

  test('answers what there is where there is nothing to change', async () => {
    const { deps, remember } = rig()
    await remember(orgKey(ORG), { ...NEW_ORG, stops: [OVER] })

    expect(await changeOrg(deps, ORG, () => undefined)).toEqual({ ...NEW_ORG, stops: [OVER] })
  })

  test('hands over an organization that cannot be read as one over its limit', async () => {
    const { deps, table } = rig()
    await table.insert({ pk: orgKey(ORG), version: 1, writeId: 'w', body: 'no', keys: {} })
    const seen: OrgState[] = []
    const after = await changeOrg(deps, ORG, (state) => {
      seen.push(state)
      return resumed(state, ACT, ORG)
    })

    expect(seen.map(({ stops }) => stops.map(({ kind }) => kind))).toEqual([['over_limit']])
    expect(after.stops).toEqual([])
  })
})
