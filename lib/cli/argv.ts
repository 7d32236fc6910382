import { parseArgs } from 'node:util'
import {
  type Command,
  type Failed,
  type Given,
  isFailed,
  type Option,
  type Options,
  wrong,
} from './command.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Installation } from './invoke.ts'
import type { Terminal } from './terminal.ts'

/** Options that every command knows. */
export const COMMON: Options = {
  json: { about: 'one JSON document instead of tables' },
  yes: { about: 'do not ask; needed where there is nobody to ask' },
  function: { takes: 'NAME', about: 'name or ARN of the operator function; the reading one is NAME-read' },
  'function-prefix': { takes: 'PREFIX', about: 'the same as --function PREFIX-operator' },
  region: { takes: 'REGION', about: 'default: as the AWS CLI finds it' },
  profile: { takes: 'PROFILE', about: 'default: as the AWS CLI finds it' },
  help: { about: 'how to use the command' },
  version: { about: 'the version' },
}

/** What was typed: options by name, and the words after the command. */
type Typed = { readonly values: Values; readonly operands: readonly string[] }
type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

/** What the command line asks for. */
export type Argv =
  | { readonly kind: 'help' | 'version'; readonly command?: Command | undefined }
  | { readonly kind: 'wrong'; readonly problem: string; readonly command?: Command }
  | { readonly kind: 'command'; readonly command: Command; readonly typed: Typed }

/** Reads the command line. What a function judges of a request is left to the function. */
export function readArgv(args: readonly string[], commands: readonly Command[]): Argv {
  const every: Options = Object.assign({}, ...commands.map(optionsOf))
  const { values, positionals } = parse(args, every, false)
  const [first, ...operands] = positionals
  const isHelp = first === undefined || first === 'help'
  const wanted = isHelp ? operands[0] : first
  const command = commands.find(({ name }) => name === wanted)
  if (values.version) return { kind: 'version' }
  if (wanted !== undefined && !command) {
    const near = didYouMean(wanted, [...commands.map(({ name }) => name)])
    return { kind: 'wrong', problem: `no command "${wanted}"${near}` }
  }
  if (isHelp || !command || values.help) return { kind: 'help', command }

  const typed = { values: parse(args, optionsOf(command), false).values, operands }
  const problem = slipIn(args, optionsOf(command)) ?? problemOf(command, typed)
  if (problem !== undefined) return { kind: 'wrong', problem: `${first}: ${problem}`, command }
  return { kind: 'command', command, typed }
}

/** Every option of a command by its name, with those that all commands know. */
function optionsOf({ options }: Command): Options {
  const own = Object.entries(options).filter(([, { operand }]) => !operand)
  return { ...Object.fromEntries(own.map((entry) => [nameOf(...entry), entry[1]])), ...COMMON }
}

function nameOf(field: string, { name = field }: Option): string {
  return name
}

/** How a field is called on the command line: `--org`, `CASE`. */
export function wordOf(field: string, option: Option): string {
  return option.operand ? `${option.takes}` : `--${nameOf(field, option)}`
}

function parse(args: readonly string[], options: Options, strict: boolean) {
  const config = Object.entries(options).map(([name, { takes, many = false }]) => {
    const short = { yes: 'y', help: 'h' }[name]
    const type = takes === undefined ? 'boolean' : 'string'
    return [name, { type, multiple: many, ...(short && { short }) }]
  })
  const known = Object.fromEntries(config)
  const parsed = parseArgs({ args: [...args], options: known, allowPositionals: true, strict, tokens: true })
  return { ...parsed, values: parsed.values as Values }
}

/** Finds an option that the command does not know, or one that is not used as it should be. */
function slipIn(args: readonly string[], options: Options): string | undefined {
  try {
    const names = parse(args, options, true).tokens.flatMap((token) =>
      token.kind === 'option' && !options[token.name]?.many ? [token.rawName] : [],
    )
    const again = names.find((name, index) => names.indexOf(name) < index)
    return again && `${again} is given twice`
  } catch (error) {
    // `Unknown option '--knd'. …`, `Option '--since <value>' argument missing`, …
    const name = /'(?:-\w, )?-+([\w-]+)/.exec((error as Error).message)?.[1] ?? ''
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option)
      return `--${name} is no option of this command${didYouMean(name, Object.keys(options), '--')}`
    return option.takes === undefined
      ? `--${name} takes no value`
      : `--${name} needs a value: --${name} ${option.takes}`
  }
}

function problemOf({ options }: Command, { values, operands }: Typed): string | undefined {
  const operand = Object.values(options).find((option) => option.operand)
  const most = operand?.many ? Number.POSITIVE_INFINITY : Number(operand !== undefined)
  if (operands.length > most) return `"${operands[most]}" is one argument too many`
  const missing = Object.entries(options).find(([field, option]) => {
    return option.needed && (option.operand ? operands[0] : values[nameOf(field, option)]) === undefined
  })
  if (missing) return `${wordOf(...missing)}${missing[1].operand ? '' : ` ${missing[1].takes}`} is missing`
  return values.function !== undefined && values['function-prefix'] !== undefined
    ? 'expected --function or --function-prefix, not both'
    : undefined
}

/** Reads what was typed, field by field. */
export async function readTyped(
  { options }: Command,
  { values, operands }: Typed,
  terminal: Terminal,
): Promise<Given<Options> | Failed> {
  const given: Record<string, unknown> = {}
  for (const [field, option] of Object.entries(options)) {
    const typed = option.operand ? (option.many ? operands : operands[0]) : values[nameOf(field, option)]
    const value = option.reads && typeof typed === 'string' ? await option.reads(typed, terminal) : typed
    if (isFailed(value)) return wrong(`${wordOf(field, option)}: ${value.error}`)
    if (value !== undefined && String(value) !== '') given[field] = value
  }
  return given as Given<Options>
}

/** The stack's default name and stage, as in serverless.yml. */
export const DEFAULT_PREFIX = 'atlas-offboarding-prod'

/** Which functions are meant, and where. */
export function installationIn({ values }: Typed): Installation {
  const { function: name, 'function-prefix': prefix = DEFAULT_PREFIX, region, profile } = values
  return {
    functionName: `${name ?? `${prefix}-operator`}`.replace(/-read$/, ''),
    region,
    profile,
  } as Installation
}
