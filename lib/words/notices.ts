import { rowsOf } from './catalogue-row.ts'

/** What humans are told of everything that is no outcome of a case. */
export const NOTICES = {
  ...rowsOf('alert', {
    stopped_credential: {
      title: 'Organization stopped: credential refused',
      meaning:
        'Atlas refuses the credential of this organization, its address or its payment, or its secret cannot be used. Nobody is removed until it is repaired; cases continue by themselves then.',
      check: 'Repair what the code names: secret, IP access list or payment.',
      act: 'retry --org {org}',
    },
    stopped_over_limit: {
      title: 'Organization stopped: too many removals',
      meaning:
        'More people left in 24 hours than the limit allows. Everybody else is held until a human decides.',
      check: 'Find out why so many leave. If it was announced: approve the people by name.',
      act: 'approve --usernames FILE --until 2d --because WHY, then resume --org {org} --because WHY',
    },
    stopped_paused: {
      title: 'Removals paused',
      meaning: 'All removals of this organization, or of all, are stopped until somebody resumes them.',
      act: 'resume --org {org} --because WHY',
    },
    resumed: {
      title: 'Removals resumed',
      meaning: 'A pause or an exceeded limit was lifted.',
    },
    credential_misuse: {
      title: 'Somebody else uses our credential',
      meaning:
        'Atlas reports a removal by our credential that the ledger does not know. All removals of the organization are paused.',
      check: 'Rotate the credential and find out who used it.',
      act: 'resume --org {org} --because WHY (once the credential is replaced)',
    },
    returned: {
      title: 'A removed person is a member again',
      meaning: 'They were invited again, or federation let them in at a login.',
      check: 'Ask whether they may be back. Federation must not let leavers in.',
      act: 'remove USERNAME --because WHY',
    },
    removed_though_back: {
      title: 'Removed, though a source says that the person is back',
      meaning: 'The source said so before the removal took effect, and too late to stop it.',
      check: 'Ask whether they are back. If so, they need a new invitation.',
      act: 'restore {case}',
    },
    restored: {
      title: 'A removed person was restored',
      meaning: 'Somebody on call found the person in Atlas again after an invitation that `restore` showed.',
      check: 'If you do not know why: ask who did it.',
      act: 'case {case}',
    },
    absent_but_present: {
      title: 'A person called absent is a member',
      meaning:
        'A case was closed because nobody had that name. A later member list shows a member who may be that person: invited or renamed since.',
      check: 'Compare the member named here with who left.',
      act: 'remove USERNAME --because WHY (with the name that the member has now)',
    },
    superseded: {
      title: 'A later departure replaces this one',
      meaning: 'The same source sent a new leaving date for the person. Only the new one counts.',
      check: 'Make sure that the new date is right.',
    },
    hr_look_up_failing: {
      title: 'An HR system cannot be asked',
      meaning:
        'HR refuses our credential, leaves out fields, or has not answered for hours. Its events wait, and people whose leaving date has come are held.',
      check:
        'Repair what the code names: the credential, its permissions or its settings in HR. The page of the system says how.',
      act: 'status',
    },
    missed_by_sender: {
      title: 'A leaving that HR did not announce',
      meaning:
        'The daily check found somebody in HR who left, and no webhook had said so. A departure was opened.',
      check: "Find out in HR's delivery log why its webhook did not arrive.",
    },
    clock_ahead: {
      title: "A source's clock is ahead of ours",
      meaning:
        'An event is dated in the future. It counts from its receipt, and its date as the leaving date.',
      check: "Correct the source's clock.",
    },
    unlisted_code: {
      title: 'Atlas refuses with an unknown code',
      meaning: 'A 403 has a code that we do not know. This case alone is retried every hour.',
      check: "Look the code up in Atlas's documentation.",
      act: 'retry {case}',
    },
    observing_digest: {
      title: 'Observe mode holds cases',
      meaning: 'Nobody is removed until these cases are released, or MODE is enforce.',
      act: 'cases --open',
    },
    still_open: {
      title: 'Cases have been open for more than a day',
      meaning: 'People who left still have access, or an organization is still stopped.',
      act: 'status, then cases --open',
    },
    leftovers: {
      title: 'Access outlives the membership',
      meaning: 'The person is out, but an invitation or a database user in their name remains.',
      check: 'Look at each item that was not deleted.',
      act: 'case {case}',
    },
    invitations_ended: {
      title: 'Atlas no longer has project invitations',
      meaning:
        'Atlas answers that the deprecated project invitations are gone. Every search still asks for them.',
    },
    roster_refused: {
      title: 'A nightly file was refused',
      meaning:
        'A roster file is empty, cut off, older than the last one or otherwise wrong. Nobody is removed because of it, and it finds no leavers.',
      check:
        'See why, and what to do (status). Mostly: have the file exported again. Whoever left meanwhile: remove USERNAME.',
      act: 'status',
    },
    roster_unclear: {
      title: 'A nightly file is unclear',
      meaning:
        'Lines of a roster are about members of Atlas and may mean that they left, but their status, address or date is gone or cannot be understood, or another roster has them as employed; or a column may hold leaving dates and is not read.',
      check: 'Ask HR whether they left, and configure the words and dates of the file (`columns`).',
      act: 'remove USERNAME --because WHY',
    },
    settings_changed: {
      title: 'Mode, limits or protected names were changed',
      meaning: 'Messages are received under other settings than before. They decide who is removed at once.',
      check: 'If you do not know why: ask who deployed, and compare with what status shows.',
    },
    forgotten: {
      title: 'A person was forgotten',
      meaning: 'Everything that names the person was taken out of the ledger.',
    },
    legal_hold_lifted: {
      title: 'A legal hold was lifted',
      meaning: 'The person may be forgotten again. What names them in the ledger can then be taken out.',
      check:
        'If you do not know why: set it again (legal-hold USERNAME --because WHY), and ask who lifted it.',
    },
    unverified_act: {
      title: 'An act without a proved caller',
      meaning:
        'An operator function was invoked without a proof of who invoked it, or STS could not be asked. The act was carried out, but who did it is not proved.',
      check:
        'Find the invocation in CloudTrail by its request id. If nobody on call did it: pause --because WHY.',
      act: 'status',
    },
    redriven: {
      title: 'Dead letters are read again',
      meaning:
        'A human had messages of a dead letter queue read once more. Whoever they name may be removed now.',
      check: 'Make sure that somebody on call did it, and why.',
      act: 'cases --open',
    },
    operator_acted: {
      title: 'An operator approved, released or cancelled departures',
      meaning: 'Each case has an event of its own that says why.',
      check: 'If you do not know why: ask who did it, and look at the cases (cases --since yesterday).',
    },
    proposed: {
      title: 'A proposal needs another person',
      meaning:
        'Somebody asked for an act that one person alone must not do. Nothing was done yet; it lapses after 24 hours.',
      check: 'See what it would do (status), and ask who proposed it.',
      act: 'confirm {proposal} (by another person; with --decline if it is wrong)',
    },
    confirmed: {
      title: 'Another person confirmed a proposal',
      meaning: 'Two people stand behind the act. It is carried out.',
    },
    broke_glass: {
      title: 'Somebody acted alone',
      meaning:
        'Somebody did alone what needs two people. This is repeated every hour until another person acknowledges it.',
      check: 'Ask who did it, and look at what was done.',
      act: 'confirm {proposal} --because WHY (by another person)',
    },
    test_alert: { title: 'Test alert', meaning: 'Somebody checks that alerts arrive.' },
  }),
  ...rowsOf('digest', {
    credential_restored: {
      title: 'Credential works again',
      meaning: 'A request with the credential of this organization succeeded. Its cases continue.',
    },
    return_received: {
      title: 'A source says that the person is back',
      meaning: 'Its own open cases of this person are cancelled. Those of other sources are held.',
    },
    approved: {
      title: 'Departure approved in advance',
      meaning: 'A human announced this departure by name. It takes no slot of the daily limit.',
    },
    released: {
      title: 'Case released',
      meaning: 'A human let a held case pass the rule that held it.',
    },
    cancelled_by_operator: {
      title: 'Case cancelled by an operator',
      meaning: 'A human ended a case without a removal.',
    },
    legal_hold_set: {
      title: 'A legal hold was set',
      meaning: 'The person cannot be forgotten until the hold is lifted.',
    },
    proposal_closed: {
      title: 'A proposal was closed',
      meaning: 'It was carried out, declined, or nobody confirmed it within 24 hours.',
    },
    invitations_searched_again: {
      title: 'Project invitations are searched for again',
      meaning: 'Atlas lists deprecated project invitations again.',
    },
  }),
  ...rowsOf('quiet', {
    manifest: {
      title: 'Daily manifest',
      meaning:
        'How many events were committed on a day, and the Merkle root over their digests. `verify` checks the archive and the ledger with it.',
    },
    retried: { title: 'Case retried', meaning: 'A human asked to try a case again now.' },
    leftovers_clear: {
      title: 'No access outlives the membership',
      meaning: 'Every project was searched. Nothing is left that needs a human.',
    },
  }),
}
