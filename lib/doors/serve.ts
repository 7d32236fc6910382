import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Journal } from '../core/journal.ts'
import { type HookDeps, UNAVAILABLE } from './hooks/answers.ts'
import { hooks } from './hooks/hooks.ts'
import { type HttpReply, type HttpRequest, readEvent, toGateway } from './http.ts'
import { tryAgain } from './scim/reply.ts'
import { type ScimDeps, scim } from './scim/scim.ts'

export type HttpDeps = { readonly scim: ScimDeps; readonly hooks: HookDeps; readonly journal: Journal }

/** Kept for the answer itself. */
const RESERVE_MS = 2_000

/** Answers one HTTP request. Never throws: if a service of ours failed, the caller is asked to repeat the request. */
export async function serve(
  deps: HttpDeps,
  event: APIGatewayProxyEventV2,
  deadline: Date,
): Promise<APIGatewayProxyStructuredResultV2> {
  const request = readEvent(event)
  const { method, route, network } = request
  const reply = await answer(deps, request, new Date(deadline.getTime() - RESERVE_MS))
  const { status, reason } = reply
  deps.journal.note({ event: 'answered', route, method, status, network, ...(reason && { reason }) })
  return toGateway(reply)
}

async function answer(deps: HttpDeps, request: HttpRequest, deadline: Date): Promise<HttpReply> {
  const isScim = request.path[0] === 'scim'
  try {
    return isScim ? await scim(deps.scim, request, deadline) : await hooks(deps.hooks, request)
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown'
    deps.journal.note({ event: 'unanswered', route: request.route, error: name })
    return isScim ? tryAgain() : UNAVAILABLE
  }
}
