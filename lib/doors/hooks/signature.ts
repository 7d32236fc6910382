import { createHmac, timingSafeEqual } from 'node:crypto'
import type { HttpRequest } from '../http.ts'
import type { Entry } from '../verification.ts'

/** A webhook message with its claimed signatures, not verified yet. */
export type SignedMessage = {
  readonly id: string
  readonly at: Date
  /** The bytes that are signed. */
  readonly content: Buffer
  /** In base64, as they were sent: only the usual spelling of a signature counts. */
  readonly signatures: readonly Buffer[]
}

const TOLERANCE_S = 5 * 60
/** One for each key of the sender. More are an attempt to keep us busy. */
const MOST_SIGNATURES = 10

/**
 * Reads the headers of Standard Webhooks, or the same ones under Svix's names, but never a mix.
 *
 * @returns `undefined` if there is nothing to verify
 */
export function signedMessageIn(headers: HttpRequest['headers'], body: Buffer): SignedMessage | undefined {
  const prefix = headers['webhook-id'] === undefined ? 'svix' : 'webhook'
  const id = headers[`${prefix}-id`] ?? ''
  const seconds = headers[`${prefix}-timestamp`] ?? ''
  // A full stop in the id or the time would let the same signature cover another split into id, time and body.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(seconds)) return undefined
  const signatures = (headers[`${prefix}-signature`] ?? '')
    .split(' ', MOST_SIGNATURES)
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length)))
  if (signatures.length === 0) return undefined
  const content = Buffer.concat([Buffer.from(`${id}.${seconds}.`), body])
  return { id, at: new Date(Number(seconds) * 1_000), content, signatures }
}

/** Tells whether a message was signed at most 5 minutes before or after now, in whole seconds. */
export function isRecent(at: Date, now: Date): boolean {
  return Math.abs(Math.floor(now.getTime() / 1_000) - at.getTime() / 1_000) <= TOLERANCE_S
}

/** Finds whose key made one of the signatures. The time it takes does not depend on how close a guess is. */
export function signerOf({ content, signatures }: SignedMessage, keys: readonly Entry[]): string | undefined {
  const matches = keys.map(({ value }) => isSignedBy(value, content, signatures))
  return keys[matches.indexOf(true)]?.source
}

function isSignedBy(key: Buffer, content: Buffer, signatures: readonly Buffer[]): boolean {
  const expected = Buffer.from(createHmac('sha256', key).update(content).digest('base64'))
  return signatures
    .map((given) => given.length === expected.length && timingSafeEqual(given, expected))
    .includes(true)
}
