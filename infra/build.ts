/** `npm run build`: one bundle per file in `functions/`, as `dist/<name>/<name>.mjs`. */
import { chmod, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleCommand, bundleFunction } from './bundle.ts'

export type Built = {
  readonly name: string
  readonly file: string
  /** `file`, and the chunks that it loads only when they are needed. */
  readonly files: readonly string[]
  readonly bytes: number
  /** The source files that went into it. */
  readonly inputs: readonly string[]
}

type Folders = { readonly functions: string; readonly out: string }

/** Bundles every function and the command `cli`, in the order of their names. */
export async function build({ functions, out }: Folders): Promise<readonly Built[]> {
  const sources = (await readdir(functions)).filter((file) => file.endsWith('.ts')).sort()
  return Promise.all(sources.map((source) => buildOne(join(functions, source), out)))
}

async function buildOne(entry: string, out: string): Promise<Built> {
  const name = basename(entry, '.ts')
  const file = join(out, name, `${name}.mjs`)
  await rm(join(out, name), { recursive: true, force: true })
  const inputs = await (name === 'cli' ? bundleCommand({ entry, file }) : bundleFunction({ entry, file }))
  if (name === 'cli') await chmod(file, 0o755)
  const files = (await readdir(dirname(file))).sort().map((one) => join(dirname(file), one))
  return { name, file, files, bytes: (await stat(file)).size, inputs }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      functions: { type: 'string', default: 'functions' },
      out: { type: 'string', default: 'dist' },
    },
  })
  for (const { file, bytes } of await build(values)) console.log(`${file}  ${(bytes / 1000).toFixed(0)} kB`)
}
