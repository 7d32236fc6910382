import { createReadStream } from 'node:fs'
import { type OrphansReported, reportOrphans } from '../../lib/cli/report-orphans.ts'
import { exampleOrg } from './atlas/example-org.ts'
import type { SeedMember } from './atlas/member.ts'
import { onDesk } from './desk.ts'
import type { Printer } from './print.ts'
import { openScene } from './scene.ts'
import type { LocalStack } from './stack.ts'

/** Nobody told of them: one who left, one who left as an owner, and a contractor whose namesake works here. */
const FORGOTTEN: readonly SeedMember[] = [
  { username: 'tim@example.com', lastAuth: '2024-02-29T09:12:00Z' },
  { username: 'radia@example.com', lastAuth: '2025-06-01T16:40:00Z', roles: { orgRoles: ['ORG_OWNER'] } },
  { username: 'john@contractor.example.org', lastAuth: '2025-11-03T11:05:00Z' },
  { username: 'frances@example.com' },
]

/** The example organization, with people in it whom no event ever named. */
export const ORPHANS_STACK = {
  orgs: [{ ...exampleOrg(), members: [...exampleOrg().members, ...FORGOTTEN] }],
}

const ROSTER = [
  'employee;userName;department',
  '1001;ada@example.com;Engineering',
  '1002;grace@example.com;Engineering',
  '1003;alan@example.com;Research',
  '1004;katherine@example.com;Research',
  '1005;barbara@example.com;Research',
  '1006;edsger@example.com;"Research; on leave"',
  '1007;frances@example.com;Engineering',
  '1008;john@example.com;Sales',
]
const FILES: Readonly<Record<string, string>> = {
  'people.csv': ROSTER.join('\r\n'),
  'half.csv': ROSTER.slice(0, 5).join('\r\n'),
}
const CLAIM = ['--by', 'oncall@example.com', '--because', 'HR confirms all three']

/**
 * Compares the example organization with a roster: who is still in Atlas whom nobody employs any more. Then has those removed,
 * under every guard. With a roster of the caller's own it only compares.
 *
 * @returns the exit status
 */
export async function tellOrphans(stack: LocalStack, printer: Printer, file?: string): Promise<number> {
  if (file !== undefined) return (await command(stack, printer, ['--roster', file])).status

  printer.title('People left, and no event said so. HR has a list of those who are here, people.csv:')
  printer.note(ROSTER.join('\n'))
  printer.title('Who is in Atlas and on no line of it?')
  const found = await command(stack, printer, ['--roster', 'people.csv'])

  printer.title(
    'The same with half of the list: it is the roster that is wrong, and nobody is removed by it.',
  )
  const refused = await command(stack, printer, ['--roster', 'half.csv'])

  printer.title('HR says: all three have left. On-call has them removed, and the guards have their say.')
  const scene = openScene(stack, printer)
  const act = ['--remove', '--expect', '3', ...CLAIM]
  const acted = await command(stack, printer, ['--roster', 'people.csv', ...act])
  const { removed, untouched } = scene.end()
  const isTold = [found, refused, acted].map(({ status }) => status).join() === '1,2,1'
  return isTold && untouched && removed.toSorted().join() === 'margaret@example.com,tim@example.com' ? 0 : 1
}

type Ran = { readonly status: number }

/** Runs `atlas-offboarding orphans` as it is shipped, but for the process, and tells what it prints. */
async function command(stack: LocalStack, printer: Printer, options: readonly string[]): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []]
  const line = ['atlas-offboarding orphans', ...options.map(shellWord)].join(' ')
  printer.step({ step: 'command', at: new Date(), text: line, facts: { command: line } })
  const status = await onDesk(stack, ['orphans', ...options, '--json'], {
    print: (text) => void out.push(text),
    tell: (text) => void err.push(text),
    readBytes: bytesOf,
  })
  const answer = JSON.parse(out.join('\n'))
  printer.note(`\n${'error' in answer ? err.join('\n') : textOf(answer)}\n`)
  const ended = { text: `exit status ${status}`, facts: { status, answer } }
  printer.step({ step: 'answer', at: new Date(), ...ended })
  return { status }
}

function textOf(answer: OrphansReported): string {
  return reportOrphans(answer, { now: new Date(), width: process.stdout.columns }).text
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  const text = FILES[file]
  if (text === undefined) yield* createReadStream(file)
  else yield Buffer.from(text)
}

function shellWord(word: string): string {
  return word.includes(' ') ? `"${word}"` : word
}
