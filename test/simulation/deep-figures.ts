import { createHash } from 'node:crypto'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { transform } from 'esbuild'

/** What a deep run came to, or a share of it. */
export type DeepFigures = { readonly runs: number; readonly pruned: number; readonly failures: number }

/** One of so many equal parts of the deep run, counted from 1. */
export type Share = { readonly which: number; readonly of: number }

/** What the shares of the last deep run came to, and of which core. */
type Kept = {
  /** Of the core's sources. */
  readonly digest: string
  readonly of: number
  /** The figures of those that were played, by `which`. */
  readonly shares: Readonly<Record<string, DeepFigures>>
}

const CORE = ['lib/{words,core,senders,atlas,aws}/**/*.ts']
const FILE = new URL('./deep-figures.json', import.meta.url)

/** Reads `3/20`. @throws if it names no share */
export function shareIn(text: string): Share {
  const [which = 0, of = 0] = (/^([1-9]\d*)\/([1-9]\d*)$/.exec(text)?.slice(1) ?? []).map(Number)
  if (which < 1 || which > of) throw new Error(`Cannot play share "${text}": expected one such as 3/20`)
  return { which, of }
}

/** Adds a share to those of the same core and the same division; any others are void. */
export function withShare(kept: Kept, digest: string, { which, of }: Share, figures: DeepFigures): Kept {
  const shares = kept.digest === digest && kept.of === of ? kept.shares : {}
  return { digest, of, shares: { ...shares, [which]: figures } }
}

/** Adds up the shares. @returns `undefined` if one is missing, or was played with another core */
export function wholeOf(kept: Kept, digest: string): DeepFigures | undefined {
  const shares = Object.values(kept.shares)
  if (kept.digest !== digest || shares.length < kept.of) return undefined
  const sum = (of: keyof DeepFigures) => shares.reduce((total, one) => total + one[of], 0)
  return { runs: sum('runs'), pruned: sum('pruned'), failures: sum('failures') }
}

/** A digest of everything that the deep run proves something about: of what the sources do, not of comments, types and line breaks. */
async function coreDigest(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of (await Array.fromAsync(glob(CORE))).toSorted()) {
    const { code } = await transform(await readFile(file, 'utf8'), { loader: 'ts', minify: true })
    hash.update(`\n${file}\n`).update(code)
  }
  return hash.digest('hex').slice(0, 16)
}

async function keptFigures(): Promise<Kept> {
  return JSON.parse(await readFile(FILE, 'utf8'))
}

/** Keeps the figures of a share of the deep run of the core as it is. */
export async function keepDeepFigures(share: Share, figures: DeepFigures): Promise<void> {
  const kept = withShare(await keptFigures(), await coreDigest(), share, figures)
  await writeFile(FILE, `${JSON.stringify(kept, undefined, 2)}\n`)
}

/** @returns `undefined` if not all of the deep run was played since the core changed */
export async function deepFigures(): Promise<DeepFigures | undefined> {
  return wholeOf(await keptFigures(), await coreDigest())
}
