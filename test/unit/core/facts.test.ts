import { describe, expect, test } from 'vitest'
import { factsOf, recall } from '../../../lib/core/facts.ts'
import { EVERYONE, NEW_ORG, orgKey } from '../../../lib/core/org-state.ts'
import { personKey } from '../../../lib/core/returns.ts'
import { later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { NOW, rig, SETTINGS } from './rig.ts'

const STOP = { kind: 'paused', since: NOW, because: 'drill', actor: 'arn:oncall' } as const
const kase = openedCase({}, { aliases: ['ada@old.example.com'] })

describe('recall()', () => {
  test('reads everyone, the organization and every name of the person in one request', async () => {
    const { deps, remember, calls } = rig()
    await remember(EVERYONE, { stops: [STOP] })
    await remember(orgKey(ORG), { ...NEW_ORG, bookedUntil: later(9) })
    await remember(personKey('ada@old.example.com'), { returns: { okta: { id: 'evt', at: later(1) } } })

    expect(await recall(deps.ledger, kase.state)).toMatchObject({
      everyone: { stops: [STOP] },
      org: { bookedUntil: later(9) },
      orgMemory: { key: orgKey(ORG), version: 1 },
      returns: { okta: { id: 'evt', at: later(1) } },
      persons: [{ key: 'person#ada@example.com' }, { key: 'person#ada@old.example.com' }],
    })
    expect(calls).toEqual(['memories'])
  })

  test('knows nothing of those of whom nothing is remembered', async () => {
    const { deps } = rig()
    const nothing = { everyone: { stops: [] }, org: NEW_ORG, returns: {} }
    const orgMemory = { key: orgKey(ORG), version: 0, sequence: 0 }
    expect(await recall(deps.ledger, kase.state)).toMatchObject({ ...nothing, orgMemory })
  })

  test.each([EVERYONE, orgKey(ORG)])('takes what cannot be read for a stop: %s', async (pk) => {
    const { deps, table } = rig()
    await table.insert({ pk, version: 1, writeId: 'w', body: 'no', keys: {} })
    const { everyone, org } = await recall(deps.ledger, kase.state)

    expect([...everyone.stops, ...org.stops]).toHaveLength(1)
  })

  test('fails over a person that cannot be read', async () => {
    const { deps, table } = rig()
    await table.insert({
      pk: personKey('ada@old.example.com'),
      version: 1,
      writeId: 'w',
      body: 'no',
      keys: {},
    })

    await expect(recall(deps.ledger, kase.state)).rejects.toThrow('Cannot read what is remembered')
  })
})

test.each([
  [[ORG], true],
  [[OTHER_ORG], false],
])('factsOf() knows whether the organization is configured: %j', async (orgIds, isOrgConfigured) => {
  const { deps } = rig({ orgIds })
  const known = await recall(deps.ledger, kase.state)

  expect(factsOf(deps, kase, known)).toEqual({
    ...{ kase, now: NOW, settings: SETTINGS, isOrgConfigured },
    ...{ everyone: { stops: [] }, org: NEW_ORG, returns: {} },
  })
})
