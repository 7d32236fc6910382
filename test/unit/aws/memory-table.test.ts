import { expect, test } from 'vitest'
import { memoryTable } from '../../support/memory-table.ts'
import { testTable } from '../../support/table-contract.ts'

testTable('memoryTable()', async () => memoryTable())

test('memoryTable() lists its items by key', async () => {
  const table = memoryTable()
  for (const pk of ['b', 'c', 'a']) await table.insert({ pk, version: 1, writeId: pk, body: '{}', keys: {} })

  expect(table.items().map(({ pk }) => pk)).toEqual(['a', 'b', 'c'])
})
