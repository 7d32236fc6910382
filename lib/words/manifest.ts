import { merkleTree } from './digest.ts'

/** What vouches for all events of one UTC day at once; both records keep it. */
export type Manifest = {
  readonly day: string
  readonly events: number
  /** The Merkle root over the digests of the day's events, in the order of `orderOf`. */
  readonly root: string
}

/** The memory of manifests, the oldest first. */
export const MANIFESTS = 'manifests'
export type ManifestsState = { readonly days: readonly Manifest[] }

/** @param digests - in the order of `orderOf` */
export function manifestOf(day: string, digests: Iterable<string>): Manifest {
  const tree = merkleTree()
  for (const digest of digests) tree.add(digest)
  return { day, events: tree.size(), root: tree.root() }
}
