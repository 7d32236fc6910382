import type { Incoming } from './incoming.ts'
import { INVALID_CLIENT, oauthReply } from './oauth-reply.ts'
import type { RateLimiter } from './rate-limits.ts'
import { refusal } from './refusal.ts'
import { type Reply, refusalReply } from './reply.ts'
import type { AtlasState } from './state.ts'

const TOKEN_PATH = '/api/oauth/token'
const REVOKE_PATH = '/api/oauth/revoke'

/** Names the OAuth operation that a request means, if it means one. */
export function oauthOperation({ method, path }: Incoming): 'createToken' | 'revokeToken' | undefined {
  if (method !== 'POST') return undefined
  if (path === TOKEN_PATH) return 'createToken'
  return path === REVOKE_PATH ? 'revokeToken' : undefined
}

/** Answers the token and the revocation endpoint. No access list applies here. */
export function answerOauth(
  operation: 'createToken' | 'revokeToken',
  request: Incoming,
  { state, limiter, now }: { state: AtlasState; limiter: RateLimiter; now: Date },
): Reply {
  if (request.query.get('envelope') === 'true') {
    return refusalReply(refusal('NOT_EMULATED', 'envelope=true on an OAuth endpoint'))
  }
  const basic = readBasic(request.headers.authorization)
  const limited = operation === 'createToken' && limiter.takeTokenRequest(basic?.id ?? '', now)
  if (limited) return refusalReply(limited)

  const pretty = request.query.get('pretty') === 'true'
  const credential = basic && state.credential(basic.id)
  if (!credential || credential.caller.publicKey !== undefined || credential.secret !== basic.secret) {
    return oauthReply(401, INVALID_CLIENT, pretty)
  }
  const clientId = credential.caller.id
  const form = readForm(request)
  if (operation === 'createToken') {
    const error = grantError(form.get('grant_type'))
    return error ? oauthReply(400, { error }, pretty) : oauthReply(200, mint(state, clientId, now), pretty)
  }
  const token = form.get('token')
  if (token === null) return oauthReply(400, { error: 'invalid_request' }, pretty)
  state.tokens.revoke(token, clientId)
  return { status: 200, headers: {}, body: '' }
}

/** Only the codes are documented, so descriptions are left out. */
function grantError(grantType: string | null) {
  if (grantType === null) return 'invalid_request'
  return grantType === 'client_credentials' ? undefined : 'unsupported_grant_type'
}

function mint({ tokens }: AtlasState, clientId: string, now: Date) {
  return {
    access_token: tokens.mint(clientId, now),
    expires_in: tokens.lifetimeSeconds,
    token_type: 'Bearer',
  }
}

function readForm({ headers, body }: Incoming) {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return new URLSearchParams(isForm ? body : '')
}

/** Reads Basic credentials raw: Atlas does not undo form encoding. */
function readBasic(authorization: string | undefined) {
  const encoded = authorization?.match(/^Basic\s+(\S+)$/i)?.[1]
  if (encoded === undefined) return undefined
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return { id, secret: secret.join(':') }
}
