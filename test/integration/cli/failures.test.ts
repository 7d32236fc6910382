import { expect, test } from 'vitest'
import { startInvokeEndpoint } from '../../../infra/local/lambda/invoke-endpoint.ts'
import type { Steered } from '../../../lib/cli/answers.ts'
import { follow } from '../../../lib/cli/follow.ts'
import { lambdaInvoke } from '../../../lib/cli/invoke.ts'
import type { Terminal } from '../../../lib/cli/terminal.ts'
import { activeMember } from '../../support/cases.ts'
import { runProcess, startDesk } from './desk.ts'

const UNREACHABLE = {
  AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
}
const ID = `c-${'0'.repeat(20)}`

test.each([
  { line: 'fly', says: 'no command "fly"' },
  { line: 'constructor', says: 'no command "constructor"' },
  { line: 'remove', says: 'expected remove <username>' },
  { line: 'remove ada@example.com bob@example.com', says: 'expected remove <username>' },
  { line: 'remove ada@example.com --kind held', says: '--kind is no option of this command' },
  { line: 'remove ada@example.com --force', says: "'--force'" },
  { line: 'remove ada@example.com --org', says: '--org' },
  { line: 'status now', says: 'expected status' },
  { line: 'retry', says: 'expected retry' },
  { line: `release ${ID} --because x`, says: '--by is needed' },
  { line: `release ${ID} --by x`, says: '--because is needed' },
  { line: 'release --by a --because b', says: 'expected either cases or --all' },
  {
    line: `release ${ID} --all --kind held --expect 1 --by a --because b`,
    says: 'expected either cases or --all',
  },
  { line: 'release --all --kind observing --by a --because b', says: '--all needs --kind and --expect' },
  { line: 'release --all --expect 2 --by a --because b', says: '--all needs --kind and --expect' },
  {
    line: 'release --all --kind observing --expect many --by a --because b',
    says: '--expect: expected the number',
  },
  { line: `cancel ${ID}`, says: '--by is needed' },
  { line: 'pause --by a', says: '--because is needed' },
  { line: 'pause --org a --org b --by a --because b', says: '--org: expected one' },
  { line: 'resume --org a --org b --by a --because b', says: '--org: expected one' },
  { line: 'approve --until 7d --by a --because b', says: '--usernames is needed' },
  { line: 'approve --usernames gone --until 7d --by a --because b', says: 'cannot read gone: ENOENT' },
  { line: 'approve --usernames empty --until 7d --by a --because b', says: 'no name in empty' },
  { line: 'status --function a --function-prefix b', says: 'not both' },
  { line: '--region', says: '--region' },
])('`$line` exits 2 and does nothing', async ({ line, says }) => {
  await using desk = await startDesk()

  const ran = await desk.run(line, { files: { empty: '# nobody\n' } })
  const json = await desk.run(`${line} --json`, { files: { empty: '# nobody\n' } })

  expect(ran).toMatchObject({ status: 2, out: '', err: expect.stringContaining(says) })
  expect(json.status).toBe(2)
  expect(JSON.parse(json.out)).toEqual({ error: expect.stringContaining(says) })
  expect(desk.world.calls).toEqual([])
})

test.each([
  { line: 'remove ada@example.com --effective-at tomorrow', says: '`effectiveAt`' },
  { line: 'remove ada@example.com --org ..', says: '`orgIds.0`' },
  { line: 'release c-1 --by a --because b', says: '`cases.0`' },
  { line: 'cases --kind stolen', says: '`kind`' },
  { line: 'cases --since yesterday', says: '`since`' },
  { line: 'approve --usernames names --until 15d --by a --because b', says: '`until`' },
  { line: `pause --org ${'f'.repeat(24)} --by a --because b`, says: '`orgId`' },
])('`$line`, which the function refuses, exits 2 and names the field', async ({ line, says }) => {
  await using desk = await startDesk()

  const ran = await desk.run(line, { files: { names: 'ada@example.com' } })

  expect(ran).toMatchObject({ status: 2, out: '', err: expect.stringContaining(says) })
})

test('a function that fails is told apart from a refusal: exit status 3', async () => {
  let down = false
  await using desk = await startDesk({
    faultFor: ({ service }) => (down && service === 'table' ? { kind: 'error', when: 'before' } : undefined),
  })
  down = true

  const { status, err } = await desk.run('status')

  expect(status).toBe(3)
  expect(err).toContain('"atlas-offboarding-prod-operator-read" failed: ServiceUnavailable: table failed')
})

test('a function that does not exist exits 3', async () => {
  await using desk = await startDesk()

  const { status, err } = await desk.run('status --function-prefix atlas-offboarding-dev')

  expect(status).toBe(3)
  expect(err).toContain('Cannot invoke "atlas-offboarding-dev-operator-read": ResourceNotFoundException')
})

test('`--function` names the writing function, by the name of either', async () => {
  await using desk = await startDesk()

  const names = ['atlas-offboarding-prod-operator', 'atlas-offboarding-prod-operator-read']

  for (const name of names) expect((await desk.run(`status --function ${name}`)).status).toBe(0)
  expect((await desk.run(`test-alert --by a --function ${names[1]}`)).status).toBe(0)
})

test('lambdaInvoke() fails on an answer that is no object, and on an error without words', async () => {
  const failing = { functionError: 'Unhandled', payload: {}, logs: [], requestId: 'r', durationMs: 1 }
  const odd = { payload: 'yes', logs: [], requestId: 'r', durationMs: 1 }
  const endpoint = await startInvokeEndpoint({
    'a-operator': { invoke: async () => failing },
    'b-operator': { invoke: async () => odd },
  })
  const config = {
    endpoint: endpoint.env.AWS_ENDPOINT_URL_LAMBDA,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }

  const ask = (functionName: string) => lambdaInvoke({ functionName }, config)('operator', {})

  expect(await ask('a-operator')).toEqual({ kind: 'failed', error: '"a-operator" failed: Error: no message' })
  expect(await ask('b-operator')).toEqual({ kind: 'failed', error: 'Cannot read what "b-operator" answered' })
  await endpoint.close()
})

test('lambdaInvoke() says by code why nobody answers', async () => {
  const config = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
  const nobody = { ...config, endpoint: 'http://127.0.0.1:1' }

  expect(await lambdaInvoke({ functionName: 'operator' }, nobody)('operator', {})).toEqual({
    kind: 'failed',
    error: expect.stringContaining('Cannot invoke "operator": ECONNREFUSED'),
  })
})

test('a steering act is done although nobody can tell how it went on', async () => {
  const steered: Steered = { case: ID, result: 'released', attempts: 1 }
  const invoke = async () => ({ kind: 'failed', error: 'unreachable' }) as const
  const terminal = { now: () => new Date(0), sleep: async () => undefined } as unknown as Terminal

  expect(await follow(invoke, terminal, [steered])).toEqual({ cases: [steered], pending: true })
})

test.each([['help'], ['--help'], ['-h'], ['remove', '--help'], []])(
  '%s explains the command line',
  async (...args) => {
    const { status, out } = await runProcess(args)

    expect(status).toBe(0)
    for (const command of ['remove', 'lookup', 'release', 'approve', 'status'])
      expect(out).toContain(`\n  ${command}`)
  },
)

test('the command says its version, and both in JSON', async () => {
  const [version, json, help] = await Promise.all([
    runProcess(['--version']),
    runProcess(['--version', '--json']),
    runProcess(['help', '--json']),
  ])

  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(JSON.parse(json.out)).toEqual({ version: version.out.trim() })
  expect(JSON.parse(help.out)).toEqual({ help: expect.stringContaining('Usage') })
})

test('runCommand() answers help and version without a function', async () => {
  await using desk = await startDesk()

  expect(await desk.run('help')).toMatchObject({ status: 0, out: expect.stringContaining('Exit status') })
  expect(await desk.run('cases --help')).toMatchObject({ status: 0 })
  expect(JSON.parse((await desk.run('help --json')).out)).toEqual({ help: expect.stringContaining('Usage') })
  expect(await desk.run('--version')).toMatchObject({ status: 0, out: '1.2.3' })
  expect(JSON.parse((await desk.run('--version --json')).out)).toEqual({ version: '1.2.3' })
  expect(desk.world.calls).toEqual([])
})

test('the command exits 3 where nobody answers', async () => {
  const [ran, json, nowhere] = await Promise.all([
    runProcess(['status'], UNREACHABLE),
    runProcess(['status', '--json'], UNREACHABLE),
    runProcess(['status']),
  ])

  expect(ran).toMatchObject({ status: 3, out: '', err: expect.stringContaining('ECONNREFUSED') })
  expect(json.status).toBe(3)
  expect(JSON.parse(json.out)).toEqual({ error: expect.stringContaining('ECONNREFUSED') })
  expect(nowhere).toMatchObject({ status: 3, err: expect.stringContaining('Region is missing') })
})

test('the command exits 2 where it is called wrongly', async () => {
  expect(await runProcess(['remove'], UNREACHABLE)).toMatchObject({ status: 2, out: '' })
})

test('the command finds the functions by the environment, and removes without a terminal to ask in', async () => {
  await using desk = await startDesk()
  desk.world.org().members = [activeMember()]

  const { status, out } = await runProcess(['remove', 'ada@example.com'], desk.env)

  expect(status).toBe(0)
  expect(out).toContain('removed (answered)')
  expect(desk.world.org().members).toEqual([])
})
