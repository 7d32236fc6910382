import { createHash, timingSafeEqual } from 'node:crypto'

/** What callers must show that they know, kept where it can be rotated. */
export type Verifier<Keys> = {
  current(): Promise<Keys | Unavailable>
  /** The keys as they are now: after a mismatch, because they may have been rotated. Read now and then only, whoever asks. */
  renewed(): Promise<Keys | Unavailable>
}

/** We cannot tell whether a caller is right: that is not the caller's fault. */
export type Unavailable = { readonly kind: 'unavailable'; readonly code: string }

export type Verified =
  | { readonly kind: 'verified'; readonly source: string }
  /** `reason`: for the metric, never sent. */
  | { readonly kind: 'refused'; readonly reason: string }
  | Unavailable

/** What a caller knows, and as which source they speak. */
export type Entry = { readonly source: string; readonly value: Buffer }

/**
 * Verifies a caller by the keys that are known, and once more by those of this moment.
 *
 * @param whoKnows - the source of whoever knows one of the keys
 * @param reason - why nobody does
 */
export async function verify<Keys extends object>(
  verifier: Verifier<Keys>,
  whoKnows: (keys: Keys) => string | undefined,
  reason: string,
): Promise<Verified> {
  for (const read of ['current', 'renewed'] as const) {
    const keys = await verifier[read]()
    if ('kind' in keys && keys.kind === 'unavailable') return keys as Unavailable
    const source = whoKnows(keys as Keys)
    if (source !== undefined) return { kind: 'verified', source }
  }
  return { kind: 'refused', reason }
}

/** The digest of a shared secret: all have one length, so that comparing them tells nothing. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Finds whose secret a text is, in a time that does not tell which, or how nearly. */
export function ownerOf(digests: readonly Entry[], given: string): string | undefined {
  const digest = digestOf(given)
  const matches = digests.map(({ value }) => timingSafeEqual(value, digest))
  return digests[matches.indexOf(true)]?.source
}
