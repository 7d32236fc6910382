import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { startInvokeEndpoint } from '../../../infra/local/lambda/invoke-endpoint.ts'
import { lambdaInvoke } from '../../../lib/cli/invoke.ts'
import { activeMember } from '../../support/cases.ts'
import { runProcess, startDesk, withoutProgress } from './desk.ts'

const UNREACHABLE = {
  AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
}
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

test('the command explains itself and says its version', async () => {
  const [help, version] = await Promise.all([runProcess([]), runProcess(['--version'])])

  expect(help).toMatchObject({ status: 0, out: expect.stringContaining('Usage: atlas-offboarding COMMAND') })
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('the command exits 3 where nobody answers, and 2 where it is called wrongly', async () => {
  const [ran, json, nowhere, nobody, wrong] = await Promise.all([
    runProcess(['status'], UNREACHABLE),
    runProcess(['status', '--json'], UNREACHABLE),
    runProcess(['status']),
    runProcess(['status', '--region', 'eu-west-1'], { AWS_EC2_METADATA_DISABLED: 'true' }),
    runProcess(['remove'], UNREACHABLE),
  ])

  expect(ran).toMatchObject({ status: 3, out: '', err: expect.stringContaining('ECONNREFUSED') })
  expect(json.status).toBe(3)
  expect(JSON.parse(json.out)).toEqual({ error: expect.stringContaining('ECONNREFUSED') })
  expect(nowhere).toMatchObject({
    status: 3,
    err: expect.stringMatching(
      /^atlas-offboarding: .*Region is missing; export AWS_REGION=REGION, or give --region REGION\n$/,
    ),
  })
  expect(nobody).toMatchObject({
    status: 3,
    err: expect.stringMatching(
      /^atlas-offboarding: .*CredentialsProviderError: .*[^.]; sign in \(aws sso login\) and export AWS_PROFILE=PROFILE, or give --profile PROFILE\n$/,
    ),
  })
  expect(wrong).toMatchObject({ status: 2, out: '' })
})

test('the command exits 3 where the functions answer in words that it does not know, without a stack trace', async () => {
  const answers = {
    invoke: async () => ({
      requestId: 'r',
      payload: { asOf: '2026-11-30T10:00:00Z' },
      logs: [],
      durationMs: 1,
    }),
  }
  const functions = { 'atlas-offboarding-prod-operator-read': answers }
  const endpoint = await startInvokeEndpoint(functions)
  const ran = await runProcess(['status'], { ...UNREACHABLE, ...endpoint.env })
  await endpoint.close()

  expect(ran).toMatchObject({
    status: 3,
    out: '',
    err: expect.stringMatching(/^atlas-offboarding: cannot be shown: .*\n$/),
  })
})

test('the command finds the functions by the environment, and acts without a terminal only with --yes', async () => {
  await using desk = await startDesk()
  desk.world.org().members = [activeMember()]

  const asked = await runProcess(['remove', 'ada@example.com'], desk.env)
  const before = desk.world.org().members.length
  const told = await runProcess(['remove', 'ada@example.com', '--yes'], desk.env)

  expect(asked).toMatchObject({ status: 2, err: expect.stringContaining('needs --yes') })
  expect(before).toBe(1)
  expect(told).toMatchObject({ status: 0, out: expect.stringContaining('removed (answered)') })
  expect(desk.world.org().members).toEqual([])
})

test('the command reads a roster from standard input, and one in UTF-16 with tabs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'roster-'))
  afterAll(() => rm(folder, { recursive: true }))
  const roster = 'id,userName\n1,ada@example.com\n'
  const file = join(folder, 'people.csv')
  await writeFile(file, Buffer.from(`\ufeff${roster.replaceAll(',', '\t')}`, 'utf16le'))
  await using desk = await startDesk()
  const gus = activeMember({ userId: 'b'.repeat(24), username: 'gus@example.com' })
  desk.world.org().members = [activeMember(), gus]

  const [piped, written] = await Promise.all([
    runProcess(['orphans', '--roster', '-', '--json'], desk.env, roster),
    runProcess(['orphans', '--roster', file, '--json'], desk.env),
  ])

  expect([piped.status, written.status]).toEqual([1, 1])
  for (const { out } of [piped, written])
    expect(JSON.parse(out)).toMatchObject({ roster: { lines: 1 }, orphans: [{ username: gus.username }] })
})

test('a function that fails or does not exist exits 3, and --function names it by the name of either', async () => {
  let down = false
  await using desk = await startDesk({
    faultFor: ({ service }) => (down && service === 'table' ? { kind: 'error', when: 'before' } : undefined),
  })
  const other = await runProcess(['status', '--function-prefix', 'atlas-offboarding-dev'], desk.env)
  const named = await runProcess(['status', '--function', 'atlas-offboarding-prod-operator-read'], desk.env)
  down = true
  const failed = await runProcess(['status'], desk.env)

  expect(other).toMatchObject({
    status: 3,
    err: expect.stringContaining(
      'Cannot invoke "atlas-offboarding-dev-operator-read": ResourceNotFoundException',
    ),
  })
  expect(named.status).toBe(0)
  expect(failed).toMatchObject({
    status: 3,
    err: expect.stringContaining('"atlas-offboarding-prod-operator-read" failed: ServiceUnavailable'),
  })
})

test('Ctrl-C while a function works is one line, and status 130', async () => {
  const silent = createServer(() => child.kill('SIGINT'))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const env = { ...process.env, ...UNREACHABLE, AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}` }
  const child = spawn(process.execPath, ['functions/cli.ts', 'status'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })

  const [said, status] = await Promise.all([text(child.stderr), once(child, 'close')])
  silent.closeAllConnections()
  silent.close()

  expect(status[0]).toBe(130)
  expect(said).toMatch(
    /^(status … \d+ s\n)*\natlas-offboarding: interrupted; what was asked for may still be carried out\n$/,
  )
})

test.each([
  ['standard error', 'stderr', { out: expect.stringContaining('orphan'), err: '' }],
  ['standard output', 'stdout', { out: '', err: '' }],
] as const)(
  'where %s is closed, the status is the same, and there is no stack trace',
  async (_, closed, said) => {
    await using desk = await startDesk()
    desk.world.org().members = [
      activeMember(),
      activeMember({ userId: 'b'.repeat(24), username: 'bob@example.com' }),
    ]
    const child = spawn(process.execPath, ['functions/cli.ts', 'orphans', '--roster', '-', '--json'], {
      env: { ...process.env, ...desk.env },
    })
    child[closed].destroy()
    child.stdin.end('userName\nbob@example.com\n')
    const open = closed === 'stderr' ? child.stdout : child.stderr

    const [shown, [status]] = await Promise.all([text(open), once(child, 'close')])

    expect({
      status,
      out: '',
      err: '',
      [closed === 'stderr' ? 'out' : 'err']: withoutProgress(shown),
    }).toEqual({
      status: 1,
      ...said,
    })
  },
)

test('an older Node gets one line, and status 2', async () => {
  const older =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } })"
  const imported = `data:text/javascript,${encodeURIComponent(older)}`
  const child = spawn(process.execPath, ['--import', imported, 'functions/cli.ts', 'status'])

  const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])

  expect(status).toBe(2)
  expect(said).toMatch(
    /^atlas-offboarding: needs Node\.js 24 or later; this is v[\d.]+\. Get it: nvm install 24.*npm ci.*\n$/,
  )
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
    credentials: CREDENTIALS,
    now: () => new Date(),
  }
  const ask = (functionName: string) => lambdaInvoke({ functionName }, config)('operator', {})

  expect(await ask('a-operator')).toEqual({ error: '"a-operator" failed: Error: no message', status: 3 })
  expect(await ask('b-operator')).toEqual({ error: 'Cannot read what "b-operator" answered', status: 3 })
  await endpoint.close()
})
