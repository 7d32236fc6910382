import type { HttpReply, HttpRequest } from '../http.ts'
import { findRoute, type Route } from '../route.ts'
import type { HookDeps } from './answers.ts'
import { receiveEntraLeaver } from './entra-hook.ts'
import { receiveHrHook } from './hr-hook.ts'
import { answerChallenge, receiveOktaHook } from './okta-hook.ts'
import { receiveStandardWebhook } from './standard-webhook.ts'

type Answer = (deps: HookDeps, request: HttpRequest) => Promise<HttpReply>

/** One file per scheme; the next one is a line here. */
const ROUTES: readonly Route<Answer>[] = [
  { method: 'GET', path: '/hooks/okta', answer: (_, request) => answerChallenge(request) },
  { method: 'POST', path: '/hooks/okta', answer: receiveOktaHook },
  { method: 'POST', path: '/hooks/standard', answer: receiveStandardWebhook },
  { method: 'POST', path: '/hooks/hr/entra-leavers', answer: receiveEntraLeaver },
  { method: 'POST', path: '/hooks/hr/{id}', answer: receiveHrHook },
]

/** Answers a request to one of the hooks. */
export async function hooks(deps: HookDeps, request: HttpRequest): Promise<HttpReply> {
  const { answer, methods } = findRoute(ROUTES, request)
  if (answer) return await answer(deps, request)
  if (methods.length === 0) return { status: 404, body: { error: 'There is no such hook' } }
  return { status: 405, headers: { allow: methods.join(', ') } }
}
