/** The kinds of disagreement, as humans are told of them. */
export const KINDS = {
  missing: 'The ledger committed this event. The archive does not have it.',
  extra: 'The archive has this event. Neither the ledger nor a manifest vouches for it.',
  altered: 'The content in the archive is not the one that the ledger committed.',
  second_content: 'Two contents under one uid. The one named here is not the one that was committed.',
  out_of_sequence: 'The ledger keeps this content under another number of the same record.',
  lost_digest: 'The ledger has lost the digest of this event.',
  unreadable: 'A record of the archive is not as EventBridge writes our events.',
  contradicts: 'The case in the ledger says another outcome than its last event.',
  manifest_differs:
    'The ledger and the archive have different manifests of this day, or one of them has none.',
  day_differs: "The day's events do not add up to its manifest.",
  no_manifest: 'This day has no manifest.',
  report_digest: 'The digest of the report is not that of what it shows.',
  report_page: 'The page does not show its own data, or another version made it.',
  report_differs: 'The report says another outcome of this case than its last event.',
  report_omits: 'The archive has an outcome of this case in the period, and the report has no row of it.',
} as const

/** One disagreement between the ledger and the archive, or between the archive and a report. */
export type Finding = {
  readonly kind: keyof typeof KINDS
  /** The record whose event it is: a case, a search, an organization… */
  readonly record?: string
  readonly uid?: string
  readonly sequence?: number
  readonly day?: string
  /** File and line of the archive. */
  readonly where?: string
  /** Which of the two was changed, if a manifest says so. */
  readonly changed?: 'archive' | 'ledger'
  readonly note?: string
}

/** The most findings that are named one by one. The others are counted. */
export const MOST_NAMED = 10_000
