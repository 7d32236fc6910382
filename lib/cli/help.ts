import { COMMON, DEFAULT_PREFIX, wordOf } from './argv.ts'
import { type Command, EXIT_STATUS, type Options } from './command.ts'
import { INSTANT } from './instants.ts'

/** Lists the commands. */
export function overview(commands: readonly Command[]): string {
  return [
    'atlas-offboarding: inspect and control Atlas offboarding',
    '',
    'Usage: atlas-offboarding COMMAND [options]',
    '',
    ...inColumns(commands.map(({ name, about }) => [name, about])),
    '',
    'Options of every command:',
    ...optionLines(COMMON),
    `  The function is ${DEFAULT_PREFIX}-operator unless you say otherwise.`,
    '',
    'Exit status:',
    ...inColumns(Object.entries(EXIT_STATUS)),
    '',
    'Help on one command: atlas-offboarding COMMAND --help',
  ].join('\n')
}

/** Tells how one command is used. */
export function helpOn({ name, about, examples, options }: Command): string {
  const usage = Object.entries(options).map(([field, option]) => {
    const { takes, operand, many, needed } = option
    const word = operand ? `${takes}${many ? '…' : ''}` : typed(field, option)
    return needed ? word : `[${word}]${many && !operand ? '…' : ''}`
  })
  const lines = optionLines(options)
  const hasInstants = Object.values(options).some(({ takes }) => takes === 'WHEN')
  return [
    ['Usage: atlas-offboarding', name, ...usage].join(' '),
    '',
    `  ${about}`,
    ...(lines.length > 0 ? ['', 'Options:', ...lines] : []),
    ...(hasInstants ? ['', `WHEN: ${INSTANT.replace('expected ', '')}`] : []),
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  atlas-offboarding ${example}`),
    '',
    'Options of every command and exit status: atlas-offboarding help',
  ].join('\n')
}

function optionLines(options: Options): readonly string[] {
  const own = Object.entries(options).filter(([, { operand }]) => !operand)
  return inColumns(own.map(([field, option]) => [typed(field, option), option.about]))
}

function typed(field: string, option: Options[string]): string {
  return `${wordOf(field, option)}${option.takes === undefined ? '' : ` ${option.takes}`}`
}

function inColumns(lines: readonly (readonly [string, string])[]): readonly string[] {
  const longest = Math.max(...lines.map(([word]) => word.length))
  return lines.map(([word, about]) => `  ${word.padEnd(longest)}  ${about}`)
}
