import { BESIDE, LIMITS, saysBeside } from '../beside.ts'
import type { HttpReply, HttpRequest } from '../http.ts'
import { findRoute, type Route } from '../route.ts'
import type { Verifier } from '../verification.ts'
import type { Call, ScimParts } from './call.ts'
import { getGroup, listGroups, resourceTypes, schemas, serviceProviderConfig } from './discovery.ts'
import { listUsers, searchUsers } from './list-users.ts'
import { scimError, tryAgain } from './reply.ts'
import { type ScimTokens, verifyBearer } from './tokens.ts'
import { deleteUser, getUser, patchUser, postUser, putUser, refuse } from './users.ts'

export type ScimDeps = ScimParts & { readonly tokens: Verifier<ScimTokens> }

type Answer = (deps: ScimDeps, call: Call) => Promise<HttpReply>

/** The endpoints of RFC 7644. @see https://www.rfc-editor.org/rfc/rfc7644#section-3.2 */
const ROUTES: readonly Route<Answer>[] = [
  { method: 'GET', path: '/scim/v2/Users', answer: listUsers },
  { method: 'POST', path: '/scim/v2/Users', answer: postUser },
  { method: 'POST', path: '/scim/v2/Users/.search', answer: searchUsers },
  { method: 'POST', path: '/scim/v2/.search', answer: searchUsers },
  { method: 'GET', path: '/scim/v2/Users/{id}', answer: getUser },
  { method: 'PATCH', path: '/scim/v2/Users/{id}', answer: patchUser },
  { method: 'PUT', path: '/scim/v2/Users/{id}', answer: putUser },
  { method: 'DELETE', path: '/scim/v2/Users/{id}', answer: deleteUser },
  { method: 'GET', path: '/scim/v2/Groups', answer: listGroups },
  { method: 'GET', path: '/scim/v2/Groups/{id}', answer: getGroup },
  { method: 'GET', path: '/scim/v2/ServiceProviderConfig', answer: serviceProviderConfig },
  { method: 'GET', path: '/scim/v2/ResourceTypes', answer: resourceTypes },
  { method: 'GET', path: '/scim/v2/ResourceTypes/{id}', answer: resourceTypes },
  { method: 'GET', path: '/scim/v2/Schemas', answer: schemas },
  { method: 'GET', path: '/scim/v2/Schemas/{id}', answer: schemas },
  // In the RFC, but not offered here.
  ...['POST Bulk', 'GET Me', 'POST Groups', 'POST Groups/.search'].map(notOffered),
  ...['PATCH Groups/{id}', 'PUT Groups/{id}', 'DELETE Groups/{id}'].map(notOffered),
]

/** Answers a SCIM client. Verifies the client before anything is asked of Atlas or the ledger. */
export async function scim(deps: ScimDeps, request: HttpRequest, deadline: Date): Promise<HttpReply> {
  const verified = await verifyBearer(deps.tokens, request.headers.authorization)
  if (verified.kind === 'unavailable') return tryAgain()
  if (verified.kind === 'refused') {
    const headers = { 'www-authenticate': 'Bearer' }
    return { ...scimError(401, 'Expected a valid bearer token', undefined, headers), reason: verified.reason }
  }

  const { answer, id, methods } = findRoute(ROUTES, request)
  const { query, origin } = request
  const call = { request, source: verified.source, id, query, baseUrl: `${origin}/scim/v2`, deadline }
  if (answer && WRITES.includes(request.method) && saysBeside(request, LIMITS)) {
    const { status, detail } = BESIDE
    return await refuse(deps, call, { reply: scimError(status, detail, 'invalidValue'), detail })
  }
  if (answer) return await answer(deps, call)
  return methods.length === 0
    ? await notTaken(deps, call, 404, 'There is no such endpoint')
    : await notTaken(deps, call, 405, 'This cannot be done here', { allow: methods.join(', ') })
}

function notOffered(route: string): Route<Answer> {
  const [method = '', path] = route.split(' ')
  const answer: Answer = (deps, call) => notTaken(deps, call, 501, 'This part of SCIM is not offered')
  return { method, path: `/scim/v2/${path}`, answer }
}

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE']

/** A directory may say in this way alone who left, by `/Bulk` for instance: its writes are reported, but for those of groups. */
async function notTaken(
  deps: ScimDeps,
  call: Call,
  status: number,
  detail: string,
  headers?: Readonly<Record<string, string>>,
): Promise<HttpReply> {
  const reply = scimError(status, detail, undefined, headers)
  const { method, path } = call.request
  const mayBeOfUser = WRITES.includes(method) && path[2] !== 'Groups'
  return mayBeOfUser ? await refuse(deps, call, { reply, detail }) : reply
}
