import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import { noteTaken, ROSTERS, type RosterSummaries } from '../../../lib/people/roster-summary.ts'
import { later } from '../../support/cases.ts'
import { memoryTable } from '../../support/memory-table.ts'

const COUNTS = { lines: 9, nameless: 0, left: 1, ahead: 0, leavers: 1, besideActive: 0 }
const MINUTE = 60_000

test('noteTaken() keeps the later of two files, whichever is noted last', async () => {
  const clock = { now: () => later(0), sleep: async () => undefined, random: () => 0 }
  const ledger = atlasLedger({ table: memoryTable(), clock, uid: randomUUID, lockMs: 1, keepClosedMs: 1 })
  const file = { counts: COUNTS, unclear: 0, unclearKey: '', unclearNames: [], unsure: [], sparse: [] }

  await noteTaken(ledger, 'workday', { ...file, key: 'second.csv', at: later(MINUTE) }, later(MINUTE))
  await noteTaken(ledger, 'workday', { ...file, key: 'first.csv', at: later(0) }, later(2 * MINUTE))

  const [{ state } = { state: undefined }] = await ledger.memories([ROSTERS])
  expect((state as RosterSummaries).rosters.workday?.last?.key).toBe('second.csv')
})
