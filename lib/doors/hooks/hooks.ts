import type { Clock, Journal, Ledger, Queue } from '../../core/ports.ts'
import type { IntakeSettings } from '../../senders/reading.ts'
import type { JsonBody } from '../json-body.ts'
import type { HttpReply } from '../reply.ts'
import type { HttpRequest } from '../request.ts'
import { findRoute, type Route } from '../route.ts'
import type { Verifier } from '../verification.ts'
import type { HookKeys } from './hook-keys.ts'
import { answerChallenge, receiveOktaHook } from './okta-hook.ts'
import { receiveStandardWebhook } from './standard-webhook.ts'

export type HookDeps = {
  readonly keys: Verifier<HookKeys>
  readonly ledger: Pick<Ledger, 'changePerson'>
  readonly queue: Pick<Queue, 'send' | 'forward'>
  readonly intake: IntakeSettings
  readonly clock: Clock
  readonly journal: Journal
}

type Answer = (deps: HookDeps, request: HttpRequest) => Promise<HttpReply>

/** One file per scheme; the next one is a line here. */
const ROUTES: readonly Route<Answer>[] = [
  { method: 'GET', path: '/hooks/okta', answer: (_, request) => answerChallenge(request) },
  { method: 'POST', path: '/hooks/okta', answer: receiveOktaHook },
  { method: 'POST', path: '/hooks/standard', answer: receiveStandardWebhook },
]

/** Takes in a hook. */
export async function hooks(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  const match = findRoute(ROUTES, request)
  switch (match.kind) {
    case 'unknown':
      return { status: 404, body: { error: 'There is no such hook' } }
    case 'other_methods':
      return { status: 405, headers: { allow: match.methods.join(', ') } }
    case 'route':
      return await match.route.answer(deps, request)
  }
}

/** Says nothing about what was wrong. */
export const REFUSED: HttpReply = { status: 401, body: { error: 'Unauthorized' } }

/** Senders of hooks repeat what was answered so, but never what was answered 4xx. */
export const UNAVAILABLE: HttpReply = {
  status: 503,
  headers: { 'retry-after': '60' },
  body: { error: 'Try again later' },
}

export function wrongBody({ status, detail }: Extract<JsonBody, { kind: 'wrong' }>): HttpReply {
  return { status, body: { error: detail } }
}
