import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll } from 'vitest'
import type { Template } from '../../../infra/check/template.ts'
import { writeTemplates } from '../../../infra/package.ts'
import { zip } from '../../../infra/zip.ts'

/**
 * The template as `npm run package` makes it, around empty zips: nothing in it depends on what is in them.
 *
 * @param parameters - `name=value`
 */
export async function packagedTemplate(...parameters: readonly string[]): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), 'template-'))
  afterAll(() => rm(folder, { recursive: true }))
  const artifacts = join(folder, 'dist')
  await mkdir(artifacts)
  const names = (await readdir('functions')).map((file) => basename(file, '.ts'))
  await Promise.all(names.map((name) => writeFile(join(artifacts, `${name}.zip`), zip([]))))

  const templates = join(folder, 'templates')
  await writeTemplates(artifacts, templates, parameters)
  return JSON.parse(await readFile(join(templates, 'cloudformation-template-update-stack.json'), 'utf8'))
}
