import type { Evidence } from '../evidence/evidence.ts'
import { countOf, peopleOf } from '../words/wording.ts'
import { isDone } from './advice.ts'
import type { Action, Answers } from './answers.ts'
import type { Followed } from './follow.ts'
import { reportEvidence } from './report-evidence.ts'
import { reportForgotten } from './report-forgotten.ts'
import { reportLeftovers } from './report-leftovers.ts'
import { reportLookup } from './report-lookup.ts'
import { type OrphansReported, reportOrphans } from './report-orphans.ts'
import { reportSnapshot } from './report-snapshot.ts'
import { reportStatus } from './report-status.ts'
import { reportCancelled, reportSteered } from './report-steered.ts'
import { caseTable, leftoversIn } from './show-cases.ts'
import { instant, plain } from './text.ts'
import type { Report, View } from './view.ts'

/** What there is to report, by action: the answer, and for steered cases how they went on. */
export type Reported = Omit<Answers, 'release' | 'retry' | 'cancel' | 'report' | 'orphans'> & {
  readonly release: Followed
  readonly retry: Followed
  readonly cancel: Followed
  readonly report: Evidence
  readonly orphans: OrphansReported
}

/** Puts an answer into words and an exit status. */
export const REPORTS: { readonly [A in Action]: (answer: Reported[A], view: View) => Report } = {
  remove: reportRemoved,
  lookup: reportLookup,
  leftovers: reportLeftovers,
  cases: reportCases,
  release: reportSteered,
  retry: reportSteered,
  cancel: reportCancelled,
  approve: ({ approved, until }) => ({
    text: `Announced ${peopleOf(approved)} until ${instant(until)}`,
    status: 0,
  }),
  pause: reportPaused,
  resume: reportResumed,
  status: reportStatus,
  test_alert: ({ testAlert, taken }) => ({
    text: taken
      ? `Sent ${plain(testAlert)}: somebody should be alerted now`
      : 'The audit bus did not take it: no alert would arrive, of anything',
    status: taken ? 0 : 1,
  }),
  report: reportEvidence,
  snapshot: reportSnapshot,
  forget: reportForgotten,
  orphans: reportOrphans,
}

const OBSERVING = 'OBSERVE MODE: nobody was removed; the case is held until a human releases it'

function reportRemoved({ outcomes, pending }: Answers['remove'], view: View): Report {
  const observing = outcomes.some(({ outcome }) => outcome?.kind === 'held' && outcome.reason === 'observing')
  const waiting = 'Not every organization has an outcome yet; the work goes on: cases --open'
  const text = [outcomes.length > 0 && caseTable(outcomes, view), pending && waiting]
  return {
    text: text.filter(Boolean).join('\n'),
    status: !pending && outcomes.length > 0 && outcomes.every(({ outcome }) => isDone(outcome)) ? 0 : 1,
    ...(observing && { warning: OBSERVING }),
  }
}

function reportCases({ cases, more }: Answers['cases'], view: View): Report {
  if (cases.length === 0) return { text: 'No cases', status: 0 }
  const total =
    more > 0 ? `${countOf(cases.length, 'case')}, and ${more} more` : countOf(cases.length, 'case')
  const text = [caseTable(cases, view), ...leftoversIn(cases, view), total]
  return { text: text.join('\n\n'), status: 0 }
}

function reportPaused({ paused, since }: Answers['pause']): Report {
  const what = paused === 'all' ? 'All organizations are paused' : `Organization ${plain(paused)} is paused`
  const who = since ? ` since ${instant(since.at)} by ${plain(since.by)}: ${plain(since.because)}` : ''
  return { text: `${what}${who}`, status: 0 }
}

function reportResumed(answer: Answers['resume']): Report {
  const { resumed, changed, judgedAgain, busy, massRemoval, stillStopped } = answer
  const what = resumed === 'all' ? 'All organizations' : `Organization ${plain(resumed)}`
  const lines = [
    changed ? `${what}: resumed` : `${what}: nothing was paused or latched`,
    judgedAgain > 0 && `${countOf(judgedAgain, 'paused case')} judged again`,
    busy.length > 0 && `A worker has these in hand; next: retry ${busy.map(plain).join(' ')}`,
    massRemoval > 0 &&
      `${countOf(massRemoval, 'case')} held for mass_removal; next: release --all --kind mass_removal --expect ${massRemoval} --by you --because …`,
    stillStopped.length > 0 && `Still stopped: ${stillStopped.map(plain).join(', ')}; see status`,
  ]
  const isStopped = stillStopped.includes('all') || stillStopped.includes(resumed)
  const status = busy.length > 0 || isStopped || massRemoval > 0 ? 1 : 0
  return { text: lines.filter(Boolean).join('\n'), status }
}
