import { describeOutcome, type HoldReason, type Outcome, type RefusalReason } from './outcome.ts'

/**
 * What humans are told of an outcome, a stop or a notice. The CLI, alerts, the report, the README and the runbook say what it says
 * here; tests compare them.
 */
export type CatalogueRow = {
  /** A few words, as a headline. */
  readonly title: string
  /** What it means, in one or two sentences. */
  readonly meaning: string
  /** What to look at before acting. */
  readonly check?: string
  /** The right act, as a command to type; `{case}`, `{org}` and `{user}` stand for ids. Absent where nobody has to act. */
  readonly act?: string
  /** `alert`: humans are alerted at once. `digest`: in the daily digest. `quiet`: published and nothing more. */
  readonly severity: 'alert' | 'digest' | 'quiet'
}

const RELEASE = 'release {case} --because WHY'
const NAME_THEM = 'release {case} --as USERID --because WHY (or --absent, if none of them is the person)'

type OutcomeKey =
  | Exclude<Outcome['kind'], 'held' | 'refused'>
  | `held: ${HoldReason}`
  | `refused: ${RefusalReason}`
  | 'unreadable'

const OUTCOMES: Readonly<Record<OutcomeKey, CatalogueRow>> = {
  removed: {
    title: 'Removed',
    meaning: 'Our DELETE took effect, and Atlas confirmed that the member is gone.',
    severity: 'quiet',
  },
  already_absent: {
    title: 'Already absent',
    meaning: 'All members were listed. None has that name.',
    severity: 'quiet',
  },
  would_remove: {
    title: 'Dry run: would be removed',
    meaning: 'The departure asked for a dry run. Every rule passed and nothing was deleted.',
    severity: 'quiet',
  },
  cancelled: {
    title: 'Cancelled',
    meaning: 'An operator, a return or a later date ended the case. The person keeps their access.',
    check: 'If they did leave, request the removal again.',
    act: 'remove USERNAME --because WHY',
    severity: 'digest',
  },
  scheduled: {
    title: 'Scheduled',
    meaning: 'The departure takes effect later. The person is removed then.',
    act: 'cancel {case} --because WHY (only to stop it)',
    severity: 'quiet',
  },
  deferred: {
    title: 'Deferred',
    meaning: 'It cannot be done now. It is retried until it succeeds.',
    act: 'retry {case} (only to hurry it)',
    severity: 'quiet',
  },
  unreadable: {
    title: 'Unreadable message',
    meaning: 'A message names no person, or says something that must not be guessed. Nobody was removed.',
    check: 'Find out from the sender who left, and correct what it sends.',
    act: 'remove USERNAME --because WHY',
    severity: 'alert',
  },
  'held: observing': {
    title: 'Held: observe mode',
    meaning: 'The stack runs in observe mode and removes nobody by itself.',
    check: 'Make sure that this removal is right.',
    act: RELEASE,
    severity: 'digest',
  },
  'held: suspended': {
    title: 'Held: only suspended',
    meaning: 'The source suspended the person, which may not be for good.',
    check: 'Ask whether the person left.',
    act: RELEASE,
    severity: 'alert',
  },
  'held: mass_removal': {
    title: 'Held: too many removals in 24 hours',
    meaning: 'The organization is over its limit. Everybody in it is held until a human decides.',
    check: 'Find out why so many leave at once.',
    act: RELEASE,
    severity: 'digest',
  },
  'held: paused': {
    title: 'Held: removals are paused',
    meaning: 'Somebody paused the removals of this organization, or of all.',
    check: 'Find out who paused them, and why (status).',
    act: 'resume --because WHY (with --org {org} for this organization alone)',
    severity: 'digest',
  },
  'held: privileged': {
    title: 'Held: privileged role',
    meaning: 'The member holds a role that HOLD_ORG_ROLES names.',
    check: 'Make sure that somebody else holds the role.',
    act: RELEASE,
    severity: 'alert',
  },
  'held: stale_event': {
    title: 'Held: old event',
    meaning:
      'We first received the event long after the person should have left. They may have come back since.',
    check: 'Make sure that the person is gone today.',
    act: RELEASE,
    severity: 'alert',
  },
  'held: rejoined': {
    title: 'Held: the person may be back',
    meaning: 'They were invited, joined or were reported back after the leaving instant.',
    check: 'Ask whether they came back.',
    act: 'release {case} --because WHY (they left), or cancel {case} --because WHY (they are back)',
    severity: 'alert',
  },
  'held: ambiguous_username': {
    title: 'Held: several members may be meant',
    meaning: 'The name fits more than one member, or none exactly.',
    check: 'See the candidates: case {case}.',
    act: NAME_THEM,
    severity: 'alert',
  },
  'held: possible_alias': {
    title: 'Held: a similar name is present',
    meaning: 'Nobody has exactly that name, but a member has the same mailbox name.',
    check: 'See the candidates: case {case}.',
    act: NAME_THEM,
    severity: 'alert',
  },
  'held: renamed': {
    title: 'Held: the member has a new name',
    meaning: 'The Atlas account that had this name has another one now.',
    check: 'See the candidates: case {case}.',
    act: NAME_THEM,
    severity: 'alert',
  },
  'held: unresolved_employee': {
    title: 'Held: HR does not confirm the leaving',
    meaning: 'The HR system still says active, has no record, or does not answer.',
    check: 'Ask HR whether the person left.',
    act: RELEASE,
    severity: 'alert',
  },
  'held: conflicting_event': {
    title: 'Held: two events under one id',
    meaning: 'A second event with the same id says something else.',
    check: 'Find out which of the two is true.',
    act: 'release {case} --because WHY, or cancel {case} --because WHY',
    severity: 'alert',
  },
  'refused: protected': {
    title: 'Refused: protected account',
    meaning: 'A departure names an account that PROTECTED_USERNAMES protects. Nobody can release it.',
    check: 'Find out who named a break-glass account, and why.',
    act: 'cancel {case} --because WHY',
    severity: 'alert',
  },
  'refused: last_owner': {
    title: 'Refused: last owner',
    meaning: 'Atlas keeps the last owner of an organization.',
    check: 'Make somebody else an owner in Atlas.',
    act: 'retry {case}',
    severity: 'alert',
  },
  'refused: unknown_org': {
    title: 'Refused: organization not configured',
    meaning: 'The departure names an organization that ORGS does not contain.',
    check: 'Add the organization and deploy, or correct the sender.',
    act: 'retry {case}, or cancel {case} --because WHY',
    severity: 'alert',
  },
  'refused: atlas_refused': {
    title: 'Refused by Atlas',
    meaning: 'Atlas refuses this very request about this person, with the code shown.',
    check: "Look the code up in Atlas's documentation and repair the cause.",
    act: 'retry {case}',
    severity: 'alert',
  },
}

const NOTICES = {
  stopped_credential: {
    title: 'Organization stopped: credential refused',
    meaning:
      'Atlas refuses the credential of this organization, its address or its payment. Nobody is removed until it is repaired; cases continue by themselves then.',
    check: 'Repair what the code names: secret, IP access list or payment.',
    act: 'retry --org {org}',
    severity: 'alert',
  },
  stopped_over_limit: {
    title: 'Organization stopped: too many removals',
    meaning:
      'More people left in 24 hours than the limit allows. Everybody else is held until a human decides.',
    check: 'Find out why so many leave. If it was announced: approve the people by name.',
    act: 'approve --usernames FILE --until 2d --because WHY, then resume --org {org} --because WHY',
    severity: 'alert',
  },
  stopped_paused: {
    title: 'Removals paused',
    meaning: 'All removals of this organization, or of all, are stopped until somebody resumes them.',
    act: 'resume --because WHY (with --org {org} for this organization alone)',
    severity: 'alert',
  },
  credential_restored: {
    title: 'Credential works again',
    meaning: 'A request with the credential of this organization succeeded. Its cases continue.',
    severity: 'digest',
  },
  resumed: {
    title: 'Removals resumed',
    meaning: 'A pause or an exceeded limit was lifted.',
    severity: 'alert',
  },
  credential_misuse: {
    title: 'Somebody else uses our credential',
    meaning:
      'Atlas reports a removal by our credential that the ledger does not know. All removals of the organization are paused.',
    check: 'Rotate the credential and find out who used it.',
    act: 'resume --org {org} --because WHY (once the credential is replaced)',
    severity: 'alert',
  },
  returned: {
    title: 'A removed person is a member again',
    meaning: 'They were invited again, or federation let them in at a login.',
    check: 'Ask whether they may be back. Federation must not let leavers in.',
    act: 'remove USERNAME --because WHY',
    severity: 'alert',
  },
  absent_but_present: {
    title: 'A person called absent is a member',
    meaning:
      'A case was closed because nobody had that name. A later member list shows a member who may be that person: invited or renamed since.',
    check: 'Compare the member named here with who left.',
    act: 'remove USERNAME --because WHY (with the name that the member has now)',
    severity: 'alert',
  },
  return_received: {
    title: 'A source says that the person is back',
    meaning: 'Its own open cases of this person are cancelled. Those of other sources are held.',
    severity: 'digest',
  },
  superseded: {
    title: 'A later departure replaces this one',
    meaning: 'The same source sent a new leaving date for the person. Only the new one counts.',
    check: 'Make sure that the new date is right.',
    severity: 'alert',
  },
  clock_ahead: {
    title: "A source's clock is ahead of ours",
    meaning: 'An event is dated in the future. It counts from its receipt, and its date as the leaving date.',
    check: "Correct the source's clock.",
    severity: 'alert',
  },
  unlisted_code: {
    title: 'Atlas refuses with an unknown code',
    meaning: 'A 403 has a code that we do not know. This case alone is retried every hour.',
    check: "Look the code up in Atlas's documentation.",
    act: 'retry {case}',
    severity: 'alert',
  },
  approved: {
    title: 'Departure approved in advance',
    meaning: 'A human announced this departure by name. It takes no slot of the daily limit.',
    severity: 'digest',
  },
  released: {
    title: 'Case released',
    meaning: 'A human let a held case pass the rule that held it.',
    severity: 'digest',
  },
  cancelled_by_operator: {
    title: 'Case cancelled by an operator',
    meaning: 'A human ended a case without a removal.',
    severity: 'digest',
  },
  retried: { title: 'Case retried', meaning: 'A human asked to try a case again now.', severity: 'quiet' },
  observing_digest: {
    title: 'Observe mode holds cases',
    meaning: 'Nobody is removed until these cases are released, or MODE is enforce.',
    act: 'cases --open',
    severity: 'alert',
  },
  still_open: {
    title: 'Cases have been open for more than a day',
    meaning: 'People who left still have access, or an organization is still stopped.',
    act: 'cases --open',
    severity: 'alert',
  },
  leftovers: {
    title: 'Access outlives the membership',
    meaning: 'The person is out, but an invitation or a database user in their name remains.',
    check: 'Look at each item that was not deleted.',
    act: 'case {case}',
    severity: 'alert',
  },
  leftovers_clear: {
    title: 'No access outlives the membership',
    meaning: 'Every project was searched. Nothing is left that needs a human.',
    severity: 'quiet',
  },
  invitations_ended: {
    title: 'Atlas no longer has project invitations',
    meaning:
      'Atlas answers that the deprecated project invitations are gone. They are searched again only if that changes.',
    severity: 'alert',
  },
  invitations_searched_again: {
    title: 'Project invitations are searched for again',
    meaning: 'Atlas lists deprecated project invitations again, or an operator asked for another try.',
    severity: 'digest',
  },
  forgotten: {
    title: 'A person was forgotten',
    meaning: 'Everything that names the person was taken out of the ledger.',
    severity: 'alert',
  },
  test_alert: { title: 'Test alert', meaning: 'Somebody checks that alerts arrive.', severity: 'alert' },
} as const satisfies Readonly<Record<string, CatalogueRow>>

/** The name of an event that is no outcome of a case. */
export type NoticeName = keyof typeof NOTICES

/** Every row, by outcome (`held: privileged`) or notice name. */
export const CATALOGUE: Readonly<Record<OutcomeKey | NoticeName, CatalogueRow>> = { ...OUTCOMES, ...NOTICES }

/** Finds what humans are told of an outcome. */
export function rowOf(outcome: Outcome): CatalogueRow {
  return OUTCOMES[describeOutcome(outcome) as OutcomeKey]
}

/** Fills the ids into a row's act; a text without an id keeps its placeholder in capitals. */
export function actOf(
  { act }: CatalogueRow,
  ids: { readonly case?: string; readonly org?: string },
): string | undefined {
  return act?.replaceAll('{case}', ids.case ?? 'CASE').replaceAll('{org}', ids.org ?? 'ORG')
}
