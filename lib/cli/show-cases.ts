import { leftoversLine } from '../evidence/words.ts'
import { nextStep, standing } from './advice.ts'
import type { CaseLine } from './answers.ts'
import { leftoversTable } from './show-leftovers.ts'
import { type Column, type Row, table } from './table.ts'
import { plain, span } from './text.ts'
import type { View } from './view.ts'

const COLUMNS: readonly Column[] = [
  { title: 'CASE' },
  { title: 'PERSON', shrinks: true },
  { title: 'ORGANIZATION', lifts: true },
  { title: 'STATE', shrinks: true },
  { title: 'AGE' },
]

/** Lists cases, and under each open one what to do about it. */
export function caseTable(cases: readonly CaseLine[], { now, width }: View): string {
  return table(
    COLUMNS,
    cases.map((line) => rowOf(line, now)),
    width,
  )
}

function rowOf(line: CaseLine, now: Date): Row {
  const {
    case: id,
    username,
    orgId,
    outcome,
    receivedAt,
    cancellation,
    closedAt,
    intendedAt,
    leftovers,
  } = line
  const state = [
    standing(outcome, now),
    !closedAt && cancellation && 'to be cancelled',
    !closedAt && intendedAt && 'a DELETE may be out',
    leftovers && leftoversLine(leftovers),
  ]
  return {
    cells: [id, username, orgId, state.filter(Boolean).join('; '), span(receivedAt, now)],
    below: nextStep(line),
  }
}

/** Lists what outlived the memberships that these cases ended, case by case. */
export function leftoversIn(cases: readonly CaseLine[], view: View): readonly string[] {
  return cases.flatMap(({ case: id, leftovers }) => {
    const { findings = [], more } = leftovers ?? {}
    if (findings.length === 0) return []
    const beyond = more ? `, and ${more} more than the ledger could keep` : ''
    return [`Leftovers of ${plain(id)}${beyond}\n${leftoversTable(findings, view)}`]
  })
}
