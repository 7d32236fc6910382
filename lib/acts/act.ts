import * as z from 'zod/mini'
import type { Ledger } from '../core/ledger.ts'
import type { Clock, DeadLetters, Members, Organizations } from '../core/ports.ts'
import type { RunnerDeps } from '../core/runner.ts'
import type { WindowLimits } from '../core/window.ts'
import type { Projects } from '../leftovers/ports.ts'
import { closedObject } from '../senders/closed-object.ts'
import { problemOf } from '../senders/fields.ts'

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

/** The invocation that a question came by. */
export type Asking = { readonly deadline: Date }

/** The invocation that an act came by; its id can be joined with CloudTrail. */
export type Invocation = Asking & { readonly requestId: string }

/** A wrong request is answered, not thrown: it names the field and what was expected. */
export type Refusal = { readonly error: string }

/** Tells whether an act refused its request. */
export function isRefusal(value: object): value is Refusal {
  return 'error' in value
}

/** One act, as the operator functions carry it out: it reads a request, and answers it. */
export type Act<Deps, By, Answer extends object = object> = (
  deps: Deps,
  body: unknown,
  by: By,
) => Promise<Answer | Refusal>

/** What an act answers to a request that it does not refuse. */
export type Answer<A extends Act<never, never>> = Exclude<Awaited<ReturnType<A>>, Refusal>

/**
 * Makes an act of a request's fields and of what is done about it. The request is a closed object: a key that it does not know is
 * refused, because `orgId` where `orgIds` is meant must not mean every organization.
 */
export function act<F extends z.core.$ZodLooseShape, Deps, By, A extends object>(
  fields: F,
  carryOut: (deps: Deps, request: z.output<z.ZodMiniObject<F>>, by: By) => Promise<A | Refusal>,
): Act<Deps, By, A> {
  const request = closedObject({ action: z.string(), ...fields }, 'expected a request with `action`')
  return async (deps, body, by) => {
    const read = request.safeParse(body)
    if (!read.success) return { error: problemOf(read.error) }
    return await carryOut(deps, read.data as z.output<z.ZodMiniObject<F>>, by)
  }
}
