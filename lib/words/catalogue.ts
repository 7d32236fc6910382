import { type CatalogueRow, rowsOf } from './catalogue-row.ts'
import { NOTICES } from './notices.ts'
import { describeOutcome, type HoldReason, type Outcome, type RefusalReason } from './outcome.ts'

const RELEASE_OR_CANCEL =
  'release {case} --because WHY (they left), or cancel {case} --because WHY (they did not)'
const NAME_THEM =
  'release {case} --as USERID --because WHY, or release {case} --absent --because WHY (none of them is the person)'

type OutcomeKey =
  | Exclude<Outcome['kind'], 'held' | 'refused'>
  | `held: ${HoldReason}`
  | `refused: ${RefusalReason}`
  | 'unreadable'

const OUTCOMES: Readonly<Record<OutcomeKey, CatalogueRow>> = {
  ...rowsOf('quiet', {
    removed: {
      title: 'Removed',
      meaning: 'Our DELETE took effect, and Atlas confirmed that the member is gone.',
    },
    already_absent: {
      title: 'Already absent',
      meaning: 'All members were listed. None has that name.',
    },
    would_remove: {
      title: 'Dry run: would be removed',
      meaning: 'The departure asked for a dry run. Every rule passed and nothing was deleted.',
    },
    scheduled: {
      title: 'Scheduled',
      meaning: 'The departure takes effect later. The person is removed then.',
      act: 'cancel {case} --because WHY (only to stop it)',
    },
    deferred: {
      title: 'Deferred',
      meaning: 'It cannot be done now. It is retried until it succeeds.',
      act: 'retry {case} (only to hurry it)',
    },
  }),
  ...rowsOf('digest', {
    cancelled: {
      title: 'Cancelled',
      meaning: 'An operator, a return or a later date ended the case. The person keeps their access.',
      check: 'If they did leave, request the removal again.',
      act: 'remove USERNAME --because WHY',
    },
    'held: observing': {
      title: 'Held: observe mode',
      meaning: 'The stack runs in observe mode and removes nobody by itself.',
      check: 'Make sure that this removal is right.',
      act: RELEASE_OR_CANCEL,
    },
    'held: mass_removal': {
      title: 'Held: too many removals in 24 hours',
      meaning: 'The organization is over its limit. Everybody in it is held until a human decides.',
      check: 'Find out why so many leave at once.',
      act: RELEASE_OR_CANCEL,
    },
    'held: paused': {
      title: 'Held: removals are paused',
      meaning: 'Somebody paused the removals of this organization, or of all.',
      check: 'Find out who paused them, and why (status).',
      act: 'resume --org {org} --because WHY, or resume --because WHY (if all are paused)',
    },
  }),
  ...rowsOf('alert', {
    unreadable: {
      title: 'Unreadable message',
      meaning: 'A message names no person, or says something that must not be guessed. Nobody was removed.',
      check: 'Find out from the sender who left, and correct what it sends.',
      act: 'remove USERNAME --because WHY',
    },
    'held: suspended': {
      title: 'Held: only suspended',
      meaning: 'The source suspended the person, which may not be for good.',
      check: 'Ask whether the person left.',
      act: RELEASE_OR_CANCEL,
    },
    'held: privileged': {
      title: 'Held: privileged role',
      meaning: 'The member holds a role that `holdOrgRoles` names.',
      check: 'Make sure that they left, and that somebody else holds the role (`owners`).',
      act: RELEASE_OR_CANCEL,
    },
    'held: stale_event': {
      title: 'Held: old event',
      meaning:
        'We first received the event long after the person should have left. They may have come back since.',
      check: 'Make sure that the person is gone today.',
      act: RELEASE_OR_CANCEL,
    },
    'held: rejoined': {
      title: 'Held: the person may be back',
      meaning: 'They were invited, joined or were reported back after the leaving instant.',
      check: 'Ask whether they came back.',
      act: 'release {case} --because WHY (they left), or cancel {case} --because WHY (they are back)',
    },
    'held: ambiguous_username': {
      title: 'Held: several members may be meant',
      meaning: 'The name fits more than one member, or none exactly.',
      check: 'See the candidates: case {case}.',
      act: `${NAME_THEM}, or cancel {case} --because WHY (nobody of that name left)`,
    },
    'held: possible_alias': {
      title: 'Held: a similar name is present',
      meaning: 'Nobody has exactly that name, but a member has the same mailbox name.',
      check: 'See the candidates: case {case}.',
      act: NAME_THEM,
    },
    'held: renamed': {
      title: 'Held: the member has a new name',
      meaning: 'The Atlas account that had this name has another one now.',
      check: 'See the candidates: case {case}.',
      act: NAME_THEM,
    },
    'held: unresolved_employee': {
      title: 'Held: HR does not confirm the leaving',
      meaning:
        'The HR system still says active, has no record, says that they left without a date or with one over 400 days ahead, or does not answer.',
      check: 'Ask HR whether the person left.',
      act: RELEASE_OR_CANCEL,
    },
    'held: conflicting_event': {
      title: 'Held: two events under one id',
      meaning: 'A second event with the same id says something else.',
      check: 'Find out which of the two is true.',
      act: 'release {case} --because WHY (this one is true), or cancel {case} --because WHY (it is not)',
    },
    'refused: protected': {
      title: 'Refused: protected account',
      meaning: 'A departure names an account that PROTECTED_USERNAMES protects. Nobody can release it.',
      check: 'Find out who named a break-glass account, and why.',
      act: 'cancel {case} --because WHY',
    },
    'refused: last_owner': {
      title: 'Refused: last owner',
      meaning: 'Atlas keeps the last owner of an organization.',
      check: 'Make somebody else an owner in Atlas.',
      act: 'retry {case}',
    },
    'refused: unknown_org': {
      title: 'Refused: organization not configured',
      meaning: 'The departure names an organization that ORGS does not contain.',
      check: 'Add the organization and deploy, or correct the sender.',
      act: 'retry {case}, or cancel {case} --because WHY',
    },
    'refused: atlas_refused': {
      title: 'Refused by Atlas',
      meaning: 'Atlas refuses this very request about this person, with the code shown.',
      check: "Look the code up in Atlas's documentation and repair the cause.",
      act: 'retry {case}',
    },
  }),
}

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
  ids: { readonly case?: string; readonly org?: string; readonly proposal?: string },
): string | undefined {
  const { case: kase = 'CASE', org = 'ORG', proposal = 'PROPOSAL' } = ids
  return act?.replaceAll('{case}', kase).replaceAll('{org}', org).replaceAll('{proposal}', proposal)
}

/** Fills in an act on all organizations, which names none. */
export function actOnAll(
  { act, ...row }: CatalogueRow,
  ids: { readonly case?: string; readonly proposal?: string } = {},
): string | undefined {
  return act && actOf({ ...row, act: act.replaceAll(' --org {org}', '') }, ids)
}
