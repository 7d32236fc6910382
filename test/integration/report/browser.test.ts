import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Evidence, evidenceOf } from '../../../lib/evidence/evidence.ts'
import { reportHtml } from '../../../lib/evidence/report-html.ts'
import type { CaseRow } from '../../../lib/evidence/rows.ts'
import { eventfulEvidence, monthWith } from './eventful.ts'

const CHROMIUM = '/usr/bin/chromium'
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const isInstalled = existsSync(CHROMIUM)
if (!isInstalled) console.warn(`SKIPPED: the report in a browser, because ${CHROMIUM} is not installed`)

const HOUR = 3_600_000

/** What is wrong with how a page looks: something sticks out of it, or a label of a picture lies outside or under another one. */
const PROBLEMS = `(() => {
  const sticksOut = document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the screen'] : []
  const cut = [...document.querySelectorAll('tbody th, td, dd, p')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1).map((one) => 'cut: ' + one.textContent)
  const labels = [...document.querySelectorAll('svg')].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
    const frame = svg.getBoundingClientRect()
    const boxes = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim() !== '')
      .map((text) => ({ said: text.textContent, box: text.getBoundingClientRect() }))
    const outside = boxes.filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
      .map(({ said }) => 'outside: ' + said)
    const under = boxes.flatMap(({ said, box }, index) => boxes.slice(index + 1)
      .filter(({ box: other }) => box.left < other.right - 1 && other.left < box.right - 1 && box.top < other.bottom - 1 && other.top < box.bottom - 1)
      .map((other) => said + ' over ' + other.said))
    return [...outside, ...under]
  })
  return [...sticksOut, ...cut, ...labels]
})()`

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] }

describe.skipIf(!isInstalled)('the report in Chromium', () => {
  let folder: string
  let browser: Browser
  const opened: Page[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'))
    await writeFile(join(folder, 'report.html'), reportHtml(eventfulEvidence()))
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** `bypassCSP` lets the test put its own script in; without it nothing could. */
  async function open(width: number, bypassCSP = false) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, bypassCSP })
    const said: string[] = []
    page.on('pageerror', ({ message }) => said.push(message))
    page.on('console', (message) => said.push(message.text()))
    page.on('request', (request) => said.push(request.url()))
    await page.goto(pathToFileURL(join(folder, 'report.html')).href)
    opened.push(page)
    return { page, said: said.filter((text) => !text.endsWith('/report.html')) }
  }

  test.each([
    ['a desk', 1280],
    ['a phone', 360],
  ])('is accessible at %s: axe finds nothing', async (_, width) => {
    const { page } = await open(width, true)
    await page.addScriptTag({ path: AXE })

    const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[]

    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  })

  test.each([
    ['a desk', 1280, 860],
    ['a tablet', 800, 860],
    ['a phone', 360, 360],
  ])('fits %s without scrolling sideways, with a picture that is meant for it', async (_, width, drawn) => {
    const { page } = await open(width)

    const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    const widths = await page.evaluate(
      '[...document.querySelectorAll("svg")].filter((svg) => svg.checkVisibility()).map((svg) => svg.viewBox.baseVal.width)',
    )

    expect(beyond).toBe(0)
    expect(widths).toEqual([drawn, drawn])
  })

  test('asks for nothing, runs nothing and says nothing, though people are called like scripts', async () => {
    const { page, said } = await open(1280)

    expect(said).toEqual([])
    expect(await page.title()).toMatch(/^Atlas offboarding evidence/)
  })

  test('reads the same without scripts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(pathToFileURL(join(folder, 'report.html')).href)

    expect(await page.locator('svg').first().isVisible()).toBe(true)
    expect(await page.locator('table.nine tbody tr').count()).toBe(43)
    await context.close()
  })

  test.each([0, 1, 2, 3])('prints a month without an incident on one page: %i departures', async (number) => {
    expect(await pagesOn(await load(monthWith(number)))).toBe(1)
  })

  test('prints everything of a month in which somebody is late, on as many pages as that takes', async () => {
    const [row] = monthWith(1).rows
    const late = { ...row, exposureMs: 9 * HOUR, timeToRevokeMs: 9 * HOUR } as CaseRow
    const { since, asOf } = monthWith(1)

    const evidence = evidenceOf([{ since, asOf, rows: [late], feeds: [] }], 4 * HOUR)

    expect(await pagesOn(await load(evidence))).toBeGreaterThan(1)
  })

  // A phone shows each row by itself; 5,000 of them there take half a minute and nothing that 70 do not show.
  test.each([
    [0, [1280, 360]],
    [1, [1280, 360]],
    [70, [1280, 360]],
    [5_000, [1280]],
  ])(
    'of %i departures shows each of them on %j px, cuts nothing, and no label covers another',
    async (number, widths) => {
      const page = await load(monthWith(number))
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 })
        expect(await page.evaluate(PROBLEMS)).toEqual([])
      }

      expect(await page.locator('table.nine tbody tr').count()).toBe(number)
    },
    120_000,
  )

  // 5,000 take 560 pages, and over a minute.
  test('prints six departures a page, beside what is the same in every report', async () => {
    expect(await pagesOn(await load(monthWith(70)))).toBeLessThanOrEqual(12)
  })

  async function load(evidence: Evidence): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    opened.push(page)
    const file = join(folder, `${opened.length}.html`)
    await writeFile(file, reportHtml(evidence))
    await page.goto(pathToFileURL(file).href, { timeout: 120_000 })
    return page
  }

  async function pagesOn(page: Page): Promise<number> {
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    return [...pdf.matchAll(/\/MediaBox/g)].length
  }

  test('prints on A4, landscape, in as many pages as it needs', async () => {
    const { page } = await open(1280)

    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')

    const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)]
    expect(boxes.length).toBeGreaterThan(3)
    expect(boxes.every(([, width, height]) => Number(width) > 840 && Number(height) < 600)).toBe(true)
  })
})
