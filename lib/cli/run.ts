import { plain } from '../words/plain.ts'
import { type Argv, readArgv } from './argv.ts'
import { type Command, type Confirmed, type Desk, type Failed, isFailed } from './command.ts'
import type { ExitStatus } from './exit-status.ts'
import { helpOn, overview } from './help.ts'
import type { Invoke, Target } from './invoke.ts'
import { withProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { jsonOf } from './text.ts'

type RunDeps = {
  readonly terminal: Terminal
  readonly version: string
  readonly commands: readonly Command[]
  readonly connect: (target: Target) => Invoke
}

type Asked = Extract<Argv, { kind: 'command' }>

/** Does what a command line asks for. @returns the exit status */
export async function runCommand(args: readonly string[], deps: RunDeps): Promise<ExitStatus> {
  const { terminal, version, commands } = deps
  const asked = readArgv(args, commands)
  switch (asked.kind) {
    case 'help': {
      const help = asked.command ? helpOn(asked.command) : overview(commands)
      terminal.print(asked.json ? jsonOf({ help }) : help)
      return 0
    }
    case 'version':
      terminal.print(asked.json ? jsonOf({ version }) : version)
      return 0
    case 'wrong': {
      const status = fail(terminal, asked, { error: asked.problem, status: 2 })
      terminal.tell(`Try: atlas-offboarding ${asked.command ? `${asked.command.name} --help` : 'help'}`)
      return status
    }
    case 'command':
      return await runAsked(asked, deps)
  }
}

async function runAsked(asked: Asked, { terminal, connect }: RunDeps): Promise<ExitStatus> {
  const { command, operands, values, json } = asked
  const result = await command.run(deskOf(asked, terminal, connect(asked.target)), { operands, values })
  if (isFailed(result)) {
    const error = `${command.name}: ${inWordsOf(command, result.error)}`
    return fail(terminal, asked, { ...result, error })
  }
  const { text, answer, status, warning } = result
  if (warning) terminal.tell(`*** ${warning} ***`)
  terminal.print(json ? jsonOf(answer) : text)
  return status
}

function deskOf({ command, values, json, target }: Asked, terminal: Terminal, invoke: Invoke): Desk {
  return {
    terminal,
    json,
    ask: (face, request) => {
      const by = face === 'operator' ? { by: values.by ?? terminal.user } : {}
      return withProgress(terminal, request.action, invoke(face, { ...request, ...by }))
    },
    confirm: (question) => confirmed(question, command, { values, target }, terminal),
    view: () => ({ now: terminal.now(), width: terminal.width }),
  }
}

/** Asks the human. Where there is none, silence is no yes. */
async function confirmed(
  question: string,
  { name }: Command,
  { values, target }: Pick<Asked, 'values' | 'target'>,
  terminal: Terminal,
): Promise<Confirmed> {
  if (values.yes) return undefined
  if (!terminal.ask) return { error: 'needs --yes, because there is nobody to ask', status: 2 }
  const { functionName, region, profile } = target
  const place = [functionName, region && `region ${region}`, profile && `profile ${profile}`]
  terminal.tell(`${name} in ${plain(place.filter(Boolean).join(', '))}`)
  const said = await terminal.ask(`${question} [y/N] `)
  if (said === undefined) return { error: 'interrupted; nothing was done', status: 130 }
  return /^y(es)?$/i.test(said.trim()) ? undefined : { error: 'nothing was done', status: 1 }
}

/** Says a function's error in the words of the command line: `--org`, not `orgIds.0`. */
function inWordsOf({ options, operands }: Command, error: string): string {
  const words = new Map(
    Object.entries(options).map(([name, { field }]) => [field ?? camelCase(name), `--${name}`]),
  )
  if (operands) words.set(operands.field, operands.name)
  return error.replace(/`(\w+)(?:\.(\d+))?`/g, (whole, field: string, index: string | undefined) => {
    const word = words.get(field)
    if (word === undefined) return whole
    return index === undefined ? word : `${word} (number ${Number(index) + 1})`
  })
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function fail(terminal: Terminal, { json }: { readonly json: boolean }, failed: Failed): ExitStatus {
  terminal.tell(`atlas-offboarding: ${plain(failed.error)}`)
  if (json) terminal.print(jsonOf({ error: failed.error }))
  return failed.status
}
