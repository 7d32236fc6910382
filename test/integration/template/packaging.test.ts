import { expect, test } from 'vitest'
import { packagedTemplate } from './packaged-template.ts'

test('two packagings at once do not take each other’s files away', async () => {
  const [one, other] = await Promise.all([packagedTemplate(), packagedTemplate()])

  expect(Object.keys(one.Resources)).toEqual(Object.keys(other.Resources))
})
