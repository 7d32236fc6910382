import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const SOURCES = globSync('{lib,functions}/**/*.ts', { cwd: ROOT }).map((file) => file.replaceAll('\\', '/'))
const ADAPTERS = ['atlas', 'audit', 'ledger', 'queue', 'secrets']

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** What a file imports, as paths from the root; packages by their name. */
function importsOf(file: string): readonly string[] {
  const specifiers = [...textOf(file).matchAll(/(?:from|import) '([^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  )
  return specifiers.map((specifier) =>
    specifier.startsWith('.')
      ? relative(ROOT, join(ROOT, dirname(file), specifier)).replaceAll('\\', '/')
      : specifier,
  )
}

function offenders(
  files: readonly string[],
  isForbidden: (imported: string, file: string) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => isForbidden(imported, file))
      .map((imported) => `${file} imports ${imported}`),
  )
}

const inFolder = (folder: string) => SOURCES.filter((file) => file.startsWith(folder))
const adapterOf = (path: string) => ADAPTERS.find((adapter) => path.startsWith(`lib/${adapter}/`))

describe('imports', () => {
  test('there is something to check', () => {
    expect(SOURCES.length).toBeGreaterThan(50)
    expect(importsOf('functions/departures.ts')).toContain('lib/wire.ts')
  })

  test('lib knows neither functions nor infra nor test', () => {
    expect(offenders(inFolder('lib/'), (imported) => /^(functions|infra|test)\//.test(imported))).toEqual([])
  })

  test('the domain is pure: itself and node:crypto', () => {
    const isForeign = (imported: string) => !imported.startsWith('lib/domain/') && imported !== 'node:crypto'

    expect(offenders(inFolder('lib/domain/'), isForeign)).toEqual([])
  })

  test('ports name only the domain', () => {
    expect(offenders(['lib/core/ports.ts'], (imported) => !imported.startsWith('lib/domain/'))).toEqual([])
  })

  test('adapters do not know each other', () => {
    const isOther = (imported: string, file: string) => {
      const [from, to] = [adapterOf(file), adapterOf(imported)]
      return from !== undefined && to !== undefined && from !== to
    }

    expect(offenders(SOURCES, isOther)).toEqual([])
  })

  test('only wire.ts names adapters and the AWS SDK; the CLI has its one call', () => {
    const outside = SOURCES.filter(
      (file) => adapterOf(file) === undefined && !['lib/wire.ts', 'lib/cli/invoke.ts'].includes(file),
    )

    expect(
      offenders(outside, (imported) => adapterOf(imported) !== undefined || imported.startsWith('@aws-sdk/')),
    ).toEqual([])
  })

  test('functions are wiring: they import wire, a use case and middleware', () => {
    const allowed = /^(lib\/|@middy\/core$|@aws-lambda-powertools\/|aws-lambda$)/
    const lambdas = inFolder('functions/').filter((file) => file !== 'functions/cli.ts')

    expect(offenders(lambdas, (imported) => !allowed.test(imported))).toEqual([])
  })
})

describe('effects', () => {
  test('time, chance and the environment are arguments everywhere but in wire.ts and functions', () => {
    const effect = /Date\.now\(|new Date\(\)|Math\.random|process\.env|setTimeout\(|setInterval\(/
    const found = inFolder('lib/').filter((file) => file !== 'lib/wire.ts' && effect.test(textOf(file)))

    expect(found).toEqual([])
  })

  test('only atlas/interpret-status knows Atlas’s error codes, and the stand-in that gives one', () => {
    const codes =
      /USER_NOT_FOUND|USER_NOT_IN_ORG|CANNOT_DELETE_LAST_ADMIN|WRITES_NOT_ALLOWED_DURING_APP_UPGRADES/
    const found = inFolder('lib/').filter((file) =>
      codes.test(textOf(file).replace(/\/\*\*[\s\S]*?\*\//g, '')),
    )

    expect(found.toSorted()).toEqual(['lib/atlas/interpret-status.ts', 'lib/atlas/rehearsal-transport.ts'])
  })
})
