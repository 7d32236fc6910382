import { parse } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { builtins, environmentCredentials, leanUndici } from './lean/plugins.ts'

export type Bundle = {
  /** The source file that is started. */
  readonly entry: string
  /** The file, an ES module, that everything it needs goes into. */
  readonly file: string
}

/** Bundles a Lambda function. @returns the files that went into it */
export function bundleFunction({ entry, file }: Bundle): Promise<readonly string[]> {
  const plugins = [builtins, environmentCredentials, leanUndici]
  return bundleWith(plugins, { entryPoints: [entry], outfile: file })
}

/** Bundles a command for a terminal. What it imports on demand becomes a file beside it. @returns the files that went into it */
export function bundleCommand({ entry, file }: Bundle): Promise<readonly string[]> {
  const { dir, name, ext } = parse(file)
  return bundleWith([builtins, leanUndici], {
    entryPoints: { [name]: entry },
    outdir: dir,
    outExtension: { '.js': ext },
    splitting: true,
    banner: { js: '#!/usr/bin/env node' },
  })
}

/** The same sources give the same bytes, wherever they lie: no source map, no paths. */
async function bundleWith(plugins: Plugin[], more: BuildOptions) {
  const { metafile } = await build({
    ...more,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The AWS SDK and Powertools are tree-shaken only as ES modules.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    // A linked node_modules is named like one in place.
    preserveSymlinks: true,
    plugins,
  })
  // A file of which tree-shaking left nothing is an input, but in no bundle.
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0),
  )
}
