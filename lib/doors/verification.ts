import { createHash, timingSafeEqual } from 'node:crypto'

/** The keys that callers are verified by, read from where they can be rotated. */
export type Verifier<Keys> = {
  current(): Promise<Keys | Unavailable>
  /** Reads the keys again, because they may have been rotated. Does so only every now and then, however often it is called. */
  renewed(): Promise<Keys | Unavailable>
}

/** We cannot verify anybody now, which is not the caller's fault. */
export type Unavailable = { readonly kind: 'unavailable'; readonly code: string }

export type Verified =
  | { readonly kind: 'verified'; readonly source: string }
  /** `reason`: for the log, never sent. */
  | { readonly kind: 'refused'; readonly reason: string }
  | Unavailable

/** A key, and the source that a caller who knows it speaks for. */
export type Entry = { readonly source: string; readonly value: Buffer }

/**
 * Verifies a caller by the keys in memory, and if none fits, by the keys read again.
 *
 * @param whoKnows - finds the source whose key the caller knows
 * @param reason - why a caller is refused if there is none
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

/** The digest of a shared secret. All digests have one length, so that comparing them reveals nothing. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Finds the source whose secret a text is. The time it takes reveals neither the source nor how close a guess is. */
export function ownerOf(digests: readonly Entry[], given: string): string | undefined {
  const digest = digestOf(given)
  const matches = digests.map(({ value }) => timingSafeEqual(value, digest))
  return digests[matches.indexOf(true)]?.source
}
