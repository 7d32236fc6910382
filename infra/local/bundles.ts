import { glob, mkdir, mkdtemp, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SCHEMAS } from '../../lib/config.ts'
import { build } from '../build.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DIST = join(ROOT, 'dist')
const SOURCES = ['functions/**/*.ts', 'lib/**/*.ts', 'infra/*.ts', 'infra/lean/*', 'package-lock.json']

/** Makes sure that `dist` holds the functions as the sources are now. @returns the folder */
export async function freshBundles(): Promise<string> {
  const bundles = Object.keys(SCHEMAS).map((name) => join(DIST, name, `${name}.mjs`))
  const [newestSource, oldestBundle] = await Promise.all([newest(SOURCES), oldest(bundles)])
  if (newestSource > oldestBundle) await rebuild()
  return DIST
}

/** Puts each bundle in its place at once: another stack may be starting from the same folder. */
async function rebuild() {
  const begun = new Date()
  await mkdir(DIST, { recursive: true })
  const out = await mkdtemp(join(DIST, '.building-'))
  try {
    for (const { name, file, files } of await build({ functions: join(ROOT, 'functions'), out })) {
      await mkdir(join(DIST, name), { recursive: true })
      // A source that changes while we build is newer than what we built.
      await utimes(file, begun, begun)
      const parts = files.filter((part) => part !== file)
      for (const part of [...parts, file]) await rename(part, join(DIST, name, basename(part)))
    }
  } finally {
    await rm(out, { recursive: true })
  }
}

async function newest(patterns: readonly string[]): Promise<number> {
  const files = await Array.fromAsync(glob(patterns, { cwd: ROOT }))
  return Math.max(...(await Promise.all(files.map((file) => changedAt(join(ROOT, file))))))
}

async function oldest(files: readonly string[]): Promise<number> {
  return Math.min(...(await Promise.all(files.map(changedAt))))
}

/** A file that is not there is older than any. */
async function changedAt(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0
}
