import { setTimeout as sleep } from 'node:timers/promises'
import { lambdaInvoke } from '../../lib/cli/invoke.ts'
import { runCommand } from '../../lib/cli/run.ts'
import type { Terminal } from '../../lib/cli/terminal.ts'
import type { LocalStack } from './stack.ts'

/** Runs `atlas-offboarding` as it is shipped, but for the process, against a local stack. @returns its exit status */
export async function onDesk(
  { aws, lambda }: LocalStack,
  args: readonly string[],
  screen: Pick<Terminal, 'print' | 'tell'> & Partial<Pick<Terminal, 'readBytes'>>,
): Promise<number> {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = aws.env
  const connection = {
    endpoint: lambda.env.AWS_ENDPOINT_URL_LAMBDA,
    region: aws.env.AWS_REGION ?? '',
    credentials: { accessKeyId, secretAccessKey },
  }
  return await runCommand(args, {
    version: 'local',
    connect: (target) => lambdaInvoke(target, connection),
    terminal: {
      isLive: false,
      show: () => undefined,
      width: undefined,
      ask: undefined,
      readText: refuse,
      readBytes: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
      writeText: refuse,
      now: () => new Date(),
      sleep: (ms) => sleep(ms),
      every: () => () => undefined,
      ...screen,
    },
  })
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('Cannot be asked for by this command'))
}
