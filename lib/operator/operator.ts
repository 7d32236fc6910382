import * as z from 'zod/mini'
import type { Case } from '../domain/case.ts'
import type { Clock, Ledger, Members, Organizations, Queue } from '../ports.ts'
import { lookup } from './lookup.ts'
import { remove } from './remove.ts'

/** What the writing operator needs: it queues, and watches the ledger. It cannot remove anybody itself. */
export type OperatorDeps = {
  readonly ledger: Ledger
  readonly organizations: Organizations
  readonly queue: Queue
  readonly clock: Clock
}

/** What the reading operator needs. */
export type ReaderDeps = {
  readonly ledger: Pick<Ledger, 'ofPerson'>
  readonly organizations: Organizations
  readonly members: Members
  readonly clock: Clock
}

/** A wrong request is answered, not thrown: it names the field and what was expected. */
export type Refusal = { readonly error: string }

/** The invocation an act came by; its id can be joined with CloudTrail. */
export type Invocation = { readonly requestId: string; readonly deadline: Date }

/** Carries out an act that changes something. */
export async function operate(deps: OperatorDeps, request: unknown, invocation: Invocation) {
  switch (actionOf(request)) {
    case 'remove':
      return await remove(deps, request, invocation)
    default:
      return { error: '`action`: expected "remove"' } satisfies Refusal
  }
}

/** Answers a question; changes nothing. */
export async function answer(deps: ReaderDeps, request: unknown, deadline: Date) {
  switch (actionOf(request)) {
    case 'lookup':
      return await lookup(deps, request, deadline)
    default:
      return { error: '`action`: expected "lookup"' } satisfies Refusal
  }
}

/** A case as operators see it. */
export type CaseView = ReturnType<typeof viewOf>

/** Shows a case to an operator: where it stands, when it comes back, what Atlas had. */
export function viewOf({ id, orgId, departure, receivedAt, attempts, outcome, outcomeAt, snapshot }: Case) {
  const { id: departureId, source, username } = departure
  return {
    case: id,
    orgId,
    departureId,
    source,
    username,
    receivedAt,
    attempts,
    outcome,
    outcomeAt,
    snapshot,
  }
}

const Action = z.object({ action: z.string() })

function actionOf(request: unknown): string | undefined {
  const parsed = Action.safeParse(request)
  return parsed.success ? parsed.data.action : undefined
}
