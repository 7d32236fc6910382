import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { type Built, build } from '../../../infra/build.ts'
import { writeMaterials, zipFunctions } from '../../../infra/package.ts'

const folder = await mkdtemp(join(tmpdir(), 'bundles-'))
afterAll(() => rm(folder, { recursive: true }))

const [first, second] = await Promise.all(['first', 'second'].map(buildInto))
const built = first ?? []
const names = built.map(({ name }) => name)

async function buildInto(time: string) {
  const out = join(folder, time)
  const bundles = await build({ functions: 'functions', out })
  await zipFunctions(bundles, out)
  await writeMaterials(bundles, out)
  return bundles
}

const zipped = names.filter((name) => name !== 'cli')

test('build() bundles every function', () => {
  expect(names).toEqual(expect.arrayContaining(['departures', 'operator', 'operator-read', 'sweep']))
})

const functions = built.filter(({ name }) => name !== 'cli')

// A leaver waits for the cold start of one function alone.
test.each(functions)('build() keeps $name small', ({ name, bytes }) => {
  expect(bytes).toBeLessThanOrEqual(name === 'departures' ? 700_000 : 740_000)
})

test.each(functions)('build() leaves what only a terminal needs out of $name', ({ name, inputs }) => {
  // Which rosters are expected, and how they stand, others know too; what they hold is read by one function alone.
  const elsewhere =
    /^(lib\/people\/(?!roster-(summary|settings))|lib\/cli\/(argv|help|invoke|run|terminal)|lib\/evidence\/(report-html|csv)\.ts|lib\/acts\/.*\/(command|show)|infra\/local\/)/

  const isAllowed = (input: string) => name === 'roster' && input.startsWith('lib/people/')

  expect(inputs.filter((input) => elsewhere.test(input) && !isAllowed(input))).toEqual([])
})

test.each(names)('build() gives the same bytes twice: %s', async (name) => {
  const bundles = [first, second].map((bundles) => bundles?.find((one) => one.name === name))

  const [one, other] = await Promise.all(bundles.map((bundle) => textOf(bundle)))

  expect(one).toBe(other)
  expect(one).not.toBe('')
})

/** Every byte of a bundle. */
async function textOf({ files }: Pick<Built, 'files'> = { files: [] }): Promise<string> {
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n')
}

test.each(zipped)('zipFunctions() gives the same bytes twice: %s', async (name) => {
  const files = ['first', 'second'].map((time) => join(folder, time, `${name}.zip`))

  const [one, other] = await Promise.all(files.map((file) => readFile(file)))

  expect(one?.equals(other ?? Buffer.of())).toBe(true)
})

test.each(built)('build() puts only the product into $name', ({ inputs }) => {
  const ours = inputs.filter((input) => !/^(node_modules\/|builtin:)/.test(input))

  expect(ours.filter((input) => !/^(functions|lib|infra\/lean)\//.test(input))).toEqual([])
})

test.each(built)('build() leaves no path of this machine in $name', async (bundle) => {
  const text = await textOf(bundle)

  const paths = [process.cwd(), folder, 'node_modules/', 'infra/local', 'sourceMappingURL', 'file:///']

  expect(paths.filter((path) => text.includes(path))).toEqual([])
})

test('the command starts without the page of reports and its pictures', async () => {
  const command = built.find(({ name }) => name === 'cli')
  const entry = await readFile(command?.file ?? '', 'utf8')

  expect(await textOf(command)).toContain('Exposure</h2>')
  expect(entry).not.toContain('Exposure</h2>')
  expect(command?.bytes).toBeLessThanOrEqual(500_000)
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

test('the flag that keeps V8 from optimizing the HTTP parser in a first removal is one that this Node knows', async () => {
  const departures = await textOf(built.find(({ name }) => name === 'departures'))
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })

  const [flag = 'none'] = /--wasm-[a-z-]+/.exec(departures) ?? []

  expect(known).toMatch(new RegExp(`^ *${flag} `, 'm'))
})

test.each(['sbom.cdx.json', 'licences.txt'])(
  'writeMaterials() gives the same bytes twice: %s',
  async (name) => {
    const files = ['first', 'second'].map((time) => join(folder, time, name))

    const [one, other] = await Promise.all(files.map((file) => readFile(file)))

    expect(one?.equals(other ?? Buffer.of())).toBe(true)
  },
)

test('the bill of materials names every package in a bundle and nothing else', async () => {
  const bom = JSON.parse(await readFile(join(folder, 'first', 'sbom.cdx.json'), 'utf8'))
  const inBundles = built.flatMap(({ name, inputs }) =>
    inputs.flatMap((input) => {
      const [, packageName] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? []
      return packageName === undefined ? [] : [`${packageName} in ${name}`]
    }),
  )

  const named = bom.components.flatMap(({ group, name, properties }: Component) =>
    properties.map(({ value }) => `${group === undefined ? name : `${group}/${name}`} in ${value}`),
  )

  // One package may be there in two versions.
  expect([...new Set(named)].toSorted()).toEqual([...new Set(inBundles)].toSorted())
  expect(bom.dependencies[0].dependsOn).toHaveLength(bom.components.length)
})

type Component = {
  readonly group?: string
  readonly name: string
  readonly properties: readonly { readonly value: string }[]
}

test('every package that is deployed says its licence, and how it was published', async () => {
  const bom = JSON.parse(await readFile(join(folder, 'first', 'sbom.cdx.json'), 'utf8'))
  const list = await readFile(join(folder, 'first', 'licences.txt'), 'utf8')

  expect(bom.components).not.toContainEqual(expect.not.objectContaining({ hashes: [expect.anything()] }))
  expect(list).toContain('undici 8')
  expect(list).not.toContain('UNKNOWN')
})

test.each(built)('build() leaves no secret and no key in $name', async (bundle) => {
  const text = await textOf(bundle)

  expect(text.match(/mdb_sa_sk_\w{8,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY/g)).toBeNull()
})
