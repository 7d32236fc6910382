import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportHtml } from '../../../lib/evidence/report-html.ts'
import { eventfulEvidence, monthWithout } from './eventful.ts'

const CHROMIUM = '/usr/bin/chromium'
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const isInstalled = existsSync(CHROMIUM)
if (!isInstalled) console.warn(`SKIPPED: the report in a browser, because ${CHROMIUM} is not installed`)

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

  test('prints a month without a departure on one page', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.setContent(reportHtml(monthWithout()))

    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')

    expect([...pdf.matchAll(/\/MediaBox/g)]).toHaveLength(1)
    await context.close()
  })

  test('prints on A4, landscape, in as many pages as it needs', async () => {
    const { page } = await open(1280)

    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')

    const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)]
    expect(boxes.length).toBeGreaterThan(3)
    expect(boxes.every(([, width, height]) => Number(width) > 840 && Number(height) < 600)).toBe(true)
  })
})
