import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { costOf, costTable } from '../../../infra/cost.ts'
import { packagedTemplate } from './packaged-template.ts'

const template = await packagedTemplate()

test('the table of costs in the guide is the one that the template and the price list give', async () => {
  expect(await readFile('infra/README.md', 'utf8')).toContain(`\n${costTable(template)}\n`)
})

test('one organization with events, topic and SCIM costs no more than 8 dollars a month', () => {
  const common = costOf(template).filter(({ part }) => ['base', 'bus', 'http', 'canary'].includes(part))

  expect(common.reduce((sum, { dollars }) => sum + dollars, 0)).toBeLessThanOrEqual(8)
})
