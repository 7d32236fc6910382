import type { Answers } from './answers.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import type { Plan } from './commands.ts'
import { type Followed, follow } from './follow.ts'
import { help } from './help.ts'
import type { Invoke, Target } from './invoke.ts'
import { withProgress } from './progress.ts'
import { REPORTS } from './report.ts'
import type { Terminal } from './terminal.ts'
import { plain } from './text.ts'
import type { Report, View } from './view.ts'

/** 0 done · 1 not (yet), or found · 2 wrong command line, request or roster · 3 the function or an organization cannot be reached */
type ExitStatus = 0 | 1 | 2 | 3

type RunDeps = {
  readonly terminal: Terminal
  readonly version: string
  readonly connect: (target: Target) => Invoke
}

type Asked = Extract<CommandLine, { kind: 'command' }>

/** Does what a command line asks for. @returns the exit status */
export async function runCommand(args: readonly string[], deps: RunDeps): Promise<ExitStatus> {
  const { terminal, version } = deps
  const asked = readCommandLine(args)
  switch (asked.kind) {
    case 'help':
      terminal.print(asked.json ? document({ help: help() }) : help())
      return 0
    case 'version':
      terminal.print(asked.json ? document({ version }) : version)
      return 0
    case 'wrong':
      terminal.tell('Try: atlas-offboarding help')
      return fail(terminal, asked, { error: asked.problem, status: 2 })
    case 'command':
      return await runAsked(asked, deps)
  }
}

async function runAsked(asked: Asked, { terminal, connect }: RunDeps): Promise<ExitStatus> {
  const { command, operands, values } = asked
  const plan = await command.plan({ operands, values }, terminal)
  if (typeof plan === 'string') return fail(terminal, asked, { error: plan, status: 2 })
  return await carryOut(asked, plan, { terminal, invoke: connect(asked.target) })
}

type At = { readonly terminal: Terminal; readonly invoke: Invoke }

async function carryOut(asked: Asked, plan: Plan, at: At): Promise<ExitStatus> {
  const { command, values, json } = asked
  const { terminal, invoke } = at
  if (!values.yes && !(await isWanted(plan, invoke, terminal))) {
    return fail(terminal, asked, { error: 'Nothing was done', status: 1 })
  }
  const { action } = plan.request
  const asking = plan.ask?.(invoke) ?? invoke(plan.face ?? command.face, plan.request)
  const reply = await withProgress(terminal, action, asking)
  if (reply.kind === 'refused') return fail(terminal, asked, { error: reply.error, status: 2 })
  if (reply.kind === 'failed') return fail(terminal, asked, { error: reply.error, status: 3 })

  const answer = isSteering(action)
    ? await followed(asked, { invoke, terminal, answer: reply.answer })
    : reply.answer
  // An action's answer has the shape of that action: the function is ours.
  const report = REPORTS[action] as (answer: unknown, view: View) => Report
  const { text, status, warning } = (await plan.show?.(answer)) ?? report(answer, viewOf(terminal))
  const further = plan.further?.(answer)
  if (further !== undefined) terminal.tell(`${text}\n`)
  if (typeof further === 'string') return fail(terminal, asked, { error: further, status: 2 })
  if (further) return await carryOut(asked, further, at)

  if (warning) terminal.tell(`*** ${warning} ***`)
  terminal.print(json ? document(answer) : text)
  return status
}

/** Asks the human, if there is one, and shows which cases are meant. */
async function isWanted({ request, question }: Plan, invoke: Invoke, terminal: Terminal): Promise<boolean> {
  if (!question || !terminal.ask) return true
  const { cases, all, kind } = request
  if (cases || all) {
    const meant = { action: 'cases', ...(all ? { kind } : { cases }) }
    const reply = await withProgress(terminal, 'cases', invoke('operator-read', meant))
    // Without them the question stands all the same.
    if (reply.kind === 'answer')
      terminal.tell(`${REPORTS.cases(reply.answer as Answers['cases'], viewOf(terminal)).text}\n`)
  }
  const said = await terminal.ask(`${question} [y/N] `)
  return /^y(es)?$/i.test(said.trim())
}

function isSteering(action: string): boolean {
  return action === 'release' || action === 'retry' || action === 'cancel'
}

type Steering = { readonly invoke: Invoke; readonly terminal: Terminal; readonly answer: object }

async function followed({ values }: Asked, { invoke, terminal, answer }: Steering): Promise<Followed> {
  const { cases } = answer as Answers['release']
  if (values['no-wait']) return { cases, pending: false }
  return await withProgress(terminal, 'waiting for a worker', follow(invoke, terminal, cases))
}

type Failing = { readonly error: string; readonly status: 1 | 2 | 3 }

function fail(terminal: Terminal, { json }: { json: boolean }, { error, status }: Failing): ExitStatus {
  terminal.tell(`atlas-offboarding: ${plain(error)}`)
  if (json) terminal.print(document({ error }))
  return status
}

function viewOf({ now, width }: Terminal): View {
  return { now: now(), width }
}

/** JSON says a character that a terminal would obey as well by its code; nothing outside of strings is one but the line's end. */
function document(value: object): string {
  return JSON.stringify(value, undefined, 2).replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, escapedUnits)
}

function escapedUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
