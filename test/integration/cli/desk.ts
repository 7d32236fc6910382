import { execFile } from 'node:child_process'
import type { Invocable, InvokeResult } from '../../../infra/local/lambda/invocation.ts'
import { startInvokeEndpoint } from '../../../infra/local/lambda/invoke-endpoint.ts'
import { answer, operate } from '../../../lib/acts/operator.ts'
import { lambdaInvoke } from '../../../lib/cli/invoke.ts'
import { runCommand } from '../../../lib/cli/run.ts'
import type { Terminal } from '../../../lib/cli/terminal.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }
/** How much of the virtual time each invocation lets pass. */
const PASSING_MS = 5_000

export type Ran = {
  readonly status: number
  readonly out: string
  readonly err: string
  readonly asked: string[]
}
type Said = {
  readonly says?: string
  readonly width?: number
  readonly files?: Record<string, string>
}

/** A world whose operator functions answer on a Lambda endpoint of this machine, and a command line before it. */
export async function startDesk(options: WorldOptions = {}) {
  const world = createWorld(options)
  const endpoint = await startInvokeEndpoint(functionsOf(world))
  const connection = { endpoint: endpoint.env.AWS_ENDPOINT_URL_LAMBDA, region: 'us-east-1' }
  return {
    world,
    env: {
      ...endpoint.env,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    /** Runs a command in this process. `says` is what the human there answers; without it nobody is there. */
    async run(line: string, said: Said = {}): Promise<Ran> {
      const screen = fakeTerminal(world, said)
      const status = await runCommand(line.split(' '), {
        terminal: screen.terminal,
        version: '1.2.3',
        connect: (target) => lambdaInvoke(target, { ...connection, credentials: CREDENTIALS }),
      })
      return { status, out: screen.out.join('\n'), err: screen.err.join('\n'), asked: screen.asked }
    },
    [Symbol.asyncDispose]: () => endpoint.close(),
  }
}

function functionsOf(world: World): Record<string, Invocable> {
  const { deps } = world.worker('operator')
  const deadline = () => new Date(world.time.now().getTime() + 60_000)
  let invocations = 0
  const inTime = async (work: Promise<unknown>): Promise<InvokeResult> => {
    const result = work.then(
      (payload) => ({ payload }),
      (error) => ({
        functionError: 'Unhandled',
        payload: { errorType: error.name, errorMessage: error.message },
      }),
    )
    await world.runUntil(new Date(world.time.now().getTime() + PASSING_MS))
    return { ...(await world.time.run(result)), logs: [], requestId: requestId(), durationMs: 1 }
  }
  const requestId = () => `00000000-0000-4000-8000-${String(invocations).padStart(12, '0')}`
  return {
    'atlas-offboarding-prod-operator': {
      invoke(payload) {
        invocations += 1
        return inTime(operate(deps, payload, { requestId: requestId(), deadline: deadline() }))
      },
    },
    'atlas-offboarding-prod-operator-read': {
      invoke: (payload) => inTime(answer(deps, payload, deadline())),
    },
  }
}

function fakeTerminal({ time }: World, { says, width, files = {} }: Said) {
  const [out, err, asked]: [string[], string[], string[]] = [[], [], []]
  const ask = async (question: string) => {
    asked.push(question)
    return says ?? ''
  }
  const terminal: Terminal = {
    print: (text) => void out.push(text),
    tell: (text) => void err.push(text),
    isLive: false,
    show: () => undefined,
    width,
    ask: says === undefined ? undefined : ask,
    async readText(file) {
      const text = files[file]
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return text
    },
    async *readBytes(file) {
      yield Buffer.from(await terminal.readText(file))
    },
    async writeText(file, text) {
      files[file] = text
    },
    now: time.now,
    sleep: async () => undefined,
    every: () => () => undefined,
  }
  return { terminal, out, err, asked }
}

/** Runs the command as a process of its own, as a human would. */
export function runProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['functions/cli.ts', ...args],
      { env: { PATH: process.env.PATH ?? '', AWS_EC2_METADATA_DISABLED: 'true', ...env } },
      (error, out, err) => resolve({ status: error ? Number(error.code) : 0, out, err, asked: [] }),
    )
    child.stdin?.end(input)
  })
}
