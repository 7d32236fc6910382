import type { Shown } from '../cli/command.ts'
import { type Column, table } from '../cli/table.ts'
import { paragraphs } from '../cli/text.ts'
import type { View } from '../cli/view.ts'
import type { Outcome } from '../words/outcome.ts'
import { isDone, nextSteps, outcomeLine, type Step, stateOf } from './case-table.ts'
import type { CaseResult } from './change-cases.ts'
import type { Followed, FollowedCase } from './follow.ts'

const COLUMNS: readonly Column[] = [
  { title: 'CASE' },
  { title: 'PERSON', wraps: true },
  { title: 'ORGANIZATION', lifts: true },
  { title: 'RESULT', wraps: true },
]

/**
 * Shows what became of cases that a human changed.
 *
 * @param changed - what is said of a case that no worker has tried since
 * @param isGood - whether an outcome is what the human wanted
 */
export function showResults(
  { cases, pending }: Followed,
  { now, width }: View,
  changed: string,
  isGood: (outcome: Outcome | undefined) => boolean = isDone,
): Omit<Shown, 'answer'> {
  const rows = cases.map((one) => {
    return { cells: [one.case, one.username ?? '', one.orgId ?? '', resultOf(one, changed, now)] }
  })
  const left = cases.flatMap(({ now: line, result, outcome, case: id, orgId = '' }): Step[] => {
    if (line) return [line]
    return result === 'changed' || !outcome ? [] : [{ case: id, orgId, outcome }]
  })
  const waiting =
    pending && 'Not every case has been tried again yet. The work continues: atlas-offboarding cases --open'
  const text = paragraphs(table(COLUMNS, rows, width), ...nextSteps(left), waiting)
  const isAllGood = cases.every((one) => {
    return one.now ? isGood(one.now.outcome) : !pending && one.result === 'changed'
  })
  return { text, status: isAllGood ? 0 : 1 }
}

function resultOf({ result, outcome, now: line }: FollowedCase, changed: string, now: Date): string {
  if (line) return stateOf(line, now)
  return WORDS[result]?.(outcomeLine(outcome, now)) ?? changed
}

const WORDS: { readonly [R in CaseResult['result']]?: (state: string) => string } = {
  not_held: (state) => `not held: ${state}`,
  held_otherwise: (state) => `unchanged, because another rule holds it now: ${state}`,
  names_nobody: (state) => `unchanged, because it does not say who is meant: ${state}`,
  no_candidate: (state) => `unchanged, because that user is none of the candidates: ${state}`,
  closed: (state) => `already closed: ${state}`,
  busy: () => 'busy: a worker has it; try again',
  unknown: () => 'there is no such case',
  not_reached: () => 'not reached: the time ran out; try again',
}
