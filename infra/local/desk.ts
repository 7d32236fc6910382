import { setTimeout as sleep } from 'node:timers/promises'
import { COMMANDS } from '../../lib/acts/commands.ts'
import { lambdaInvoke } from '../../lib/cli/invoke.ts'
import { runCommand } from '../../lib/cli/run.ts'
import { diskAndS3 } from '../../lib/cli/storage.ts'
import type { Terminal } from '../../lib/cli/terminal.ts'
import type { Printer } from './print.ts'
import type { LocalStack } from './stack.ts'

/** The files that commands may read. */
type Files = Pick<Terminal, 'readBytes'>

/**
 * Runs a command of `atlas-offboarding` against a local stack, in this process, and shows the command and its output. Nobody can be asked
 * to confirm, so a command that changes something needs `--yes`.
 *
 * @returns its exit status
 */
export async function typeCommand(
  stack: LocalStack,
  printer: Printer,
  args: readonly string[],
  files: Files = NO_FILES,
): Promise<number> {
  const [out, err]: [string[], string[]] = [[], []]
  const command = ['atlas-offboarding', ...args.map(shellWord)].join(' ')
  printer.step({ step: 'command', at: new Date(), text: command, facts: { command } })
  const status = await onDesk(stack, printer.isJson ? [...args, '--json'] : args, {
    print: (text) => void out.push(text),
    show: (text) => void err.push(text),
    width: printer.isJson ? undefined : process.stdout.columns,
    ...files,
  })
  printer.note(`\n${[...err, ...out].join('\n').trim()}\n`)
  const answer = printer.isJson && JSON.parse(out.join('\n'))
  printer.step({ step: 'answer', at: new Date(), text: `exit status ${status}`, facts: { status, answer } })
  return status
}

/** Runs `atlas-offboarding` against a local stack, on the screen given. @returns its exit status */
export async function onDesk(
  { aws, lambda }: LocalStack,
  args: readonly string[],
  screen: Pick<Terminal, 'print' | 'show'> & Partial<Terminal>,
): Promise<number> {
  const connection = {
    endpoint: lambda.env.AWS_ENDPOINT_URL_LAMBDA,
    region: aws.env.AWS_REGION ?? '',
    sts: aws.env.AWS_ENDPOINT_URL_STS,
    now: () => new Date(),
  }
  return await runCommand(args, {
    commands: COMMANDS,
    version: 'local',
    connect({ profile = 'oncall', ...installation }) {
      const credentials = aws.profiles[profile]
      if (!credentials) throw new Error(`Cannot find the profile "${profile}"`)
      return lambdaInvoke(installation, { ...connection, credentials })
    },
    storage: diskAndS3,
    terminal: {
      width: undefined,
      ask: undefined,
      ...NO_FILES,
      writeText: refuse,
      now: () => new Date(),
      sleep: (ms) => sleep(ms),
      working: () => () => undefined,
      ...screen,
    },
  })
}

const NO_FILES: Files = { readBytes: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }) }

function refuse(): Promise<never> {
  return Promise.reject(new Error('Cannot read or write files: none were given'))
}

function shellWord(word: string): string {
  return word.includes(' ') ? `"${word}"` : word
}
