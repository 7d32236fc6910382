import { createHmac, timingSafeEqual } from 'node:crypto'

/** Tells whether a key made the signature of a message. The time it takes does not depend on how close a guess is. */
export function isSignedWith(
  algorithm: 'sha256' | 'sha512',
  key: Buffer,
  message: Buffer,
  signature: string | undefined,
  encoding: 'hex' | 'base64',
): boolean {
  const expected = Buffer.from(createHmac(algorithm, key).update(message).digest(encoding))
  const given = Buffer.from(signature ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
