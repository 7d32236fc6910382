import { countOf } from '../words/wording.ts'
import type { Answers } from './answers.ts'
import { table } from './table.ts'
import { plain } from './text.ts'
import type { Report, View } from './view.ts'

/** Tells what was forgotten, and what is not in our hands. */
export function reportForgotten(
  { pseudonym, cases, otherNames, stillKept }: Answers['forget'],
  { width }: View,
): Report {
  const columns = [
    { title: 'STILL KEPT IN' },
    { title: 'WHAT', shrinks: true },
    { title: 'HOW LONG', shrinks: true },
  ]
  const rows = stillKept.map(({ where, what, howLong }) => ({ cells: [where, what, howLong] }))
  const names = otherNames.map(plain).join(', ')
  const text = [
    `Rewritten: ${countOf(cases.length, 'case')}; the person is ${pseudonym} there now`,
    names && `Also known as ${names}: forget these too, if they are the same person`,
    table(columns, rows, width),
  ]
  return { text: text.filter(Boolean).join('\n\n'), status: 0 }
}
