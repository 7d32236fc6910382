import { describe, expect, test } from 'vitest'
import type { IndexQuery, Item, Table, Written } from '../../lib/aws/table.ts'

/** What every `Table` must do. `emptyTable` answers a table of its own for each test. */
export function testTable(name: string, emptyTable: () => Promise<Table>) {
  describe(name, () => {
    test('get() answers undefined for an unknown key, and an item as written', async () => {
      const table = await emptyTable()
      const whole = item({ keys: { person: 'ada@example.com', openedAt: at(1) }, expiresAt: 1_900_000_000 })

      expect(await table.get('case#1')).toBeUndefined()
      expect(await table.insert(whole)).toEqual(held(whole))
      expect(await table.get(whole.pk)).toEqual(held(whole))
    })

    test('getMany() answers in the order of the keys, with what is not there as undefined', async () => {
      const table = await emptyTable()
      await fill(table, [item({ pk: 'a' }), item({ pk: 'b' })])

      const found = await table.getMany(['b', 'nobody', 'a', 'b'])

      expect(found.map((one) => one?.pk)).toEqual(['b', undefined, 'a', 'b'])
    })

    test('getMany() answers for more keys than one request takes', async () => {
      const table = await emptyTable()
      const keys = Array.from({ length: 250 }, (_, index) => `k-${index}`)
      await fill(table, [item({ pk: 'k-0' }), item({ pk: 'k-100' }), item({ pk: 'k-249' })])

      const found = await table.getMany(keys)

      expect(found.flatMap((one, index) => (one ? [`${index} ${one.pk}`] : []))).toEqual([
        '0 k-0',
        '100 k-100',
        '249 k-249',
      ])
    })

    test('insert() writes over nothing that is there, and answers its own write again', async () => {
      const table = await emptyTable()
      await table.insert(item())

      expect(await table.insert(item({ writeId: 'w-9' }))).toBeUndefined()
      expect(await table.insert(item())).toEqual(held(item()))
    })

    test('update() writes over exactly the version before, and drops keys that the item no longer has', async () => {
      const table = await emptyTable()
      await table.insert(item({ keys: { dueKey: 'case', dueAt: at(1) }, expiresAt: 1_900_000_000 }))
      const closed = item({ version: 2, writeId: 'w-2', keys: { closedDay: '2026-11-30', closedAt: at(2) } })

      expect(await table.update(item({ version: 3, writeId: 'w-3' }))).toBeUndefined()
      expect(await table.update(closed)).toEqual(held(closed))
      expect(await table.update({ ...closed, writeId: 'w-9' })).toBeUndefined()
      expect(await table.get('case#1')).toEqual(held(closed))
      expect(await pks(table, { index: 'due', hash: 'case' })).toEqual([])
      expect(await table.update(item({ pk: 'nobody', version: 2 }))).toBeUndefined()
    })

    test('update() adds to an outbox and keeps what is in it', async () => {
      const table = await emptyTable()
      await table.insert(item({ adds: { effects: { 'c-1/1': 'one' }, at: at(1) } }))
      await table.update(
        item({ version: 2, writeId: 'w-2', adds: { effects: { 'c-1/2': 'two' }, at: at(2) } }),
      )
      const kept = await table.update(item({ version: 3, writeId: 'w-3' }))

      expect(kept?.outbox).toEqual({ effects: { 'c-1/1': 'one', 'c-1/2': 'two' }, mark: 'w-2', since: at(1) })
      expect(await pks(table, { index: 'outbox', hash: 'outbox', upTo: at(1) })).toEqual(['case#1'])
    })

    test('update() adds digests and drops them by their number, and takeOut() keeps them', async () => {
      const table = await emptyTable()
      await table.insert(
        item({ adds: { effects: { 'c-1/1': 'one' }, at: at(1), digests: { 1: 'd1', 2: 'd2' } } }),
      )
      const adds = { effects: {}, at: at(2), digests: { 3: 'd3' }, drops: ['1'] }
      await table.update(item({ version: 2, writeId: 'w-2', adds }))
      await table.takeOut('case#1', ['c-1/1'], { mark: 'w-1', isWhole: true })
      await table.update(item({ version: 3, writeId: 'w-3' }))

      expect((await table.get('case#1'))?.digests).toEqual({ 2: 'd2', 3: 'd3' })
    })

    test('scan() answers every item once, page by page', async () => {
      const table = await emptyTable()
      const items = Array.from({ length: 250 }, (_, n) => item({ pk: `k-${n}`, body: 'x'.repeat(9_000) }))
      await fill(table, items)
      const found: Item[] = []
      let [after, pages] = [undefined as string | undefined, 0]
      do {
        const page = await table.scan(after)
        found.push(...page.items)
        after = page.next
        pages += 1
      } while (after !== undefined)

      expect(found.map(({ pk }) => pk).sort()).toEqual(items.map(({ pk }) => pk).sort())
      expect(pages).toBeGreaterThan(1)
    })

    test('takeOut() touches no version, and an emptied outbox leaves its index', async () => {
      const table = await emptyTable()
      const adds = { effects: { 'c-1/1': 'one', 'c-1/2': 'two' }, at: at(1) }
      await table.insert(item({ adds }))

      await table.takeOut('case#1', ['c-1/1'], { mark: 'w-1', isWhole: false })
      expect((await table.get('case#1'))?.outbox.effects).toEqual({ 'c-1/2': 'two' })
      await table.takeOut('case#1', ['c-1/2'], { mark: 'w-1', isWhole: true })

      expect(await table.get('case#1')).toEqual(held(item()))
      expect(await pks(table, { index: 'outbox', hash: 'outbox' })).toEqual([])
    })

    test('takeOut() takes out what was to be opened, whether the item began with it or got it later', async () => {
      const table = await emptyTable()
      await table.insert(item({ adds: { effects: { 'c-1/1': 'one', 'open/s-1': 'first' }, at: at(1) } }))
      const adds = { effects: { 'open/s-2': 'second' }, at: at(2) }
      const updated = await table.update(item({ version: 2, writeId: 'w-2', adds }))

      expect(updated?.outbox.effects).toEqual({ 'c-1/1': 'one', 'open/s-1': 'first', 'open/s-2': 'second' })
      await table.takeOut('case#1', ['open/s-1', 'open/s-2'], { mark: 'w-2', isWhole: false })
      expect((await table.get('case#1'))?.outbox.effects).toEqual({ 'c-1/1': 'one' })
    })

    test('takeOut() leaves what was added meanwhile in the index', async () => {
      const table = await emptyTable()
      await table.insert(item({ adds: { effects: { 'c-1/1': 'one' }, at: at(1) } }))
      await table.update(
        item({ version: 2, writeId: 'w-2', adds: { effects: { 'c-1/2': 'two' }, at: at(2) } }),
      )

      await table.takeOut('case#1', ['c-1/1'], { mark: 'w-1', isWhole: true })

      expect((await table.get('case#1'))?.outbox).toEqual({
        effects: { 'c-1/2': 'two' },
        mark: 'w-2',
        since: at(1),
      })
      expect(await pks(table, { index: 'outbox', hash: 'outbox' })).toEqual(['case#1'])
    })

    test('takeOut() of what is gone, twice, or from nobody does nothing', async () => {
      const table = await emptyTable()
      await table.insert(item({ adds: { effects: { 'c-1/1': 'one' }, at: at(1) } }))
      for (let times = 0; times < 2; times += 1)
        await table.takeOut('case#1', ['c-1/1'], { mark: 'w-1', isWhole: true })

      await table.takeOut('nobody', ['c-1/1'], { mark: 'w-1', isWhole: false })

      expect(await table.get('case#1')).toEqual(held(item()))
      expect(await table.get('nobody')).toBeUndefined()
    })

    test.each([
      { before: at(4), isWritten: false },
      { before: at(5), isWritten: false },
      { before: at(6), isWritten: true },
    ])(
      'insertLapsed() over an item until 00:05, before $before, answers $isWritten',
      async ({ before, isWritten }) => {
        const table = await emptyTable()
        const lock = item({ keys: { until: at(5) } })
        const next = item({ writeId: 'w-2', keys: { until: at(9) } })
        await table.insert(lock)

        expect(await table.insertLapsed(next, before)).toEqual(isWritten ? held(next) : undefined)
        expect(await table.get('case#1')).toEqual(held(isWritten ? next : lock))
      },
    )

    test('insertLapsed() writes over nothing, never over an item without `until`, and knows its own write', async () => {
      const table = await emptyTable()
      await table.insert(item())

      const lock = item({ pk: 'b', keys: { until: at(5) } })
      expect(await table.insertLapsed(item({ writeId: 'w-2' }), at(9))).toBeUndefined()
      expect(await table.insertLapsed(lock, at(1))).toEqual(held(lock))
      expect(await table.insertLapsed(lock, at(1))).toEqual(held(lock))
    })

    test('lets exactly one of many concurrent writers win', async () => {
      const table = await emptyTable()
      await table.insert(item())
      const writers = Array.from({ length: 20 }, (_, n) => item({ version: 2, writeId: `writer-${n}` }))

      const won = await Promise.all(writers.map((writer) => table.update(writer)))

      expect(won.filter(Boolean)).toHaveLength(1)
      expect((await table.get('case#1'))?.writeId).toBe(writers[won.findIndex(Boolean)]?.writeId)
    })

    test("remove() deletes what that write left, and leaves another's write and an absent item alone", async () => {
      const table = await emptyTable()
      await table.insert(item())

      await table.remove('case#1', 'w-0')
      await table.remove('case#2', 'w-1')
      expect(await table.get('case#1')).toEqual(held(item()))
      await table.remove('case#1', 'w-1')
      expect(await table.get('case#1')).toBeUndefined()
    })

    test('query() holds only items with both attributes of the index, and only of that hash', async () => {
      const table = await emptyTable()
      await fill(table, [
        item({ pk: 'a', keys: { dueKey: 'case', dueAt: at(1) } }),
        item({ pk: 'b', keys: { dueKey: 'case' } }),
        item({ pk: 'c', keys: { dueAt: at(1) } }),
        item({ pk: 'd', keys: { dueKey: 'search', dueAt: at(1) } }),
      ])

      expect(await pks(table, { index: 'due', hash: 'case' })).toEqual(['a'])
    })

    test.each([
      { name: 'oldest first', query: {}, expected: ['1', '2', '3'] },
      { name: 'newest first', query: { newestFirst: true }, expected: ['3', '2', '1'] },
      { name: 'up to 00:02', query: { upTo: at(2) }, expected: ['1', '2'] },
      { name: 'up to 00:02, newest first', query: { upTo: at(2), newestFirst: true }, expected: ['2', '1'] },
      { name: 'up to 00:00', query: { upTo: at(0) }, expected: [] },
    ])('query() of 00:01, 00:02 and 00:03, $name, answers $expected', async ({ query, expected }) => {
      const table = await emptyTable()
      await fill(
        table,
        [3, 1, 2].map((minute) => closed(String(minute), at(minute))),
      )

      expect(await pks(table, { index: 'closed', hash: '2026-11-30', ...query })).toEqual(expected)
    })

    test('values() answers key and attribute of what an index holds', async () => {
      const table = await emptyTable()
      await fill(table, [
        item({ pk: 'a', keys: { dueKey: 'case', dueAt: at(1), waits: 'x' } }),
        item({ pk: 'b', keys: { dueKey: 'case', dueAt: at(2) } }),
        item({ pk: 'c', keys: { dueKey: 'search', dueAt: at(1), waits: 'y' } }),
      ])

      const pages = await Array.fromAsync(table.values({ index: 'due', hash: 'case' }, 'waits'))

      expect(pages.flat()).toEqual([
        { pk: 'a', value: 'x' },
        { pk: 'b', value: undefined },
      ])
    })

    test('query() pages through more than one megabyte, and answers whole items', async () => {
      const table = await emptyTable()
      const large = Array.from({ length: 9 }, (_, n) => ({
        ...closed(String(n), at(n)),
        body: 'x'.repeat(200_000),
      }))
      await fill(table, large)
      const found: Item[] = []

      for await (const page of table.query({ index: 'closed', hash: '2026-11-30' })) found.push(...page)

      expect(found).toEqual(large.map(held))
    })
  })
}

function at(minute: number): string {
  return `2026-11-30T00:0${minute}:00.000Z`
}

function item(parts: Partial<Written> = {}): Written {
  return { pk: 'case#1', version: 1, writeId: 'w-1', body: '{"a":"ü"}', keys: {}, ...parts }
}

/** An item as the table answers it, with nothing in its outbox. */
function held({ adds: _, ...written }: Written): Item {
  return { ...written, outbox: { effects: {} }, digests: {} }
}

function closed(pk: string, closedAt: string): Written {
  return item({ pk, keys: { closedDay: '2026-11-30', closedAt } })
}

async function fill(table: Table, items: readonly Written[]) {
  for (const one of items) await table.insert(one)
}

async function pks(table: Table, query: IndexQuery): Promise<readonly string[]> {
  const found: string[] = []
  for await (const page of table.query(query)) found.push(...page.map(({ pk }) => pk))
  return found
}
