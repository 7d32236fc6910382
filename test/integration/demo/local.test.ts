import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { beforeAll, expect, test } from 'vitest'
import { freshBundles } from '../../../infra/local/bundles.ts'
import { startDemo } from './demo.ts'

beforeAll(async () => void (await freshBundles()))

const run = promisify(execFile)

/** Starts `npm run local` and waits until it says that it is up. */
async function startLocal(settings: readonly string[] = []) {
  const child = startDemo('local', settings)
  const exited = once(child, 'exit')
  let output = ''
  const said = (text: string) =>
    new Promise<string>((resolve) => {
      const look = () => output.includes(text) && resolve(output)
      child.stdout.on('data', look)
      look()
    })
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk
  })
  const guide = await said('Ctrl-C ends everything')
  const printed = (title: string) => {
    const [, commands = ''] = guide.split(`\n${title}\n`)
    return commands.slice(0, commands.indexOf('\n\n'))
  }
  return { child, exited, said, printed, [Symbol.dispose]: () => void child.kill('SIGKILL') }
}

test('npm run local prints commands that work as pasted, and shows what they lead to', async () => {
  using local = await startLocal()
  const paste = (title: string) => run('sh', ['-c', local.printed(title)])

  for (const title of ['Its members, as the service account', 'Its members, with the API key']) {
    expect(JSON.parse((await paste(title)).stdout)).toMatchObject({ totalCount: 10 })
  }
  await paste('Somebody leaves: HR says so over SNS, Okta over EventBridge')
  await Promise.all([local.said('source sns/offboarding-intake'), local.said('source okta')])
  expect((await paste('A directory finds and deactivates somebody, over SCIM')).stdout).toContain(
    '"active":false',
  )
  expect((await paste('An HR system sends a signed hook')).stdout).toContain('204 No Content')
  await Promise.all([local.said('source scim/entra'), local.said('source hook/local')])
  const onCall = 'On-call asks and acts: after the first line, the command line speaks to this stack'
  const [exported = ''] = local.printed(onCall).split('\n')
  const roster = local.printed('Who is in Atlas and on no roster line, after that same line')
  const held = local.printed(
    'Somebody is held: Ada owns the organization. The last line says how to release her, after that same line',
  )
  await expect(run('sh', ['-c', `${exported}\n${held.replace('\n', '; sleep 5\n')}`])).resolves.toMatchObject(
    {
      stdout: expect.stringMatching(/held: privileged[\s\S]*next: atlas-offboarding release c-/),
    },
  )
  await expect(run('sh', ['-c', `${exported}\n${roster}`])).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('ada+test@'),
  })
})

test('npm run local shows what is put on a bus, also what no rule takes, and stays up', async () => {
  using local = await startLocal()
  const onCall = 'On-call asks and acts: after the first line, the command line speaks to this stack'
  const printed = local.printed('With the AWS CLI, after that same line')
  const [entry] = JSON.parse(
    /put-events --endpoint-url http:\S+ --entries '(.*)'$/m.exec(printed)?.[1] ?? '[]',
  )
  const endpoint = /AWS_ENDPOINT_URL_EVENTBRIDGE=(\S+)/.exec(local.printed(onCall))?.[1] ?? ''
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new EventBridgeClient({ endpoint, region: 'us-east-1', credentials })

  await client.send(new PutEventsCommand({ Entries: [{ ...entry, DetailType: 'User Hired' }, entry] }))
  client.destroy()

  await local.said('User Hired of hr.example: EventBridge; no rule of the bus "default" takes it')
  await local.said('User Departed of hr.example: EventBridge → queue')
  await local.said('source eventbridge/hr.example')
  await local.said('audit        Removed, ')
})

test('npm run local takes settings of the functions, and no others', async () => {
  using local = await startLocal(['MODE=observe'])
  const onCall = 'On-call asks and acts: after the first line, the command line speaks to this stack'
  const { stdout } = await run('sh', ['-c', local.printed(onCall)])
  const wrong = startDemo('local', ['MODUS=observe'])

  expect(stdout).toMatch(/^Mode {4}OBSERVE: nobody is removed$/m)
  expect(stdout).toContain('would be removed (dry run)')
  expect(await once(wrong, 'exit')).toEqual([2, null])
})

test('npm run local knows who acts by the profile: AWS_PROFILE and --profile, one person twice and then two', async () => {
  using local = await startLocal(['FOUR_EYES=on'])
  const [exported = ''] = local
    .printed('On-call asks and acts: after the first line, the command line speaks to this stack')
    .split('\n')
  const type = (line: string) =>
    run('sh', ['-c', `${exported}\n${line}`]).then(
      ({ stdout, stderr }) => stdout + stderr,
      ({ stdout, stderr }) => stdout + stderr,
    )
  const cli = 'node dist/cli/cli.mjs'

  const paused = await type(`AWS_PROFILE=colleague ${cli} pause --because HR-1`)
  const [, proposal] = /confirm (p-[a-f0-9]{20})/.exec(await type(`${cli} resume --because HR-1 --yes`)) ?? []
  const again = await type(`${cli} confirm ${proposal} --by colleague@example.com --yes`)
  const confirmed = await type(`${cli} confirm ${proposal} --profile colleague --yes`)

  expect(paused).toContain('by colleague@example.com: HR-1')
  expect(again).toContain('another person must confirm')
  expect(confirmed).toContain('Confirmed, and carried out: resume all organizations')
  await local.said(
    'Confirmed: resume all organizations. By oncall@example.com, confirmed by colleague@example.com',
  )
  expect(
    await type(local.printed('As a second person, whom FOUR_EYES=on wants, after that same line')),
  ).toContain('Mode')
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  'npm run local ends on %s with status 0 and leaves no process',
  async (signal) => {
    using local = await startLocal()
    await run('sh', ['-c', local.printed('The same by Lambda invocation')])
    const functions = await childrenOf(local.child.pid)
    expect(functions).not.toEqual([])

    local.child.kill(signal)

    expect(await local.exited).toEqual([0, null])
    expect((await processes()).filter(({ pid }) => functions.includes(pid))).toEqual([])
  },
)

async function childrenOf(parent: number | undefined): Promise<readonly number[]> {
  return (await processes()).filter(({ ppid }) => ppid === parent).map(({ pid }) => pid)
}

async function processes() {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='])
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = 0, ppid = 0] = line.trim().split(/\s+/).map(Number)
      return { pid, ppid }
    })
}
