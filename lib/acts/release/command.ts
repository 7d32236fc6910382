import { CASES, CLAIM, command, failedBy, withDates } from '../../cli/command.ts'
import { wholeNumber } from '../../cli/instants.ts'
import type { CaseRow } from '../../evidence/rows.ts'
import { countOf } from '../../words/wording.ts'
import { caseTable } from '../case-table.ts'
import { readCases } from '../cases/command.ts'
import type { Results } from '../change-cases.ts'
import { follow, NO_WAIT } from '../follow.ts'
import { showResults } from '../results-table.ts'

export const RELEASE = command({
  name: 'release',
  about: 'lets held cases pass the rule that holds them; all other rules judge them again',
  examples: [
    'release c-0123456789abcdef0123 --because HR-1042',
    'release c-0123456789abcdef0123 --as 5e4bc367c6b0f41b00000001 --because HR-1042',
    'release --all --kind observing --expect 12 --because "pilot is over"',
  ],
  operands: { ...CASES, least: 0 },
  options: {
    ...CLAIM,
    as: { takes: 'USERID', about: 'the person is this candidate of the case' },
    absent: { about: 'the person is none of the candidates' },
    all: { about: 'all cases of one kind; needs --kind and --expect' },
    kind: { takes: 'KIND', about: 'the rule that holds them, such as observing', field: 'rule' },
    expect: { takes: 'NUMBER', about: 'how many cases you mean' },
    ...NO_WAIT,
  },
  async run(desk, { operands: cases, values }) {
    const { all, kind, because, as, absent } = values
    const expect = wholeNumber(values.expect)
    if (cases.length > 0 === (all === true)) return { error: 'expected either cases or --all', status: 2 }
    if (all && (kind === undefined || expect === undefined))
      return { error: '--all needs --kind, and --expect with the number of cases', status: 2 }
    const read = await readCases(desk, all ? { kind } : { cases })
    if ('error' in read) return read
    if (read.rows.length > 0) desk.terminal.tell(`${caseTable(read.rows, desk.view())}\n`)
    const rule = kind ?? ruleOf(read.rows)
    if (typeof rule === 'object') return rule

    const which = countOf(expect ?? cases.length, 'case')
    const said = await desk.confirm(`Release ${which} held for ${rule}, so that people are removed?`)
    if (said) return said
    const meant = all ? { all, expect } : { cases }
    const reply = await desk.ask('operator', { action: 'release', ...meant, rule, as, absent, because })
    if (reply.kind !== 'answer') return failedBy(reply)
    const followed = await follow(desk, withDates<Results>(reply), values['no-wait'])
    return { answer: followed, ...showResults(followed, desk.view(), 'released, not tried again yet') }
  },
})

/** The rule that holds the cases, as the human has just seen it: a release names it, because another may hold them by then. */
function ruleOf(rows: readonly CaseRow[]) {
  const rules = new Set(rows.flatMap(({ outcome }) => (outcome?.kind === 'held' ? [outcome.reason] : [])))
  const [rule, ...others] = rules
  if (rule === undefined) return { error: 'none of these cases is held', status: 1 as const }
  if (others.length === 0) return rule
  return {
    error: `held for different rules (${[...rules].join(', ')}); release them kind by kind`,
    status: 2 as const,
  }
}
