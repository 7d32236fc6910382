import { build, type Plugin } from 'esbuild'
import { builtins, environmentCredentials, leanUndici } from './lean/plugins.ts'

export type Bundle = {
  /** The source file that is started. */
  readonly entry: string
  /** The one file, an ES module, that everything it needs goes into. */
  readonly file: string
}

/** Bundles a Lambda function. @returns the files that went into it */
export function bundleFunction(bundle: Bundle): Promise<readonly string[]> {
  return bundleWith([builtins, environmentCredentials, leanUndici], bundle)
}

/** Bundles a command for a terminal. @returns the files that went into it */
export function bundleCommand(bundle: Bundle): Promise<readonly string[]> {
  return bundleWith([builtins, leanUndici], bundle, '#!/usr/bin/env node')
}

/** The same sources give the same bytes, wherever they lie: no source map, no paths. */
async function bundleWith(plugins: Plugin[], { entry, file }: Bundle, firstLine = '') {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: file,
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
    banner: { js: firstLine },
    plugins,
  })
  // What tree-shaking left nothing of is an input, and in no bundle.
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((input) => (inputs[input]?.bytesInOutput ?? 0) > 0),
  )
}
