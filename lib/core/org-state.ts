import type { Notice } from '../words/audit-event.ts'

/** What the ledger remembers of one organization beside its cases. */
export type OrgState = {
  readonly orgId: string
  readonly version: number
  /** Set while the organization's credential is refused; one probe at a time, nobody's case is closed by it. */
  readonly block?: Block
  /** The rate limit is spoken for until this instant: the next case books the time after it. */
  readonly bookedUntil?: Date
  /** Case id → when its removal was reserved; see `removal-window.ts`. */
  readonly slots: Readonly<Record<string, { readonly at: Date }>>
  /** Member counts that can still be the highest of some 24 hours. */
  readonly counts: readonly { readonly at: Date; readonly members: number }[]
  /** The window was over its limit: every further removal waits for a human. */
  readonly latchedAt?: Date
  /** A human, or a sweep that saw our credential misused, stopped all removals. */
  readonly paused?: { readonly by: string; readonly because: string; readonly at: Date }
  /** The names under which Atlas knows our credential, present and past. */
  readonly actors?: readonly string[]
  /** Removal events told as not ours already; an event is looked at twice. */
  readonly misuses?: readonly string[]
  /** Up to when the organization's members and events were compared with the ledger. */
  readonly comparedUntil?: Date
  /** When a sweep began to compare them; a claim that lapses. */
  readonly comparingSince?: Date
  /** The day of the last digest of what observe mode held; kept for `EVERY_ORG` alone. */
  readonly digestDay?: string
  /** The day of the last reminder of what is open and stopped; kept for `EVERY_ORG` alone. */
  readonly remindedDay?: string
  /** Last event of each source, ignored ones included; kept for `EVERY_ORG` alone. */
  readonly sources?: Readonly<Record<string, { readonly at: Date }>>
  /** When Atlas was known to have no deprecated project invitations any more; told once. */
  readonly invitationsEndedAt?: Date
  /** Notices that the audit trail has not taken yet. */
  readonly unpublished: readonly Notice[]
}

/** Stands for all organizations at once, where a human pauses everything. */
export const EVERY_ORG = '*'

type Block = {
  readonly code: string
  readonly since: Date
  readonly nextProbeAt: Date
}

/** An organization about which nothing is remembered yet. */
export function newOrgState(orgId: string): OrgState {
  return { orgId, version: 0, slots: {}, counts: [], unpublished: [] }
}

const PROBE_EVERY_MS = 5 * 60_000

/**
 * Blocks the organization, or notes that a probe failed again. Only the first time is told, because one refused
 * credential is one alert, however many people wait behind it.
 */
export function blocked(state: OrgState, code: string, now: Date): OrgState {
  const nextProbeAt = new Date(now.getTime() + PROBE_EVERY_MS)
  if (state.block) return { ...state, block: { ...state.block, code, nextProbeAt } }

  const notice: Notice = {
    uid: `${state.orgId}/blocked/${now.getTime()}`,
    at: now,
    name: 'blocked',
    orgId: state.orgId,
    severity: 4,
    message: `Nobody can be removed: the credential of this organization is refused (${code}); repair it, the cases come back by themselves`,
    unmapped: { code },
  }
  return { ...state, block: { code, since: now, nextProbeAt }, unpublished: [...state.unpublished, notice] }
}

/** Takes the block away, because a request with the organization's credential went through. */
export function unblocked(state: OrgState, now: Date): OrgState | undefined {
  if (!state.block) return undefined

  const notice: Notice = {
    uid: `${state.orgId}/unblocked/${now.getTime()}`,
    at: now,
    name: 'unblocked',
    orgId: state.orgId,
    severity: 1,
    message: 'The credential of this organization works again; its cases go on',
    unmapped: { code: state.block.code, blocked_since: state.block.since },
  }
  return { ...state, block: undefined, unpublished: [...state.unpublished, notice] }
}

/** Claims the next probe of a blocked organization; `undefined` while it is not due or another worker has it. */
export function probing(state: OrgState, now: Date): OrgState | undefined {
  if (!state.block || state.block.nextProbeAt > now) return undefined
  return { ...state, block: { ...state.block, nextProbeAt: new Date(now.getTime() + PROBE_EVERY_MS) } }
}

/** What one removal costs of Atlas's org-users limit: 3 requests at 250 a minute. @see DESIGN.md, section 6 */
const REMOVAL_EVERY_MS = 720

/** Atlas refills in steps, not drop by drop: who books first waits for a step, or the last drops would go to refusals. */
const REFILL_EVERY_MS = 60_000

/** Books the next free place under the rate limit, so that many cases come back one after the other, not all at once. */
export function booked(state: OrgState, now: Date): OrgState & { readonly bookedUntil: Date } {
  const from = Math.max(now.getTime() + REFILL_EVERY_MS, state.bookedUntil?.getTime() ?? 0)
  return { ...state, bookedUntil: new Date(from + REMOVAL_EVERY_MS) }
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

/** An organization whose window cannot be read may be over its limit: latched, until a human resumes and so writes a new one. */
export function unreadableOrg(orgId: string): OrgState {
  return { ...newOrgState(orgId), latchedAt: new Date(0) }
}

/** Stops all removals of an organization, or of every one; the first who pauses stays on record until the resume. */
export function paused(state: OrgState, act: Act, name = 'paused'): OrgState | undefined {
  if (state.paused) return undefined
  const { by, because, at } = act
  return told({ ...state, paused: { by, because, at } }, act, {
    name,
    severity: 4,
    message: 'All removals are stopped until a human resumes them',
  })
}

/** Takes a pause and a latch away; what was removed in the last 24 hours still counts. */
export function resumed(state: OrgState, act: Act): OrgState | undefined {
  if (!state.paused && !state.latchedAt) return undefined
  return told({ ...state, paused: undefined, latchedAt: undefined }, act, {
    name: 'resumed',
    severity: 3,
    message: 'Removals go on',
  })
}

/** Who did something, as claimed, and the invocation by which CloudTrail knows it. */
export type Act = {
  readonly by: string
  readonly because: string
  readonly at: Date
  readonly requestId: string
}

function told(state: OrgState, act: Act, notice: Pick<Notice, 'name' | 'severity' | 'message'>): OrgState {
  const told: Notice = {
    ...notice,
    uid: `${state.orgId}/${notice.name}/${act.at.getTime()}`,
    at: act.at,
    orgId: state.orgId === EVERY_ORG ? undefined : state.orgId,
    unmapped: { by: act.by, because: act.because, request_id: act.requestId },
  }
  return { ...state, unpublished: [...state.unpublished, told] }
}

/** A publisher names its source itself: many names must not fill the item that a pause is written to. */
const MOST_SOURCES = 100

/** Remembers a sign of life of a source. Beyond a hundred of them the one that was silent the longest is forgotten. */
export function heardSource(state: OrgState, source: string, now: Date): OrgState {
  const others = Object.entries(state.sources ?? {}).filter(([name]) => name !== source)
  const newest = others.toSorted(([, one], [, other]) => other.at.getTime() - one.at.getTime())
  const kept = [[source, { at: now }] as const, ...newest.slice(0, MOST_SOURCES - 1)]
  return { ...state, sources: Object.fromEntries(kept) }
}

/** Tells once a day which cases observe mode holds, so that they are no alert each. */
export function digested(state: OrgState, held: readonly string[], now: Date): OrgState | undefined {
  const digestDay = now.toISOString().slice(0, 10)
  if (held.length === 0 || state.digestDay === digestDay) return undefined
  const notice: Notice = {
    uid: `digest/${digestDay}`,
    at: now,
    name: 'observing_digest',
    severity: 3,
    message: `Observe mode holds ${held.length} cases: nobody is removed until they are released, or MODE is enforce`,
    unmapped: { held: held.length, cases: held.slice(0, MOST_IN_DIGEST) },
  }
  return { ...state, digestDay, unpublished: [...state.unpublished, notice] }
}

const MOST_IN_DIGEST = 100

/** Atlas takes the endpoints of deprecated project invitations away on this day, or has already said that they are gone. */
export const INVITATIONS_END = new Date('2027-07-01T00:00:00Z')

/** Remembers that there are no deprecated project invitations to look for any more; only the first time is told. */
export function invitationsEnded(state: OrgState, now: Date): OrgState | undefined {
  if (state.invitationsEndedAt) return undefined
  const notice: Notice = {
    uid: `${state.orgId}/invitations_ended`,
    at: now,
    name: 'invitations_ended',
    orgId: state.orgId,
    severity: 3,
    message:
      'Atlas has no deprecated project invitations any more: leavers are no longer looked for among them',
    unmapped: { sunset: INVITATIONS_END },
  }
  return { ...state, invitationsEndedAt: now, unpublished: [...state.unpublished, notice] }
}
