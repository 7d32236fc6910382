import type { Operation } from './operation.ts'
import { listOrgEvents } from './operations/events.ts'
import { getOrgUser, listOrgUsers, removeOrgUser } from './operations/org-users.ts'
import { deleteOrg, getOrg, getOrgGroups, listOrgInvites, listOrgs } from './operations/orgs.ts'
import { deleteGroupInvite, listGroupDatabaseUsers, listGroupInvites } from './operations/projects.ts'

const BASE = '/api/atlas/v2'

const ROUTES = [
  listOrgUsers,
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
  /** Atlas knows the path, the emulator does not know the method. */
  | { readonly kind: 'other_method' }
  | { readonly kind: 'unknown' }

/** Finds the operation that a normalized path and a method name. */
export function findRoute(method: string, path: string): Route {
  const fitting = ROUTES.filter(({ pattern }) => pattern.test(path))
  const route = fitting.find(({ operation }) => operation.method === method)
  if (route === undefined) return { kind: fitting.length > 0 ? 'other_method' : 'unknown' }
  const params = { ...route.pattern.exec(path)?.groups }
  return { kind: 'operation', operation: route.operation, params }
}

/** Path parameters are ids: taken as they stand, because no id has anything to decode. */
function patternOf(template: string) {
  return new RegExp(`^${BASE}${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}
