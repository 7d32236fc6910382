import { type Desk, type Failed, failedBy, isFailed, withDates } from '../../cli/command.ts'
import type { Terminal } from '../../cli/terminal.ts'
import { codeOf } from '../../cli/text.ts'
import {
  type Comparison,
  type Coverages,
  comparison,
  coverageOf,
  type Leaver,
  leaversOf,
  type Remainder,
  remainderOf,
  tickOff,
  uncovered,
} from '../../people/orphans.ts'
import { readRoster } from '../../people/roster.ts'
import { peopleOf } from '../../words/wording.ts'
import type { MembersPage } from './act.ts'

/** A membership as the reading operator tells it. */
export type Membership = Extract<
  NonNullable<MembersPage['organization']>,
  { kind: 'members' }
>['members'][number]

/** An organization that could not be read. */
type NotRead = { readonly orgId: string; readonly code: string }

/** Who is in Atlas and on no roster line; whoever is in an organization that was not read is not in it. */
export type OrphanList = {
  /** When the first member was read. */
  readonly asOf: Date
  readonly notRead: readonly NotRead[]
  readonly roster: { readonly lines: number; readonly nameless: number }
  readonly coverage: Coverages
} & Remainder<Membership>

type Wanted = { readonly rosters: readonly string[]; readonly orgIds: readonly string[] | undefined }

/** Reads all members first, and then lets the rosters go by. */
export async function orphanList(desk: Desk, wanted: Wanted): Promise<OrphanList | Failed> {
  const read = await readMembers(desk, wanted.orgIds)
  if (isFailed(read)) return read
  const { asOf, notRead, memberships } = read
  const compared = comparison(memberships)
  const roster = await readAll(wanted.rosters, desk.terminal, compared)
  if (isFailed(roster)) return roster

  const coverage = coverageOf(compared)
  const thin = uncovered(coverage)
  if (thin) return { error: whyThin(thin), status: 2 }
  const { lines, nameless } = roster
  return {
    asOf,
    notRead,
    roster: { lines, nameless },
    coverage,
    ...remainderOf(compared),
  }
}

type MembersRead = {
  readonly asOf: Date
  readonly notRead: readonly NotRead[]
  readonly memberships: readonly Membership[]
}

async function readMembers(desk: Desk, orgIds: readonly string[] | undefined): Promise<MembersRead | Failed> {
  const memberships: Membership[] = []
  const notRead: NotRead[] = []
  let asOf: Date | undefined
  let cursor: string | undefined
  do {
    const reply = await desk.ask('operator-read', { action: 'orphans', orgIds, cursor })
    if (reply.kind !== 'answer') return failedBy(reply)
    const page = withDates<MembersPage>(reply)
    const { organization } = page
    if (organization?.kind === 'unread') notRead.push({ orgId: organization.orgId, code: organization.code })
    if (organization?.kind === 'members') memberships.push(...organization.members)
    asOf ??= page.asOf
    cursor = page.next
  } while (cursor !== undefined)
  return { asOf, notRead, memberships }
}

type RostersRead = { readonly lines: number; readonly nameless: number }

async function readAll(
  files: readonly string[],
  terminal: Terminal,
  compared: Comparison<Membership>,
): Promise<RostersRead | Failed> {
  let [lines, nameless] = [0, 0]
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file
    const roster = await readOne(file, terminal, compared)
    if (roster.kind === 'refused') return { error: `--roster: ${name}: ${roster.error}`, status: 2 }
    if (roster.unread.length > 0)
      terminal.tell(
        `Whoever is on a line of ${name} counts as there: its column ${roster.unread.join(', ')} is not read`,
      )
    lines += roster.lines
    nameless += roster.nameless
  }
  return { lines, nameless }
}

async function readOne(file: string, terminal: Terminal, compared: Comparison<Membership>) {
  try {
    return await readRoster(terminal.readBytes(file), (names) => tickOff(compared, names))
  } catch (error) {
    return { kind: 'refused', error: `cannot be read: ${codeOf(error)}` } as const
  }
}

function whyThin({ orgId, people, covered }: NonNullable<ReturnType<typeof uncovered>>): string {
  const whom = `${peopleOf(people)} ${orgId ? `of organization ${orgId}` : 'in Atlas'}`
  const way = orgId ? '; to leave that organization out, name the others with --org' : ''
  return `--roster: it names ${covered} of the ${whom}, less than half: the roster is wrong, or holds other addresses${way}`
}

/** Whom `--remove` means: orphans, without near matches and protected ones, whom nobody is removing yet. */
export function leaversIn({ orphans }: Pick<OrphanList, 'orphans'>): readonly Leaver[] {
  return leaversOf(orphans.filter(({ underWay }) => !underWay))
}
