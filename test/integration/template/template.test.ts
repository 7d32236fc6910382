import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkTemplate } from '../../../infra/check/check-template.ts'
import type { Template } from '../../../infra/check/template.ts'
import { validateTemplate } from '../../../infra/check/validate-template.ts'
import { packageStack } from '../../../infra/package.ts'
import { DEFECTS } from './defects.ts'

const folder = await mkdtemp(join(tmpdir(), 'template-'))
afterAll(() => rm(folder, { recursive: true }))

const packaged = await packageStack({
  functions: 'functions',
  out: join(folder, 'dist'),
  templates: join(folder, 'templates'),
})
const template: Template = JSON.parse(await readFile(packaged.template, 'utf8'))

test('the packaged template passes the CloudFormation validator', () => {
  expect(validateTemplate(template)).toEqual([])
})

test('checkTemplate() finds no mistake in the packaged template', () => {
  expect(checkTemplate(template)).toEqual([])
})

test.each(DEFECTS)('a template is refused with this defect: $name', ({ plant }) => {
  const spoilt = plant(template)
  const mistakes = checkTemplate(spoilt)

  expect(spoilt).not.toEqual(template)
  expect(mistakes.length > 0 ? mistakes : validateTemplate(spoilt)).not.toEqual([])
})
