import { parseHTML } from 'linkedom'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Evidence, evidenceOf } from '../../../lib/evidence/evidence.ts'
import { reportHtml } from '../../../lib/evidence/report-html.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import { later, ORG, openedCase, removedCase } from '../../unit/evidence/cases.ts'
import { emptyFeed, eventfulEvidence, HOSTILE, monthWith, TARGET_MS } from './eventful.ts'

const DAY = 24 * 3_600_000
const APPROVED: Decision = {
  ...({ act: 'release', rule: 'privileged', actor: 'arn:grace', because: 'HR-1' } as const),
  ...{ at: later(9), requestId: 'r-1' },
}

let evidence: Evidence
let page: ReturnType<typeof parseHTML>['document']
beforeAll(() => {
  evidence = eventfulEvidence()
  page = documentOf(evidence)
})

function documentOf(shown: Evidence) {
  return parseHTML(reportHtml(shown)).document
}

function textOf(selector: string): string {
  return page.querySelector(selector)?.textContent ?? ''
}

describe('reportHtml() of 43 departures', () => {
  test('shows open cases before closed ones, and every case once', () => {
    const tables = [...page.querySelectorAll('table.nine')]
    const [open, closed] = tables.map((table) => table.querySelectorAll('tbody tr').length)

    expect(tables).toHaveLength(2)
    expect([open, closed]).toEqual([evidence.summary.open, 43 - evidence.summary.open])
    expect(tables[0]?.querySelector('caption')?.textContent).toContain('2 open cases')
  })

  test('has the figures of the summary', () => {
    expect(textOf('.figures')).toContain('35 of 40 within 4 h')
    expect(textOf('.figures')).toMatch(/Longest exposure1 d 11 h/)
    expect(textOf('.figures')).toContain('Departures43')
    expect(textOf('.outcomes')).toMatch(/removed\s*40/)
  })

  test('names who released and cancelled, with the request', () => {
    const decisions = [...page.querySelectorAll('li')].map(({ textContent }) => textContent)

    expect(decisions).toContainEqual(
      expect.stringMatching(
        /^released \(privileged\) by arn:aws.*eve as "oncall@example\.com": .*, request r-1$/,
      ),
    )
    expect(decisions).toContainEqual(
      expect.stringMatching(/^cancelled by arn:aws.*eve as "oncall@example\.com": .*, request r-1$/),
    )
  })

  test('lists the removal that was made by hand', () => {
    expect(textOf('[aria-labelledby="mismatches"]')).toContain('hanna.hand@example.com')
  })

  test('draws both pictures, for paper and for a phone, each with a title and a description', () => {
    const pictures = [...page.querySelectorAll('svg[role="img"]')]

    expect(pictures).toHaveLength(4)
    for (const picture of pictures) {
      const named = picture.getAttribute('aria-labelledby')?.split(' ') ?? []
      expect(named.map((id: string) => page.getElementById(id)?.textContent?.length ?? 0)).not.toContain(0)
      expect(picture.querySelectorAll('path, rect, circle').length).toBeGreaterThan(5)
    }
  })

  test('has no id twice, and headers with a scope in every table', () => {
    const ids = [...page.querySelectorAll('[id]')].map(({ id }) => id)

    expect(new Set(ids).size).toBe(ids.length)
    expect(page.querySelectorAll('th:not([scope])')).toHaveLength(0)
    expect(page.querySelectorAll('table:not(:has(caption))')).toHaveLength(0)
    expect(page.documentElement.lang).toBe('en')
  })

  test('needs nothing beside itself, and runs nothing, whatever people are called', () => {
    const text = reportHtml(evidence)

    expect(page.querySelectorAll('script, img, link, iframe, object, [src], [href]')).toHaveLength(0)
    expect(
      [...page.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()).filter(isHandler),
    ).toEqual([])
    expect(text).not.toContain(HOSTILE.script)
    expect(text).not.toContain('\u202e')
    expect(textOf('body')).toContain(HOSTILE.script)
    expect(text).toMatch(/Content-Security-Policy" content="default-src 'none'/)
    expect(text).not.toMatch(/url\(|@import|https?:\/\/(?!www\.w3\.org|example\.com)/)
  })
})

test('an auditor’s five questions have their answers on one page: who left, when did we know, when were they out, who decided, is this all?', () => {
  const month = monthWith(63)
  const audited = documentOf(month)
  const rows = [...audited.querySelectorAll('table.nine tbody tr')].map((row) => {
    const cells = [...row.querySelectorAll('td')].map(
      (cell) => [cell.getAttribute('data-title'), cell.textContent] as const,
    )
    return { person: row.querySelector('th bdi')?.textContent, ...Object.fromEntries(cells) } as Record<
      string,
      string
    >
  })
  const made = audited.querySelector('[aria-labelledby="made"]')?.textContent
  const dated = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/

  expect(rows.map(({ person }) => person).toSorted()).toEqual(
    month.rows.map(({ username }) => username).toSorted(),
  )
  for (const { Received, Revoked, 'Requested by': requested, 'Decided by': decided = '' } of rows) {
    expect([Received, Revoked]).toEqual([expect.stringMatching(dated), expect.stringMatching(dated)])
    expect(requested).toMatch(/^workdaythrough okta/)
    expect(decided).toMatch(/^–$|^released \(privileged\) by arn:aws.*eve.*, request r-1$/)
  }
  expect(rows.filter((row) => row['Decided by'] !== '–')).toHaveLength(6)
  expect(audited.querySelector('.verdict')?.textContent).toBe(
    '63 of 63 removed within 4 h; 0 open; compared with Atlas: 1 of 1 organization, 0 differences.',
  )
  expect(made).toMatch(/63 from sources about people.*Cases shown63 of 63 departures/s)
})

describe('reportHtml()', () => {
  test('says that nothing happened', () => {
    const feeds = [emptyFeed(later(0), later(1))]
    const quiet = documentOf(evidenceOf([{ since: later(0), asOf: later(1), rows: [], feeds }], TARGET_MS))

    expect(quiet.querySelector('.verdict')?.textContent).toBe(
      'no cases; 0 open; compared with Atlas: 1 of 1 organization, 0 differences.',
    )
    expect(quiet.body.textContent).toContain('No case was received or closed in the period')
    expect(quiet.querySelectorAll('svg')).toHaveLength(0)
    expect(quiet.body.textContent).toContain('No differences')
    expect(quiet.querySelectorAll('table.cases')).toHaveLength(0)
  })

  test('never passes an organization that could not be read for one without differences', () => {
    const feeds = [{ kind: 'unreadable', orgId: ORG, code: 'HTTP_403' }] as const
    const page = { since: later(0), asOf: later(1), rows: [], feeds }

    expect(documentOf(evidenceOf([page], TARGET_MS)).querySelector('.warning')?.textContent).toContain(
      'Not compared',
    )
  })

  test('lists a removal that Atlas has no event of, one with our credential, and one of nobody named', () => {
    const rows = [rowOf(removedCase(DAY))]
    const event = { id: 'e-1', type: 'REMOVED_FROM_ORG', at: later(0), isOurs: true }
    const feed = { ...emptyFeed(later(-DAY), later(2 * DAY)), events: [event] } as const
    const shown = documentOf(
      evidenceOf([{ since: later(-DAY), asOf: later(2 * DAY), rows, feeds: [feed] }], TARGET_MS),
    )

    const text = shown.querySelector('[aria-labelledby="mismatches"]')?.textContent
    expect(text).toContain('Removed with our credential, and no case explains it')
    expect(text).toContain('The ledger says removed; Atlas has no event of it')
  })

  test('lets a long list of open cases flow over pages of paper', () => {
    const rows = Array.from({ length: 6 }, (_, index) => rowOf(openedCase({ id: `c-${index}` })))
    const shown = documentOf(evidenceOf([{ since: later(0), asOf: later(1), rows, feeds: [] }], TARGET_MS))

    expect(shown.querySelector('[aria-labelledby="open"]')?.className).toBe('')
  })

  test('shows everything that can be said of one case', () => {
    const kase = openedCase(
      {},
      { dryRun: true, reason: HOSTILE.reason, requestedBy: HOSTILE.attribute, effectiveAt: later(-9 * DAY) },
      { seenAgainAt: later(9), attempts: 2, outcomeAt: later(3) },
    )
    const row = { ...rowOf(kase), memberUsername: 'ada@old.example.com' }
    const late = { ...rowOf(openedCase({ id: 'c-2' })), timeToRevokeMs: 5_000, exposureMs: TARGET_MS + 1 }
    const found = { ...rowOf(openedCase({ id: 'c-3' })), foundByRoster: true } as const
    const rows = [row, late, found]
    const text = documentOf(evidenceOf([{ since: later(0), asOf: later(1), rows, feeds: [] }], TARGET_MS))
      .body.textContent

    for (const said of [
      'found as',
      'dry run',
      '2 attempts',
      'a member again',
      'time to revoke 5 s',
      'beyond target',
    ])
      expect(text).toContain(said)
    for (const said of [
      'out from 2026-11-16',
      '9 d',
      'found by a roster',
      '1 case of people found by a roster',
    ])
      expect(text).toContain(said)
    expect(text).toContain(HOSTILE.attribute)
  })

  test.each([1, 70, 5_000])(
    'of %d departures begins with the verdict, and ends with controls and a place to sign',
    (number) => {
      const rows = Array.from({ length: number }, (_, index) =>
        rowOf(removedCase(DAY, {}, { id: `c-${index}`, decisions: [APPROVED] })),
      )
      const text = reportHtml(
        evidenceOf([{ since: later(0), asOf: later(2 * DAY), rows, feeds: [] }], 2 * DAY),
      )

      expect(text).toContain(
        `>${number} of ${number} removed within 2 d; 0 open; compared with Atlas: 0 of 1 organization.<`,
      )
      expect(
        text.match(/data-title="Decided by"><div><ul><li><bdi>released \(privileged\) by arn:grace/g),
      ).toHaveLength(number)
      expect(text).toMatch(/id="closed".*NIST 800-53 AC-2\(3\).*>Made by<.*>Reviewed by<.*>Approved by</s)
      expect(text).not.toContain('class="long"')
    },
  )

  test('names who asked for a departure, and through which source', () => {
    const rows = [rowOf(openedCase({}, { requestedBy: 'workday' })), rowOf(openedCase({ id: 'c-2' }))]
    const shown = documentOf(evidenceOf([{ since: later(0), asOf: later(1), rows, feeds: [] }], TARGET_MS))
    const cells = [...shown.querySelectorAll('td[data-title="Requested by"]')]

    expect(cells.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^workdaythrough okta/),
      expect.stringMatching(/^not statedthrough okta/),
    ])
  })

  test('draws 10,000 cases in a second or two, one mark for those that lie on one another', () => {
    const at = (index: number) => later(index * 600_000)
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      ...rowOf(openedCase({ id: `c-${index}`, closedAt: at(index) })),
      effectiveAt: at(index),
      exposureMs: 1_000 + index,
    }))
    const text = reportHtml(evidenceOf([{ since: later(0), asOf: later(1), rows, feeds: [] }], TARGET_MS))

    expect(text.match(/<path/g)?.length ?? 0).toBeLessThan(4_000)
    expect(text.match(/<tr role="row"><th scope="row"/g)).toHaveLength(10_000)
  })
})

function isHandler(name: string): boolean {
  return name.startsWith('on')
}
