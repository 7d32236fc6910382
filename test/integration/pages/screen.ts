import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalStack } from '../../../infra/local/stack.ts'
import { COMMANDS } from '../../../lib/acts/commands.ts'
import { lambdaInvoke } from '../../../lib/cli/invoke.ts'
import { runCommand } from '../../../lib/cli/run.ts'
import type { Terminal } from '../../../lib/cli/terminal.ts'
import { wordsOf } from './page.ts'

/** Types a command at a terminal of 120 columns. @returns what is to be read there afterwards, and the exit status */
export async function typeInto(
  { aws, lambda }: LocalStack,
  command: string,
  answer: string,
): Promise<{ readonly lines: readonly string[]; readonly status: number }> {
  const [name, ...args] = wordsOf(command)
  if (name !== 'atlas-offboarding') throw new Error(`Cannot type "${command}" here`)
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = aws.env
  const connection = {
    endpoint: lambda.env.AWS_ENDPOINT_URL_LAMBDA,
    region: aws.env.AWS_REGION ?? '',
    credentials: { accessKeyId, secretAccessKey },
  }
  const lines: string[] = []
  const status = await runCommand(args, {
    commands: COMMANDS,
    terminal: screen(lines, answer),
    version: '0',
    connect: (target) => lambdaInvoke(target, connection),
  })
  return { lines: lines.join('\n').trimEnd().split('\n'), status }
}

function screen(lines: string[], answer: string): Terminal {
  return {
    print: (text) => void lines.push(text),
    tell: (text) => void lines.push(text),
    // What a live terminal shows while it waits is gone afterwards.
    isLive: false,
    show: () => undefined,
    width: 120,
    user: 'grace',
    async ask(question) {
      lines.push(`${question}${answer}`)
      return answer
    },
    async *readBytes() {
      yield Buffer.from(
        'userName\nada@example.com\ngrace@example.com\nalan@example.com\nBarbara@example.com\nedsger@example.com\nmargaret@example.com\n',
      )
    },
    readText: async () => 'margaret@example.com\n',
    writeText: async () => undefined,
    now: () => new Date(),
    sleep,
    every: () => () => undefined,
  }
}
