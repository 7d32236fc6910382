import { command, type Desk, isFailed, type Reader, type Result, wrong } from '../../cli/command.ts'
import { wholeNumber } from '../../cli/instants.ts'
import { departureOf, type Leaver } from '../../people/orphans.ts'
import { peopleOf } from '../../words/wording.ts'
import { BY, CLAIM, ORG } from '../fields.ts'
import type { Removal } from '../remove.ts'
import { leaversIn, orphanList } from './list.ts'
import { csvOfOrphans, showFound } from './show.ts'
import { type OrphanRemoval, showRemovals } from './show-removals.ts'

type Given = {
  readonly csv?: true
  readonly remove?: true
  readonly expect?: number
  readonly because?: string
  readonly by?: string
  readonly dryRun?: true
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
    orgIds: { ...ORG, many: true },
    csv: { about: 'one membership a line, for a spreadsheet' },
    remove: { about: 'remove them; needs --expect and --because' },
    expect: { takes: 'NUMBER', reads: wholeNumber as Reader<number>, about: 'how many people you mean' },
    because: { takes: 'WHY', about: CLAIM.because.about },
    by: BY,
    dryRun: { name: 'dry-run', about: 'only say whether they would be removed' },
  },
  async run(desk, { roster, orgIds, ...given }): Promise<Result> {
    const problem = problemOf(roster, given, desk.json)
    if (problem) return wrong(problem)
    const list = await orphanList(desk, roster, orgIds)
    if (isFailed(list)) return list
    const shown = { answer: list, ...showFound(list, desk.view()) }
    if (!given.remove) return given.csv ? { ...shown, text: csvOfOrphans(list) } : shown

    const leavers = leaversIn(list)
    desk.terminal.tell(`${shown.text}\n`)
    if (leavers.length !== given.expect)
      return wrong(`--expect: ${leavers.length} can be removed, not ${given.expect}; nobody was removed`)
    if (leavers.length === 0) return shown
    const question = `Remove these ${peopleOf(leavers.length)}, under every rule?`
    const no = given.dryRun ? undefined : await desk.confirm(question)
    if (no) return no
    const removals = await removeOrphans(desk, leavers, given, list.asOf)
    return { answer: { ...list, removals }, ...showRemovals(list, removals, desk.view()) }
  },
})

function problemOf(rosters: readonly string[], given: Given, json: boolean): string | undefined {
  const { csv = false, remove = false, expect, because, dryRun } = given
  if (csv && json) return 'expected --csv or --json, not both'
  if (rosters.filter((file) => file === '-').length > 1) return '--roster: there is only one standard input'
  const idle = Object.entries({ expect, because, 'dry-run': dryRun }).find(([, value]) => value !== undefined)
  if (!remove) return idle && `--${idle[0]} is only for --remove`
  if (csv) return '--csv: not together with --remove'
  if (because === undefined) return '--remove needs --because WHY'
  return expect === undefined ? '--remove needs --expect with the number of people' : undefined
}

/** Hands people to the writing operator as ordinary departures, one after the other: each goes through every rule. */
async function removeOrphans(
  desk: Desk,
  leavers: readonly Leaver[],
  { by = 'operator', because = '', dryRun }: Given,
  seenAt: Date,
): Promise<readonly OrphanRemoval[]> {
  const removals: OrphanRemoval[] = []
  const now = desk.terminal.now()
  for (const leaver of leavers) {
    const { id, ...departure } = departureOf(leaver, { by, because }, now)
    // A dry run is asked anew each time: its answer of this morning says nothing of now.
    const request = { action: 'remove', ...departure, ...(dryRun ? { dryRun } : { id }) }
    const answer = await desk.ask<Removal>('operator', request)
    if (!isFailed(answer))
      removals.push({ ...leaver, kind: 'asked', ...answer, isBack: isBack(answer, seenAt) })
    else removals.push({ ...leaver, kind: answer.status === 2 ? 'refused' : 'failed', error: answer.error })
    if (isFailed(answer) && answer.status !== 2) break
  }
  // A function that cannot be reached is not asked for the others.
  const rest = leavers.slice(removals.length).map((leaver) => ({ ...leaver, kind: 'not_asked' as const }))
  return [...removals, ...rest]
}

/** Tells whether the answer is that of an earlier departure of today, after which Atlas had the person again. */
function isBack({ cases }: Removal, seenAt: Date): boolean {
  return cases.some(({ outcome, closedAt = seenAt }) => {
    const isOut = outcome?.kind === 'removed' || outcome?.kind === 'already_absent'
    return isOut && closedAt < seenAt
  })
}
