import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)

/** A function that connects to the test and hangs: the connection lives as long as its process. */
const HANGING = `
  import { connect } from 'node:net'
  export const handler = ({ port }) => new Promise(() => {
    connect(port, '127.0.0.1').resume().on('connect', () => console.log('working'))
  })`

const INVOKE = `
  import { startLocalAws } from './infra/local/aws/local-aws.ts'
  import { startLocalFunction } from './infra/local/lambda/local-lambda.ts'
  const { PORT: port, CODE_DIR: codeDir } = process.env
  const spec = { name: 'f', codeDir, handler: 'index.handler', env: {}, timeoutSeconds: 60, memoryMb: 128 }
  const lambda = await startLocalFunction(spec)
  const invocation = lambda.invoke({ port })
  await new Promise((resolve) => lambda.onLog(resolve))`

/** Invokes the hanging function from a process of its own, then runs `afterwards` there. */
async function invokeElsewhere(afterwards: string) {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const codeDir = await mkdtemp(join(tmpdir(), 'local-lambda-'))
  await writeFile(join(codeDir, 'index.mjs'), HANGING)
  const connected = once(server, 'connection') as Promise<[Socket]>

  const elsewhere = spawn(
    process.execPath,
    ['--input-type=module-typescript', '--eval', `${INVOKE}\n${afterwards}`],
    {
      cwd: ROOT,
      env: { PORT: String((server.address() as AddressInfo).port), CODE_DIR: codeDir },
      stdio: 'inherit',
    },
  )
  const exited = once(elsewhere, 'exit')
  const [socket] = await connected
  // A process that is killed resets its connections.
  const functionGone = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve))
  return {
    elsewhere,
    exited,
    functionGone,
    async [Symbol.asyncDispose]() {
      elsewhere.kill('SIGKILL')
      server.close()
      await rm(codeDir, { recursive: true })
    },
  }
}

test('LocalAws.close() and LocalFunction.close() leave nothing that keeps the process alive', async () => {
  await using invoked = await invokeElsewhere(`
    const aws = await startLocalAws({ table: { name: 'ledger', hashKey: 'pk', indexes: [] } })
    await aws.publish('departure')
    await aws.close()
    await lambda.close()
    await invocation`)

  expect(await invoked.exited).toEqual([0, null])
  await invoked.functionGone
})

test('startLocalFunction() takes its processes along when its own process exits', async () => {
  await using invoked = await invokeElsewhere('process.exit(3)')

  expect(await invoked.exited).toEqual([3, null])
  await invoked.functionGone
})

test('startLocalFunction() takes its processes along when its own process is killed', async () => {
  await using invoked = await invokeElsewhere('')

  invoked.elsewhere.kill('SIGKILL')

  expect(await invoked.exited).toEqual([null, 'SIGKILL'])
  await invoked.functionGone
})
