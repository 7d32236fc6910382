import { type Evidence, evidenceOf } from '../../../lib/evidence/evidence.ts'
import type { Feed } from '../../../lib/evidence/mismatch.ts'
import { type CaseRow, rowOf } from '../../../lib/evidence/rows.ts'
import { databaseUserFinding, invitationFinding, projectFinding } from '../../../lib/leftovers/findings.ts'
import { openCase } from '../../../lib/words/case.ts'
import type { Decision } from '../../../lib/words/decision.ts'
import { type Departure, leavingInstant } from '../../../lib/words/departure.ts'
import { closedCase, HOUR, later, leftoversOf, ORG, openedCase } from '../../unit/evidence/cases.ts'

export const TARGET_MS = 4 * HOUR

/** What an attacker would like a report to do. */
export const HOSTILE = {
  script: '<script>document.title="owned"</script>@example.com',
  attribute: '"><img src=x onerror=alert(1)>@example.com',
  formula: '=HYPERLINK("https://example.com","click")',
  reason: "+cmd|' /C calc'!A0",
  bidi: 'ada\u202egpj.exe@example.com',
}

const AS_OF = later(60 * HOUR)
const NAMES = ['ada', 'bea', 'carl', 'dora', 'emil', 'fay', 'gus', 'hal', 'ida', 'jon']
const EVE = { actor: 'arn:aws:sts::1:assumed-role/on-call/eve', claimedBy: 'oncall@example.com' }
const DECISION = { ...EVE, because: 'checked with <HR>', at: later(36 * HOUR), requestId: 'r-1' } as const

/** A removal that somebody made by hand. */
const BY_HAND = {
  ...{ id: 'e-1', type: 'REMOVED_FROM_ORG', at: later(31 * HOUR) },
  ...{ targetUsername: 'hanna.hand@example.com', actor: 'otto.owner@example.com' },
}

/** The evidence of four days in which 43 departures came, and most of what can happen happened. */
export function eventfulEvidence(): Evidence {
  const removed = Array.from({ length: 40 }, (_, index) => removedRow(index))
  const rows = [...removed, ...undecided()]
  const since = later(-80 * HOUR)
  const feed = feedOf(removed, since)
  const feeds = [{ ...feed, events: [...feed.events, BY_HAND] }]
  return evidenceOf([{ since, asOf: AS_OF, rows, feeds }], TARGET_MS)
}

/** Every fifth took effect hours before we heard of it; every seventh was announced by the HR system; the 30th waited for an owner. */
function removedRow(index: number): CaseRow {
  const username = `${NAMES[index % NAMES.length]}.${Math.floor(index / NAMES.length)}@example.com`
  const departure: Partial<Departure> = {
    id: `okta:evt-${index}`,
    username,
    ...(index % 5 === 0 && { effectiveAt: later(-index * HOUR) }),
    ...(index % 3 === 1 && { effectiveAt: later(index * HOUR) }),
    ...(index % 7 === 0 && { reason: `HR-${index}`, requestedBy: 'workday' }),
  }
  const opened = openedCase({ id: `c-${index}` }, departure)
  const leaving = leavingInstant(opened.state.departure).getTime() - later(0).getTime()
  const ms = leaving + (index + 2) * 1_000
  const outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(ms) } as const
  const decisions: Decision[] = index === 30 ? [{ ...DECISION, act: 'release', rule: 'privileged' }] : []
  const state = { ...opened.state, outcome, intent: { at: later(ms - 500), userId: 'u' } }
  return { ...rowOf(closedCase(outcome, ms, state, { id: opened.id, decisions })), ...leftoversIn(index) }
}

function leftoversIn(index: number): Pick<CaseRow, 'leftovers'> {
  const place = { id: 'b0123456789abcdef0123456', name: HOSTILE.script }
  const invitation = { id: 'e'.repeat(24), createdAt: later(-HOUR) }
  const findings = [
    invitationFinding(invitation, place, { action: 'deleted' }),
    databaseUserFinding('CN=ada,O=Example', place, 'bears the name'),
    projectFinding(place, 'our credential needs a role here', 'USER_UNAUTHORIZED'),
  ]
  const counts = { deleted: 1, reported: 1, failed: 1 }
  return index < 3 ? { leftovers: leftoversOf({ ...counts, findings, at: later(HOUR) }) } : {}
}

function undecided(): readonly CaseRow[] {
  const cancelled = { kind: 'cancelled', by: EVE.actor, because: DECISION.because } as const
  const decisions = [{ ...DECISION, act: 'cancel' }] as const
  const script = { id: 'okta:never', username: HOSTILE.script, reason: HOSTILE.attribute }
  const bidi = { id: 'okta:bidi', username: HOSTILE.bidi, requestedBy: HOSTILE.formula }
  return [
    { ...rowOf(closedCase(cancelled, HOUR, {}, { id: 'c-50', decisions })), departureId: 'okta:cancelled' },
    rowOf(openedCase({ id: 'c-51' }, script, { outcome: { kind: 'held', reason: 'ambiguous_username' } })),
    rowOf(openedCase({ id: 'c-52' }, bidi)),
  ]
}

/** Atlas has an event of every removal. */
function feedOf(removed: readonly CaseRow[], since: Date) {
  const type = 'REMOVED_FROM_ORG'
  const ours = removed.flatMap(({ case: id, username: targetUsername, revokedAt }) =>
    revokedAt ? [{ id: `e-${id}`, type, at: revokedAt, targetUsername, isOurs: true }] : [],
  )
  return { kind: 'read', orgId: ORG, since, readAt: AS_OF, events: ours } as const satisfies Feed
}

/** A feed without a difference, for whoever tests something else. */
export function emptyFeed(since: Date, readAt: Date): Feed {
  return { kind: 'read', orgId: ORG, since, readAt, events: [] }
}

const MONTH = 30 * 24 * HOUR

/** Whoever left in a month so full, out within half an hour at most; every tenth by a human's word. */
function leaverOf(index: number, number: number): CaseRow {
  const at = later(-MONTH + HOUR + Math.floor((index * MONTH) / number))
  const revokedAt = new Date(at.getTime() + (3 + (index % 600) * 3) * 1_000)
  const username = `${NAMES[index % NAMES.length]}.${index}@example.com`
  const { state, ...opened } = openCase(
    { id: `okta:evt-${index}`, source: 'okta', username, occurredAt: at, requestedBy: 'workday' },
    ORG,
    { at: new Date(at.getTime() + 1_000) },
  )
  const outcome = { kind: 'removed', evidence: 'answered', revokedAt } as const
  const release = { ...DECISION, act: 'release', rule: 'privileged', at: revokedAt } as const
  const done = { outcome, outcomeAt: revokedAt, attempts: 1, intent: { at: revokedAt, userId: 'u' } }
  const decisions = index % 10 === 9 ? [release] : []
  return rowOf({ ...opened, id: `c-${index}`, closedAt: revokedAt, decisions, state: { ...state, ...done } })
}

/** A month in which so many left and nothing else happened, as a stack reports it. */
export function monthWith(number: number): Evidence {
  const since = later(-MONTH)
  const rows = Array.from({ length: number }, (_, index) => leaverOf(index, number))
  const settings = {
    ...({ mode: 'enforce', maxRemovalsPerDay: 10, maxRemovalsPercent: 5, fourEyes: true } as const),
    ...{ protectedUsernames: ['break-glass@example.com'], version: '0.2.0' },
  }
  const made = {
    ...{ by: EVE.actor, requestId: 'r-1', account: '111122223333', region: 'eu-west-1' },
    ...{
      functionName: 'atlas-offboarding-prod-operator-read',
      settings,
      changes: [{ at: since, ...settings, protectedUsernames: 1 }],
    },
    ...{ deadLetters: { events: 0, topic: 0, work: 0 }, unreadable: 0, days: 30 },
    received: { people: number, ignored: 12, from: '2026-11-01' },
  } as unknown as NonNullable<Evidence['made']>
  return evidenceOf([{ since, asOf: AS_OF, rows, feeds: [feedOf(rows, since)], made }], TARGET_MS)
}
