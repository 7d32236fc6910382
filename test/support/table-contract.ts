import { describe, expect, test } from 'vitest'
import type { Item, Table } from '../../lib/aws/table.ts'

/** What every `Table` must do. `emptyTable` answers a table of its own for each test. */
export function testTable(name: string, emptyTable: () => Promise<Table>) {
  describe(name, () => {
    test('get() answers undefined for an unknown key', async () => {
      const table = await emptyTable()

      expect(await table.get('case#1')).toBeUndefined()
    })

    test('get() answers the whole item as put, with its keys and its time to live', async () => {
      const table = await emptyTable()
      const whole = item({ keys: { person: 'ada@example.com', receivedAt: at(1) }, expiresAt: 1_900_000_000 })

      expect(await table.put(whole, { kind: 'absent' })).toBe(true)

      expect(await table.get(whole.pk)).toEqual(whole)
    })

    test('get() answers no time to live where none was put', async () => {
      const table = await emptyTable()

      await table.put(item(), { kind: 'absent' })

      expect(await table.get('case#1')).not.toHaveProperty('expiresAt')
    })

    test('put() replaces an item whole, so that a key it no longer has is gone', async () => {
      const table = await emptyTable()
      await table.put(item({ keys: { dueKey: 'due', nextAttemptAt: at(1) } }), { kind: 'absent' })
      const closed = item({ version: 2, writeId: 'w-2', keys: {} })

      expect(await table.put(closed, { kind: 'version', version: 1 })).toBe(true)

      expect(await table.get('case#1')).toEqual(closed)
      expect(await table.query({ index: 'due', hash: 'due' })).toEqual([])
    })

    test.each([
      { name: 'absent', condition: { kind: 'absent' }, met: false },
      { name: 'version 0', condition: { kind: 'version', version: 0 }, met: false },
      { name: 'version 1', condition: { kind: 'version', version: 1 }, met: true },
      { name: 'version 2', condition: { kind: 'version', version: 2 }, met: false },
      { name: 'lapsed before 00:04', condition: { kind: 'lapsed', before: at(4) }, met: false },
      { name: 'lapsed before 00:05', condition: { kind: 'lapsed', before: at(5) }, met: false },
      { name: 'lapsed before 00:06', condition: { kind: 'lapsed', before: at(6) }, met: true },
    ] as const)('put() over version 1 until 00:05 if $name answers $met', async ({ condition, met }) => {
      const table = await emptyTable()
      const held = item({ keys: { until: at(5) } })
      const next = item({ version: 2, writeId: 'w-2', keys: { until: at(9) } })
      await table.put(held, { kind: 'absent' })

      expect(await table.put(next, condition)).toBe(met)

      expect(await table.get('case#1')).toEqual(met ? next : held)
    })

    test('put() over nothing meets `absent` and `lapsed`, never `version`', async () => {
      const table = await emptyTable()

      expect(await table.put(item({ pk: 'a' }), { kind: 'absent' })).toBe(true)
      expect(await table.put(item({ pk: 'b' }), { kind: 'lapsed', before: at(1) })).toBe(true)
      expect(await table.put(item({ pk: 'c' }), { kind: 'version', version: 1 })).toBe(false)
      expect(await table.get('c')).toBeUndefined()
    })

    test('put() never takes an item without `until` for lapsed', async () => {
      const table = await emptyTable()
      await table.put(item(), { kind: 'absent' })

      expect(await table.put(item({ writeId: 'w-2' }), { kind: 'lapsed', before: at(9) })).toBe(false)
    })

    test('put() answers true again for a write that the table already holds', async () => {
      const table = await emptyTable()
      await table.put(item(), { kind: 'absent' })

      expect(await table.put(item(), { kind: 'absent' })).toBe(true)
    })

    test('put() lets exactly one of many concurrent writers win', async () => {
      const table = await emptyTable()
      await table.put(item(), { kind: 'absent' })
      const writers = Array.from({ length: 20 }, (_, n) => item({ version: 2, writeId: `writer-${n}` }))

      const won = await Promise.all(
        writers.map((writer) => table.put(writer, { kind: 'version', version: 1 })),
      )

      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await table.get('case#1')).toEqual(writers[won.indexOf(true)])
    })

    test('remove() deletes what that write left', async () => {
      const table = await emptyTable()
      await table.put(item(), { kind: 'absent' })

      await table.remove('case#1', 'w-1')

      expect(await table.get('case#1')).toBeUndefined()
    })

    test("remove() leaves another's write and an absent item alone", async () => {
      const table = await emptyTable()
      await table.put(item(), { kind: 'absent' })

      await table.remove('case#1', 'w-0')
      await table.remove('case#2', 'w-1')

      expect(await table.get('case#1')).toEqual(item())
    })

    test('query() holds only items with both attributes of the index, and only of that hash', async () => {
      const table = await emptyTable()
      const indexed = item({ pk: 'a', keys: { dueKey: 'due', nextAttemptAt: at(1) } })
      await fill(table, [
        indexed,
        item({ pk: 'b', keys: { dueKey: 'due' } }),
        item({ pk: 'c', keys: { nextAttemptAt: at(1) } }),
        item({ pk: 'd', keys: { dueKey: 'other', nextAttemptAt: at(1) } }),
      ])

      expect(await table.query({ index: 'due', hash: 'due' })).toEqual([indexed])
    })

    test.each([
      { name: 'oldest first', query: {}, expected: ['1', '2', '3'] },
      { name: 'newest first', query: { newestFirst: true }, expected: ['3', '2', '1'] },
      { name: 'up to 00:02', query: { upTo: at(2) }, expected: ['1', '2'] },
      { name: 'up to 00:02, newest first', query: { upTo: at(2), newestFirst: true }, expected: ['2', '1'] },
      { name: 'up to 00:00', query: { upTo: at(0) }, expected: [] },
      { name: 'limit 2', query: { limit: 2 }, expected: ['1', '2'] },
      { name: 'limit 2, newest first', query: { limit: 2, newestFirst: true }, expected: ['3', '2'] },
      { name: 'limit 3', query: { limit: 3 }, expected: ['1', '2', '3'] },
      { name: 'limit 9, up to 00:02', query: { limit: 9, upTo: at(2) }, expected: ['1', '2'] },
      { name: 'limit 0', query: { limit: 0 }, expected: [] },
    ])('query() of 00:01, 00:02 and 00:03, $name, answers $expected', async ({ query, expected }) => {
      const table = await emptyTable()
      await fill(
        table,
        [3, 1, 2].map((minute) => received(String(minute), at(minute))),
      )

      const found = await table.query({ index: 'received', hash: '2026-11-30', ...query })

      expect(found.map(({ pk }) => pk)).toEqual(expected)
    })

    test('query() pages through more than one megabyte', async () => {
      const table = await emptyTable()
      const large = Array.from({ length: 9 }, (_, n) => ({
        ...received(String(n), at(n)),
        body: 'x'.repeat(200_000),
      }))
      await fill(table, large)

      const whole = await table.query({ index: 'received', hash: '2026-11-30' })
      const most = await table.query({ index: 'received', hash: '2026-11-30', limit: 8 })

      expect(whole).toEqual(large)
      expect(most).toEqual(large.slice(0, 8))
    })

    test('query() of an index that the schema does not know throws', async () => {
      const table = await emptyTable()

      await expect(table.query({ index: 'nobody', hash: 'x' })).rejects.toThrow(
        'Cannot query index "nobody": not in the table\'s schema',
      )
    })
  })
}

function at(minute: number): string {
  return `2026-11-30T00:0${minute}:00.000Z`
}

function item(parts: Partial<Item> = {}): Item {
  return { pk: 'case#1', version: 1, writeId: 'w-1', body: '{"a":"ü"}', keys: {}, ...parts }
}

function received(pk: string, receivedAt: string): Item {
  return item({ pk, keys: { receivedDay: '2026-11-30', receivedAt } })
}

async function fill(table: Table, items: readonly Item[]) {
  for (const one of items) await table.put(one, { kind: 'absent' })
}
