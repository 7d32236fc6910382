import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { bundleCommand } from '../../../infra/bundle.ts'
import { activeMember } from '../../support/cases.ts'
import { startDesk } from './desk.ts'

const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'pack-'))
afterAll(() => rm(folder, { recursive: true }))

const packed = await pack()
const project = await install(packed.file)

/** Packs the repository's package, with a bundle of the sources as they are; `dist` belongs to others. */
async function pack() {
  const repository = join(folder, 'repository')
  await mkdir(join(repository, 'dist'), { recursive: true })
  await bundleCommand({ entry: 'functions/cli.ts', file: join(repository, 'dist/cli/cli.mjs') })
  for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'])
    await copyFile(file, join(repository, file))
  await writeFile(join(repository, 'secret.env'), 'not for anybody')

  const options = [
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    folder,
    '--cache',
    join(folder, 'cache'),
  ]
  const { stdout } = await run('npm', ['pack', ...options], { cwd: repository })
  const [{ filename, files }] = JSON.parse(stdout)
  return { file: join(folder, filename), names: files.map(({ path }: { path: string }) => path) }
}

/** Installs it where nothing else is, with no registry and nothing cached. */
async function install(file: string): Promise<string> {
  const empty = join(folder, 'project')
  await mkdir(empty)
  await writeFile(join(empty, 'package.json'), '{ "private": true }')
  const options = [
    '--offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--cache',
    join(folder, 'cache'),
  ]
  await run('npm', ['install', file, ...options], { cwd: empty })
  return empty
}

function command(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: project, env: { PATH: process.env.PATH, HOME: folder, ...env } }
  return run('npx', ['--no-install', 'atlas-offboarding', ...args], options)
}

test('the package holds the command and what a reader needs, and nothing else', () => {
  const loadedAtNeed = /^dist\/cli\/[\w-]+-[A-Z0-9]{8}\.mjs$/

  expect(packed.names.filter((name: string) => !loadedAtNeed.test(name)).toSorted()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/cli/cli.mjs',
    'package.json',
  ])
})

test('the package brings nothing with it', async () => {
  const lock = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8'))

  expect(Object.keys(lock.packages).toSorted()).toEqual(['', 'node_modules/atlas-offboarding'])
})

test('the installed command explains itself and knows its version', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'))

  const [help, said] = await Promise.all([command(['--help']), command(['--version'])])

  expect(help.stdout).toContain('Usage: atlas-offboarding COMMAND')
  expect(said.stdout).toBe(`${version}\n`)
})

test('the installed command asks the functions on the endpoint that the environment names', async () => {
  await using desk = await startDesk({ settings: { mode: 'observe' } })

  const { stdout, stderr } = await command(['status', '--json'], desk.env)

  expect(JSON.parse(stdout)).toMatchObject({ mode: 'observe' })
  expect(stderr).toContain('OBSERVE MODE')
})

test('the installed command compares Atlas with a roster', async () => {
  await using desk = await startDesk()
  desk.world.org().members = [
    activeMember(),
    activeMember({ userId: 'b'.repeat(24), username: 'bob@example.com' }),
  ]
  const roster = join(folder, 'people.csv')
  await writeFile(roster, 'userName\nada@example.com\n')

  const failed = await command(['orphans', '--roster', roster, '--csv'], desk.env).catch((error) => error)

  expect(failed).toMatchObject({ code: 1, stdout: expect.stringMatching(/\n"orphan","bob@example.com",/) })
})
