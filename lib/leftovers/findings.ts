import {
  type GuardSettings,
  guardReturned,
  guardWithoutMember,
  isReleasedSince,
  type Known,
} from '../core/guards.ts'
import { unreadSecretOf } from '../core/org-state.ts'
import type { Notice } from '../words/audit-event.ts'
import { batchesOf } from '../words/batches.ts'
import { auditUid, type Case } from '../words/case.ts'
import { leavingInstant, usernamesOf } from '../words/departure.ts'
import { sameUsername } from '../words/username.ts'

/** What is done about leftovers; what observe mode holds is never deleted. */
export type LeftoversSettings = { readonly leftovers: 'off' | 'report' | 'clean' }

/** Something that gives access and outlived the membership, or a place where nobody could look for it. */
export type Finding = {
  readonly kind: 'project_invitation' | 'database_user' | 'project' | 'organization'
  /** The invitation's id, or the database user's name; of a project or organization its own. */
  readonly id: string
  /** `*` where it is about all projects. */
  readonly projectId: string
  readonly projectName?: string
  readonly why: string
  readonly action: 'deleted' | 'reported' | 'failed'
  readonly code?: string
}

/** A project invitation of the deprecated kind: the organization's members do not show it. */
export type ProjectInvitation = {
  readonly id: string
  readonly username: string
  readonly createdAt: Date
}

/** An invitation that we were about to delete when we wrote it down. */
type Intended = { readonly projectId: string; readonly id: string; readonly createdAt: Date }

/** The search for a closed case's leftovers, while it goes on. */
export type Pending = {
  readonly kind: 'pending'
  readonly nextAttemptAt: Date
  readonly deferrals: number
  /** Why it did not end so far, and since when without any progress. */
  readonly code?: string
  readonly failingSince?: Date
  /** Projects that need not be read again, and what was found in them. */
  readonly done: readonly string[]
  readonly findings: readonly Finding[]
  /** Findings beyond those that one item can hold. */
  readonly more?: number
  readonly intended: readonly Intended[]
}

/** What became of a closed case's leftovers. */
export type Leftovers =
  | Pending
  | {
      readonly kind: 'looked'
      readonly at: Date
      readonly projects: number
      readonly findings: readonly Finding[]
      /** Findings beyond those that one item can hold. */
      readonly more?: number
      /** A DELETE was about to be sent: an invitation that ended meanwhile may be our work. */
      readonly mayHaveDeleted?: true
    }
  /** Nothing was asked: another case of the same person looked within a day, or looking is switched off. */
  | { readonly kind: 'settled'; readonly at: Date; readonly lookedBy?: string }

/** Begins the search for leftovers in the very write that closes a case by which somebody is out. */
export function withLeftovers(kase: Case, { leftovers }: LeftoversSettings, now: Date): Case {
  const { outcome, closedAt, departure, orgId } = kase
  const isOut = outcome?.kind === 'removed' || outcome?.kind === 'already_absent'
  const isUnread = unreadSecretOf(orgId) !== undefined
  if (!closedAt || !isOut || leftovers === 'off' || departure.dryRun || isUnread) return kase
  const pending: Pending = {
    kind: 'pending',
    nextAttemptAt: now,
    deferrals: 0,
    done: [],
    findings: [],
    intended: [],
  }
  return { ...kase, leftovers: pending }
}

/** The search that goes on, if any. */
export function pendingIn({ leftovers }: Case): Pending | undefined {
  return leftovers?.kind === 'pending' ? leftovers : undefined
}

const DAY_MS = 24 * 3_600_000

/**
 * Finds the case that looked for the same person's leftovers within a day. One that looked before a removal of this case does not
 * count: by then the person had been a member again, and may have got new ones.
 */
export function lookedFor(kase: Case, others: readonly Case[], now: Date): string | undefined {
  const names = usernamesOf(kase.departure)
  return others.find((other) => {
    const { leftovers, orgId, departure } = other
    if (leftovers?.kind !== 'looked' || orgId !== kase.orgId || other.id === kase.id) return false
    const isRecent = now.getTime() - leftovers.at.getTime() < DAY_MS
    const isOutdated = kase.outcome?.kind === 'removed' && kase.outcome.revokedAt > leftovers.at
    const isWhole = leftovers.findings.every(({ kind }) => kind !== 'organization')
    return isRecent && !isOutdated && isWhole && names.every((name) => isAmong(name, usernamesOf(departure)))
  })?.id
}

/** Tells whether a name is one of these. */
export function isAmong(name: string, names: readonly string[]): boolean {
  return names.some((other) => sameUsername(other, name))
}

/** What keeps every invitation of the person from being deleted, whatever Atlas says of them: the word for it. */
export function keptFor(
  kase: Case,
  known: Known,
  settings: GuardSettings & LeftoversSettings,
  now: Date,
): string | undefined {
  if (settings.leftovers !== 'clean') return 'LEFTOVERS=report'
  // No release of one case switches observe mode off.
  if (settings.mode === 'observe') return 'observing'
  if (guardReturned(kase, known.person, settings)) return 'rejoined'
  const outcome = guardWithoutMember(kase, known, settings, now)
  return outcome && ('reason' in outcome ? outcome.reason : outcome.kind)
}

/** An invitation that came after the leaving instant was meant for somebody who is back, unless a human has judged it since. */
export function isNewer(kase: Case, { createdAt }: ProjectInvitation): boolean {
  return createdAt > leavingInstant(kase.departure) && !isReleasedSince(kase, createdAt)
}

/** An item of the ledger (400 KB) holds them twice, an audit event (256 KB) once. */
const MOST_BYTES = 60_000

/** Keeps as many findings as one item holds, and counts the others. What a human must see is not what is left out. */
export function bounded(found: readonly Finding[]): {
  readonly findings: readonly Finding[]
  readonly more: number
} {
  const limits = { count: 1_000, bytes: MOST_BYTES }
  const inOrder = [...found.filter(needsHuman), ...found.filter((finding) => !needsHuman(finding))]
  const [findings = []] = batchesOf(inOrder, (one) => Buffer.byteLength(JSON.stringify(one)), limits)
  return { findings, more: found.length - findings.length }
}

/** Ends the search, and gives the case its second event to tell. */
export function withFindings(kase: Case, found: readonly Finding[], projects: number, at: Date): Case {
  const { findings, more: beyond } = bounded(found)
  const more = beyond + (pendingIn(kase)?.more ?? 0)
  const mayHaveDeleted = (pendingIn(kase)?.intended.length ?? 0) > 0
  const looked = {
    kind: 'looked',
    at,
    projects,
    findings,
    ...(more > 0 && { more }),
    ...(mayHaveDeleted && { mayHaveDeleted }),
  } as const
  const told = { projects, ...(more > 0 && { more }) }
  return { ...kase, leftovers: looked, notices: [...kase.notices, noticeOf(kase, findings, told, at)] }
}

/** Ends the search without a request: `lookedBy` names the case that tells what there is; without one, looking is off. */
export function settled(kase: Case, lookedBy: string | undefined, at: Date): Case {
  const leftovers = { kind: 'settled', at, ...(lookedBy && { lookedBy }) } as const
  if (!lookedBy) return { ...kase, leftovers }
  const message = `Leftovers were looked for within a day already: see case ${lookedBy}`
  const notice = { ...noticeOf(kase, [], { looked_by: lookedBy }, at), message }
  return { ...kase, leftovers, notices: [...kase.notices, notice] }
}

/**
 * Tells whether an invitation of the person may have been deleted by this case's search at an instant. Whether Atlas tells an
 * organization of a deprecated project invitation's end is not documented; if it does, it is ours.
 */
export function mayHaveDeletedAt({ leftovers, closedAt }: Case, at: Date, skewMs: number): boolean {
  if (!leftovers || leftovers.kind === 'settled' || !closedAt) return false
  const until = leftovers.kind === 'pending' ? Number.POSITIVE_INFINITY : leftovers.at.getTime()
  const mayHave = leftovers.kind === 'pending' ? leftovers.intended.length > 0 : leftovers.mayHaveDeleted
  const isWithin = at.getTime() >= closedAt.getTime() - skewMs && at.getTime() <= until + skewMs
  return mayHave === true && isWithin
}

/** Tells whether a human has to act on it: nobody else does. */
function needsHuman({ action }: Finding): boolean {
  return action !== 'deleted'
}

function noticeOf(kase: Case, findings: readonly Finding[], told: object, at: Date): Notice {
  const { id, attempts, departure, orgId, snapshot } = kase
  // The uid of the closing outcome, whose event this one follows.
  const closing = auditUid(kase, { attempt: attempts })
  const common = {
    uid: `${closing}/leftovers`,
    at,
    orgId,
    correlationUid: departure.id,
    user: { name: departure.username, ...(snapshot && { uid: snapshot.userId }) },
    unmapped: { case: id, leftovers: findings.map(toEvent), ...told },
  }
  if (findings.some(needsHuman))
    return {
      ...common,
      name: 'leftovers',
      severity: findings.some(({ action }) => action === 'failed') ? 4 : 3,
      message: `Access that outlives the membership: ${countsOf(findings)}; a human decides on what is left`,
    }
  return {
    ...common,
    name: 'leftovers_clear',
    severity: 1,
    message: `No access outlives the membership: ${countsOf(findings)}`,
  }
}

function countsOf(findings: readonly Finding[]): string {
  const { deleted, reported, failed } = counted(findings)
  return `${deleted} deleted, ${reported} reported, ${failed} failed`
}

/** How many findings were dealt with in each way. */
export function counted(findings: readonly Finding[]): Readonly<Record<Finding['action'], number>> {
  const count = (wanted: Finding['action']) => findings.filter(({ action }) => action === wanted).length
  return { deleted: count('deleted'), reported: count('reported'), failed: count('failed') }
}

/** What became of leftovers, for whoever asks. */
export type LeftoversView = Readonly<Record<Finding['action'], number>> & {
  readonly state: Leftovers['kind']
  /** When the search ended. */
  readonly at?: Date
  readonly nextAttemptAt?: Date
  /** Why a search goes on. */
  readonly code?: string
  readonly lookedBy?: string
  readonly more?: number
  readonly findings: readonly Finding[]
}

/** Shows what became of a case's leftovers. */
export function leftoversView(leftovers: Leftovers): LeftoversView {
  switch (leftovers.kind) {
    case 'pending': {
      const { kind: state, nextAttemptAt, code, more, findings } = leftovers
      const rest = { ...(code && { code }), ...(more && { more }) }
      return { state, nextAttemptAt, ...rest, ...counted(findings), findings }
    }
    case 'looked': {
      const { kind: state, at, findings, more } = leftovers
      return { state, at, ...(more && { more }), ...counted(findings), findings }
    }
    case 'settled': {
      const { kind: state, at, lookedBy } = leftovers
      return { state, at, ...(lookedBy && { lookedBy }), ...counted([]), findings: [] }
    }
  }
}

function toEvent({ kind, id, projectId, why, action, code }: Finding) {
  return { kind, id, project_id: projectId, why, action, ...(code && { code }) }
}
