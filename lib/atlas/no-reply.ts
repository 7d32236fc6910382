import { fieldOf } from './fields.ts'

/** There was no answer. */
export type NoReply = {
  readonly kind: 'no_reply'
  /** `TIMEOUT`, `ECONNREFUSED`, … */
  readonly code: string
  /** `false` only if the request certainly never left. Else it may have taken effect. */
  readonly sent: boolean
}

/**
 * Tells how a connection failed, and whether the request can have left.
 *
 * @throws the error itself if it is not the network's: then it is a bug of ours
 */
export function noReplyFrom(error: unknown): NoReply {
  const code = fieldOf(error, 'code')
  if (typeof code !== 'string' || code === 'UND_ERR_INVALID_ARG') throw error
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { kind: 'no_reply', code: 'CONNECT_TIMEOUT', sent: false }
  const shown = /^[A-Z0-9_]{1,64}$/.test(code) ? code : 'NO_REPLY'
  return { kind: 'no_reply', code: shown, sent: !neverConnected(error) }
}

/** A host with several addresses fails with one error for each address. */
function neverConnected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(neverConnected)
  return ['connect', 'getaddrinfo'].includes(String(fieldOf(error, 'syscall')))
}
