import { execFile } from 'node:child_process'
import type { Invocable, InvokeResult } from '../../../infra/local/lambda/invocation.ts'
import { startInvokeEndpoint } from '../../../infra/local/lambda/invoke-endpoint.ts'
import { answerTo, operate } from '../../../lib/acts/operator.ts'
import { ON_CALL } from '../../support/cases.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

/** How much of the virtual time each invocation lets pass. */
const PASSING_MS = 5_000

export type Ran = { readonly status: number; readonly out: string; readonly err: string }

/** A world whose operator functions answer on a Lambda endpoint of this machine. */
export async function startDesk(options: WorldOptions = {}) {
  const world = createWorld(options)
  const endpoint = await startInvokeEndpoint(functionsOf(world))
  return {
    world,
    env: {
      ...endpoint.env,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    [Symbol.asyncDispose]: () => endpoint.close(),
  }
}

/** STS knows everybody's signature here; that it is looked at is proved elsewhere. */
const callers = async () => ({ kind: 'proved' as const, caller: ON_CALL })
const SELF = { functionName: 'atlas-offboarding-prod-operator', accountId: '111122223333' }

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
        return inTime(
          operate({ ...deps, callers }, payload, {
            requestId: requestId(),
            deadline: deadline(),
            self: SELF,
          }),
        )
      },
    },
    'atlas-offboarding-prod-operator-read': {
      invoke: (payload) =>
        inTime(
          answerTo({ ...deps, callers }, payload, {
            requestId: requestId(),
            deadline: deadline(),
            self: SELF,
          }),
        ),
    },
  }
}

/** A slow machine is told each ten seconds that the command still works. */
export function withoutProgress(err: string): string {
  return err.replace(/^.* … \d+ s\n/gm, '')
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
      (error, out, err) =>
        resolve({ status: error ? Number(error.code) : 0, out, err: withoutProgress(err) }),
    )
    child.stdin?.end(input)
  })
}
