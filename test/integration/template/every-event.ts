import {
  blocked,
  digested,
  EVERY_ORG,
  invitationsEnded,
  newOrgState,
  paused,
  resumed,
  unblocked,
} from '../../../lib/core/org-state.ts'
import { approved, newPersonState, returned } from '../../../lib/core/person-state.ts'
import { reserve } from '../../../lib/core/window.ts'
import { type Finding, withFindings } from '../../../lib/leftovers/findings.ts'
import { remindedOf } from '../../../lib/sweep/backlog.ts'
import {
  type AuditEvent,
  type Notice,
  noticeEvent,
  outcomeEvent,
  unreadableEvent,
} from '../../../lib/words/audit-event.ts'
import { openCase, withOutcome } from '../../../lib/words/case.ts'
import { HOLD_REASONS, type Outcome, type RefusalReason } from '../../../lib/words/outcome.ts'
import { activeMember, departure, later, ORG } from '../../support/cases.ts'

/** An event that the audit bus gets, made with a text of a source's own wherever a source may write one. */
type Told = { readonly name: string; readonly event: AuditEvent; make(text: string): AuditEvent }

const REFUSALS: Readonly<Record<RefusalReason, true>> = {
  protected: true,
  last_owner: true,
  unknown_org: true,
  atlas_refused: true,
}
const DAY = 24 * 3_600_000
const at = later(1_000)

/** Every outcome, holds and refusals by their reasons. */
export const OUTCOMES: readonly Told[] = [
  ...HOLD_REASONS.map((reason) => outcome(`held: ${reason}`, { kind: 'held', reason })),
  ...(Object.keys(REFUSALS) as RefusalReason[]).map((reason) =>
    outcome(`refused: ${reason}`, { kind: 'refused', reason, code: 'HTTP_410' }),
  ),
  outcome('removed', { kind: 'removed', evidence: 'answered', revokedAt: at }),
  outcome('already_absent', { kind: 'already_absent' }),
  outcome('would_remove', { kind: 'would_remove' }),
  outcome('cancelled', { kind: 'cancelled', by: 'grace', because: 'back' }),
  outcome('cancelled: taken back', {
    kind: 'cancelled',
    by: 'okta:2',
    because: 'the source says that the person is back',
  }),
  outcome('scheduled', { kind: 'scheduled', nextAttemptAt: later(DAY) }),
  outcome('deferred', { kind: 'deferred', code: 'HTTP_503', nextAttemptAt: later(DAY) }),
  tellable('unreadable', () =>
    unreadableEvent('unreadable-1', { kind: 'unreadable', reason: 'okta: `target`: expected a person' }, at),
  ),
]

/** Every notice, as the code that gives it words it. */
export const NOTICES: readonly Told[] = [
  notice('blocked', () => blocked(newOrgState(ORG), 'HTTP_403', at)),
  notice('unblocked', () => unblocked({ ...blocked(newOrgState(ORG), 'HTTP_403', at), unpublished: [] }, at)),
  notice('latched', () => {
    const { state } = reserve(newOrgState(ORG), 'c-1', { maxRemovalsPerDay: 0, maxRemovalsPercent: 0 }, at)
    return state
  }),
  notice('paused', (text) => paused(newOrgState(EVERY_ORG), actOf(text))),
  notice('resumed', (text) => resumed({ ...newOrgState(EVERY_ORG), latchedAt: at }, actOf(text))),
  notice('observing_digest', () => digested(newOrgState(EVERY_ORG), ['c-1'], at)),
  notice('still_open', (text) => {
    const left = { username: text, occurredAt: later(-2 * DAY) }
    const old = openCase(departure(left), ORG, { at: later(-2 * DAY), stale: false })
    return remindedOf(
      newOrgState(EVERY_ORG),
      [{ ...old, outcome: { kind: 'held', reason: 'privileged' } }],
      [],
      at,
    )
  }),
  notice('approved', (text) => approved(newPersonState(text), actOf(text), later(DAY))),
  notice('return_received', (text) => {
    const back = { id: 'okta:2', source: 'okta', username: text, occurredAt: at }
    return returned(newPersonState(text), back, at)
  }),
  onCase('returned', 'A removed person is a member again: invited, or let in by federation at a login'),
  leftovers('leftovers', 'reported'),
  leftovers('leftovers_clear', 'deleted'),
  notice('invitations_ended', () => invitationsEnded(newOrgState(ORG), at)),
  onCase('released', 'A human acted on the case: released'),
  onCase('cancel_requested', 'A human acted on the case: cancel_requested'),
  onCase(
    'credential_misuse',
    'All removals are stopped until a human resumes them: somebody else uses our credential',
  ),
  onCase('forgotten', 'A human had a person forgotten: the name is taken out of the closed cases'),
  tellable('test_alert', (text) =>
    noticeEvent({
      uid: 'test_alert/r-1',
      at,
      name: 'test_alert',
      severity: 1,
      message: 'A test',
      unmapped: { by: text },
    }),
  ),
]

/** The event of a name. @throws if there is none */
export function told(name: string): AuditEvent {
  const found = [...OUTCOMES, ...NOTICES].find((one) => one.name === name)
  if (!found) throw new Error(`No event is called "${name}"`)
  return found.event
}

function outcome(name: string, given: Outcome): Told {
  return tellable(name, (text) => {
    const opened = openCase(
      departure({ username: text, reason: text, requestedBy: text, id: `okta:${text}` }),
      ORG,
      { at, stale: false },
    )
    const withText: Outcome = given.kind === 'held' ? { ...given, detail: text } : given
    const kase = withOutcome({ ...opened, snapshot: activeMember({ username: text }) }, withText, at)
    const [entry] = kase.unpublished
    if (!entry) throw new Error('An outcome is always recorded')
    return outcomeEvent(kase, entry)
  })
}

function notice(
  name: string,
  make: (text: string) => { readonly unpublished: readonly Notice[] } | undefined,
): Told {
  return tellable(name, (text) => {
    const made = make(text)?.unpublished.at(-1)
    if (made?.name !== name) throw new Error(`Expected the notice "${name}"`)
    return noticeEvent(made)
  })
}

/** What a search for leftovers came to. */
function leftovers(name: string, action: Finding['action']): Told {
  return tellable(name, (text) => {
    const opened = openCase(departure({ username: text }), ORG, { at, stale: false })
    const kase = withOutcome(opened, { kind: 'removed', evidence: 'answered', revokedAt: at }, at)
    const finding = { kind: 'project_invitation', id: text, projectId: ORG, why: text, action } as const
    const [made] = withFindings(kase, [finding], 1, at).notices
    if (made?.name !== name) throw new Error(`Expected the notice "${name}"`)
    return noticeEvent(made)
  })
}

/** Notices that the operator's acts and the comparison put together for themselves. */
function onCase(name: string, message: string): Told {
  return tellable(name, (text) => {
    const { id } = openCase(departure(), ORG, { at, stale: false })
    const user = { name: text }
    return noticeEvent({
      uid: `${id}/${name}`,
      at,
      name,
      orgId: ORG,
      user,
      severity: 4,
      message,
      unmapped: { case: id },
    })
  })
}

function actOf(text: string) {
  return { by: text, because: text, at, requestId: 'r-1' }
}

function tellable(name: string, make: (text: string) => AuditEvent): Told {
  return { name, event: make('ada@example.com'), make }
}
