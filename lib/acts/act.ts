import * as z from 'zod/mini'
import type {
  Command,
  Desk,
  Given,
  OperatorFunction,
  Option,
  Options,
  Result,
  Shown,
  View,
} from '../cli/command.ts'
import { isFailed } from '../cli/command.ts'
import type { Ledger } from '../core/ledger.ts'
import type { Clock, DeadLetters, Members, Organizations } from '../core/ports.ts'
import type { RunnerDeps } from '../core/runner.ts'
import type { WindowLimits } from '../core/window.ts'
import type { Projects } from '../leftovers/ports.ts'
import { closedObject } from '../senders/closed-object.ts'
import { problemOf } from '../senders/fields.ts'
import type { Caller } from '../words/caller.ts'
import type { Self } from '../words/signed-act.ts'

/** What the writing operator needs: it queues, and writes to the ledger. It cannot remove anybody itself. */
export type OperatorDeps = RunnerDeps & { readonly organizations: Organizations }

/** What the reading operator needs. */
export type ReaderDeps = {
  readonly ledger: Ledger
  readonly organizations: Organizations
  readonly members: Members
  readonly projects: Projects
  readonly deadLetters: DeadLetters
  readonly clock: Clock
  readonly settings: WindowLimits & {
    readonly mode: 'observe' | 'enforce'
    readonly protectedUsernames: readonly string[]
  }
}

/** The invocation that an act came by; its id can be joined with CloudTrail. */
export type Invocation = {
  readonly deadline: Date
  readonly requestId: string
  /** Whom AWS authenticated, if the request proves it. */
  readonly caller?: Caller
  /** The function that was invoked. */
  readonly self?: Self
}

/** A wrong request is answered, not thrown: it names the field and what was expected. */
export type Refusal = { readonly error: string }

/** Tells whether an act refused its request. */
export function isRefusal(value: object): value is Refusal {
  return 'error' in value
}

/** A field of a request, and how it is typed; one without `about` is for programs alone. */
type Field = Partial<Option> & { readonly is: z.ZodMiniType }
type Fields = Readonly<Record<string, Field>>

/** A request as it was read: only a needed field is always there. */
type RequestOf<F extends Fields> = {
  readonly [K in keyof F]: z.output<F[K]['is']> | (F[K] extends { needed: true } ? never : undefined)
}

/** What an act says of itself. */
type Declared<Deps, F extends Fields, A extends object> = {
  readonly name: string
  readonly fields: F
  /** Fields that it does not know are for whoever reads the whole request. */
  readonly isOpen?: true
  readonly does: (deps: Deps, request: RequestOf<F>, invocation: Invocation) => Promise<A>
}

/** How an act is typed and shown. */
type Typed<F extends Fields, O extends Options, A extends object> = {
  readonly about: string
  readonly examples: readonly string[]
  /** Options that are for the command itself, and no part of the request. */
  readonly options?: O
  /** What a human is asked first, if anything. */
  readonly asks?: (given: Given<F>) => string | undefined
} & (
  | { readonly show: (answer: Exclude<A, Refusal>, view: View) => Shown }
  | { readonly run: (desk: Desk, given: Given<F & O>) => Promise<Result> }
)

/** One act, as the operator functions carry it out: it reads a request, and answers it. */
export type Act<Deps> = {
  readonly action: string
  readonly answer: (deps: Deps, body: unknown, invocation: Invocation) => Promise<object>
}

/** An act that changes something. */
export const writes = actsOf<OperatorDeps>('operator')
/** An act that only looks. */
export const reads = actsOf<ReaderDeps>('operator-read')

/** Kept for the answer itself. */
const RESERVE_MS = 3_000

function actsOf<Deps>(target: OperatorFunction) {
  return <const F extends Fields, A extends object, const O extends Options = Record<never, never>>(
    declared: Declared<Deps, F, A> & Typed<F, O, A>,
  ): Act<Deps> & { readonly command: Command } => {
    return { ...actOf(declared), command: commandOf(target, declared) }
  }
}

/**
 * Makes an act of a request's fields and of what is done about it. The request is a closed object: a key that it does not know is
 * refused, because `orgId` where `orgIds` is meant must not mean every organization.
 */
export function actOf<Deps, const F extends Fields, A extends object>({
  name,
  fields,
  isOpen,
  does,
}: Declared<Deps, F, A>): Act<Deps> {
  const shape = Object.fromEntries(
    Object.entries(fields).map(([field, { is, needed }]) => [field, needed ? is : z.optional(is)]),
  )
  const whole = { action: z.string(), ...shape }
  const expected = 'expected a request with `action`'
  const request = isOpen ? z.looseObject(whole, expected) : closedObject(whole, expected)
  return {
    action: actionOf(name),
    async answer(deps, body, { deadline, ...invocation }) {
      const read = request.safeParse(body)
      if (!read.success) return { error: problemOf(read.error) }
      const until = new Date(deadline.getTime() - RESERVE_MS)
      return await does(deps, read.data as RequestOf<F>, { deadline: until, ...invocation })
    },
  }
}

function actionOf(command: string): string {
  return command.replace('-', '_')
}

function commandOf<F extends Fields, O extends Options, A extends object>(
  target: OperatorFunction,
  act: { readonly name: string; readonly fields: F } & Typed<F, O, A>,
): Command {
  const { name, about, examples, fields, options } = act
  const typable = Object.entries(fields).filter(([, field]) => field.about !== undefined)
  return {
    name,
    about,
    examples,
    options: { ...(Object.fromEntries(typable) as Options), ...options },
    async run(desk, given) {
      const question = act.asks?.(given as Given<F>)
      const no = question && (await desk.confirm(question))
      if (no) return no
      if ('run' in act) return await act.run(desk, given as Given<F & O>)
      const answer = await desk.ask<Exclude<A, Refusal>>(target, { action: actionOf(name), ...given })
      return isFailed(answer) ? answer : { answer, ...act.show(answer, desk.view()) }
    },
  }
}
