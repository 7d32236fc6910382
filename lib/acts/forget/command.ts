import { askAndShow, CLAIM, command, type Shown } from '../../cli/command.ts'
import { table } from '../../cli/table.ts'
import { paragraphs } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import { plain } from '../../words/plain.ts'
import { countOf } from '../../words/wording.ts'
import type { Answer } from '../act.ts'
import type { forget } from './act.ts'

export const FORGET = command({
  name: 'forget',
  about: "takes a person's name out of their closed cases, and says what still holds it",
  examples: ['forget ada@example.com --because "erasure request 7"'],
  operands: { name: 'USERNAME', least: 1, most: 1, field: 'username' },
  options: CLAIM,
  async run(desk, { operands: [username = ''], values: { because } }) {
    const said = await desk.confirm(`Take ${plain(username)} out of all closed cases, for good?`)
    return (
      said ?? (await askAndShow(desk, 'operator', { action: 'forget', username, because }, showForgotten))
    )
  },
})

function showForgotten(
  { pseudonym, cases, otherNames, stillKept }: Answer<typeof forget>,
  { width }: View,
): Omit<Shown, 'answer'> {
  const columns = [
    { title: 'STILL KEPT IN', wraps: true },
    { title: 'WHAT', wraps: true },
    { title: 'HOW LONG', wraps: true },
  ]
  const rows = stillKept.map(({ where, what, howLong }) => ({ cells: [where, what, howLong] }))
  const names = otherNames.map(plain).join(', ')
  const text = paragraphs(
    `Rewritten: ${countOf(cases.length, 'case')}; the person is ${pseudonym} there now`,
    names && `Also known as ${names}: forget these too, if they are the same person`,
    table(columns, rows, width),
  )
  return { text, status: 0 }
}
