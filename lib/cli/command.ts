import { withInstants } from '../words/with-instants.ts'
import type { Face, Reply } from './invoke.ts'
import type { Terminal } from './terminal.ts'
import type { View } from './view.ts'

/** An option of a command. Without `takes` it is a switch. */
type Option = {
  /** What stands for its value in the help, such as `FILE`. */
  readonly takes?: string
  /** It may be given several times. */
  readonly many?: true
  readonly needed?: true
  readonly about: string
  /** The field of the request that it fills, where that is not its own name. */
  readonly field?: string
}
export type Options = Readonly<Record<string, Option>>

type ValueOf<O extends Option> = O extends { takes: string; many: true }
  ? readonly string[]
  : O extends { takes: string }
    ? string
    : true
type Needed<O extends Options> = { [K in keyof O]: O[K] extends { needed: true } ? K : never }[keyof O]
/** The options as they were given. */
export type Values<O extends Options> = { readonly [K in Needed<O>]: ValueOf<O[K]> } & {
  readonly [K in keyof O]?: ValueOf<O[K]>
}

/** What a command takes besides options. */
type Operands = {
  /** What stands for one of them in the help, such as `CASE`. */
  readonly name: string
  readonly least: 0 | 1
  readonly most: 1 | typeof Number.POSITIVE_INFINITY
  readonly field: string
}

/** What a command has at hand. */
export type Desk = {
  readonly terminal: Terminal
  /** Asks one of the operator functions, and shows that it takes time. */
  ask(face: Face, request: { readonly action: string } & Readonly<Record<string, unknown>>): Promise<Reply>
  /** Asks the human; answers at once where `--yes` was given. */
  confirm(question: string): Promise<Confirmed>
  view(): View
  /** Whether the answer is shown as JSON. */
  readonly json: boolean
}

/** `undefined`: yes. Otherwise what the command ends with. */
export type Confirmed = Failed | undefined

/** Why a command could not be carried out. */
export type Failed = { readonly error: string; readonly status: 1 | 2 | 3 | 4 | 130 }

/** An answer in words, and what it means for whoever called. */
export type Shown = {
  readonly text: string
  /** What `--json` shows. */
  readonly answer: object
  readonly status: 0 | 1 | 3
  /** What nobody may overlook. */
  readonly warning?: string
}

export type Command = {
  readonly name: string
  readonly about: string
  readonly examples: readonly string[]
  readonly options: Options
  readonly operands?: Operands
  run(
    desk: Desk,
    given: { readonly operands: readonly string[]; readonly values: Values<Options> },
  ): Promise<Shown | Failed>
}

/** Declares a command: its options give the values their types. */
export function command<const O extends Options>(
  declared: Omit<Command, 'run' | 'options'> & {
    readonly options: O
    run(
      desk: Desk,
      given: { readonly operands: readonly string[]; readonly values: Values<O> },
    ): Promise<Shown | Failed>
  },
): Command {
  return declared as unknown as Command
}

/** Who acts, and why. */
export const CLAIM = {
  because: { takes: 'WHY', needed: true, about: 'why; it is recorded' },
  by: { takes: 'WHO', about: 'your name; default: your local user name' },
} as const

/** One argument of a command's usage. */
export const CASES = { name: 'CASE', least: 1, most: Number.POSITIVE_INFINITY, field: 'cases' } as const

/** Tells an answer from a failure. */
export function isFailed(result: object): result is Failed {
  return 'error' in result && 'status' in result
}

/** Makes a failure of a reply that is no answer. */
export function failedBy(reply: Exclude<Reply, { kind: 'answer' }>): Failed {
  return { error: reply.error, status: reply.kind === 'refused' ? 2 : 3 }
}

/** Asks one question of a function, and shows its answer. */
export async function askAndShow<A extends object>(
  desk: Desk,
  face: Face,
  request: { readonly action: string } & Readonly<Record<string, unknown>>,
  show: (answer: A, view: View) => Omit<Shown, 'answer'>,
): Promise<Shown | Failed> {
  const reply = await desk.ask(face, request)
  if (reply.kind !== 'answer') return failedBy(reply)
  return { answer: reply.answer, ...show(withDates<A>(reply), desk.view()) }
}

/** Reads an answer as the act gave it. It has that act's shape, because the function is ours. */
export function withDates<A extends object>({ answer }: Extract<Reply, { kind: 'answer' }>): A {
  return withInstants(answer) as A
}
