import { CASES, CLAIM, command, failedBy, withDates } from '../../cli/command.ts'
import { countOf } from '../../words/wording.ts'
import { caseTable } from '../case-table.ts'
import { readCases } from '../cases/command.ts'
import type { Results } from '../change-cases.ts'
import { follow, NO_WAIT } from '../follow.ts'
import { showResults } from '../results-table.ts'

export const CANCEL = command({
  name: 'cancel',
  about: 'ends open cases without a removal',
  examples: ['cancel c-0123456789abcdef0123 --because "she stays, says HR"'],
  operands: CASES,
  options: { ...CLAIM, ...NO_WAIT },
  async run(desk, { operands: cases, values }) {
    const read = await readCases(desk, { cases })
    if ('error' in read) return read
    if (read.rows.length > 0) desk.terminal.tell(`${caseTable(read.rows, desk.view())}\n`)
    const which = countOf(cases.length, 'case')
    const said = await desk.confirm(`Cancel ${which}, so that nobody is removed because of them?`)
    if (said) return said
    const reply = await desk.ask('operator', { action: 'cancel', cases, because: values.because })
    if (reply.kind !== 'answer') return failedBy(reply)
    const followed = await follow(desk, withDates<Results>(reply), values['no-wait'])
    // Whoever was removed before is no success: somebody wanted them to stay.
    const shown = showResults(
      followed,
      desk.view(),
      'to be cancelled',
      (outcome) => outcome?.kind === 'cancelled',
    )
    return { answer: followed, ...shown }
  },
})
