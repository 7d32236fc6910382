/** What the ledger remembers of one organization beside its cases. */
export type OrgState = {
  readonly orgId: string
  readonly version: number
  /** Set while the organization's credential is refused; one probe at a time, nobody's case is closed by it. */
  readonly block?: Block
  /** The rate limit is spoken for until this instant: the next case books the time after it. */
  readonly bookedUntil?: Date
}

export type Block = {
  readonly code: string
  readonly since: Date
  readonly nextProbeAt: Date
}

const UNREAD = 'secret:'

/** Names the organization behind a secret that could not be read, so that its case is recorded all the same. */
export function unreadOrg(secretId: string): string {
  return `${UNREAD}${secretId}`
}

/** The secret that stands in for an organization nobody can name yet; `undefined` for a real `orgId`. */
export function unreadSecretOf(orgId: string): string | undefined {
  return orgId.startsWith(UNREAD) ? orgId.slice(UNREAD.length) : undefined
}
