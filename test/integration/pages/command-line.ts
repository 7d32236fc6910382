import { COMMANDS } from '../../../lib/acts/commands.ts'
import { answer, carryOut, READS, WRITES } from '../../../lib/acts/operator.ts'
import type { Failed, OperatorFunction } from '../../../lib/cli/command.ts'
import { runCommand } from '../../../lib/cli/run.ts'
import { diskAndS3 } from '../../../lib/cli/storage.ts'
import type { Terminal } from '../../../lib/cli/terminal.ts'

/** What stands for something that the reader fills in. */
const FILLED: Readonly<Record<string, string>> = {
  CASE: 'c-330beed7d1efa010d550',
  USERNAME: 'grace@example.com',
  OTHER: 'ada@example.com',
  USERID: 'f1660abe6e9f7490b946bd20',
  ORG: '32b6e34b3d91647abb20e7b8',
  N: '2',
}

/** Says what the command line, or the function that it asks, would not take; nothing if all is well. */
export async function problemWith(words: readonly string[]): Promise<string | undefined> {
  const told: string[] = []
  const status = await runCommand(
    words.map((word) => FILLED[word] ?? word),
    {
      commands: COMMANDS,
      terminal: terminal(told),
      version: '0',
      connect: () => understood,
      storage: diskAndS3,
    },
  )
  return status === 2 ? told.join('\n') : undefined
}

/** Says what the operator functions would answer to a request that they do not understand. */
export async function problemWithRequest(
  target: string | undefined,
  request: object,
): Promise<string | undefined> {
  if (target !== 'operator' && target !== 'operator-read') return `no function ${target}`
  const reply = await understood(target, request)
  return reply.status === 2 ? reply.error : undefined
}

/** Tells which function an action is asked of. */
export function targetOf(action: unknown): OperatorFunction | undefined {
  if (WRITES.some((act) => act.action === action)) return 'operator'
  return READS.some((act) => act.action === action) ? 'operator-read' : undefined
}

/** Refuses what the functions would refuse by the request alone, and goes no further. */
async function understood(target: OperatorFunction, request: object): Promise<Failed> {
  // Undefined values do not go over the wire.
  const body: unknown = JSON.parse(JSON.stringify(request))
  const by = { deadline: new Date('2026-11-30T17:01:00Z'), requestId: 'bbfd5e81-ee70-43c1-ad62-3bd020419d14' }
  try {
    const said: object =
      target === 'operator' ? await carryOut(NOTHING, body, by) : await answer(NOTHING, body, by)
    if ('error' in said) return { error: String(said.error), status: 2 }
  } catch {
    // It got as far as using a part.
  }
  return { error: 'nothing behind it', status: 3 }
}

/** Whoever gets so far as to use a part has understood the request. */
const NOTHING = new Proxy({} as never, {
  get(_, part) {
    throw new Error(`Cannot use "${String(part)}" here`)
  },
})

function terminal(told: string[]): Terminal {
  return {
    print: () => undefined,
    show: (text) => void told.push(text),
    width: undefined,
    ask: async () => 'y',
    async *readBytes() {
      yield Buffer.from(
        'userName\nada@example.com\ngrace@example.com\nalan@example.com\nBarbara@example.com\nedsger@example.com\nmargaret@example.com\n',
      )
    },
    writeText: async () => undefined,
    now: () => new Date('2026-11-30T17:00:00Z'),
    sleep: async () => undefined,
    working: () => () => undefined,
  }
}
