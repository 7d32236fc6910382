import { answerAdminApi } from '../../infra/local/atlas/admin-api.ts'
import { digestGate } from '../../infra/local/atlas/digest.ts'
import type { Incoming } from '../../infra/local/atlas/incoming.ts'
import { answerOauth } from '../../infra/local/atlas/oauth.ts'
import type { SeedOrg } from '../../infra/local/atlas/org.ts'
import { type RateLimits, rateLimiter } from '../../infra/local/atlas/rate-limits.ts'
import { findRoute } from '../../infra/local/atlas/router.ts'
import { atlasState } from '../../infra/local/atlas/state.ts'
import { acceptOf, targetOf } from '../../lib/atlas/operations.ts'
import type { AtlasRequest, Reply } from '../../lib/atlas/transport.ts'

/** The Atlas emulator without the socket, so that its clock, and with it rate limits and tokens, can be a virtual one. */
export function emulatedAtlas(options: {
  readonly orgs: readonly SeedOrg[]
  readonly now: () => Date
  readonly rateLimits?: RateLimits
}) {
  const { orgs, now, rateLimits } = options
  const state = atlasState({ orgs, tokenLifetimeSeconds: 3_600, now })
  const api = {
    state,
    quirks: {},
    digest: digestGate(),
    limiter: rateLimiter(rateLimits),
    url: 'http://atlas',
  }
  const counts = new Map<string, number>()

  function answer(request: AtlasRequest): Reply {
    const incoming = toIncoming(request)
    const { status, headers, body } =
      request.operation === 'token'
        ? answerOauth('createToken', incoming, { ...api, now: now() })
        : answerAdminApi(api, incoming, findRoute(incoming.method, incoming.path), now())
    for (const what of [request.operation, `${request.operation} ${status}`, String(status)])
      counts.set(what, (counts.get(what) ?? 0) + 1)
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
    return {
      kind: 'reply',
      status,
      headers: Object.fromEntries(named),
      body: body ? JSON.parse(body) : undefined,
    }
  }

  /** How often this operation was asked, or this status answered, or both (`removeOrgUser 204`). */
  return { answer, count: (what: string) => counts.get(what) ?? 0, state }
}

function toIncoming(request: AtlasRequest): Incoming {
  const { method, path: target } = targetOf(request)
  const [path = '', search = ''] = target.split('?')
  return {
    method,
    target,
    path,
    search,
    query: new URLSearchParams(search),
    headers: {
      authorization: request.authorization,
      accept: acceptOf(request.operation),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: request.operation === 'token' ? 'grant_type=client_credentials' : '',
    remoteAddress: '127.0.0.1',
  }
}
