import { command, type Given, isFailed, type Options, type Result, wrong } from '../../cli/command.ts'
import { wholeNumber } from '../../cli/instants.ts'
import { peopleOf } from '../../words/wording.ts'
import { ALONE, BY, CLAIM, ORG } from '../fields.ts'
import { leaversIn, orphanList } from './list.ts'
import { agreeOnOrphans, removeEach, showRemovals } from './remove.ts'
import { csvOfOrphans, showFound } from './show.ts'

const OPTIONS = {
  roster: { takes: 'FILE', many: true, needed: true, about: 'CSV or JSON; - is standard input' },
  orgIds: { ...ORG, many: true },
  csv: { about: 'one membership a line, for a spreadsheet' },
  remove: { about: 'remove them; needs --expect and --because' },
  expect: { takes: 'NUMBER', reads: wholeNumber, about: 'how many people you mean' },
  because: { takes: 'WHY', about: CLAIM.because.about },
  by: BY,
  ...ALONE,
  dryRun: { name: 'dry-run', about: 'only say whether they would be removed' },
} as const satisfies Options

/** Compares Atlas with a roster: the only way to see a departure that no event reported. */
export const ORPHANS = command({
  name: 'orphans',
  about:
    'lists members and invited people who are on no roster line; --remove removes them, under every rule',
  examples: [
    'orphans --roster people.csv',
    'orphans --roster people.csv --remove --expect 3 --because "access review"',
  ],
  options: OPTIONS,
  async run(desk, { roster, orgIds, ...given }): Promise<Result> {
    const problem = problemOf(roster, given, desk.json)
    if (problem) return wrong(problem)
    const list = await orphanList(desk, roster, orgIds)
    if (isFailed(list)) return list
    const shown = { answer: list, ...showFound(list, desk.view()) }
    if (!given.remove) return given.csv ? { ...shown, text: csvOfOrphans(list) } : shown

    const leavers = leaversIn(list)
    desk.terminal.show(`${shown.text}\n`)
    if (leavers.length !== given.expect)
      return wrong(`--expect: ${leavers.length} can be removed, not ${given.expect}; nobody was removed`)
    if (leavers.length === 0) return shown
    const question = `Remove these ${peopleOf(leavers.length)}, under every rule?`
    const no = given.dryRun ? undefined : await desk.confirm(question)
    if (no) return no
    const refused = given.dryRun ? undefined : await agreeOnOrphans(desk, leavers, given)
    if (refused) return refused
    const removals = await removeEach(desk, leavers, given, list.asOf)
    return { answer: { ...list, removals }, ...showRemovals(list, removals, desk.view()) }
  },
})

function problemOf(
  rosters: readonly string[],
  given: Partial<Given<typeof OPTIONS>>,
  json: boolean,
): string | undefined {
  const { csv = false, remove = false, expect, because, dryRun } = given
  if (csv && json) return 'expected --csv or --json, not both'
  if (rosters.filter((file) => file === '-').length > 1) return '--roster: there is only one standard input'
  const idle = Object.entries({ expect, because, 'dry-run': dryRun }).find(([, value]) => value !== undefined)
  if (!remove) return idle && `--${idle[0]} is only for --remove`
  if (csv) return '--csv: not together with --remove'
  if (because === undefined) return '--remove needs --because WHY'
  return expect === undefined ? '--remove needs --expect with the number of people' : undefined
}
