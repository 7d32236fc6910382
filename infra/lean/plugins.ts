import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

const BUILTIN = new Set(builtinModules.filter((name) => !name.startsWith('_')))

/**
 * Takes Node's own modules from `process.getBuiltinModule`. Imported as an ES module, `node:http` loads all that it exports, the
 * rarely used parts included (27 ms on Node 24, against 5); and packages written as CommonJS need no `require` then.
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path }) => {
      const name = path.replace(/^node:/, '')
      return path !== name || BUILTIN.has(name) ? { path: `node:${name}`, namespace: 'builtin' } : undefined
    })
    onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }))
  },
}

/** Puts the environment's credentials in place of the default chain. For Lambda only: a person has profiles and SSO. */
export const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: neighbor('credential-provider-node.js'),
    })),
}

/**
 * Bundles only the HTTP/1.1 client of undici. What is left out throws when it is reached: form data as a body, HTTP/2 (we set
 * `allowH2: false`), and the parser for processors without SIMD.
 */
export const leanUndici: Plugin = {
  name: 'lean-undici',
  setup({ onResolve, onLoad, initialOptions }) {
    // undici's own switch, made for the copy inside Node: leaves out its second, experimental parser.
    initialOptions.define = { ...initialOptions.define, esbuildDetection: 'true' }
    onResolve({ filter: /^undici$/ }, () => ({ path: neighbor('undici.js') }))
    onLoad(
      { filter: /undici\/lib\/(web\/.+|llhttp\/llhttp-wasm|dispatcher\/client-h2)\.js$/ },
      ({ path }) => ({
        contents: `module.exports = () => { throw new Error('Cannot use "${nameIn(path)}": left out of the bundle') }`,
      }),
    )
  },
}

function neighbor(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('undici/lib/'))
}
