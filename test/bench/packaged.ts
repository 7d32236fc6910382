import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as esbuild } from 'esbuild'
import { build } from '../../infra/build.ts'
import type { FunctionSpec } from '../../infra/local/lambda/sandbox-process.ts'

export const FUNCTIONS = ['departures', 'sweep', 'operator', 'operator-read', 'http', 'roster'] as const

export type Code = { readonly dir: string; readonly handler: string; readonly bytes: number }

/** What the departures function is compared with, by its source. */
const REFERENCES = { bare: 'baseline/lazy.ts', 'equal-work': 'baseline/equal-work.ts' } as const

let bundled: Promise<ReadonlyMap<string, Code>> | undefined

/** Bundles every function as it is deployed, and the references as anybody would; once, into a folder of their own. */
export function packaged(): Promise<ReadonlyMap<string, Code>> {
  bundled ??= bundleAll()
  return bundled
}

async function bundleAll(): Promise<ReadonlyMap<string, Code>> {
  const out = await mkdtemp(join(tmpdir(), 'atlas-offboarding-bench-'))
  process.on('exit', () => rmSync(out, { recursive: true, force: true }))
  const built = await build({ functions: path('../../functions'), out })
  const functions = built.map(
    ({ name, bytes }) => [name, { dir: join(out, name), handler: `${name}.handler`, bytes }] as const,
  )
  const references = await Promise.all(
    Object.entries(REFERENCES).map(
      async ([name, source]) => [name, await bundleReference(name, source, join(out, name))] as const,
    ),
  )
  return new Map([...functions, ...references])
}

/** esbuild's own defaults for Node, minified: CommonJS, which starts faster here than an ES module of the same. */
async function bundleReference(name: string, source: string, dir: string): Promise<Code> {
  const { outputFiles } = await esbuild({
    entryPoints: [path(source)],
    outfile: join(dir, `${name}.cjs`),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    alias: { '@aws-sdk/util-dynamodb': path('baseline/util-dynamodb.ts') },
    logLevel: 'warning',
    metafile: true,
  }).then(({ metafile }) => ({ outputFiles: Object.values(metafile.outputs) }))
  return { dir, handler: `${name}.handler`, bytes: outputFiles[0]?.bytes ?? 0 }
}

/** What Lambda is told of a function, as in serverless.yml. */
export async function specOf(
  name: string,
  env: Readonly<Record<string, string>>,
  memoryMb: number,
): Promise<FunctionSpec> {
  const code = (await packaged()).get(name)
  if (!code) throw new Error(`Cannot find the bundle of "${name}"`)
  return {
    name,
    codeDir: code.dir,
    handler: code.handler,
    env: { ...env, NODE_OPTIONS: heapOptions(memoryMb) },
    timeoutSeconds: 60,
    memoryMb,
  }
}

/** As Lambda's own start script divides the memory; by itself Node would take this machine's for its own. */
function heapOptions(memoryMb: number): string {
  const semiSpaceMb = Math.floor(memoryMb / 20)
  const oldSpaceMb = memoryMb - Math.floor(memoryMb / 10)
  return `--max-semi-space-size=${semiSpaceMb} --max-old-space-size=${oldSpaceMb}`
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}
