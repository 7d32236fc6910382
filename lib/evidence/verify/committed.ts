import type { Entry } from '../../words/digest.ts'
import type { Manifest } from '../../words/manifest.ts'

/** An event as the ledger has committed it. */
export type Committed = Entry & {
  /** The audit bus has not taken it yet. */
  readonly isWaiting?: true
}

/** What one record of the ledger keeps of its events. */
export type CommittedRecord = {
  readonly record: string
  /** Sequence, instant in ms, digest. */
  readonly entries: readonly (readonly [sequence: number, ms: number, digest: string])[]
  /** Its uids are `record/sequence`, and not `record/sequence/ms`. */
  readonly isTask?: true
  readonly waiting?: readonly string[]
  /** Numbers whose digest should be there and is not. */
  readonly lost?: readonly number[]
  /** What the closed case says, and when it was closed. */
  readonly closed?: { readonly verdict: string; readonly at: Date }
}

/** A page of the ledger's side. */
export type CommittedPage = {
  readonly asOf: Date
  readonly account: string
  readonly region: string
  readonly records: readonly CommittedRecord[]
  readonly manifests: readonly Manifest[]
  readonly next?: string
}

/** The events of a record, each with its uid. */
export function committedIn({
  record,
  entries,
  isTask,
  waiting = [],
}: CommittedRecord): readonly Committed[] {
  return entries.map(([sequence, ms, digest]) => {
    const uid = isTask ? `${record}/${sequence}` : `${record}/${sequence}/${ms}`
    return { uid, at: new Date(ms), digest, ...(waiting.includes(uid) && { isWaiting: true as const }) }
  })
}
