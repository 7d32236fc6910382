import { parseArgs } from 'node:util'
import type { Command, Options, Values } from './command.ts'
import type { Target } from './invoke.ts'
import { didYouMean } from './nearest.ts'

/** Options that every command knows. */
export const COMMON = {
  json: { about: 'one JSON document instead of tables' },
  yes: { about: 'do not ask; needed where there is nobody to ask' },
  function: { takes: 'NAME', about: 'name or ARN of the operator function; the reading one is NAME-read' },
  'function-prefix': { takes: 'PREFIX', about: 'the same as --function PREFIX-operator' },
  region: { takes: 'REGION', about: 'default: as the AWS CLI finds it' },
  profile: { takes: 'PROFILE', about: 'default: as the AWS CLI finds it' },
  help: { about: 'how to use the command' },
  version: { about: 'the version' },
} as const satisfies Options

/** What the command line asks for. */
export type Argv =
  | { readonly kind: 'help'; readonly json: boolean; readonly command?: Command }
  | { readonly kind: 'version'; readonly json: boolean }
  | { readonly kind: 'wrong'; readonly problem: string; readonly json: boolean; readonly command?: Command }
  | {
      readonly kind: 'command'
      readonly json: boolean
      readonly command: Command
      readonly operands: readonly string[]
      readonly values: Values<Options> & Values<typeof COMMON>
      readonly target: Target
    }

/** Reads the command line. What a function judges of a request is left to the function. */
export function readArgv(args: readonly string[], commands: readonly Command[]): Argv {
  const json = args.includes('--json')
  const first = parse(args, { ...COMMON, ...allOptions(commands) })
  const [name, ...operands] = first.positionals
  const isHelp = name === undefined || name === 'help'
  const wanted = isHelp ? operands[0] : name
  const command = commands.find((one) => one.name === wanted)
  if (first.values.version) return { kind: 'version', json }
  if (wanted !== undefined && !command) {
    const known = commands.map((one) => one.name)
    return { kind: 'wrong', problem: `no command "${wanted}"${didYouMean(wanted, known)}`, json }
  }
  if (isHelp || !command || first.values.help) return { kind: 'help', json, ...(command && { command }) }

  const own = { ...COMMON, ...command.options }
  const values = parse(args, own).values as Values<Options> & Values<typeof COMMON>
  const problem = slipIn(first.tokens, own) ?? problemOf(command, operands, values)
  if (problem !== undefined) return { kind: 'wrong', problem: `${name}: ${problem}`, json, command }
  return { kind: 'command', json, command, operands, values, target: targetOf(values) }
}

function allOptions(commands: readonly Command[]): Options {
  return Object.assign({}, ...commands.map(({ options }) => options))
}

function parse(args: readonly string[], options: Options) {
  const config = Object.entries(options).map(([name, { takes, many = false }]) => {
    const type = takes === undefined ? 'boolean' : 'string'
    return [
      name,
      { type, multiple: takes !== undefined && many, ...(name in SHORT && { short: SHORT[name] }) },
    ]
  })
  return parseArgs({
    args: [...args],
    options: Object.fromEntries(config),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
}

const SHORT: Readonly<Record<string, string>> = { yes: 'y', help: 'h' }

type Token = ReturnType<typeof parse>['tokens'][number]

/** Finds an option that the command does not know, or one that is not used as it should be. */
function slipIn(tokens: readonly Token[], own: Options): string | undefined {
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const option = Object.hasOwn(own, name) ? own[name] : undefined
    if (!option) return `${rawName} is no option of this command${didYouMean(name, Object.keys(own), '--')}`
    const { takes, many } = option
    if (takes === undefined && value !== undefined) return `${rawName} takes no value`
    const isMissing = value === undefined || value === '' || (!inlineValue && /^-./.test(value))
    if (takes !== undefined && isMissing) return `${rawName} needs a value: ${rawName} ${takes}`
    if (takes !== undefined && !many && seen.has(name)) return `${rawName} is given twice`
    seen.add(name)
  }
  return undefined
}

function problemOf(
  { options, operands: wanted }: Command,
  operands: readonly string[],
  values: Values<Options> & Values<typeof COMMON>,
): string | undefined {
  const { name = '', least = 0, most = 0 } = wanted ?? {}
  if (operands.length > most) return `"${operands[most]}" is one argument too many`
  if (operands.length < least) return `${name} is missing`
  const missing = Object.keys(options).find((one) => options[one]?.needed && values[one] === undefined)
  if (missing) return `--${missing} ${options[missing]?.takes ?? ''} is missing`.replace('  ', ' ')
  return values.function !== undefined && values['function-prefix'] !== undefined
    ? 'expected --function or --function-prefix, not both'
    : undefined
}

/** The stack's default name and stage, as in serverless.yml. */
export const DEFAULT_PREFIX = 'atlas-offboarding-prod'

function targetOf(values: Values<typeof COMMON>): Target {
  const { 'function-prefix': prefix = DEFAULT_PREFIX, region, profile } = values
  const functionName = values.function?.replace(/-read$/, '') ?? `${prefix}-operator`
  return { functionName, ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) }
}
