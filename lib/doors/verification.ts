import { createHash, timingSafeEqual } from 'node:crypto'

/** What callers must show that they know, kept where it can be rotated. */
export type Verifier<Keys> = {
  current(): Promise<Keys | Unavailable>
  /** The keys as they are now: after a mismatch, because they may have been rotated. Now and then only, whoever asks. */
  renewed(): Promise<Keys | Unavailable>
}

/** We cannot tell whether a caller is right: that is not the caller's fault. */
export type Unavailable = { readonly kind: 'unavailable'; readonly code: string }

export type Verified<Who> =
  | { readonly kind: 'verified'; readonly who: Who }
  | { readonly kind: 'refused' }
  | Unavailable

/** Verifies a caller by the keys that are known, and once more by those of this moment. */
export async function verify<Keys extends object, Who>(
  verifier: Verifier<Keys>,
  whoKnows: (keys: Keys) => Who | undefined,
): Promise<Verified<Who>> {
  const known = await verifier.current()
  if (isUnavailable(known)) return known
  const who = whoKnows(known)
  if (who !== undefined) return { kind: 'verified', who }

  const renewed = await verifier.renewed()
  if (isUnavailable(renewed)) return renewed
  const other = whoKnows(renewed)
  return other === undefined ? { kind: 'refused' } : { kind: 'verified', who: other }
}

/** The digest of a shared secret: all have one length, so that comparing them tells nothing. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Tells whether a text is one of the secrets, in a time that does not tell which, or how nearly. */
export function isOneOf(digests: readonly Buffer[], given: string): boolean {
  const digest = digestOf(given)
  return digests.map((one) => timingSafeEqual(one, digest)).includes(true)
}

function isUnavailable(keys: object): keys is Unavailable {
  return 'kind' in keys && keys.kind === 'unavailable'
}
