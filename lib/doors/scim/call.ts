import type { Clock, Queue } from '../../core/ports.ts'
import type { HttpReply, HttpRequest } from '../http.ts'
import { readJson } from '../json-body.ts'
import type { PersonDeps } from './find-person.ts'
import { project } from './projection.ts'
import { scimError } from './reply.ts'
import { type Shown, userResource } from './user.ts'

/** What answering a directory needs. It reads, and queues; it writes nothing. */
export type ScimParts = PersonDeps & {
  readonly queue: Pick<Queue, 'send'>
  readonly clock: Pick<Clock, 'now'>
}

/** One request of a verified directory. */
export type Call = {
  readonly request: HttpRequest
  /** Who asks: `scim/<token name>`. */
  readonly source: string
  /** The id in the path: of a user, on the routes of users. */
  readonly id: string
  readonly query: URLSearchParams
  readonly baseUrl: string
  readonly deadline: Date
}

/** Shows a person with the attributes that the client wants. */
export function resourceOf(shown: Shown, { baseUrl, query }: Call) {
  return project(userResource(shown, baseUrl), query)
}

/** Reads the body of a call. */
export function bodyOf({
  request,
}: Call): { readonly value: unknown } | { readonly reply: HttpReply; readonly detail: string } {
  const body = readJson(request.body)
  if (body.kind === 'json') return body
  const { status, detail } = body
  return { reply: scimError(status, detail, status === 400 ? 'invalidSyntax' : undefined), detail }
}
