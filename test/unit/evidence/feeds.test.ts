import { expect, test } from 'vitest'
import { NEW_ORG } from '../../../lib/core/org-state.ts'
import { feedsOf } from '../../../lib/evidence/feeds.ts'
import { later, ORG } from './cases.ts'

test('feedsOf() tells our removals from those of anybody else, also by a credential that was replaced', async () => {
  const actors = ['old-key', 'new-key', 'a-stranger', undefined]
  const events = actors.map((actor, n) => ({
    ...{ id: `e-${n}`, type: 'REMOVED_FROM_ORG', at: later(n) },
    ...(actor !== undefined && { actor }),
  }))
  const deps = {
    ledger: { memories: async () => [{ state: { ...NEW_ORG, actors: ['old-key', 'new-key'] } }] },
    members: { events: async () => ({ kind: 'events', events }) },
    organizations: { orgIds: [ORG] },
    clock: { now: () => later(9) },
  } as unknown as Parameters<typeof feedsOf>[0]

  expect(await feedsOf(deps, later(0), later(60_000))).toMatchObject([
    { kind: 'read', events: [true, true, false, false].map((isOurs) => ({ isOurs })) },
  ])
})
