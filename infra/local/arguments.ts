import { parseArgs } from 'node:util'
import { LEFTOVERS_STACK, tellLeftovers } from './leftovers.ts'
import { ORPHANS_STACK, tellOrphans } from './orphans.ts'
import type { Printer } from './print.ts'
import { tellRemoval } from './remove.ts'
import { tellScim } from './scim.ts'
import type { LocalStack, LocalStackOptions } from './stack.ts'
import { STORY_STACK, tellStory } from './story.ts'

/** What is done on a stack that is up. @returns the exit status */
type Run = (stack: LocalStack, printer: Printer) => Promise<number>

type StackOptions = Omit<LocalStackOptions, 'code'>

/** What the command line asks for. */
export type Request =
  | {
      readonly kind: 'run'
      readonly json: boolean
      readonly run: Run
      readonly stack?: StackOptions
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Option = keyof typeof OPTIONS
type Given = { readonly operands: readonly string[]; readonly dryRun: boolean }

type Command = {
  readonly usage: string
  readonly about: string
  /** Those that it knows besides `--json` and `--help`. */
  readonly options: readonly Option[]
  /** How its stack differs from the usual one. */
  readonly stack?: StackOptions
  /** @returns what is wrong, as a text */
  read(given: Given): Run | string
}

const COMMANDS: Readonly<Record<string, Command>> = {
  '': {
    usage: '',
    about: 'Okta deactivates a member',
    options: [],
    stack: STORY_STACK,
    read: () => tellStory,
  },
  remove: {
    usage: 'remove <username> [--dry-run]',
    about: 'on-call removes a member, or asks what would happen',
    options: ['dry-run'],
    read({ operands: [username, ...others], dryRun }) {
      if (others.length > 0) return 'remove: expected one username'
      if (!username || !isAddress(username)) return 'remove: expected a username such as grace@example.com'
      return (stack, printer) => tellRemoval(stack, printer, { username, dryRun })
    },
  },
  leftovers: {
    usage: 'leftovers',
    about: 'a member leaves invitations and database users in thirty projects',
    options: [],
    stack: LEFTOVERS_STACK,
    read: ({ operands }) => (operands.length > 0 ? 'leftovers: expected nothing after it' : tellLeftovers),
  },
  scim: {
    usage: 'scim',
    about: 'Okta deactivates a member and Entra ID disables another, over SCIM',
    options: [],
    read: ({ operands }) => (operands.length > 0 ? 'scim: expected nothing after it' : tellScim),
  },
  orphans: {
    usage: 'orphans [people.csv]',
    about: 'who is in Atlas and on no roster line; or on none of yours',
    options: [],
    stack: ORPHANS_STACK,
    read({ operands: [file, ...others] }) {
      if (others.length > 0) return 'orphans: expected one roster, or none'
      return (stack, printer) => tellOrphans(stack, printer, file)
    },
  },
}

export function usage(): string {
  const lines = Object.values(COMMANDS).map(
    ({ usage: operands, about }) => `  npm start -- ${`${operands} [--json]`.trim().padEnd(39)}  ${about}`,
  )
  return ['Usage:', ...lines].join('\n')
}

/** Reads the command line. */
export function readArguments(args: readonly string[]): Request {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    if (values.help) return { kind: 'help' }
    const [name = '', ...operands] = positionals
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (!command) return { kind: 'wrong', problem: `no command "${name}"` }
    if (values['dry-run'] && !command.options.includes('dry-run'))
      return { kind: 'wrong', problem: '--dry-run: not without a command that removes' }

    const run = command.read({ operands, dryRun: values['dry-run'] })
    if (typeof run === 'string') return { kind: 'wrong', problem: run }
    return { kind: 'run', json: values.json, run, stack: command.stack }
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Atlas's usernames are e-mail addresses. */
function isAddress(text: string): boolean {
  return /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(text)
}
