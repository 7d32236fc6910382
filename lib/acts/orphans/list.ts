import { type Desk, type Failed, isFailed, pagesOf, wrong } from '../../cli/command.ts'
import { codeOf } from '../../cli/text.ts'
import {
  type Comparison,
  comparison,
  coverageOf,
  type Leaver,
  leaversOf,
  remainderOf,
  tickOff,
  uncovered,
} from '../../people/orphans.ts'
import { type RosterRow, readRoster } from '../../people/roster.ts'
import { statements } from '../../people/statement.ts'
import { peopleOf } from '../../words/wording.ts'
import type { Membership, MembersPage } from './act.ts'

/** Who is in Atlas and on no roster line, in the organizations that could be read. */
export type OrphanList = Exclude<Awaited<ReturnType<typeof orphanList>>, Failed>

/** Reads all members, then compares them with the rosters line by line. */
export async function orphanList(
  desk: Desk,
  rosters: readonly string[],
  orgIds: readonly string[] | undefined,
) {
  const pages = await pagesOf<MembersPage>(desk, { action: 'orphans', orgIds })
  if (isFailed(pages)) return pages
  const compared = comparison(pages.flatMap(({ members }) => members))
  let [lines, nameless] = [0, 0]
  for (const file of rosters) {
    const roster = await readOne(file, desk, compared)
    if (isFailed(roster)) return roster
    lines += roster.lines
    nameless += roster.nameless
  }
  const coverage = coverageOf(compared)
  const thin = uncovered(coverage)
  if (thin) return wrong(`--roster: ${whyThin(thin)}`)
  return {
    /** When the first member was read. */
    asOf: pages[0]?.asOf ?? desk.terminal.now(),
    notRead: pages.flatMap(({ notRead }) => notRead ?? []),
    roster: { lines, nameless },
    coverage,
    ...remainderOf(compared),
  }
}

async function readOne(file: string, { terminal }: Desk, compared: Comparison<Membership>) {
  const name = file === '-' ? 'standard input' : file
  try {
    const roster = await readRoster(terminal.readBytes(file), (row) => {
      if (!hasLeft(row, terminal.now())) tickOff(compared, row.names)
    })
    if (roster.kind === 'refused') return wrong(`--roster: ${name}: ${roster.error}`)
    if (roster.unread.length > 0)
      terminal.show(
        `The column ${roster.unread.join(', ')} of ${name} is not read: an account says nothing of an employment`,
      )
    return roster
  } catch (error) {
    return wrong(`--roster: ${name}: cannot be read: ${codeOf(error)}`)
  }
}

/** A roster may name people for years after they left. Such a line does not show that they are employed. */
const said = statements({ timeZone: 'UTC', accessEnds: 'day_ends' })

function hasLeft(row: RosterRow, now: Date): boolean {
  const statement = said(row, now)
  return statement.kind === 'left' && !(statement.endsAt && statement.endsAt > now)
}

function whyThin({ orgId, people, covered }: NonNullable<ReturnType<typeof uncovered>>): string {
  const whom = `${peopleOf(people)} ${orgId ? `of organization ${orgId}` : 'in Atlas'}`
  const way = orgId ? '; to leave that organization out, name the others with --org' : ''
  return `it names ${covered} of the ${whom}, less than half: the roster is wrong, or holds other addresses${way}`
}

/** The people whom `--remove` removes: orphans, but no near matches, nobody protected, and nobody whose removal is under way. */
export function leaversIn({ orphans }: Pick<OrphanList, 'orphans'>): readonly Leaver[] {
  return leaversOf(orphans.filter(({ underWay }) => !underWay))
}
