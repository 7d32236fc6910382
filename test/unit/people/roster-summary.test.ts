import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { atlasLedger } from '../../../lib/aws/ledger.ts'
import { unclearKey } from '../../../lib/people/roster-state.ts'
import { noteTaken, ROSTERS, type RosterSummaries } from '../../../lib/people/roster-summary.ts'
import { later } from '../../support/cases.ts'
import { memoryTable } from '../../support/memory-table.ts'
import { rosterDesk } from '../../support/roster-desk.ts'

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

test('what is unclear is published when something is new, and not when something is gone', async () => {
  const it = rosterDesk()
  const PEOPLE = ['p0', 'p1', 'p2', 'p3'].map((name) => `${name}@example.com`)
  await it.lists(PEOPLE)
  /** Everybody has an end date under a name that is not read; these left. */
  const file = (left: readonly number[], ends: string) =>
    [
      'mail,Status,End Date',
      ...PEOPLE.map((mail, at) => `${mail},${left.includes(at) ? 'Left' : 'Active'},${ends}`),
      '',
    ].join('\n')
  const told: number[] = []
  for (const content of [
    file([], '2026-12-03'),
    file([0], '2026-12-03'),
    file([0, 1], '2026-12-03'),
    file([1], '2026-12-03'),
    file([1], '2026-11-03'),
    file([1, 2], '2026-12-03'),
  ]) {
    await it.drops(content)
    told.push((await it.notices()).length)
    it.now = new Date(it.now.getTime() + 86_400_000)
  }

  expect(told).toEqual([1, 2, 3, 3, 3, 4])
})

test('unclearKey() stays small, whatever is unclear', () => {
  const unclear = Array.from({ length: 10_000 }, (_, at) => `p${at}@example.com`)

  expect(unclearKey({ unclear, unsure: [] }).length).toBeLessThan(2_000)
  expect(unclearKey({ unclear, unsure: [] })).not.toBe(unclearKey({ unclear: unclear.slice(1), unsure: [] }))
})
