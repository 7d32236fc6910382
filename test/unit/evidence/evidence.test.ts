import { describe, expect, test } from 'vitest'
import { evidenceOf } from '../../../lib/evidence/evidence.ts'
import type { ReportPage } from '../../../lib/evidence/pages.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import { HOUR, later, ORG, OTHER_ORG, openedCase } from './cases.ts'

const READ = { kind: 'read', orgId: ORG, since: later(0), readAt: later(HOUR), events: [] } as const

function pageOf(fields: Partial<ReportPage>): ReportPage {
  return { since: later(0), asOf: later(HOUR), rows: [], feeds: [], ...fields }
}

describe('evidenceOf()', () => {
  test('takes a case that changed while the pages were read as it is on the later one', () => {
    const open = rowOf(openedCase())
    const closed = { ...open, closedAt: later(9) }
    const pages = [pageOf({ rows: [open] }), pageOf({ rows: [closed], feeds: [READ] })]

    expect(evidenceOf(pages, HOUR)).toMatchObject({ rows: [closed], summary: { cases: 1, open: 0 } })
  })

  test('says of every organization that was not compared why', () => {
    const rows = [rowOf(openedCase()), { ...rowOf(openedCase({ id: 'c-2' })), orgId: OTHER_ORG }]
    const feed = { kind: 'unreadable', orgId: ORG, code: 'HTTP_503' } as const

    expect(evidenceOf([pageOf({ rows, feeds: [feed] })], HOUR).uncompared).toEqual([
      { orgId: ORG, code: 'HTTP_503' },
      { orgId: OTHER_ORG, code: 'NOT_CONFIGURED' },
    ])
  })

  test('of no pages there is no evidence', () => {
    expect(evidenceOf([], HOUR)).toMatchObject({ rows: [], uncompared: [], summary: { cases: 0 } })
  })
})
