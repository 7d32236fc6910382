import { COMMON, DEFAULT_PREFIX } from './argv.ts'
import type { Command, Options } from './command.ts'
import { EXIT_STATUS } from './exit-status.ts'
import { INSTANT } from './instants.ts'

/** Lists the commands. */
export function overview(commands: readonly Command[]): string {
  const longest = Math.max(...commands.map(({ name }) => name.length))
  return [
    'atlas-offboarding: inspect and control Atlas offboarding',
    '',
    'Usage: atlas-offboarding COMMAND [options]',
    '',
    ...commands.map(({ name, about }) => `  ${name.padEnd(longest)}  ${about}`),
    '',
    'Options of every command:',
    ...optionLines(COMMON),
    `  The function is ${DEFAULT_PREFIX}-operator unless you say otherwise.`,
    '',
    'Exit status:',
    ...Object.entries(EXIT_STATUS).map(([status, meaning]) => `  ${status.padEnd(4)} ${meaning}`),
    '',
    'Help on one command: atlas-offboarding COMMAND --help',
  ].join('\n')
}

/** Tells how one command is used. */
export function helpOn(command: Command): string {
  const { about, examples, options } = command
  const instants = Object.values(options).some(({ takes }) => takes === 'WHEN')
  return [
    `${usageOf(command)}`,
    '',
    `  ${about}`,
    ...(Object.keys(options).length > 0 ? ['', 'Options:', ...optionLines(options)] : []),
    ...(instants ? ['', `WHEN: ${INSTANT.replace('expected ', '')}`] : []),
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  atlas-offboarding ${example}`),
    '',
    'Options of every command and exit status: atlas-offboarding help',
  ].join('\n')
}

/** `Usage: atlas-offboarding lookup USERNAME`. */
function usageOf({ name, operands, options }: Command): string {
  const many = operands && operands.most > 1 ? '…' : ''
  const shown = operands && `${operands.name}${many}`
  const words = Object.entries(options).map(([option, { takes, many: often, needed }]) => {
    const word = `--${option}${takes === undefined ? '' : ` ${takes}`}`
    return needed ? word : `[${word}]${often ? '…' : ''}`
  })
  const word = shown && (operands?.least === 0 ? `[${shown}]` : shown)
  return ['Usage: atlas-offboarding', name, word, ...words].filter(Boolean).join(' ')
}

function optionLines(options: Options): readonly string[] {
  const lines = Object.entries(options).map(([name, { takes, about }]) => {
    return [`--${name}${takes === undefined ? '' : ` ${takes}`}`, about] as const
  })
  const longest = Math.max(...lines.map(([word]) => word.length))
  return lines.map(([word, about]) => `  ${word.padEnd(longest)}  ${about}`)
}
