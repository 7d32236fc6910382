import { askAndShow, command, type Shown } from '../../cli/command.ts'
import { paragraphs } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import { plain } from '../../words/plain.ts'
import type { Answer } from '../act.ts'
import { caseTable } from '../case-table.ts'
import type { snapshot } from './act.ts'

export const SNAPSHOT = command({
  name: 'snapshot',
  about: 'shows what a removed person held, and the request to Atlas that gives it back',
  examples: ['snapshot c-0123456789abcdef0123'],
  operands: { name: 'CASE', least: 1, most: 1, field: 'case' },
  options: {},
  run: (desk, { operands: [id] }) =>
    askAndShow(desk, 'operator-read', { action: 'snapshot', case: id }, showSnapshot),
})

/** Shows the request as it goes over the wire; whoever sends it brings an owner's credential. */
function showSnapshot(
  { case: line, snapshot: held, request }: Answer<typeof snapshot>,
  view: View,
): Omit<Shown, 'answer'> {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`)
  // JSON escapes what a terminal would act on, so that the body can be copied as it is.
  const body = JSON.stringify(request.body, undefined, 2).replace(/[^\x20-\x7e\n]/g, escaped)
  const found = `Found as ${plain(held.username)}, ${held.status}. This request invites them again, with what they held:`
  const wire = [`${request.method} ${request.path}`, ...headers, '', body].join('\n')
  return {
    text: paragraphs(caseTable([line], view), found, wire),
    status: 0,
    ...(held.truncated && { warning: 'The snapshot holds the first 1000 projects only' }),
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
