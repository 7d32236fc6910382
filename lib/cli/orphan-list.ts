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
} from '../people/orphans.ts'
import { readRoster } from '../people/roster.ts'
import { peopleOf } from '../words/wording.ts'
import type { Answers } from './answers.ts'
import type { Invoke, Reply } from './invoke.ts'
import { whyUnread } from './operands.ts'
import type { Terminal } from './terminal.ts'

type Page = Answers['orphans']
/** A membership as the reading operator tells it. */
export type Membership = Extract<Page['organization'], { kind: 'members' }>['members'][number]

/** An organization that could not be read, or a secret that does not tell which one it opens. */
type NotRead = { readonly orgId?: string; readonly secretId?: string; readonly code: string }

/** Who is in Atlas and on no roster line; whoever is in an organization that was not read is not in it. */
export type OrphanList = {
  /** When the first member was read. */
  readonly asOf: string
  readonly notRead: readonly NotRead[]
  readonly roster: { readonly lines: number; readonly nameless: number }
  readonly coverage: Coverages
} & Remainder<Membership>

type Wanted = { readonly rosters: readonly string[]; readonly orgIds: readonly string[] | undefined }

/** Reads all members first, and then lets the rosters go by. */
export async function orphanList(invoke: Invoke, terminal: Terminal, wanted: Wanted): Promise<Reply> {
  const read = await readMembers(invoke, wanted.orgIds)
  if (read.kind !== 'read') return read
  const { asOf, notRead, memberships } = read
  const compared = comparison(memberships)
  const roster = await readAll(wanted.rosters, terminal, compared)
  if (roster.kind === 'refused') return roster

  const coverage = coverageOf(compared)
  const thin = uncovered(coverage)
  if (thin) return { kind: 'refused', error: whyThin(thin) }
  const { lines, nameless } = roster
  const list: OrphanList = {
    asOf,
    notRead,
    roster: { lines, nameless },
    coverage,
    ...remainderOf(compared),
  }
  return { kind: 'answer', answer: list }
}

type MembersRead = {
  readonly kind: 'read'
  readonly asOf: string
  readonly notRead: readonly NotRead[]
  readonly memberships: readonly Membership[]
}

async function readMembers(
  invoke: Invoke,
  orgIds: readonly string[] | undefined,
): Promise<MembersRead | Exclude<Reply, { kind: 'answer' }>> {
  const memberships: Membership[] = []
  const notRead = new Map<string, NotRead>()
  let asOf: string | undefined
  let cursor: string | undefined
  do {
    const reply = await invoke('operator-read', { action: 'orphans', orgIds, cursor })
    if (reply.kind !== 'answer') return reply
    const page = reply.answer as Page
    const { organization, unread } = page
    // A secret that fails once may have hidden its organization from that page.
    for (const one of unread) notRead.set(one.secretId, one)
    if (organization?.kind === 'unread')
      notRead.set(organization.orgId, { orgId: organization.orgId, code: organization.code })
    if (organization?.kind === 'members') memberships.push(...organization.members)
    asOf ??= page.asOf
    cursor = page.next
  } while (cursor !== undefined)
  return { kind: 'read', asOf, notRead: [...notRead.values()], memberships }
}

type RostersRead = { readonly kind: 'read'; readonly lines: number; readonly nameless: number }
type Refused = { readonly kind: 'refused'; readonly error: string }

async function readAll(
  files: readonly string[],
  terminal: Terminal,
  compared: Comparison<Membership>,
): Promise<RostersRead | Refused> {
  let [lines, nameless] = [0, 0]
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file
    const roster = await readOne(file, terminal, compared)
    if (roster.kind === 'refused') return { kind: 'refused', error: `--roster: ${name}: ${roster.error}` }
    if (roster.unread.length > 0)
      terminal.tell(
        `Whoever is on a line of ${name} counts as there: its column ${roster.unread.join(', ')} is not read`,
      )
    lines += roster.lines
    nameless += roster.nameless
  }
  return { kind: 'read', lines, nameless }
}

async function readOne(file: string, terminal: Terminal, compared: Comparison<Membership>) {
  try {
    return await readRoster(terminal.readBytes(file), (names) => tickOff(compared, names))
  } catch (error) {
    return { kind: 'refused', error: `cannot be read: ${whyUnread(error)}` } as const
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
