import { createHash } from 'node:crypto'
import { glob, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Template } from '../../../infra/check/template.ts'
import { writeTemplates } from '../../../infra/package.ts'
import { zip } from '../../../infra/zip.ts'

/** Everything that the template is made of, and what makes it. */
const SOURCES = [
  'serverless.yml',
  'infra/*.{yml,js,ts}',
  'lib/config.ts',
  'functions/*.ts',
  'package-lock.json',
]

/**
 * The template as `npm run package` makes it, around empty zips: nothing in it depends on what is in them. Packaging takes seconds, so the
 * same sources with the same parameters are packaged once, whichever test asks.
 *
 * @param parameters - `name=value`
 */
export async function packagedTemplate(...parameters: readonly string[]): Promise<Template> {
  const known = join(tmpdir(), `packaged-template-${await digestOf(parameters)}.json`)
  const kept = await readFile(known, 'utf8').catch(() => undefined)
  if (kept !== undefined) return JSON.parse(kept)
  const template = await packaged(parameters)
  const written = `${known}.${process.pid}-${Math.random()}`
  await writeFile(written, template)
  await rename(written, known)
  return JSON.parse(template)
}

/** Packages now, whatever is kept. */
export async function packaged(parameters: readonly string[] = []): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'template-'))
  try {
    const artifacts = join(folder, 'dist')
    await mkdir(artifacts)
    const names = (await readdir('functions')).map((file) => basename(file, '.ts'))
    await Promise.all(names.map((name) => writeFile(join(artifacts, `${name}.zip`), zip([]))))
    const templates = join(folder, 'templates')
    await writeTemplates(artifacts, templates, parameters)
    return await readFile(join(templates, 'cloudformation-template-update-stack.json'), 'utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function digestOf(parameters: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(parameters))
  const files = (await Array.fromAsync(glob(SOURCES))).toSorted()
  for (const file of files) hash.update(`\n${file}\n`).update(await readFile(file))
  return hash.digest('hex').slice(0, 32)
}
