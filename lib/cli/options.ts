import { parseArgs } from 'node:util'

const OPTIONS = {
  org: { type: 'string', multiple: true },
  alias: { type: 'string', multiple: true },
  'effective-at': { type: 'string' },
  reason: { type: 'string' },
  'dry-run': { type: 'boolean' },
  open: { type: 'boolean' },
  kind: { type: 'string' },
  since: { type: 'string' },
  all: { type: 'boolean' },
  expect: { type: 'string' },
  roster: { type: 'string', multiple: true },
  remove: { type: 'boolean' },
  usernames: { type: 'string' },
  until: { type: 'string' },
  'test-alert': { type: 'boolean' },
  slo: { type: 'string' },
  html: { type: 'string' },
  csv: { type: 'boolean' },
  by: { type: 'string' },
  because: { type: 'string' },
  'no-wait': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  json: { type: 'boolean' },
  'function-prefix': { type: 'string' },
  function: { type: 'string' },
  region: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

export type Option = keyof typeof OPTIONS
export type Values = ReturnType<typeof parse>['values']

/** Options that every command knows. */
export const COMMON: readonly Option[] = [
  'json',
  'yes',
  'function-prefix',
  'function',
  'region',
  'profile',
  'help',
  'version',
]

/** What stands on the command line. */
export type Words = { readonly values: Values; readonly words: readonly string[] }

/** Reads options and words in any order. @returns what is wrong, as a text */
export function readWords(args: readonly string[]): Words | string {
  try {
    const { values, positionals } = parse(args)
    return { values, words: positionals }
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\. To specify a positional.*/s, '') : 'unreadable'
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
}

/** Names the options that were given, in the order of the command line. */
export function given(values: Values): readonly Option[] {
  return Object.keys(values) as Option[]
}
