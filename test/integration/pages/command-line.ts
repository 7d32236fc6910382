import { isRefusal, readRequest } from '../../../lib/acts/requests.ts'
import { readCommandLine } from '../../../lib/cli/command-line.ts'
import { COMMANDS } from '../../../lib/cli/commands.ts'
import type { Terminal } from '../../../lib/cli/terminal.ts'

/** What stands for something that the reader fills in. */
const FILLED: Readonly<Record<string, string>> = {
  CASE: 'c-330beed7d1efa010d550',
  '<case>': 'c-330beed7d1efa010d550',
  USERNAME: 'grace@example.com',
  OTHER: 'ada@example.com',
  ORG: '32b6e34b3d91647abb20e7b8',
  '<org>': '32b6e34b3d91647abb20e7b8',
  N: '2',
}

/** Says what the command line, or the function that it asks, would not take; nothing if all is well. */
export async function problemWith(words: readonly string[]): Promise<string | undefined> {
  const read = readCommandLine(words.map((word) => FILLED[word] ?? word))
  if (read.kind === 'wrong') return read.problem
  if (read.kind !== 'command') return undefined
  const plan = await read.command.plan(read, TERMINAL)
  return typeof plan === 'string' ? plan : problemWithRequest(plan.request)
}

/** Says what the operator functions would answer to a request that they do not understand. */
export function problemWithRequest(request: Readonly<Record<string, unknown>>): string | undefined {
  const { action } = request
  if (!isAction(action)) return `no action "${action}"`
  if (action === 'status') return undefined
  // Undefined values do not go over the wire.
  const answer = readRequest(action, JSON.parse(JSON.stringify(request)))
  return isRefusal(answer) ? answer.error : undefined
}

/** Tells which function an action is asked of. */
export function faceOf(action: unknown): string | undefined {
  return COMMANDS[String(action).replace('_', '-')]?.face
}

function isAction(action: unknown): action is 'status' | Parameters<typeof readRequest>[0] {
  return faceOf(action) !== undefined
}

const TERMINAL: Terminal = {
  print: () => undefined,
  tell: () => undefined,
  isLive: false,
  show: () => undefined,
  width: undefined,
  ask: undefined,
  async *readBytes() {
    yield Buffer.from(
      'userName\nada@example.com\ngrace@example.com\nalan@example.com\nBarbara@example.com\nedsger@example.com\nmargaret@example.com\n',
    )
  },
  readText: async () => 'grace@example.com\n',
  writeText: async () => undefined,
  now: () => new Date('2026-11-30T17:00:00Z'),
  sleep: async () => undefined,
  every: () => () => undefined,
}
