import { askAndShow, command } from '../../cli/command.ts'
import { showWholeCase } from './show.ts'

export const CASE = command({
  name: 'case',
  about: "tells one person's case in words, with what to do",
  examples: ['case c-0123456789abcdef0123'],
  operands: { name: 'CASE', least: 1, most: 1, field: 'case' },
  options: {},
  run: (desk, { operands: [id] }) =>
    askAndShow(desk, 'operator-read', { action: 'case', case: id }, showWholeCase),
})
