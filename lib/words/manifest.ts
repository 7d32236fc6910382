import { type Entry, merkleTree } from './digest.ts'

/** Vouches for all events of one UTC day at once. The ledger and the archive both keep it. */
export type Manifest = {
  readonly day: string
  readonly events: number
  /** How many of them say that a message could not be read. */
  readonly unreadable: number
  /** The Merkle root over the digests of the day's events, in the order of `orderOf`. */
  readonly root: string
}

/** The key under which the ledger keeps them, the oldest first. */
export const MANIFESTS = 'manifests'
export type ManifestsState = { readonly days: readonly Manifest[] }

/** @param entries - in the order of `orderOf` */
export function manifestOf(day: string, entries: readonly Pick<Entry, 'uid' | 'digest'>[]): Manifest {
  const tree = merkleTree()
  for (const { digest } of entries) tree.add(digest)
  const unreadable = entries.filter(({ uid }) => uid.startsWith('unreadable-')).length
  return { day, events: tree.size(), unreadable, root: tree.root() }
}
