import { describe, expect, test } from 'vitest'
import { everyoneIn, NEW_ORG, type OrgState, orgStateIn } from '../../../lib/core/org-state.ts'
import type { MemoryChange } from '../../../lib/core/ports.ts'
import {
  credentialRestored,
  paused,
  probeClaimed,
  resumed,
  stoppedByCredential,
} from '../../../lib/core/stops.ts'
import { later, ORG } from '../../support/cases.ts'

const ACT = { actor: 'arn', claimedBy: 'grace', because: 'ticket', at: later(0), requestId: 'r' }
const MINUTE = 60_000

function noticesOf(change: MemoryChange<unknown> | undefined) {
  return change?.drafts?.map(({ detail }) => detail.status)
}

function blocked(): OrgState {
  return stoppedByCredential(NEW_ORG, ORG, 'USER_UNAUTHORIZED', later(0)).state
}

describe('a refused credential', () => {
  test('stops the organization, and is published the first time only', () => {
    const first = stoppedByCredential(NEW_ORG, ORG, 'USER_UNAUTHORIZED', later(0))
    const again = stoppedByCredential(first.state, ORG, 'INVALID_CLIENT', later(MINUTE))

    expect(noticesOf(first)).toEqual(['stopped_credential'])
    expect(again.drafts).toEqual([])
    expect(again.state.stops).toEqual([
      { kind: 'credential', since: later(0), code: 'INVALID_CLIENT', nextProbeAt: later(6 * MINUTE) },
    ])
  })

  test('lets one probe through in five minutes', () => {
    const claimed = probeClaimed(blocked(), later(5 * MINUTE))

    expect(probeClaimed(blocked(), later(5 * MINUTE - 1))).toBeUndefined()
    expect(claimed?.state.stops).toMatchObject([{ nextProbeAt: later(10 * MINUTE) }])
    expect(probeClaimed(NEW_ORG, later(0))).toBeUndefined()
  })

  test('is forgotten once a request succeeds, and that is published', () => {
    const restored = credentialRestored(blocked(), ORG, later(MINUTE))

    expect(restored?.state.stops).toEqual([])
    expect(noticesOf(restored)).toEqual(['credential_restored'])
    expect(credentialRestored(NEW_ORG, ORG, later(0))).toBeUndefined()
  })
})

describe('a pause', () => {
  test('keeps who paused first, until somebody resumes', () => {
    const first = paused(NEW_ORG, ACT, ORG)
    const again = paused(first?.state ?? NEW_ORG, { ...ACT, actor: 'other' }, ORG)

    expect(first?.state.stops).toEqual([
      { kind: 'paused', since: later(0), because: 'ticket', actor: 'arn', claimedBy: 'grace' },
    ])
    expect(noticesOf(first)).toEqual(['stopped_paused'])
    expect(again).toBeUndefined()
  })

  test('is lifted together with an exceeded limit, and a refused credential stays', () => {
    const all = {
      ...blocked(),
      stops: [...blocked().stops, { kind: 'over_limit', since: later(0) } as const],
    }
    const { actor, because, at, requestId } = ACT
    const change = resumed(paused(all, { actor, because, at, requestId })?.state ?? all, ACT)

    expect(change?.state.stops.map(({ kind }) => kind)).toEqual(['credential'])
    expect(noticesOf(change)).toEqual(['resumed'])
    expect(noticesOf(resumed(all, ACT, ORG))).toEqual(['resumed'])
    expect(resumed(NEW_ORG, ACT)).toBeUndefined()
  })
})

describe('what nobody can read', () => {
  const memory = { key: 'k', version: 1, sequence: 0, isUnreadable: true } as const

  test('stops an organization as if it were over its limit', () => {
    expect(orgStateIn(memory).stops).toEqual([{ kind: 'over_limit', since: new Date(0) }])
    expect(orgStateIn({ key: 'k', version: 0, sequence: 0 })).toBe(NEW_ORG)
  })

  test('pauses everybody', () => {
    expect(everyoneIn(memory).stops).toMatchObject([{ kind: 'paused', actor: 'system' }])
    expect(everyoneIn({ key: 'k', version: 0, sequence: 0 }).stops).toEqual([])
  })
})
