import { type Evidence, evidenceOf } from '../../../lib/evidence/evidence.ts'
import type { Feed } from '../../../lib/evidence/mismatch.ts'
import { type CaseRow, rowOf } from '../../../lib/evidence/rows.ts'
import { databaseUserFinding, invitationFinding, projectFinding } from '../../../lib/leftovers/findings.ts'
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

/** The evidence of four days in which 43 departures came, and most of what can happen happened. */
export function eventfulEvidence(): Evidence {
  const removed = Array.from({ length: 40 }, (_, index) => removedRow(index))
  const rows = [...removed, ...undecided()]
  return evidenceOf([{ since: later(-80 * HOUR), asOf: AS_OF, rows, feeds: [feedOf(removed)] }], TARGET_MS)
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

/** Atlas has an event of every removal, and of one that was made by hand. */
function feedOf(removed: readonly CaseRow[]): Feed {
  const type = 'REMOVED_FROM_ORG'
  const ours = removed.flatMap(({ case: id, username: targetUsername, revokedAt }) =>
    revokedAt ? [{ id: `e-${id}`, type, at: revokedAt, targetUsername, isOurs: true }] : [],
  )
  const actor = 'otto.owner@example.com'
  const byHand = { id: 'e-1', type, at: later(31 * HOUR), targetUsername: 'hanna.hand@example.com', actor }
  return { kind: 'read', orgId: ORG, since: later(-80 * HOUR), readAt: AS_OF, events: [...ours, byHand] }
}

/** A feed without a difference, for whoever tests something else. */
export function emptyFeed(since: Date, readAt: Date): Feed {
  return { kind: 'read', orgId: ORG, since, readAt, events: [] }
}

/** A month in which nobody left, as a stack reports it. */
export function monthWithout(): Evidence {
  const since = later(-30 * 24 * HOUR)
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
    received: { people: 0, ignored: 12, from: '2026-11-01' },
  } as unknown as NonNullable<Evidence['made']>
  return evidenceOf([{ since, asOf: AS_OF, rows: [], feeds: [emptyFeed(since, AS_OF)], made }], TARGET_MS)
}
