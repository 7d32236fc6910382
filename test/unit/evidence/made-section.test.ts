import { expect, test } from 'vitest'
import { reportCsv } from '../../../lib/evidence/csv.ts'
import { evidenceOf } from '../../../lib/evidence/evidence.ts'
import { madeLines } from '../../../lib/evidence/made-section.ts'
import type { Feed } from '../../../lib/evidence/mismatch.ts'
import { mismatchSection } from '../../../lib/evidence/mismatch-section.ts'
import type { Made } from '../../../lib/evidence/pages.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import { monthWith } from '../../integration/report/eventful.ts'
import { HOUR, later, ORG, OTHER_ORG, openedCase, removedCase } from './cases.ts'

const known = monthWith(0).made
if (!known) throw new Error('Nobody made the report')
const made = {
  ...known,
  settings: { ...known.settings, orgNames: { [ORG]: 'Payments', [OTHER_ORG]: 'Labs' } },
  received: { people: 3, ignored: 12, from: '2026-11-01' },
  unreadable: 2,
  deadLetters: { events: 1, topic: 0, work: 2 },
}
const byHand = openedCase({ id: 'c-2' }, { id: 'operator:r-1', source: 'operator' })
const rows = [rowOf(removedCase(HOUR)), rowOf(byHand)]
const FEEDS: readonly Feed[] = [
  { kind: 'read', orgId: ORG, since: later(-HOUR), readAt: later(9 * HOUR), events: [] },
  { kind: 'unreadable', orgId: OTHER_ORG, code: 'HTTP_403' },
]
const report = (about?: string, by: Made = made) =>
  evidenceOf([{ since: later(-HOUR), asOf: later(9 * HOUR), rows, feeds: FEEDS, made: by }], HOUR, about)
const received = (about?: string, by?: Made) => new Map(madeLines(report(about, by))).get('Messages received')

test('madeLines() adds up what was received, and names removals by hand apart', () => {
  expect(received()).toMatch(
    /^At least 17 since 2026-11-01: 2 from sources about people, 1 removal by hand, 12 not about leaving, 2 unreadable/,
  )
})

test('madeLines() says how many messages lie on the dead letter queue of each channel', () => {
  expect(received()).toMatch(/On the dead letter queues now: events 1, topic 0, work 2$/)
})

test('madeLines() shows no number for a dead letter queue that could not be counted', () => {
  const unread = { ...made, deadLetters: { events: 1, topic: { unknown: 'AccessDenied' }, work: 2 } }

  expect(received(undefined, unread)).toMatch(/: events 1, topic unknown \(AccessDenied\), work 2$/)
})

test('madeLines() of one person does not count what was done by hand about others', () => {
  expect(received('ada@example.com')).toContain(': 3 about people, removals by hand among them, 12 not')
})

test('an organization that has a name is shown with it, also where it is compared, and in the CSV', () => {
  const section = mismatchSection(report()).markup
  const csv = reportCsv(report()).split('\r\n')

  expect(section).toContain(`Payments (${ORG})`)
  expect(section).toContain(`organization Labs (${OTHER_ORG}) could not be read`)
  expect([csv[0]?.endsWith(',"org_name"'), csv[1]?.endsWith(',"Payments"')]).toEqual([true, true])
})
