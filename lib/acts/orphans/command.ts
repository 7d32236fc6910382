import { CLAIM, command, type Desk, type Failed, isFailed, type Shown } from '../../cli/command.ts'
import { wholeNumber } from '../../cli/instants.ts'
import { peopleOf } from '../../words/wording.ts'
import { leaversIn, type OrphanList, orphanList } from './list.ts'
import { removeOrphans } from './remove.ts'
import { showFound } from './show.ts'
import { showRemovals } from './show-removals.ts'

type Given = {
  readonly roster: readonly string[]
  readonly csv?: true
  readonly remove?: true
  readonly expect?: string
  readonly because?: string
  readonly by?: string
  readonly 'dry-run'?: true
}

/** Compares Atlas with a roster: the only way to see a departure that no event reported. */
export const ORPHANS = command({
  name: 'orphans',
  about:
    'lists members and invited people who are on no roster line; --remove removes them, under every rule',
  examples: [
    'orphans --roster people.csv',
    'orphans --roster people.csv --remove --expect 3 --because "access review"',
  ],
  options: {
    roster: { takes: 'FILE', many: true, needed: true, about: 'CSV or JSON Lines; - is standard input' },
    org: { takes: 'ORG', many: true, about: 'this organization only', field: 'orgIds' },
    csv: { about: 'one membership a line, for a spreadsheet' },
    remove: { about: 'remove them; needs --expect and --because' },
    expect: { takes: 'NUMBER', about: 'how many people you mean' },
    because: { takes: 'WHY', about: CLAIM.because.about },
    by: CLAIM.by,
    'dry-run': { about: 'only say whether they would be removed' },
  },
  async run(desk, { values }): Promise<Shown | Failed> {
    const problem = problemOf(values, desk.json)
    if (problem) return { error: problem, status: 2 }
    const list = await orphanList(desk, { rosters: values.roster, orgIds: values.org })
    if (isFailed(list)) return list
    const shown = { answer: list, ...showFound(list, desk.view()) }
    if (values.remove) return await removeFound(desk, values, list, shown)
    if (!values.csv) return shown
    const { orphansCsv } = await import('./csv.ts')
    return { ...shown, text: orphansCsv(list) }
  },
})

function problemOf(values: Given, json: boolean): string | undefined {
  const { csv = false, remove = false, roster, expect, because, 'dry-run': dryRun } = values
  if (csv && json) return 'expected --csv or --json, not both'
  if (roster.filter((file) => file === '-').length > 1) return '--roster: there is only one standard input'
  if (!remove) {
    const idle = Object.entries({ expect, because, 'dry-run': dryRun }).find(
      ([, value]) => value !== undefined,
    )
    return idle && `--${idle[0]} is only for --remove`
  }
  if (csv) return '--csv: not together with --remove'
  if (because === undefined) return '--remove needs --because WHY'
  return wholeNumber(expect) === undefined ? '--remove needs --expect with the number of people' : undefined
}

async function removeFound(
  desk: Desk,
  { because = '', by, expect, 'dry-run': dryRun }: Given,
  list: OrphanList,
  shown: Shown,
): Promise<Shown | Failed> {
  const { terminal } = desk
  const leavers = leaversIn(list)
  terminal.tell(`${shown.text}\n`)
  if (leavers.length !== wholeNumber(expect))
    return {
      error: `--expect: ${leavers.length} can be removed, not ${expect}; nobody was removed`,
      status: 2,
    }
  if (leavers.length === 0) return shown
  const said = dryRun
    ? undefined
    : await desk.confirm(`Remove these ${peopleOf(leavers.length)}, under every rule?`)
  if (said) return said
  const claim = { by: by ?? terminal.user ?? 'operator', because }
  const doing = { leavers, claim, dryRun: dryRun === true, now: terminal.now(), seenAt: list.asOf }
  const removals = await removeOrphans(desk, doing)
  return { answer: { ...list, removals }, ...showRemovals(list, removals, desk.view()) }
}
