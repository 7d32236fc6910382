import { writeFileSync } from 'node:fs'
import { test } from 'vitest'
import { validateTemplate } from '../../../infra/check/validate-template.ts'
import { packagedTemplate } from './packaged-template.ts'
test('x', async () => {
  const t = await packagedTemplate()
  writeFileSync('/tmp/template.json', JSON.stringify(t, null, 1))
  console.log(validateTemplate(t))
}, 60000)
