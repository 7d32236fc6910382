import { describe, expect, test } from 'vitest'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import { blocked, resumed } from '../../../lib/core/org-state.ts'
import type { Clock } from '../../../lib/core/ports.ts'
import { settled, withLeftovers } from '../../../lib/leftovers/findings.ts'
import { withOutcome } from '../../../lib/words/case.ts'
import { later, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { memoryTable } from '../../support/memory-table.ts'

const LEASE_MS = 120_000
const DAY_MS = 24 * 3_600_000

function setUp() {
  let now = later(1_000)
  let names = 0
  const table = memoryTable()
  const clock: Clock = { now: () => now, sleep: async () => undefined, random: () => 0.5 }
  const uid = () => {
    names += 1
    return `uid-${names}`
  }
  const ledger = atlasLedger({ table, clock, uid, leaseMs: LEASE_MS, keepClosedMs: 400 * DAY_MS })
  const pass = (ms: number) => {
    now = new Date(now.getTime() + ms)
  }
  return { ledger, table, pass }
}

const REMOVED = { kind: 'removed', evidence: 'answered', revokedAt: later(2_000) } as const

describe('record()', () => {
  test('keeps the first case of a key and answers it to the second', async () => {
    const { ledger } = setUp()
    const first = await ledger.record(openedCase())
    const saved = await ledger.save({ ...first, attempts: 7 })

    expect(await ledger.record(openedCase())).toEqual(saved)
  })

  test('gives back instants as instants, and a text that looks like one as text', async () => {
    const { ledger } = setUp()
    const kase = await ledger.record(
      openedCase({}, { reason: '2026-11-30T17:00:00.000Z', effectiveAt: later(5) }),
    )

    expect(await ledger.read(kase.id)).toEqual(kase)
    expect(kase.departure.reason).toBe('2026-11-30T17:00:00.000Z')
  })
})

describe('due()', () => {
  test('finds a closed case until its leftovers are looked for, and keeps it that long', async () => {
    const { ledger, table } = setUp()
    const first = await ledger.record(openedCase())
    const closed = withLeftovers(
      withOutcome(first, REMOVED, later(3_000)),
      { leftovers: 'clean' },
      later(3_000),
    )
    const saved = await ledger.save({ ...closed, unpublished: [] })
    const item = () => table.items().find(({ pk }) => pk === `case#${first.id}`)

    expect(await ledger.due(later(2_999), 10)).toEqual([])
    expect(await ledger.due(later(3_000), 10)).toEqual([saved])
    expect(await ledger.open()).toEqual([])
    expect(item()?.expiresAt).toBeUndefined()

    await ledger.save({ ...settled(saved ?? first, undefined, later(4_000)) })
    expect(await ledger.due(later(DAY_MS), 10)).toEqual([])
    expect(item()?.expiresAt).toBeDefined()
  })

  test('names open cases first: leftovers that are long overdue leave none of them out', async () => {
    const { ledger } = setUp()
    for (const index of [1, 2, 3]) {
      const first = await ledger.record(openedCase({ id: `c-closed-${index}` }))
      const closed = withOutcome(first, REMOVED, later(3_000))
      await ledger.save(withLeftovers(closed, { leftovers: 'clean' }, later(3_000)))
    }
    const open = await ledger.record(openedCase({ id: 'c-open', nextAttemptAt: later(DAY_MS) }))

    const due = await ledger.due(later(DAY_MS), 3)
    expect(due[0]).toEqual(open)
    expect(due.map(({ closedAt }) => closedAt !== undefined)).toEqual([false, true, true])
  })
})

describe('save()', () => {
  test('refuses a version that somebody else has written over', async () => {
    const { ledger } = setUp()
    const kase = await ledger.record(openedCase())
    await ledger.save({ ...kase, attempts: 1 })

    expect(await ledger.save({ ...kase, attempts: 9 })).toBeUndefined()
    expect((await ledger.read(kase.id))?.attempts).toBe(1)
  })
})

describe('lease()', () => {
  test('is one per person and organization, whatever the case', async () => {
    const { ledger } = setUp()
    const kase = openedCase()
    const other = openedCase({ id: 'c-other' }, { id: 'workday:evt-2', username: 'ADA@example.com' })
    await ledger.lease(kase)

    expect(await ledger.lease(other)).toMatchObject({ kind: 'busy', caseId: kase.id })
    expect((await ledger.lease(openedCase({ orgId: OTHER_ORG }))).kind).toBe('held')
    expect((await ledger.lease(openedCase({}, { username: 'bob@example.com' }))).kind).toBe('held')
  })

  test('lapses, and then cannot be given back by whoever had it', async () => {
    const { ledger, pass } = setUp()
    const first = await ledger.lease(openedCase())
    pass(LEASE_MS + 1)
    const second = await ledger.lease(openedCase())
    if (first.kind === 'held') await ledger.release(first.lease)

    expect(second.kind).toBe('held')
    expect((await ledger.lease(openedCase())).kind).toBe('busy')
  })

  test('can be taken again once given back', async () => {
    const { ledger } = setUp()
    const first = await ledger.lease(openedCase())
    if (first.kind === 'held') await ledger.release(first.lease)

    expect((await ledger.lease(openedCase())).kind).toBe('held')
  })
})

describe('indexes', () => {
  test('hold an open case until it is closed', async () => {
    const { ledger } = setUp()
    const kase = await ledger.record(openedCase())
    expect(await ledger.open()).toEqual([kase])
    expect(await ledger.due(later(1_000), 10)).toEqual([kase])

    const closed = await ledger.save(withOutcome(kase, REMOVED, later(3_000)))
    expect(await ledger.open()).toEqual([])
    expect(await ledger.due(later(DAY_MS), 10)).toEqual([])
    expect(await ledger.on({ closed: '2026-11-16' })).toEqual([closed])
    expect(await ledger.on({ received: '2026-11-16' })).toEqual([closed])
    expect(await ledger.ofPerson('ADA@example.com')).toEqual([closed])
    expect((await ledger.unpublished(later(3_000), 10)).cases).toEqual([closed])
  })

  test('let a closed case expire only once everything of it is published', async () => {
    const { ledger, table } = setUp()
    const kase = await ledger.record(openedCase())
    const closed = await ledger.save(withOutcome(kase, REMOVED, later(3_000)))
    const expiry = () => table.items().find(({ pk }) => pk === `case#${kase.id}`)?.expiresAt
    expect(expiry()).toBeUndefined()

    if (closed) await ledger.save({ ...closed, unpublished: [] })
    expect(expiry()).toBe(Math.ceil((later(3_000).getTime() + 400 * DAY_MS) / 1_000))
  })
})

describe('changeOrg()', () => {
  test('changes what is there, however many change it at once', async () => {
    const { ledger } = setUp()
    const add = (members: number) =>
      ledger.changeOrg(ORG, (state) => ({ ...state, counts: [...state.counts, { at: later(0), members }] }))
    await Promise.all([1, 2, 3, 4, 5].map(add))

    expect((await ledger.org(ORG)).counts.map(({ members }) => members).toSorted()).toEqual([1, 2, 3, 4, 5])
  })

  test('starts from the known state only if that is still the state', async () => {
    const { ledger } = setUp()
    const known = await ledger.org(ORG)
    await ledger.changeOrg(ORG, (state) => blocked(state, 'HTTP_403', later(0)))
    const seen: unknown[] = []
    await ledger.changeOrg(ORG, (state) => void seen.push(state.block?.code), known)

    expect(seen).toEqual([undefined, 'HTTP_403'])
  })

  test('lists an organization while it has something to tell', async () => {
    const { ledger } = setUp()
    const state = await ledger.changeOrg(ORG, (org) => blocked(org, 'HTTP_403', later(0)))

    expect((await ledger.unpublished(later(0), 10)).orgs).toEqual([state])
  })

  test('takes an item that cannot be read for a latched window, until a human resumes', async () => {
    const { ledger, table } = setUp()
    await table.put({ pk: `org#${ORG}`, version: 3, writeId: 'w', body: '{', keys: {} }, { kind: 'absent' })
    expect((await ledger.org(ORG)).latchedAt).toEqual(new Date(0))

    const act = { by: 'oncall', because: 'checked', at: later(0), requestId: 'r-1' }
    await ledger.changeOrg(ORG, (state) => resumed(state, act))
    expect((await ledger.org(ORG)).latchedAt).toBeUndefined()
  })
})

test('person() does not take an item that cannot be read for somebody of whom nothing is known', async () => {
  const { ledger, table } = setUp()
  await table.put(
    { pk: 'person#ada@example.com', version: 3, writeId: 'w', body: '{', keys: {} },
    { kind: 'absent' },
  )

  await expect(ledger.person('ada@example.com')).rejects.toThrow('Cannot read "person#…"')
})
