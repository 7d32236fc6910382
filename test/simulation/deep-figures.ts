import { createHash } from 'node:crypto'
import { glob, readFile, writeFile } from 'node:fs/promises'

/** What the last deep run came to, and of which core. */
export type DeepFigures = {
  /** Of the core's sources. */
  readonly digest: string
  readonly runs: number
  readonly pruned: number
  readonly failures: number
}

const CORE = ['lib/{words,core,senders,atlas,aws}/**/*.ts']
const FILE = new URL('./deep-figures.json', import.meta.url)

/** A digest of everything that the deep run proves something about. */
async function coreDigest(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of (await Array.fromAsync(glob(CORE))).toSorted())
    hash.update(`\n${file}\n`).update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

/** Keeps the figures of a deep run of the core as it is. */
export async function keepDeepFigures(figures: Omit<DeepFigures, 'digest'>): Promise<void> {
  await writeFile(FILE, `${JSON.stringify({ digest: await coreDigest(), ...figures }, undefined, 2)}\n`)
}

/** @returns `undefined` if there was no deep run since the core changed */
export async function deepFigures(): Promise<DeepFigures | undefined> {
  const kept: DeepFigures = JSON.parse(await readFile(FILE, 'utf8'))
  return kept.digest === (await coreDigest()) ? kept : undefined
}
