import type { Entry } from '../../words/digest.ts'
import type { Manifest } from '../../words/manifest.ts'

/** An event as the ledger has committed it. */
export type Committed = Entry & {
  /** The audit bus has not taken it yet. */
  readonly isWaiting?: boolean | undefined
}

/** What one record of the ledger keeps of its events. */
export type CommittedRecord = {
  readonly record: string
  readonly entries: readonly Entry[]
  /** Uids of events that the audit bus has not taken yet. */
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
