import { expect, test } from 'vitest'
import { evidenceOf } from '../../../lib/evidence/evidence.ts'
import type { Feed } from '../../../lib/evidence/mismatch.ts'
import { type CaseRow, rowOf } from '../../../lib/evidence/rows.ts'
import { isClean, verdictOf } from '../../../lib/evidence/verdict.ts'
import { HOUR, later, ORG, OTHER_ORG, openedCase, removedCase } from './cases.ts'

const READ: Feed = { kind: 'read', orgId: ORG, since: later(-HOUR), readAt: later(HOUR), events: [] }
const UNREAD: Feed = { kind: 'unreadable', orgId: OTHER_ORG, code: 'HTTP_403' }
const removed = rowOf(removedCase(HOUR))
const late = { ...rowOf(removedCase(5 * HOUR, {}, { id: 'c-late' })) }
const open = rowOf(openedCase({ id: 'c-open' }))
const found = { ...removed, case: 'c-found', foundByRoster: true } as const
const forgotten = { ...removed, case: 'c-forgotten', forgottenAt: later(9 * HOUR) }

function evidence(rows: readonly CaseRow[], feeds: readonly Feed[] = [READ], asOf = later(2 * HOUR)) {
  return evidenceOf([{ since: later(0), asOf, rows, feeds }], 4 * HOUR)
}

test.each<[string, readonly CaseRow[], readonly Feed[], boolean]>([
  ['no cases; 0 open; compared with Atlas: 1 of 1 organization, 0 differences', [], [READ], true],
  [
    '1 of 1 removed within 4 h; 1 open; compared with Atlas: 1 of 1 organization, 0 differences',
    [removed, open],
    [READ],
    true,
  ],
  [
    '1 of 2 removed within 4 h; 0 open; compared with Atlas: 1 of 2 organizations, 0 differences',
    [removed, late],
    [READ, UNREAD],
    false,
  ],
  ['1 of 1 removed within 4 h; 0 open; compared with Atlas: 0 of 1 organization', [removed], [], false],
  [
    'nobody with a known leaving date was removed; 1 removed without a leaving date; 0 open; compared with Atlas: 1 of 1 organization, 0 differences',
    [found],
    [READ],
    true,
  ],
  [
    '1 of 1 removed within 4 h; 0 open; compared with Atlas: 1 of 1 organization, 0 differences, 1 case of forgotten people by time alone',
    [forgotten],
    [READ],
    true,
  ],
])('verdictOf() says %j', (verdict, rows, feeds, clean) => {
  const shown = evidence(rows, feeds)

  expect([verdictOf(shown), isClean(shown)]).toEqual([verdict, clean])
})

test('verdictOf() says how many are open beyond the target', () => {
  const shown = evidence([open], [READ], later(9 * HOUR))

  expect([verdictOf(shown), isClean(shown)]).toEqual([
    'nobody with a known leaving date was removed; 1 open, 1 beyond the target; compared with Atlas: 1 of 1 organization, 0 differences',
    false,
  ])
})

test('evidenceOf() of one person has their cases and Atlas events alone', () => {
  const bob = { ...removed, case: 'c-bob', username: 'bob@example.com' }
  const other = { ...bob, case: 'c-other', username: 'b@example.com', memberUsername: 'ADA@example.com' }
  const event = { id: 'e', type: 'REMOVED_FROM_ORG', at: later(0) }
  const events = ['ada@example.com', 'carl@example.com'].map((targetUsername) => ({
    ...event,
    targetUsername,
  }))
  const page = {
    since: later(0),
    asOf: later(HOUR),
    rows: [removed, bob, other],
    feeds: [{ ...READ, events }],
  }
  const shown = evidenceOf([page], 4 * HOUR, 'Ada@example.com')

  expect(shown.rows.map((row) => row.case)).toEqual(expect.arrayContaining([removed.case, 'c-other']))
  expect([shown.rows.length, shown.mismatches.length, shown.about]).toEqual([2, 1, 'Ada@example.com'])
})
