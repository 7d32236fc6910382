import { authenticate, checkAccessList } from './authentication.ts'
import type { DigestGate } from './digest.ts'
import type { Incoming } from './incoming.ts'
import type { Call, Operation, Quirks } from './operation.ts'
import type { Org } from './org.ts'
import { present } from './present.ts'
import type { RateLimiter } from './rate-limits.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type Reply, refusalReply } from './reply.ts'
import type { Route } from './router.ts'
import type { AtlasState, Caller } from './state.ts'
import { resolveVersion } from './versions.ts'

export type AdminApi = {
  readonly state: AtlasState
  readonly digest: DigestGate
  readonly limiter: RateLimiter
  readonly quirks: Quirks
  readonly url: string
}

/**
 * Answers a request to the Admin API.
 *
 * Checks come in this order: credentials, access list, path, version, rate limit, role. The order is ours;
 * Atlas's was never recorded.
 */
export function answerAdminApi(api: AdminApi, request: Incoming, route: Route, now: Date): Reply {
  const { state, limiter, quirks, url } = api
  const pretty = request.query.get('pretty') === 'true'
  const refuse = (reason: Refusal, limits?: Reply['headers']) => refusalReply(reason, pretty, limits)

  const who = authenticate(request, { ...api, now })
  if (who.kind === 'rejected') return who.reply
  const { caller } = who
  const offList = checkAccessList(state.orgs.get(caller.orgId)?.accessList, request.remoteAddress)
  if (offList) return refuse(offList)
  if (route.kind === 'unserved') return refuse(refusal('NOT_EMULATED', route.name))

  const { operation, params } = route
  const served = resolveVersion(request.headers.accept, operation.versions, now, quirks.isPastSunset)
  if (served.kind === 'refusal') return refuse(served)
  const allowance = limiter.take(operation.limit, limitKey(operation, params, caller), request.path, now)
  if (allowance.kind === 'refusal') return refuse(allowance)
  const found = findOrg(state, params.orgId, caller)
  if (found.kind === 'refusal') return refuse(found, allowance.headers)
  const denied = checkRole(operation, caller, quirks)
  if (denied) return refuse(denied, allowance.headers)
  if (request.query.get('envelope') === 'true' && !operation.envelope) {
    return refuse(refusal('NOT_EMULATED', `envelope=true on ${operation.id}`))
  }
  const call: Call = {
    request,
    params,
    version: served.version.date,
    caller,
    org: found.org,
    state,
    quirks,
    now,
    url,
  }
  const answer = operation.run(call)
  // Errors have no version.
  const version = answer.kind === 'refusal' ? {} : versionHeaders(served.version)
  return present(answer, call, { ...allowance.headers, ...version })
}

function limitKey({ limit }: Operation, params: Readonly<Record<string, string>>, caller: Caller) {
  if (limit === 'caller_orgs') return caller.id
  return params.groupId ?? caller.orgId
}

function findOrg(
  state: AtlasState,
  asked: string | undefined,
  caller: Caller,
): { kind: 'org'; org: Org } | Refusal {
  const orgId = asked ?? caller.orgId
  if (!/^[a-f0-9]{24}$/.test(orgId)) return refusal('INVALID_ORG_ID', orgId)
  const org = state.orgs.get(orgId)
  if (org === undefined) return refusal('ORG_NOT_FOUND', orgId)
  return orgId === caller.orgId ? { kind: 'org', org } : refusal('USER_CANNOT_ACCESS_ORG', orgId)
}

/** Atlas says 401, not 403, to callers who lack the role. */
function checkRole({ needs }: Operation, { role, orgId }: Caller, quirks: Quirks): Refusal | undefined {
  if (needs === 'any_role' || role === 'ORG_OWNER') return undefined
  if (needs === 'project_reader' && role === 'ORG_READ_ONLY') return undefined
  return quirks.unauthorizedCode === 'NOT_ORG_OWNER'
    ? refusal('NOT_ORG_OWNER', orgId)
    : refusal('USER_UNAUTHORIZED')
}

function versionHeaders({
  date,
  deprecated,
  sunset,
}: {
  date: string
  deprecated?: string
  sunset?: string
}) {
  return {
    'Content-Type': `application/vnd.atlas.${date}+json;charset=utf-8`,
    ...(deprecated && { Deprecation: deprecated }),
    ...(sunset && { Sunset: sunset }),
  }
}
