import { isDone, nextStep, standing } from './advice.ts'
import type { Outcome } from './answers.ts'
import { type Followed, type FollowedCase, isAccepted } from './follow.ts'
import { type Column, type Row, table } from './table.ts'
import type { Report, View } from './view.ts'

const COLUMNS: readonly Column[] = [
  { title: 'CASE' },
  { title: 'PERSON', shrinks: true },
  { title: 'ORGANIZATION', lifts: true },
  { title: 'RESULT', shrinks: true },
]

/** Tells what became of released and retried cases. */
export function reportSteered(followed: Followed, view: View): Report {
  return reportOn(followed, view, isDone)
}

/** Tells what became of cancelled cases. Whoever was removed before is no success: somebody wanted them to stay. */
export function reportCancelled(followed: Followed, view: View): Report {
  return reportOn(followed, view, (outcome) => outcome?.kind === 'cancelled')
}

function reportOn(
  { cases, pending }: Followed,
  view: View,
  isGood: (outcome: Outcome | undefined) => boolean,
): Report {
  const lines = [
    table(
      COLUMNS,
      cases.map((one) => rowOf(one, view.now)),
      view.width,
    ),
  ]
  if (pending) lines.push('', 'Not every case has been judged again yet; the work goes on: cases --open')
  const isAllGood = cases.every((one) => (one.now ? isGood(one.now.outcome) : !pending && isAccepted(one)))
  return { text: lines.join('\n'), status: isAllGood ? 0 : 1 }
}

function rowOf(one: FollowedCase, now: Date): Row {
  const { case: id, username = '', orgId = '' } = one
  return {
    cells: [id, username, orgId, resultOf(one, now)],
    below: nextStep({ case: id, outcome: outcomeLeft(one) }),
  }
}

/** What is left to act on: nothing while a worker is expected to judge the case. */
function outcomeLeft({ result, now, outcome }: FollowedCase): Outcome | undefined {
  return now?.outcome ?? (result === 'unchanged' ? outcome : undefined)
}

function resultOf({ result, now: line, outcome }: FollowedCase, now: Date): string {
  if (line) return standing(line.outcome, now)
  switch (result) {
    case 'released':
      return 'released, not judged again yet'
    case 'retried':
      return 'not judged again yet'
    case 'cancel_requested':
      return 'cancellation requested, not judged yet'
    case 'unchanged':
      return `unchanged: ${standing(outcome, now)}`
    case 'closed':
      return `already closed: ${standing(outcome, now)}`
    case 'busy':
      return 'busy: a worker has it in hand, try again'
    case 'unknown':
      return 'unknown: no such case'
    case 'not_reached':
      return 'not reached: the time ran out, try again'
  }
}
