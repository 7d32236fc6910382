import { COMMANDS, type Command } from './commands.ts'
import type { Target } from './invoke.ts'
import { COMMON, given, readWords, type Values } from './options.ts'

/** What the command line asks for. */
export type CommandLine =
  | { readonly kind: 'help'; readonly json: boolean }
  | { readonly kind: 'version'; readonly json: boolean }
  | { readonly kind: 'wrong'; readonly problem: string; readonly json: boolean }
  | {
      readonly kind: 'command'
      readonly command: Command
      readonly operands: readonly string[]
      readonly values: Values
      readonly json: boolean
      readonly target: Target
    }

/** Reads the command line. What a function judges of a request is left to the function. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const read = readWords(args)
  if (typeof read === 'string') return { kind: 'wrong', problem: read, json: args.includes('--json') }

  const { values, words } = read
  const [name = 'help', ...operands] = words
  const json = values.json === true
  if (values.version) return { kind: 'version', json }
  if (values.help || name === 'help') return { kind: 'help', json }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) return { kind: 'wrong', problem: `no command "${name}"`, json }
  const problem = problemOf(command, operands, values)
  if (problem) return { kind: 'wrong', problem: `${name}: ${problem}`, json }
  return { kind: 'command', command, operands, values, json, target: targetOf(values) }
}

function problemOf(command: Command, operands: readonly string[], values: Values): string | undefined {
  const foreign = given(values).find((option) => ![...COMMON, ...command.options].includes(option))
  if (foreign) return `--${foreign} is no option of this command`
  if (!fits(command, operands.length)) return `expected ${command.usage}`
  const missing = command.needs?.find((option) => values[option] === undefined)
  if (missing) return `--${missing} is needed`
  return values.function !== undefined && values['function-prefix'] !== undefined
    ? 'expected --function or --function-prefix, not both'
    : undefined
}

function fits({ operands }: Command, number: number): boolean {
  switch (operands) {
    case 'none':
      return number === 0
    case 'one':
      return number === 1
    case 'some':
      return number > 0
    case 'any':
      return true
  }
}

/** The stack's default name and stage, as in serverless.yml. */
export const DEFAULT_PREFIX = 'atlas-offboarding-prod'

function targetOf(values: Values): Target {
  const { 'function-prefix': prefix = DEFAULT_PREFIX, region, profile } = values
  const functionName = values.function?.replace(/-read$/, '') ?? `${prefix}-operator`
  return { functionName, ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) }
}
