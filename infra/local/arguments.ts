import { parseArgs } from 'node:util'
import type { Printer } from './print.ts'
import type { LocalStack, LocalStackOptions } from './stack.ts'

/** A demonstration, and how its stack differs from the default one. */
type Story = {
  readonly stack?: Omit<LocalStackOptions, 'code'>
  /** @returns the exit status */
  show(stack: LocalStack, printer: Printer): Promise<number>
}

/** Loads a story once the first line is printed, so that this line appears at once. */
type Load = () => Promise<Story>

/** What the command line asks for. */
export type Request =
  | { readonly kind: 'run'; readonly json: boolean; readonly load: Load }
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
  /** The options it takes besides `--json` and `--help`. */
  readonly options: readonly Option[]
  /** @returns what to load, or what is wrong with the command line */
  read(given: Given): Load | string
}

const COMMANDS: Readonly<Record<string, Command>> = {
  '': {
    usage: '',
    about: 'Okta deactivates a member',
    options: [],
    read: () => async () => {
      const { STORY_STACK, showStory } = await import('./story.ts')
      return { stack: STORY_STACK, show: showStory }
    },
  },
  remove: {
    usage: 'remove <username> [--dry-run]',
    about: 'on-call removes a member, or asks what would happen',
    options: ['dry-run'],
    read({ operands: [username, ...others], dryRun }) {
      if (others.length > 0) return 'remove: expected one username'
      if (!username || !isAddress(username)) return 'remove: expected a username such as grace@example.com'
      return async () => {
        const { showRemoval } = await import('./remove.ts')
        return { show: (stack, printer) => showRemoval(stack, printer, { username, dryRun }) }
      }
    },
  },
  leftovers: {
    usage: 'leftovers',
    about: 'a member leaves invitations and database users in thirty projects',
    options: [],
    read({ operands }) {
      if (operands.length > 0) return 'leftovers: expected nothing after it'
      return async () => {
        const { LEFTOVERS_STACK, showLeftovers } = await import('./leftovers.ts')
        return { stack: LEFTOVERS_STACK, show: showLeftovers }
      }
    },
  },
  scim: {
    usage: 'scim',
    about: 'Okta deactivates a member and Entra ID disables another, over SCIM',
    options: [],
    read({ operands }) {
      if (operands.length > 0) return 'scim: expected nothing after it'
      return async () => ({ show: (await import('./scim.ts')).showScim })
    },
  },
  roster: {
    usage: 'roster',
    about: "HR's nightly file names a leaver, who is removed; a truncated file removes nobody",
    options: [],
    read({ operands }) {
      if (operands.length > 0) return 'roster: expected nothing after it'
      return async () => {
        const { ROSTER_STACK, showRoster } = await import('./roster.ts')
        return { stack: ROSTER_STACK, show: showRoster }
      }
    },
  },
  hr: {
    usage: 'hr',
    about:
      'HiBob announces a leaver, moves the date, confirms it, takes another back; a nightly file brings one',
    options: [],
    read({ operands }) {
      if (operands.length > 0) return 'hr: expected nothing after it'
      return async () => {
        const { HR_STACK, showHr } = await import('./hr-leaver.ts')
        return { stack: HR_STACK, show: showHr }
      }
    },
  },
  orphans: {
    usage: 'orphans [people.csv]',
    about: 'who is in Atlas but not on the roster, an example or your own',
    options: [],
    read({ operands: [file, ...others] }) {
      if (others.length > 0) return 'orphans: expected one roster, or none'
      return async () => {
        const { ORPHANS_STACK, showOrphans } = await import('./orphans.ts')
        return { stack: ORPHANS_STACK, show: (stack, printer) => showOrphans(stack, printer, file) }
      }
    },
  },
}

/** Says what `npm start` can show. */
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
      return { kind: 'wrong', problem: '--dry-run: expected after `remove` only' }

    const load = command.read({ operands, dryRun: values['dry-run'] })
    if (typeof load === 'string') return { kind: 'wrong', problem: load }
    return { kind: 'run', json: values.json, load }
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Atlas's usernames are e-mail addresses. */
function isAddress(text: string): boolean {
  return /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(text)
}
