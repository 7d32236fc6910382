import { COMMANDS } from '../../../lib/acts/commands.ts'
import { answer, carryOut } from '../../../lib/acts/operator.ts'
import { readArgv } from '../../../lib/cli/argv.ts'
import type { Invoke } from '../../../lib/cli/invoke.ts'
import { runCommand } from '../../../lib/cli/run.ts'
import { diskAndS3 } from '../../../lib/cli/storage.ts'
import type { Terminal } from '../../../lib/cli/terminal.ts'
import { OWNER } from '../../support/archive-double.ts'
import { ON_CALL } from '../../support/cases.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

const SELF = {
  functionName: 'atlas-offboarding-prod-operator-read',
  accountId: OWNER.account,
  region: OWNER.region,
}
/** How much of the virtual time each invocation lets pass. */
const PASSING_MS = 5_000

type Said = {
  /** What the human answers; without it `--yes` is given. `undefined` is Ctrl-C. */
  readonly says?: string | undefined
  /** What happens while the human thinks about the answer. */
  readonly meanwhile?: () => Promise<void>
  /** Nobody is there, and nothing was said in advance. */
  readonly alone?: true
  readonly width?: number
  readonly files?: Record<string, string>
}

export type Ran = {
  readonly status: number
  readonly out: string
  readonly err: string
  readonly asked: string[]
}

/** A world, and the command before it. A `broken` function fails whenever it is invoked. */
export function startDesk(options: WorldOptions = {}) {
  const world = createWorld(options)
  const broken = new Set<string>()
  const invoke = invokeIn(world, broken)
  return {
    world,
    broken,
    async run(line: string, said: Said = {}): Promise<Ran> {
      const screen = fakeTerminal(world, said)
      const args = [...wordsOf(line), ...('says' in said || said.alone ? [] : ['--yes'])]
      const { terminal } = screen
      const status = await runCommand(args, {
        commands: COMMANDS,
        terminal,
        version: '1.2.3',
        connect: () => invoke,
        storage: diskAndS3,
      })
      if (said.width === undefined)
        for (const line of unpastable([...screen.out, ...screen.err].join('\n')))
          throw new Error(`Cannot paste "${line}"`)
      return { status, out: screen.out.join('\n'), err: screen.err.join('\n'), asked: screen.asked }
    },
  }
}

/** Finds lines that offer what to type, and cannot be pasted as they stand. */
export function unpastable(text: string): readonly string[] {
  return text.split('\n').filter((line) => {
    if (!/(?:^ *|[;,.] )(?:next|or|then): /.test(line)) return false
    const [, typed] = /^ *\w+: +(?:atlas-offboarding (.*)|atlas api .*)$/.exec(line) ?? ['', '']
    if (typed === undefined) return false
    // A shell would refuse a bracket.
    return /[()]/.test(typed) || readArgv(wordsOf(typed), COMMANDS).kind !== 'command'
  })
}

/** Splits as a shell does, as far as double quotes go. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
}

/** What the functions answer comes over a wire. */
function invokeIn(world: World, broken: ReadonlySet<string>): Invoke {
  const { deps } = world.worker('operator')
  let invocations = 0
  return async (face, request) => {
    if (broken.has(face)) return { error: `"${face}" failed`, status: 3 }
    invocations += 1
    const requestId = `00000000-0000-4000-8000-${String(invocations).padStart(12, '0')}`
    const deadline = new Date(world.time.now().getTime() + 60_000)
    const body: unknown = JSON.parse(JSON.stringify(request))
    const work =
      face === 'operator'
        ? carryOut(deps, body, { caller: ON_CALL, requestId, deadline })
        : answer(deps, body, { requestId, deadline, self: SELF })
    await world.runUntil(new Date(world.time.now().getTime() + PASSING_MS))
    const answered = JSON.parse(JSON.stringify(await world.time.run(work.catch(failed)))) as object
    if ('threw' in answered) return { error: `"${face}" failed: ${answered.threw}`, status: 3 }
    return 'error' in answered ? { error: String(answered.error), status: 2 } : answered
  }
}

function failed(error: Error): object {
  return { threw: error.message }
}

function fakeTerminal({ time }: World, { says, meanwhile, alone, width, files = {}, ...said }: Said) {
  const [out, err, asked]: [string[], string[], string[]] = [[], [], []]
  const terminal: Terminal = {
    print: (text) => void out.push(text),
    show: (text) => void err.push(text),
    width,
    ask: alone
      ? undefined
      : async (question) => {
          asked.push(question)
          await meanwhile?.()
          return says
        },
    async *readBytes(file) {
      const text = files[file]
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      yield Buffer.from(text)
    },
    async writeText(file, text) {
      if (file.startsWith('/missing/')) throw Object.assign(new Error('no such folder'), { code: 'ENOENT' })
      files[file] = text
    },
    now: time.now,
    sleep: async () => undefined,
    working: () => () => undefined,
  }
  return { terminal, out, err, asked, said }
}
