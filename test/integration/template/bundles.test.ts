import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { build } from '../../../infra/build.ts'
import { zipFunctions } from '../../../infra/package.ts'

const folder = await mkdtemp(join(tmpdir(), 'bundles-'))
afterAll(() => rm(folder, { recursive: true }))

const [first, second] = await Promise.all(['first', 'second'].map(buildInto))
const built = first ?? []
const names = built.map(({ name }) => name)

async function buildInto(time: string) {
  const out = join(folder, time)
  const bundles = await build({ functions: 'functions', out })
  await zipFunctions(bundles, out)
  return bundles
}

const zipped = names.filter((name) => name !== 'cli')

test('build() bundles every function', () => {
  expect(names).toEqual(expect.arrayContaining(['departures', 'operator', 'operator-read', 'sweep']))
})

test.each(built)('build() keeps $name within 1 MB', ({ bytes }) => {
  expect(bytes).toBeLessThanOrEqual(1_000_000)
})

test.each(names)('build() gives the same bytes twice: %s', async (name) => {
  const files = [first, second].map((bundles) => bundles?.find((one) => one.name === name)?.file ?? '')

  const [one, other] = await Promise.all(files.map((file) => readFile(file)))

  expect(one?.equals(other ?? Buffer.of())).toBe(true)
})

test.each(zipped)('zipFunctions() gives the same bytes twice: %s', async (name) => {
  const files = ['first', 'second'].map((time) => join(folder, time, `${name}.zip`))

  const [one, other] = await Promise.all(files.map((file) => readFile(file)))

  expect(one?.equals(other ?? Buffer.of())).toBe(true)
})

test.each(built)('build() puts only the product into $name', ({ inputs }) => {
  const ours = inputs.filter((input) => !/^(node_modules\/|builtin:)/.test(input))

  expect(ours.filter((input) => !/^(functions|lib|infra\/lean)\//.test(input))).toEqual([])
})

test.each(built)('build() leaves no path of this machine in $name', async ({ file }) => {
  const text = await readFile(file, 'utf8')

  const paths = [process.cwd(), folder, 'node_modules/', 'infra/local', 'sourceMappingURL', 'file:///']

  expect(paths.filter((path) => text.includes(path))).toEqual([])
})

test.each(zipped)('a bundle starts by itself, as far as its configuration: %s', async (name) => {
  const file = pathToFileURL(join(folder, 'first', name, `${name}.mjs`))
  const code = `await import(${JSON.stringify(file)}).catch((error) => console.log(error.message))`

  const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: {},
  })

  expect(said).toContain(`Cannot read the environment of "${name}": `)
})
