import { type Refusal, refusal } from './refusal.ts'

/** Capacity and refill of each endpoint set, for one organization, project or caller. */
const SETS = {
  org_users: { capacity: 500, refill: 250 },
  organization: { capacity: 500, refill: 250 },
  events: { capacity: 500, refill: 250 },
  caller_orgs: { capacity: 300, refill: 100 },
  database_users: { capacity: 10_000, refill: 5_000 },
  // The capacity was recorded; the refill is that of the other project sets.
  project_invites: { capacity: 1_200, refill: 500 },
} as const

/** MongoDB says 10 in one place and 50 in another. */
const TOKEN_REQUESTS_PER_MINUTE = 10

export type LimitSet = keyof typeof SETS

/** `capacity` and `refill` replace those of the organization's users; `everyMs` scales every set. */
export type RateLimits =
  | 'off'
  | { readonly capacity: number; readonly refill: number; readonly everyMs: number }

type Allowance = { readonly kind: 'allowed'; readonly headers: Readonly<Record<string, string>> }

export type RateLimiter = {
  /** Takes one token of an endpoint set. */
  take(set: LimitSet, key: string, resource: string, now: Date): Allowance | Refusal
  /** Takes one of the token requests a client may make in a minute. */
  takeTokenRequest(clientId: string, now: Date): Refusal | undefined
}

type Bucket = { tokens: number; steppedAtMs: number }

const DEFAULTS = { ...SETS.org_users, everyMs: 60_000 }

/** @param tokenRequests - token requests that a client may make in a minute */
export function rateLimiter(
  limits: RateLimits = DEFAULTS,
  tokenRequests = TOKEN_REQUESTS_PER_MINUTE,
): RateLimiter {
  if (limits === 'off') {
    return { take: () => ({ kind: 'allowed', headers: {} }), takeTokenRequest: () => undefined }
  }
  const { everyMs } = limits
  const buckets = new Map<string, Bucket>()

  /** Refills in whole steps at the interval, as recorded; never continuously. */
  function takeFrom(key: string, capacity: number, refill: number, nowMs: number) {
    const bucket = buckets.get(key) ?? { tokens: capacity, steppedAtMs: nowMs }
    const steps = Math.floor((nowMs - bucket.steppedAtMs) / everyMs)
    bucket.tokens = Math.min(capacity, bucket.tokens + steps * refill)
    bucket.steppedAtMs += steps * everyMs
    buckets.set(key, bucket)

    const taken = bucket.tokens > 0
    if (taken) bucket.tokens -= 1
    return { taken, remaining: bucket.tokens, waitMs: bucket.steppedAtMs + everyMs - nowMs }
  }

  return {
    take(set, key, resource, now) {
      const { capacity, refill } = set === 'org_users' ? limits : SETS[set]
      const { taken, remaining, waitMs } = takeFrom(`${set} ${key}`, capacity, refill, now.getTime())
      const headers = { 'RateLimit-Limit': String(capacity), 'RateLimit-Remaining': String(remaining) }
      if (taken) return { kind: 'allowed', headers }

      // Rounded down: only so can Atlas have said "retry after 0 seconds", which was recorded.
      const seconds = Math.floor(waitMs / 1000)
      const args = [resource.slice(1), seconds, capacity, refill, everyMs / 1000]
      return {
        ...refusal('RATE_LIMITED_TOKEN_BUCKET', ...args),
        headers: { ...headers, 'Retry-After': String(seconds) },
      }
    },

    takeTokenRequest(clientId, now) {
      const { taken } = takeFrom(`token ${clientId}`, tokenRequests, tokenRequests, now.getTime())
      return taken ? undefined : refusal('RATE_LIMITED', '/api/oauth/token', tokenRequests, 1)
    },
  }
}
