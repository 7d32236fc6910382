import { afterAll, expect, test } from 'vitest'
import { checkTemplate } from '../../../infra/check/check-template.ts'
import type { Template } from '../../../infra/check/template.ts'
import { validateTemplate } from '../../../infra/check/validate-template.ts'
import { DEFECTS } from './defects.ts'
import { grants } from './grants.ts'
import { packagedTemplate } from './packaged-template.ts'
import { reviewable } from './reviewable.ts'

const template = await packagedTemplate()
const granted = grants(template)

// The validator compiles itself first, for seconds of processor time.
test('the packaged template passes the CloudFormation validator', { timeout: 120_000 }, () => {
  expect(validateTemplate(template)).toEqual([])
})

test('checkTemplate() finds no mistake in the packaged template', () => {
  expect(checkTemplate(template)).toEqual([])
})

/** Read the difference in review: this file is what CloudFormation deploys. */
test('the packaged template is the one that was reviewed', async () => {
  await expect(reviewable(template)).toMatchFileSnapshot('packaged-template.txt')
})

/** Who catches a defect: an invariant, the policies as they are then judged, or the validator. */
function catcherOf(spoilt: Template): string | undefined {
  if (checkTemplate(spoilt).length > 0) return 'invariant'
  if (grantsOf(spoilt) !== granted) return 'policies'
  return validateTemplate(spoilt).length > 0 ? 'validator' : undefined
}

/** A policy that cannot be resolved or judged is no policy that was reviewed. */
function grantsOf(spoilt: Template): string {
  try {
    return grants(spoilt)
  } catch (error) {
    return String(error)
  }
}

const caught: Record<string, number> = {}
afterAll(() => console.log(`${DEFECTS.length} planted template defects, caught by:`, caught))

test.each(DEFECTS)('a template is refused with this defect: $name', ({ plant }) => {
  const spoilt = plant(template)

  const catcher = catcherOf(spoilt)

  expect(spoilt).not.toEqual(template)
  expect(catcher).toBeDefined()
  caught[`${catcher}`] = (caught[`${catcher}`] ?? 0) + 1
})
