import type { Confirmation, Failure, OrgEvent, Removal } from '../core/ports.ts'
import type { Member } from '../words/member.ts'
import { fieldOf, textOf } from './fields.ts'
import {
  aboutOf,
  codeOf,
  contentOf,
  interpretFailure,
  isFromAtlas,
  isStatus,
  versionedContentOf,
} from './interpret-status.ts'
import { type Page, pageFrom } from './pages.ts'
import { eventFrom, memberFrom } from './rows.ts'
import type { Reply } from './transport.ts'

type Unattributed<T> = T extends { mayHaveApplied: boolean } ? Omit<T, 'mayHaveApplied'> : T

/** Judges the answer to `removeOrgUser`. Another 2xx proves nothing, but may be a removal: see `mayHaveApplied`. */
export function interpretRemoval(reply: Reply, now: Date): Unattributed<Removal> {
  if (isStatus(reply, 204)) return { kind: 'removed' }
  if (isStatus(reply, 400) && isFromAtlas(reply)) return { kind: 'bad_request', code: codeOf(reply) }
  return interpretMissing(reply) ?? interpretFailure(reply, now)
}

/** Judges the answer to `getOrgUser`. */
export function interpretConfirmation(reply: Reply, now: Date): Confirmation {
  const missing = interpretMissing(reply)
  if (missing) return missing.kind === 'absent' ? { kind: 'gone' } : missing
  return versionedContentOf(reply, now, (body) =>
    fieldOf(body, 'id') === undefined ? undefined : { kind: 'present' },
  )
}

/** A 404 that does not say "no such user" explains nothing, whoever sent it. */
function interpretMissing(reply: Reply) {
  if (!isStatus(reply, 404)) return undefined
  return aboutOf(reply) === 'absent_user'
    ? { kind: 'absent' as const }
    : { kind: 'unexplained' as const, code: codeOf(reply) }
}

/** Judges one page of `listOrgUsers`. */
export function interpretUsers(reply: Reply, now: Date): Page<Member> | Failure {
  return versionedContentOf(reply, now, (body) => pageFrom(body, memberFrom, ({ userId }) => userId))
}

/** Judges one page of `listOrgEvents`. Its only version is 2023-01-01, so there is no other to mistake it for. */
export function interpretEvents(reply: Reply, now: Date): Page<OrgEvent> | Failure {
  const read = (row: unknown) => eventFrom(row, now)
  return contentOf(reply, now, (body) => pageFrom(body, read, ({ id }) => id))
}

/** What Atlas gives. If we believed a longer one, we would count the token as live for too long, and mint no other when it ends. */
const LONGEST_LIFE_S = 3_600

type Token = { readonly kind: 'token'; readonly token: string; readonly expiresInMs: number }

/**
 * Judges the answer to `token`, whose errors come in OAuth's shape (`error` is a text) or in Atlas's. Nothing in that request is about
 * a person: what Atlas refuses is the credential.
 */
export function interpretToken(reply: Reply, now: Date): Token | Failure {
  const error = reply.kind === 'reply' ? textOf(reply.body, 'error') : undefined
  const coded =
    reply.kind === 'reply' && error ? { ...reply, body: { errorCode: error.toUpperCase() } } : reply
  const answer = contentOf(coded, now, tokenFrom)
  const isRefused = answer.kind === 'failure' && answer.reason !== 'transient'
  return isRefused ? { ...answer, reason: 'credential' } : answer
}

/** Reads an OAuth token that a header can carry. */
function tokenFrom(body: unknown): Token | undefined {
  const token = textOf(body, 'access_token')
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) return undefined
  const seconds = fieldOf(body, 'expires_in')
  const life = typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, LONGEST_LIFE_S) : LONGEST_LIFE_S
  return { kind: 'token', token, expiresInMs: life * 1_000 }
}
