import { createHmac, timingSafeEqual } from 'node:crypto'
import type { HttpRequest } from '../request.ts'
import type { Entry } from '../verification.ts'

/** A message and what is said to sign it. */
export type Signed = {
  readonly id: string
  readonly at: Date
  /** The very bytes that are signed. */
  readonly content: Buffer
  /** In base64, as they were sent: of the spellings of one signature only the usual one counts. */
  readonly signatures: readonly Buffer[]
}

const TOLERANCE_S = 5 * 60
/** One per key of the sender; more are somebody's try to have us compute. */
const MOST_SIGNATURES = 10

/**
 * Reads the headers of Standard Webhooks, or the same ones as Svix names them; never some of each.
 *
 * @returns `undefined` if there is nothing that could be verified
 */
export function signedIn(headers: HttpRequest['headers'], body: Buffer): Signed | undefined {
  const prefix = headers['webhook-id'] === undefined ? 'svix' : 'webhook'
  const id = headers[`${prefix}-id`] ?? ''
  const seconds = headers[`${prefix}-timestamp`] ?? ''
  // A full stop in one of them would let the same signature stand for another division into id, time and body.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(seconds)) return undefined
  const signatures = (headers[`${prefix}-signature`] ?? '')
    .split(' ', MOST_SIGNATURES)
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length)))
  if (signatures.length === 0) return undefined
  const content = Buffer.concat([Buffer.from(`${id}.${seconds}.`), body])
  return { id, at: new Date(Number(seconds) * 1_000), content, signatures }
}

/** Tells whether a message was signed within 5 minutes of now, either way, in whole seconds. */
export function isRecent(at: Date, now: Date): boolean {
  return Math.abs(Math.floor(now.getTime() / 1_000) - at.getTime() / 1_000) <= TOLERANCE_S
}

/** Finds whose key made one of the signatures, in a time that does not tell how nearly. */
export function signerOf({ content, signatures }: Signed, keys: readonly Entry[]): string | undefined {
  const matches = keys.map(({ value }) => isSignedBy(value, content, signatures))
  return keys[matches.indexOf(true)]?.source
}

function isSignedBy(key: Buffer, content: Buffer, signatures: readonly Buffer[]): boolean {
  const expected = Buffer.from(createHmac('sha256', key).update(content).digest('base64'))
  return signatures
    .map((given) => given.length === expected.length && timingSafeEqual(given, expected))
    .includes(true)
}
