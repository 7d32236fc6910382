import { plain } from '../words/plain.ts'
import { withInstants } from '../words/with-instants.ts'
import { countOf } from '../words/wording.ts'
import { type Argv, installationIn, readArgv, readTyped, wordOf } from './argv.ts'
import {
  type Command,
  type Desk,
  type ExitStatus,
  type Failed,
  isFailed,
  type OperatorFunction,
  type Request,
  type Result,
  type Storage,
} from './command.ts'
import { helpOn, overview } from './help.ts'
import type { Installation, Invoke } from './invoke.ts'
import { orgsLine, type Place, placeLine, withNames } from './place.ts'
import type { Terminal } from './terminal.ts'
import { fitted, instant, jsonOf, printable } from './text.ts'

type RunDeps = {
  readonly terminal: Terminal
  readonly version: string
  readonly commands: readonly Command[]
  readonly connect: (installation: Installation) => Invoke
  readonly storage: (installation: Installation) => Storage
}

/** Carries out a command line. @returns the exit status */
export async function runCommand(args: readonly string[], deps: RunDeps): Promise<ExitStatus> {
  const { print, show } = deps.terminal
  const terminal: Terminal = {
    ...deps.terminal,
    print: (text) => print(printable(text)),
    show: (text) => show(fitted(printable(text), deps.terminal.width)),
  }
  const json = args.includes('--json')
  const asked = readArgv(args, deps.commands)
  const result = await resultOf(asked, json, { ...deps, terminal }).catch(
    // Such as an answer of a function of another version.
    (error): Failed => ({
      error: `cannot be shown: ${error instanceof Error ? error.message : 'unknown'}`,
      status: 3,
    }),
  )
  if (isFailed(result)) {
    terminal.show(`atlas-offboarding: ${result.error}`)
    if (json) terminal.print(jsonOf({ error: result.error, ...result.answer }))
    if (asked.kind === 'wrong')
      terminal.show(`Try: atlas-offboarding ${asked.command ? `${asked.command.name} --help` : 'help'}`)
    return result.status
  }
  if (result.warning) terminal.show(`*** ${result.warning} ***`)
  terminal.print(json ? jsonOf(result.answer) : fitted(result.text, terminal.width))
  return result.status
}

async function resultOf(asked: Argv, json: boolean, deps: RunDeps): Promise<Result> {
  switch (asked.kind) {
    case 'help': {
      const help = asked.command ? helpOn(asked.command) : overview(deps.commands)
      return { text: help, answer: { help }, status: 0 }
    }
    case 'version':
      return { text: deps.version, answer: { version: deps.version }, status: 0 }
    case 'wrong':
      return { error: asked.problem, status: 2 }
    case 'command': {
      const { command, typed } = asked
      const given = await readTyped(command, typed, deps.terminal)
      const result = isFailed(given) ? given : await command.run(deskOf(asked, json, deps), given)
      return isFailed(result)
        ? { ...result, error: `${command.name}: ${inWordsOf(command, result.error)}` }
        : result
    }
  }
}

type Asked = Extract<Argv, { kind: 'command' }>

function deskOf(asked: Asked, json: boolean, { terminal, connect, storage }: RunDeps): Desk {
  const installation = installationIn(asked.typed)
  const invoke = connect(installation)
  return {
    ...storage(installation),
    terminal,
    json,
    async ask<A extends object>(target: OperatorFunction, request: Request) {
      const stop = terminal.working(request.action)
      const reply = await invoke(target, request).finally(stop)
      const answer = withInstants(reply) as object
      // Any other answer has that act's shape, because the function is ours.
      return 'proposed' in answer ? waiting(answer as Proposed) : (answer as A | Failed)
    },
    confirm: (question) =>
      confirmed(question, asked, terminal, async () => {
        return withInstants(await invoke('operator-read', { action: 'place' })) as Place | Failed
      }),
    view: () => ({ now: terminal.now(), width: terminal.width }),
  }
}

/** What the function answers to an act that needs another person. */
type Proposed = {
  readonly proposed: string
  readonly what: string
  readonly expiresAt: Date
  readonly needs: number
}

function waiting({ proposed, what, expiresAt, needs }: Proposed): Failed {
  const whom = needs > 1 ? `${needs} other people, because nobody proved who you are` : 'another person'
  const next = `By ${whom}, before ${instant(expiresAt)}:\nnext: atlas-offboarding confirm ${proposed}`
  return {
    error: `proposed, not done: ${what}\n${next}`,
    status: 1,
    answer: { proposed, what, expiresAt, needs },
  }
}

/** Asks the human. Where there is none to ask, the answer is not yes. */
async function confirmed(
  question: string,
  { command, typed }: Asked,
  terminal: Terminal,
  placeOf: () => Promise<Place | Failed>,
): Promise<Failed | undefined> {
  if (typed.values.yes) return undefined
  if (!terminal.ask) return { error: 'needs --yes, because there is nobody to ask', status: 2 }
  const place = await placeOf()
  // An older function does not know the question, and on-call must act all the same.
  const known = !isFailed(place)
  terminal.show(`${command.name} in ${known ? placeLine(place) : installationIn(typed).functionName}`)
  if (known) terminal.show(`${countOf(place.orgs.length, 'organization')}: ${orgsLine(place)}`)
  const said = await terminal.ask(`${plain(known ? withNames(question, place) : question)} [y/N] `)
  if (said === undefined) return { error: 'interrupted; nothing was done', status: 130 }
  return /^y(es)?$/i.test(said.trim()) ? undefined : { error: 'nothing was done', status: 1 }
}

/** Says a function's error in the words of the command line: `--org`, not `orgIds.0`. */
function inWordsOf({ options }: Command, error: string): string {
  return error.replace(/`(\w+)(?:\.(\d+))?`/g, (whole, field: string, index: string | undefined) => {
    const option = Object.hasOwn(options, field) ? options[field] : undefined
    if (!option) return whole
    return `${wordOf(field, option)}${index === undefined ? '' : ` (number ${Number(index) + 1})`}`
  })
}
