import { afterAll, expect, test } from 'vitest'
import { checkTemplate } from '../../../infra/check/check-template.ts'
import { validateTemplate } from '../../../infra/check/validate-template.ts'
import { DEFECTS } from './defects.ts'
import { packagedTemplate } from './packaged-template.ts'

const template = await packagedTemplate()

test('the packaged template passes the CloudFormation validator', () => {
  expect(validateTemplate(template)).toEqual([])
})

test('checkTemplate() finds no mistake in the packaged template', () => {
  expect(checkTemplate(template)).toEqual([])
})

let caught = 0
afterAll(() => console.log(`${caught}/${DEFECTS.length} planted template defects caught`))

test.each(DEFECTS)('a template is refused with this defect: $name', ({ plant }) => {
  const spoilt = plant(template)
  const mistakes = checkTemplate(spoilt)

  expect(spoilt).not.toEqual(template)
  expect(mistakes.length > 0 ? mistakes : validateTemplate(spoilt)).not.toEqual([])
  caught += 1
})
