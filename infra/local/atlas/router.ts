import type { Operation } from './operation.ts'
import { listOrgEvents } from './operations/events.ts'
import { createOrgUser, getOrgUser, listOrgUsers, removeOrgUser } from './operations/org-users.ts'
import { deleteOrg, getOrg, getOrgGroups, listOrgInvites, listOrgs } from './operations/orgs.ts'
import { deleteGroupInvite, listGroupDatabaseUsers, listGroupInvites } from './operations/projects.ts'

const BASE = '/api/atlas/v2'

const ROUTES = [
  listOrgUsers,
  createOrgUser,
  getOrgUser,
  removeOrgUser,
  listOrgEvents,
  listOrgs,
  getOrg,
  deleteOrg,
  getOrgGroups,
  listOrgInvites,
  listGroupInvites,
  deleteGroupInvite,
  listGroupDatabaseUsers,
].map((operation) => ({ operation, pattern: patternOf(operation.template) }))

export type Route =
  | {
      readonly kind: 'operation'
      readonly operation: Operation
      readonly params: Readonly<Record<string, string>>
    }
  /** Atlas may know it; the emulator does not. A 404 would look like Atlas's own answer. */
  | { readonly kind: 'unserved'; readonly name: string }

/** Finds the operation that a normalized path and a method name. */
export function findRoute(method: string, path: string): Route {
  const route = ROUTES.find(({ operation, pattern }) => operation.method === method && pattern.test(path))
  if (route === undefined) return { kind: 'unserved', name: `${method} ${templateOf(path)}` }
  const params = { ...route.pattern.exec(path)?.groups }
  return { kind: 'operation', operation: route.operation, params }
}

/** Names a path as its description would: an id of 24 digits is no part of the name. */
function templateOf(path: string) {
  return path.replace(/\/[a-f0-9]{24}(?=[/:]|$)/g, '/{id}')
}

/** Path parameters are ids: taken as they stand, because no id has anything to decode. */
function patternOf(template: string) {
  return new RegExp(`^${BASE}${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}
