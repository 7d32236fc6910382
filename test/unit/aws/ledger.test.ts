import { describe, expect, test } from 'vitest'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import type { Item } from '../../../lib/aws/table.ts'
import type { Committed } from '../../../lib/core/ledger.ts'
import type { Clock } from '../../../lib/core/ports.ts'
import { type Draft, noticeDraft } from '../../../lib/words/audit-event.ts'
import { openCase } from '../../../lib/words/case.ts'
import { digestOf } from '../../../lib/words/digest.ts'
import type { Task } from '../../../lib/words/task.ts'
import { departure, later, ORG } from '../../support/cases.ts'
import { memoryTable } from '../../support/memory-table.ts'

const LOCK_MS = 120_000
const DAY_MS = 24 * 3_600_000

function setUp(more: Partial<Parameters<typeof atlasLedger>[0]> = {}) {
  let now = later(1_000)
  let names = 0
  const unreadable: string[] = []
  const table = memoryTable()
  const clock: Clock = { now: () => now, sleep: async () => undefined, random: () => 0.5 }
  const uid = () => {
    names += 1
    return `uid-${names}`
  }
  const ledger = atlasLedger({
    table,
    clock,
    uid,
    lockMs: LOCK_MS,
    keepClosedMs: 400 * DAY_MS,
    noteUnreadable: (pk) => void unreadable.push(pk),
    ...more,
  })
  const pass = (ms: number) => {
    now = new Date(now.getTime() + ms)
  }
  return { ledger, table, pass, unreadable }
}

const opened = (id = 'okta:evt-1') => openCase(departure({ id }), ORG, { at: later(1_000) })
const draft = (message: string): Draft => noticeDraft({ name: 'test_alert', at: later(2_000), message })
const SUBJECT = { orgId: ORG, username: 'ada@example.com' }

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const page of pages) found.push(...page)
  return found
}

/** What an outbox holds, as uid → message. */
function messagesIn(committed: Pick<Committed, 'outbox'> | undefined) {
  return [...(committed?.outbox?.effects ?? [])].map(([uid, effect]) =>
    effect.kind === 'publish' ? [uid, effect.event.detail.message] : [uid, effect.task.id],
  )
}

describe('committals()', () => {
  /** What was published, as both records should have it. */
  const entriesOf = (...committed: readonly (Pick<Committed, 'outbox'> | undefined)[]) =>
    committed
      .flatMap((one) => [...(one?.outbox?.effects.values() ?? [])])
      .flatMap((effect) => (effect.kind === 'publish' ? [effect.event] : []))
      .map((event) => ({ uid: event.uid, at: event.at, digest: digestOf(JSON.parse(JSON.stringify(event))) }))

  test('answers the digest of every event as published, of tasks and of memories, and nothing of locks', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    await ledger.lock(SUBJECT, task.id)
    const committed = await ledger.commit(task, { state: task.state, drafts: [draft('one'), draft('two')] })
    const changed = await ledger.change('person#ada@example.com', () => ({
      state: {},
      drafts: [draft('back')],
    }))

    const { committals, next } = await ledger.committals()

    expect(next).toBeUndefined()
    expect(
      committals.map(({ record, sequence, entries, task }) => [record, sequence, entries, task?.id]),
    ).toEqual([
      [task.id, 2, entriesOf(committed), task.id],
      [expect.stringMatching(/^person-[0-9a-f]{20}$/), 1, entriesOf(changed), undefined],
    ])
    expect(committals.map(({ waiting }) => waiting.length)).toEqual([2, 1])
  })

  test('keeps the digests of the last 500 events of a record, however the record was read', async () => {
    const { ledger } = setUp()
    const { id } = (await ledger.record(opened())).task
    for (let tries = 0; tries < 505; tries += 1) {
      const [task] = (await all(ledger.open('case'))).filter((one) => one.id === id)
      if (!task) throw new Error('no task')
      const committed = await ledger.commit(task, { state: task.state, drafts: [draft(`${tries}`)] })
      if (committed?.outbox) await ledger.settle(committed.outbox, new Set(committed.outbox.effects.keys()))
    }

    const [committal] = (await ledger.committals()).committals
    const numbers = committal?.entries.map(({ uid }) => Number(uid.split('/')[1]))
    expect(committal?.sequence).toBe(505)
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, index) => index + 6))
  })

  test('tells nobody the name by its digest: the same event has another one each time', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(async (names) => {
        const { ledger } = setUp()
        for (let n = 0; n < names; n += 1) await ledger.lock({ ...SUBJECT, orgId: `${n}` }, 'c')
        return entriesOf(await ledger.change('everyone', () => ({ state: {}, drafts: [draft('same')] })))
      }),
    )
    expect(one?.[0]?.uid).toBe(other?.[0]?.uid)
    expect(one?.[0]?.digest).not.toBe(other?.[0]?.digest)
  })
})

describe('record()', () => {
  test('keeps the first task of an id and answers it to the second', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    const committed = await ledger.commit(task, { state: { ...task.state, attempts: 7 } })

    expect(await ledger.record(opened())).toEqual({ task: committed?.task, isNew: false })
  })

  test('gives back instants as instants, and a text that looks like one as text', async () => {
    const { ledger } = setUp()
    const fields = { reason: '2026-11-30T17:00:00.000Z', effectiveAt: later(5) }
    const { task } = await ledger.record(openCase(departure(fields), ORG, { at: later(1_000) }))

    expect(await ledger.read('case', task.id)).toEqual(task)
    expect(task.state.departure).toMatchObject(fields)
  })

  test('throws if the item vanished between the two looks', async () => {
    const { table } = setUp()
    const gone = { ...table, insert: async () => undefined, get: async () => undefined }
    const clock: Clock = { now: () => later(0), sleep: async () => undefined, random: () => 0 }
    const ledger = atlasLedger({ table: gone, clock, uid: () => 'u', lockMs: 1, keepClosedMs: 1 })

    await expect(ledger.record(opened())).rejects.toThrow('written by another and gone')
  })
})

describe('commit()', () => {
  test('refuses a stale worker: it changes nothing and publishes nothing', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    await ledger.commit(task, { state: task.state, drafts: [draft('first')] })

    expect(await ledger.commit(task, { state: task.state, drafts: [draft('second')] })).toBeUndefined()
    expect((await all(ledger.outboxes(later(DAY_MS)))).flatMap((outbox) => messagesIn({ outbox }))).toEqual([
      [`${task.id}/1`, 'first'],
    ])
  })

  test('gives events a uid and a sequence without a gap, and keeps what waits from earlier commits', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    const first = await ledger.commit(task, { state: task.state, drafts: [draft('one'), draft('two')] })
    const second = await ledger.commit(first?.task ?? task, { state: task.state, drafts: [draft('three')] })

    expect(messagesIn(second)).toEqual([
      [`${task.id}/1`, 'one'],
      [`${task.id}/2`, 'two'],
      [`${task.id}/3`, 'three'],
    ])
    expect(second?.task.sequence).toBe(3)
    const sequences = [...(second?.outbox?.effects.values() ?? [])].map((effect) =>
      effect.kind === 'publish' ? (effect.event.detail.unmapped as { sequence: number }).sequence : 0,
    )
    expect(sequences).toEqual([1, 2, 3])
  })

  test('fixes an event when it is committed: a later commit changes nothing about it', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    const first = await ledger.commit(task, { state: task.state, drafts: [draft('as it was')] })
    const before = JSON.stringify(first?.outbox?.effects.get(`${task.id}/1`))
    const changed = { ...task.state, attempts: 9 }
    const second = await ledger.commit(first?.task ?? task, { state: changed, drafts: [] })

    expect(JSON.stringify(second?.outbox?.effects.get(`${task.id}/1`))).toBe(before)
  })

  test('names the organization for humans where its name is known', async () => {
    const { ledger } = setUp({ orgNames: { [ORG]: 'Acme' } })
    const about = (org?: string) =>
      noticeDraft({ name: 'returned', at: later(0), ...(org && { orgId: org }) })
    const drafts = [about(ORG), about('f'.repeat(24)), about()]
    const { outbox } = await ledger.change('everyone', () => ({ state: {}, drafts }))
    const orgs = [...(outbox?.effects.values() ?? [])].map(
      (effect) => effect.kind === 'publish' && effect.event.detail.cloud,
    )

    expect(orgs).toMatchObject([{ org: { uid: ORG, name: 'Acme' } }, { org: { uid: 'f'.repeat(24) } }, {}])
  })

  test('opens tasks by the same write', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    const search: Task = { ...opened(), id: 's-1', kind: 'search' }

    const expected = [['open/s-1', 's-1']]
    expect(messagesIn(await ledger.commit(task, { state: task.state, opens: [search] }))).toEqual(expected)
    const left = await ledger.outboxOf('case', task.id)
    expect(messagesIn(left && { outbox: left })).toEqual(expected)
    expect(await ledger.outboxOf('case', 'c-unknown')).toBeUndefined()
  })

  test('an effect that opens a task under the name of an event opens nothing', async () => {
    const { ledger, table, unreadable } = setUp()
    const { task } = await ledger.record(opened())
    const [item] = table.items()
    const effects = { forged: JSON.stringify({ kind: 'open', task: opened() }) }
    await table.update({
      ...(item as Item),
      version: 2,
      writeId: 'w',
      adds: { effects, at: later(0).toISOString() },
    })

    expect((await ledger.outboxOf('case', task.id))?.effects.size).toBe(0)
    expect(unreadable).toEqual([`case#${task.id}`])
  })

  test('keeps decisions unless it is given others, and drops the due time unless it is given one', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record({ ...opened(), decisions: [{ act: 'cancel' } as never] })
    const kept = await ledger.commit(task, { state: task.state })

    expect(kept?.task).toMatchObject({ decisions: [{ act: 'cancel' }], version: 2 })
    expect(kept?.task).not.toHaveProperty('dueAt')
    expect(
      (await ledger.commit(kept?.task ?? task, { state: task.state, decisions: [] }))?.task.decisions,
    ).toEqual([])
  })
})

describe('indexes', () => {
  test('a task is due until it is held or closed; holds stay open at the far end', async () => {
    const { ledger } = setUp()
    const { task: due } = await ledger.record(opened('okta:due'))
    const { task: held } = await ledger.record(opened('okta:held'))
    await ledger.commit(held, { state: held.state })

    expect((await all(ledger.due('case', later(999)))).map(({ id }) => id)).toEqual([])
    expect((await all(ledger.due('case', later(1_000)))).map(({ id }) => id)).toEqual([due.id])
    expect((await all(ledger.open('case'))).map(({ id }) => id)).toEqual([due.id, held.id])
    expect(await all(ledger.open('search'))).toEqual([])
  })

  test('waiting() says of open tasks what they wait for, since when, where, and about whom', async () => {
    const { ledger } = setUp()
    const leaving = departure({
      ...{ id: 'okta:3', effectiveAt: later(9_000), aliases: ['ada@old.example.com'] },
      ...{ dryRun: true, deletedByDirectory: true },
    })
    const [first, observed, paused] = await Promise.all([
      ledger.record(opened('okta:1')),
      ledger.record(opened('okta:2')),
      ledger.record(openCase(leaving, ORG, { at: later(1_000) })),
    ])
    for (const [{ task }, reason] of [
      [observed, 'observing'],
      [paused, 'paused'],
    ] as const)
      await ledger.commit(task, { state: { ...task.state, outcome: { kind: 'held', reason } } })

    const waiting = await all(ledger.waiting('case'))
    const known = { since: later(1_000), orgId: ORG, usernames: ['ada@example.com'], source: 'okta' }
    const usernames = ['ada@example.com', 'ada@old.example.com']
    const odd = { since: later(9_000), usernames, isDryRun: true, isDeleted: true }
    expect(waiting).toContainEqual({ ...known, id: first.task.id, wait: 'new' })
    expect(waiting).toContainEqual({ ...known, id: observed.task.id, wait: 'held', reason: 'observing' })
    expect(waiting).toContainEqual({ ...known, ...odd, id: paused.task.id, wait: 'held', reason: 'paused' })
    expect(waiting).toHaveLength(3)
  })

  test.each<Record<string, string>>([
    {},
    { waits: 'x' },
    { waits: '{}' },
    { waits: '["2026-11-16T12:00:00.000Z"]' },
    { waits: '["soon", "new", "o", []]' },
  ])('waiting() reports the key of a task that does not say what it waits for: %j', async (wait) => {
    const { ledger, table, unreadable } = setUp()
    const { task } = await ledger.record(opened())
    const keys = { dueKey: 'case', dueAt: later(0).toISOString(), ...wait }
    await table.insert({ pk: 'case#odd', version: 1, writeId: 'w', body: '{}', keys })

    expect((await all(ledger.waiting('case'))).map(({ id }) => id)).toEqual([task.id])
    expect(unreadable).toEqual(['case#odd'])
  })

  test('readMany() reads tasks by id, without those that are gone, and reports what it cannot read', async () => {
    const { ledger, table, unreadable } = setUp()
    const { task: one } = await ledger.record(opened('okta:1'))
    const { task: other } = await ledger.record(opened('okta:2'))
    await table.insert({ pk: 'case#odd', version: 1, writeId: 'w', body: '{', keys: {} })

    const read = await ledger.readMany('case', [other.id, 'odd', 'gone', one.id])
    expect(read).toEqual([other, one])
    expect(unreadable).toEqual(['case#odd'])
  })

  const ODD = { ...opened(), id: 'odd' }
  test.each([
    ...['', 'null', '5', '{}', '{"id":"odd","kind":"case"}', JSON.stringify(opened())],
    ...[undefined, null, {}, { departure: { username: 'ada@example.com' } }].map((state) =>
      JSON.stringify({ ...ODD, state }),
    ),
  ])('a task that says %j is reported, and the others of its page are read', async (body) => {
    const { ledger, table, unreadable } = setUp()
    const { task } = await ledger.record(opened())
    const keys = { dueKey: 'case', dueAt: later(0).toISOString() }
    await table.insert({ pk: 'case#odd', version: 1, writeId: 'w', body, keys })

    expect(await all(ledger.due('case', later(1_000)))).toEqual([task])
    expect(unreadable).toEqual(['case#odd'])
  })

  test('closedIds() names the cases of a day, and no other kind of task', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    const { task: search } = await ledger.record({ ...opened('okta:2'), kind: 'search' as const })
    for (const one of [task, search]) await ledger.commit(one, { state: one.state, closed: true })

    expect(await all(ledger.closedIds('2026-11-16'))).toEqual([task.id])
    expect(await all(ledger.closedIds('2026-11-17'))).toEqual([])
  })

  test('a closed task is in no list of open ones, and expires', async () => {
    const { ledger, table } = setUp()
    const { task } = await ledger.record(opened())
    await ledger.commit(task, { state: task.state, closed: true, dueAt: later(5_000) })

    expect(await all(ledger.open('case'))).toEqual([])
    expect((await all(ledger.closedOn('2026-11-16'))).map(({ id }) => id)).toEqual([task.id])
    expect(await all(ledger.closedOn('2026-11-17'))).toEqual([])
    expect(table.items()[0]?.expiresAt).toBe(Math.ceil(later(1_000 + 400 * DAY_MS).getTime() / 1_000))
  })

  test('ofPerson() finds every task of a person, newest first, whatever the case of letters, and no more than asked', async () => {
    const { ledger } = setUp()
    const older = openCase(departure({ id: 'okta:1', username: 'ADA@example.com' }), ORG, { at: later(1) })
    const newer = openCase(departure({ id: 'okta:2' }), ORG, { at: later(2) })
    for (const one of [older, newer]) await ledger.record(one)

    expect((await ledger.ofPerson('Ada@example.com')).map(({ id }) => id)).toEqual([newer.id, older.id])
    expect((await ledger.ofPerson('ada@example.com', 1)).map(({ id }) => id)).toEqual([newer.id])
    expect(await ledger.ofPerson('bob@example.com')).toEqual([])
  })

  test('one item that cannot be read costs itself, and its key is reported', async () => {
    const { ledger, table, unreadable } = setUp()
    const { task } = await ledger.record(opened())
    const keys = { dueKey: 'case', dueAt: later(0).toISOString() }
    await table.insert({ pk: 'case#broken', version: 1, writeId: 'w', body: 'no JSON', keys })

    expect((await all(ledger.open('case'))).map(({ id }) => id)).toEqual([task.id])
    expect(unreadable).toEqual(['case#broken'])
    await ledger.committals()
    expect(unreadable).toEqual(['case#broken', 'case#broken'])
  })
})

describe('settle()', () => {
  test('takes out what happened, leaves the rest, and never touches the version', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    const committed = await ledger.commit(task, { state: task.state, drafts: [draft('one'), draft('two')] })
    if (committed?.outbox) await ledger.settle(committed.outbox, new Set([`${task.id}/1`]))
    const [left] = await all(ledger.outboxes(later(DAY_MS)))

    expect(messagesIn({ ...(left && { outbox: left }) })).toEqual([[`${task.id}/2`, 'two']])
    expect((await ledger.read('case', task.id))?.version).toBe(2)
    expect(await ledger.commit(committed?.task ?? task, { state: task.state })).toBeDefined()
  })

  test('what cannot be read stays in the outbox, reported, and costs neither its neighbors nor other records', async () => {
    const { ledger, table, unreadable } = setUp()
    const { task } = await ledger.record(opened())
    const committed = await ledger.commit(task, { state: task.state, drafts: [draft('one')] })
    const [item] = table.items()
    const adds = { effects: { odd: '{' }, at: later(0).toISOString() }
    await table.update({ ...(item as Item), version: 3, writeId: 'w', adds })
    await ledger.change('everyone', () => ({ state: {}, drafts: [draft('other')] }))

    const outboxes = await all(ledger.outboxes(later(DAY_MS)))
    expect(outboxes.flatMap((outbox) => messagesIn({ outbox })).map(([, message]) => message)).toEqual([
      'one',
      'other',
    ])
    expect(unreadable).toEqual([`case#${task.id}`])
    for (const outbox of outboxes) await ledger.settle(outbox, new Set(outbox.effects.keys()))
    expect((await all(ledger.outboxes(later(DAY_MS)))).map(({ key }) => key)).toEqual([`case#${task.id}`])
    expect(committed).toBeDefined()
  })

  test('an emptied outbox leaves its index, also bit by bit', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    const committed = await ledger.commit(task, { state: task.state, drafts: [draft('one'), draft('two')] })
    const outbox = committed?.outbox
    if (!outbox) throw new Error('expected an outbox')
    await ledger.settle(outbox, new Set([`${task.id}/1`]))
    await ledger.settle(outbox, new Set([`${task.id}/2`]))
    const [emptied] = await all(ledger.outboxes(later(DAY_MS)))
    if (emptied) await ledger.settle(emptied, new Set())

    expect(emptied?.effects.size ?? 0).toBe(0)
    expect(await all(ledger.outboxes(later(DAY_MS)))).toEqual([])
  })

  test('leaves in the index what was committed meanwhile', async () => {
    const { ledger } = setUp()
    const { task } = await ledger.record(opened())
    const first = await ledger.commit(task, { state: task.state, drafts: [draft('one')] })
    await ledger.commit(first?.task ?? task, { state: task.state, drafts: [draft('two')] })
    if (first?.outbox) await ledger.settle(first.outbox, new Set([`${task.id}/1`]))

    expect((await all(ledger.outboxes(later(DAY_MS)))).flatMap((outbox) => messagesIn({ outbox }))).toEqual([
      [`${task.id}/2`, 'two'],
    ])
  })

  test('of nothing that happened it writes nothing', async () => {
    const { ledger, table } = setUp()
    const { task } = await ledger.record(opened())
    const committed = await ledger.commit(task, { state: task.state, drafts: [draft('one')] })
    const before = table.items()
    if (committed?.outbox) await ledger.settle(committed.outbox, new Set(['another']))

    expect(table.items()).toEqual(before)
  })
})

describe('lock()', () => {
  test('is held by one task until it is given back or lapses', async () => {
    const { ledger, pass } = setUp()
    const first = await ledger.lock(SUBJECT, 'c-1')

    expect(await ledger.lock({ ...SUBJECT, username: 'ADA@example.com' }, 'c-2')).toEqual({
      kind: 'busy',
      taskId: 'c-1',
    })
    expect((await ledger.lock({ ...SUBJECT, orgId: 'another' }, 'c-3')).kind).toBe('locked')
    if (first.kind === 'locked') await ledger.unlock(first.lock)
    expect((await ledger.lock(SUBJECT, 'c-2')).kind).toBe('locked')
    pass(LOCK_MS)
    expect(await ledger.lock(SUBJECT, 'c-4')).toEqual({ kind: 'busy', taskId: 'c-2' })
    pass(1)
    expect((await ledger.lock(SUBJECT, 'c-4')).kind).toBe('locked')
  })

  test('is not given back by whoever lost it', async () => {
    const { ledger, pass } = setUp()
    const first = await ledger.lock(SUBJECT, 'c-1')
    pass(LOCK_MS + 1)
    await ledger.lock(SUBJECT, 'c-2')
    if (first.kind === 'locked') await ledger.unlock(first.lock)

    expect(await ledger.lock(SUBJECT, 'c-3')).toEqual({ kind: 'busy', taskId: 'c-2' })
  })
})

describe('memories', () => {
  test('change() begins with nothing, keeps the rest, and answers whether it changed', async () => {
    const { ledger } = setUp()
    const add = (state: { n: number } | undefined) => ({ state: { n: (state?.n ?? 0) + 1 } })
    await ledger.change('org#x', add)

    expect((await ledger.change('org#x', add)).memory).toEqual({
      key: 'org#x',
      version: 2,
      sequence: 0,
      state: { n: 2 },
    })
    expect((await ledger.change('org#x', () => undefined)).isChanged).toBe(false)
    expect(await ledger.memories(['everyone', 'org#x'])).toEqual([
      { key: 'everyone', version: 0, sequence: 0 },
      { key: 'org#x', version: 2, sequence: 0, state: { n: 2 } },
    ])
  })

  test('change() over a memory that was read before meets what others wrote since', async () => {
    const { ledger } = setUp()
    const add = (state: { n: number } | undefined) => ({ state: { n: (state?.n ?? 0) + 1 } })
    const { memory: known } = await ledger.change('org#x', add)
    await ledger.change('org#x', add)

    expect((await ledger.change('org#x', add, known)).memory.state).toEqual({ n: 3 })
  })

  test('change() publishes with the write, under uids that name nobody', async () => {
    const { ledger } = setUp()
    const once = await ledger.change('person#ada@example.com', () => ({ state: {}, drafts: [draft('back')] }))
    const org = await ledger.change(`org#${ORG}`, () => ({ state: {}, drafts: [draft('stopped')] }))

    expect(messagesIn(once)[0]?.[0]).toMatch(/^person-[0-9a-f]{20}\/1\/\d+$/)
    expect(messagesIn(org)).toEqual([[`org-${ORG}/1/${later(2_000).getTime()}`, 'stopped']])
  })

  test('a memory that cannot be read says so, and the next change writes it again', async () => {
    const { ledger, table } = setUp()
    await table.insert({ pk: 'org#x', version: 3, writeId: 'w', body: 'no JSON', keys: {} })
    const seen: boolean[] = []

    expect(await ledger.memories(['org#x'])).toEqual([
      { key: 'org#x', version: 3, sequence: 3, isUnreadable: true },
    ])
    const { memory } = await ledger.change('org#x', (_state, isUnreadable) => {
      seen.push(isUnreadable)
      return { state: { n: 1 } }
    })
    expect(memory).toEqual({ key: 'org#x', version: 4, sequence: 3, state: { n: 1 } })
    expect(seen).toEqual([true])
  })

  test('change() gives up when others write without end, naming no person', async () => {
    const { table } = setUp()
    const busy = { ...table, insert: async () => undefined }
    const clock: Clock = { now: () => later(0), sleep: async () => undefined, random: () => 0 }
    const ledger = atlasLedger({ table: busy, clock, uid: () => 'u', lockMs: 1, keepClosedMs: 1 })

    await expect(ledger.change('person#ada@example.com', () => ({ state: {} }))).rejects.toThrow(
      'Cannot change "person": too many writers',
    )
  })

  test('a memory may expire', async () => {
    const { ledger, table } = setUp()
    await ledger.change('renamed#x#old', () => ({ state: {}, expiresAt: later(500) }))

    expect(table.items()[0]?.expiresAt).toBe(Math.ceil(later(500).getTime() / 1_000))
  })

  test('a memory that is told no end stays: a return, an approval and a stop are remembered until they are taken back', async () => {
    const { ledger, table } = setUp()
    await ledger.change('person#ada@example.com', () => ({ state: 1 }))
    await ledger.change('person#ada@example.com', () => ({ state: 2 }))

    expect(table.items()).toMatchObject([{ version: 2 }])
    expect(table.items()[0]?.expiresAt).toBeUndefined()
  })
})
