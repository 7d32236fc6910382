import { createReadStream } from 'node:fs'
import { exampleOrg } from './atlas/example-org.ts'
import type { SeedMember } from './atlas/member.ts'
import { typeCommand } from './desk.ts'
import type { Printer } from './print.ts'
import { openScene } from './scene.ts'
import type { LocalStack } from './stack.ts'

/** No event named them: one who left, one who left as an owner, and a contractor whose namesake works here. */
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
 * Compares the example organization with a roster: who is still in Atlas and no longer employed. Then has those removed, under every
 * rule. With a roster of the caller's own it only compares.
 *
 * @returns the exit status
 */
export async function showOrphans(stack: LocalStack, printer: Printer, file?: string): Promise<number> {
  const orphans = (roster: string, ...more: readonly string[]) =>
    typeCommand(stack, printer, ['orphans', '--roster', roster, ...more], { readBytes: bytesOf })
  if (file !== undefined) return await orphans(file)

  printer.title('People left, and no event said so. HR has a list of those who are here, people.csv:')
  printer.note(ROSTER.join('\n'))
  printer.title('Who is in Atlas and on no line of it?')
  const found = await orphans('people.csv')

  printer.title('The same with half of the list: the roster is wrong, and nobody is removed because of it.')
  const refused = await orphans('half.csv')

  printer.title('HR says: all three have left. On-call has them removed, under every rule.')
  const scene = openScene(stack, printer)
  const acted = await orphans('people.csv', '--remove', '--expect', '3', ...CLAIM, '--yes')
  const { removed, untouched } = scene.end()
  const isReported = [found, refused, acted].join() === '1,2,1'
  return isReported && untouched && removed.toSorted().join() === 'margaret@example.com,tim@example.com'
    ? 0
    : 1
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  const text = FILES[file]
  if (text === undefined) yield* createReadStream(file)
  else yield Buffer.from(text)
}
