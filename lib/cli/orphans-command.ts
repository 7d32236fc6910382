import { peopleOf } from '../words/wording.ts'
import type { Command, Plan } from './commands.ts'
import { wholeNumber } from './operands.ts'
import type { Option, Values } from './options.ts'
import { leaversIn, type OrphanList, orphanList } from './orphan-list.ts'
import { removeOrphans } from './remove-orphans.ts'
import { type OrphansReported, reportOrphans } from './report-orphans.ts'
import type { Terminal } from './terminal.ts'

const OF_REMOVAL: readonly Option[] = ['by', 'because', 'expect', 'dry-run']

/** Compares Atlas with a roster: the only way to see a departure that no event told. */
export const ORPHANS_COMMAND: Command = {
  usage:
    'orphans --roster FILE|- … [--org ID]… [--csv|--json] [--remove --expect N --by WHO --because WHY [--dry-run]]',
  about:
    'lists members and invited people who are on no roster line; --remove has them removed, under every guard',
  face: 'operator-read',
  options: ['roster', 'org', 'csv', 'remove', ...OF_REMOVAL],
  needs: ['roster'],
  operands: 'none',
  plan({ values }, terminal) {
    const problem = problemOf(values)
    if (problem) return problem
    const { roster: rosters = [], org: orgIds, csv = false } = values
    return {
      request: { action: 'orphans' },
      ask: (invoke) => orphanList(invoke, terminal, { rosters, orgIds }),
      show: csv ? showCsv(terminal) : undefined,
      further: values.remove ? (answer) => removal(answer as OrphanList, values, terminal) : undefined,
    }
  },
}

function problemOf(values: Values): string | undefined {
  const { csv = false, json = false, remove = false, roster = [] } = values
  if (csv && json) return 'expected --csv or --json, not both'
  if (roster.filter((file) => file === '-').length > 1) return '--roster: there is only one standard input'
  if (!remove) {
    const idle = OF_REMOVAL.find((option) => values[option] !== undefined)
    return idle && `--${idle} is only for --remove`
  }
  if (csv) return '--csv: not together with --remove'
  const missing = (['by', 'because', 'expect'] as const).find((option) => values[option] === undefined)
  if (missing) return `--remove needs --${missing}`
  return typeof wholeNumber(values.expect) === 'number'
    ? undefined
    : '--expect: expected the number of people that you mean'
}

function removal(list: OrphanList, values: Values, terminal: Terminal): Plan | string | undefined {
  const { by = '', because = '', expect } = values
  const dryRun = values['dry-run'] === true
  const leavers = leaversIn(list)
  if (leavers.length !== wholeNumber(expect))
    return `--expect: ${leavers.length} can be removed, not ${expect}; nobody was removed`
  if (leavers.length === 0) return undefined

  const whom = peopleOf(leavers.length)
  const doing = { leavers, claim: { by, because }, dryRun, now: terminal.now(), seenAt: list.asOf }
  return {
    request: { action: 'orphans' },
    question: dryRun ? undefined : `Remove these ${whom}, under every guard?`,
    ask: async (invoke) => {
      const removals = await removeOrphans(invoke, doing)
      return { kind: 'answer', answer: { ...list, removals } satisfies OrphansReported }
    },
  }
}

function showCsv(terminal: Terminal): Plan['show'] {
  return async (answer) => {
    const list = answer as OrphanList
    const { orphansCsv } = await import('./orphans-csv.ts')
    const words = reportOrphans(list, { now: terminal.now(), width: undefined })
    return { ...words, text: orphansCsv(list) }
  }
}
