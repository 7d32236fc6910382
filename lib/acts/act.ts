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
import type { DeadLetters, Organizations } from '../core/ports.ts'
import type { RunnerDeps } from '../core/runner.ts'
import type { FeedDeps } from '../evidence/feeds.ts'
import type { Made } from '../evidence/pages.ts'
import type { Projects } from '../leftovers/ports.ts'
import { closedObject } from '../senders/closed-object.ts'
import { problemOf } from '../senders/fields.ts'
import type { Caller } from '../words/caller.ts'
import type { Self } from '../words/signed-act.ts'

/** What the writing operator needs: it queues, and writes to the ledger. It cannot remove anybody itself. */
export type OperatorDeps = RunnerDeps & {
  readonly organizations: Organizations
  readonly deadLetters: DeadLetters
  /** Gives another random UUID each time. */
  readonly uid: () => string
  readonly settings: {
    /** Acts that could remove many people need a second person. */
    readonly fourEyes: boolean
    /** One person may do such an act alone all the same, and say why. */
    readonly breakGlass: boolean
  }
}

/** What the reading operator needs. */
export type ReaderDeps = FeedDeps & {
  readonly projects: Projects
  readonly deadLetters: DeadLetters
  readonly settings: Made['settings']
}

/** The invocation that an act came by; its id can be joined with CloudTrail. */
export type Invocation = {
  readonly deadline: Date
  readonly requestId: string
  /** Whom AWS authenticated, if the request proves it. */
  readonly caller?: Caller
  readonly confirmed?: Confirmed
  /** The function that was invoked. */
  readonly self?: Self
}

/** What an act is about, by id, each at the version that it had when the act was proposed. */
export type Fixed = Readonly<Record<string, number>>

/** The act was proposed by one person and confirmed by another. What has changed since is left alone. */
export type Confirmed = { readonly by: string; readonly fixed: Fixed }

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

/** How an act is declared. */
type Declared<Deps, F extends Fields, A extends object> = {
  readonly name: string
  readonly fields: F
  readonly does: (deps: Deps, request: RequestOf<F>, invocation: Invocation) => Promise<A>
  /** Humans are alerted at once that somebody did this, whatever events its cases have. */
  readonly alerts?: true
  /** Tells which requests could do harm in one person's hands. */
  readonly needsTwo?: (request: RequestOf<F>) => boolean
  /** Finds what such a request is about now. Another person confirms this, and no more. */
  readonly fixes?: (deps: Deps, request: RequestOf<F>) => Promise<Fixed | Refusal>
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
  /** Tells whether this is a valid request about which humans are alerted at once. */
  readonly alerts: (body: unknown) => boolean
  /** Tells whether this is a valid request that needs two people. */
  readonly needsTwo: (body: unknown) => boolean
  readonly fixes: (deps: Deps, body: unknown) => Promise<Fixed | Refusal>
  readonly show?: (answer: object, view: View) => Shown
}

/** An act that changes something. */
export const writes = actsOf<OperatorDeps>('operator')
/** An act that only looks. */
export const reads = actsOf<ReaderDeps>('operator-read')

/** The memory under which acts that are about no case are published. */
export const ACTS = 'acts'
/** Kept for the answer itself. */
const RESERVE_MS = 3_000

function actsOf<Deps>(target: OperatorFunction) {
  return <const F extends Fields, A extends object, const O extends Options = Record<never, never>>(
    declared: Declared<Deps, F, A> & Typed<F, O, A>,
  ): Act<Deps> & { readonly command: Command } => {
    const show = 'show' in declared && { show: declared.show as NonNullable<Act<Deps>['show']> }
    return { ...actOf(declared), ...show, command: commandOf(target, declared) }
  }
}

/**
 * Makes an act of a request's fields and of what is done about it. The request is a closed object: a key that it does not know is
 * refused, because `orgId` where `orgIds` is meant must not mean every organization.
 */
export function actOf<Deps, const F extends Fields, A extends object>({
  name,
  fields,
  does,
  alerts = undefined,
  needsTwo = () => false,
  fixes = async () => ({}),
}: Declared<Deps, F, A>): Act<Deps> {
  const shape = Object.fromEntries(
    Object.entries(fields).map(([field, { is, needed }]) => [field, needed ? is : z.optional(is)]),
  )
  const whole = { action: z.string(), ...shape }
  const expected = 'expected a request with `action`'
  const request = closedObject(whole, expected)
  const read = (body: unknown) => request.safeParse(body).data as RequestOf<F> | undefined
  return {
    action: actionOf(name),
    alerts: (body) => alerts === true && read(body) !== undefined,
    needsTwo(body) {
      const asked = read(body)
      return asked !== undefined && needsTwo(asked)
    },
    fixes: (deps, body) => fixes(deps, read(body) as RequestOf<F>),
    async answer(deps, body, { deadline, ...invocation }) {
      const asked = request.safeParse(body)
      if (!asked.success) return { error: problemOf(asked.error) }
      const until = new Date(deadline.getTime() - RESERVE_MS)
      return await does(deps, asked.data as RequestOf<F>, { deadline: until, ...invocation })
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
