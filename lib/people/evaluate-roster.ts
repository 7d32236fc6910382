import { asciiLowerCase } from '../words/username.ts'
import { collect, collectDisplaced, type Interest, isOurs, lookAlikes, type Seen } from './collect.ts'
import { besideIds, type IdsBefore, NO_ID } from './ids-before.ts'
import { problemOfFile } from './problem-of-file.ts'
import { type BadRoster, type Roster, type RosterRow, readRoster } from './roster.ts'
import { type RosterMeaning, type Statement, statements } from './statement.ts'

/** What a whole roster says of one person. */
export type Verdict =
  | { readonly kind: 'leaving'; readonly username: string; readonly endsAt?: Date }
  | { readonly kind: 'there'; readonly username: string }
  /** A line may mean that they left, but cannot be understood. */
  | { readonly kind: 'unclear'; readonly username: string }
  /** Nothing to act on: a suspension, or an announced last day that is no longer there. */
  | { readonly kind: 'neither'; readonly username: string }

/** How many lines say what, and how many people of ours they are about. */
export type RosterCounts = {
  readonly lines: number
  readonly nameless: number
  readonly left: number
  /** Lines of people whose last day lies ahead. */
  readonly ahead: number
  /** Our people who left or will leave. */
  readonly leavers: number
  /** Our people whom one line calls gone and another line active. */
  readonly besideActive: number
}

/** A roster, evaluated against the people we know. */
export type RosterEvaluation = {
  readonly kind: 'evaluated'
  readonly columns: Columns
  readonly isEnded: boolean
  readonly counts: RosterCounts
  readonly people: ReadonlyMap<string, Verdict>
  /** Our people with a line that may mean that they left, but cannot be understood. */
  readonly unclear: readonly string[]
  /** Columns that may hold leaving dates and are not read. */
  readonly unsure: readonly string[]
  /** Unread columns with dates on few lines, if nobody leaves by this file: they may be leaving dates. */
  readonly sparse: readonly string[]
  /** `ours`: how many of our people some line names; `members`: how many there are. */
  readonly ours: number
  readonly members: number
  /** Lines of people who stay. */
  readonly staying: number
  /** Lines with a status. */
  readonly withStatus: number
  /** Ids of our people that stand beside other addresses than in the file before. */
  readonly movedIds: number
}

export type EvaluationOptions = {
  /** Reads the file from its beginning. */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>
  readonly meaning: RosterMeaning
  readonly interest: Interest
  /** When the file was written: dates after it lie ahead. */
  readonly at: Date
  readonly idsBefore?: IdsBefore
  /** The file was taken before: what could refuse it as a whole is not checked again. */
  readonly isTaken?: boolean
}

/** An id on the lines of more other people than these is not one person's id. */
const MOST_PROFILES = 2

/**
 * Evaluates a roster in flat memory. The first reading keeps what the lines say of our people; the second looks for active lines with the ids
 * of the leavers. An inactive line beside an active one of the same id or address is an old profile: nobody leaves because of it.
 */
export async function evaluateRoster(options: EvaluationOptions): Promise<RosterEvaluation | BadRoster> {
  const first = await firstReading(options)
  if (first.kind === 'refused') return first
  const { roster, lines, seen } = first
  const problem = problemOfFile(roster, lines, first.latest)
  if (problem !== undefined && !options.isTaken) return { kind: 'refused', error: problem }

  const unsure = new Set([...roster.unsure, ...first.foreign])
  const columns = { ...roster.columns, date: roster.columns.date || unsure.size > 0 }
  const leaving = [...seen].filter(([, one]) => verdictOf(one.statements, columns) === 'leaving')
  const elsewhere = await activeElsewhere(options, leaving)
  const people = new Map<string, Verdict>()
  const unclear: string[] = []
  for (const [name, { username, ids, statements: said }] of seen) {
    const others = elsewhere.get(name)?.size ?? 0
    const isUnsure = others > MOST_PROFILES || (others > 0 && [...ids].some((id) => NO_ID.test(id)))
    const verdict = isUnsure ? 'unclear' : verdictOf(said, columns)
    if (verdict === 'unclear') {
      unclear.push(username)
      for (const one of said) if (one.kind === 'unclear' && one.column) unsure.add(one.column)
    }
    if (verdict !== 'leaving') people.set(name, { kind: verdict, username })
    else if (!elsewhere.has(name)) people.set(name, { kind: 'leaving', username, ...lastDayIn(said) })
  }
  const leavers = leaving.length - elsewhere.size
  for (const name of first.doubtful) if (!seen.has(name)) unclear.push(name)
  const besideActive = elsewhere.size + [...seen.values()].filter(isBesideActive).length
  const counts = { lines: roster.lines, nameless: roster.nameless, left: lines.left, ahead: lines.ahead }
  return {
    ...{ kind: 'evaluated', columns: roster.columns, isEnded: roster.isEnded },
    counts: { ...counts, leavers, besideActive },
    ...{ people, unclear, unsure: [...unsure], sparse: first.sparse, ours: first.ours },
    ...{
      members: options.interest.names.size,
      staying: lines.active + lines.blank,
      withStatus: first.withStatus,
      movedIds: first.movedIds,
    },
  }
}

async function firstReading({ open, meaning, interest, at, idsBefore = new Map() }: EvaluationOptions) {
  const seen = new Map<string, Seen>()
  const lines = { left: 0, active: 0, ahead: 0, inactive: 0, blank: 0, neither: 0, unclear: 0 }
  const read = statements(meaning)
  const dates = unreadDates()
  const alike = lookAlikes(interest)
  const byId = besideIds(idsBefore, interest)
  let latest: Statement | undefined
  let above: RosterRow | undefined
  let withStatus = 0
  const take = (row: RosterRow) => {
    const statement = read(row, at)
    if (row.statuses.some(({ text }) => text !== '')) withStatus += 1
    collectDisplaced(interest, seen, row, statement)
    byId.take(row, statement)
    if (row.names.length === 0) {
      // Merged cells: a line without a name may be about the person above.
      const isOwn = row.ids.length > 0 || ['left', 'inactive', 'blank'].includes(statement.kind)
      if (above && !isOwn) collect(interest, seen, above, { kind: 'unclear' })
      return
    }
    lines[statement.kind === 'active' && statement.endsAt ? 'ahead' : statement.kind] += 1
    collect(interest, seen, row, statement)
    dates.take(row, statement)
    alike.take(row, statement)
    above = row
    latest = statement
  }
  const roster = await readRoster(await open(), take, meaning.columns)
  if (roster.kind === 'refused') return roster
  if (roster.hasActive && lines.active > 0) doubtBlanks(lines, seen)
  const ours = [...seen.keys()].filter((name) => isOurs(interest, name)).length
  const foreign = lines.active + lines.ahead + lines.blank === 0 ? [] : dates.ofLeavers()
  const hasLeavers = lines.left + lines.inactive + lines.ahead > 0
  const sparse = hasLeavers ? [] : dates.onFewOf(roster.lines)
  const told = { roster, lines, seen, ours, withStatus, foreign, sparse, latest }
  const doubtful = new Set([...alike.names, ...byId.unnamed()])
  return { kind: 'read' as const, ...told, doubtful, movedIds: byId.moved() }
}

/** JSON rows without `active`, read before the first that has it: nobody knows what they say. */
function doubtBlanks(lines: Record<'blank' | 'unclear', number>, seen: ReadonlyMap<string, Seen>) {
  lines.unclear += lines.blank
  lines.blank = 0
  for (const { statements: said } of seen.values())
    for (const [at, { kind }] of said.entries()) if (kind === 'blank') said[at] = { kind: 'unclear' }
}

/** Remembers which columns that are not read have dates, and on how many lines. */
function unreadDates() {
  const [ofGone, ofOthers, lines] = [new Set<string>(), new Set<string>(), new Map<string, number>()]
  return {
    take({ otherDates = [] }: RosterRow, statement: Statement) {
      const isGone = ['left', 'inactive'].includes(statement.kind) || 'column' in statement
      for (const { column } of otherDates) {
        const of = isGone ? ofGone : ofOthers
        of.add(column)
        lines.set(column, (lines.get(column) ?? 0) + 1)
      }
    },
    /** If a column has dates on leavers' lines and on no others, they are leaving dates, whatever its name. */
    ofLeavers: () => [...ofGone].filter((column) => !ofOthers.has(column)),
    onFewOf: (all: number) => [...lines].flatMap(([column, count]) => (count * 2 < all ? [column] : [])),
  }
}

function isBesideActive({ statements: said }: Seen): boolean {
  return said.some(({ kind }) => kind === 'left') && said.some(({ kind }) => kind === 'active')
}

type Columns = Roster['columns']

function verdictOf(said: readonly Statement[], columns: Columns) {
  const has = (kind: Statement['kind']) => said.some((one) => one.kind === kind)
  if (said.some((one) => one.kind === 'active' && !one.endsAt)) return 'there'
  if (has('blank') && !columns.status) return 'there'
  if (has('active')) return 'leaving'
  if (has('unclear') || (has('inactive') && columns.date)) return 'unclear'
  if (has('neither') || has('blank')) return 'neither'
  return 'leaving'
}

/** The latest of several last days counts: of the open employments, or if none is open, of all lines. */
function lastDayIn(said: readonly Statement[]): { readonly endsAt?: Date } {
  const isEmployed = said.some(({ kind }) => kind === 'active')
  const days = said.flatMap((one) =>
    'endsAt' in one && one.endsAt && (one.kind === 'active' || !isEmployed) ? [one.endsAt.getTime()] : [],
  )
  return days.length > 0 ? { endsAt: new Date(Math.max(...days)) } : {}
}

/** Finds leavers whose id is also on a line that names others, or nobody, and does not say "left". @returns who these lines name, by leaver */
async function activeElsewhere(
  { open, meaning, at }: EvaluationOptions,
  leaving: readonly (readonly [string, Seen])[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const byId = new Map<string, Set<string>>()
  for (const [name, { ids }] of leaving)
    for (const id of ids) byId.set(id, (byId.get(id) ?? new Set()).add(name))
  const active = new Map<string, Set<string>>()
  if (byId.size === 0) return active
  const read = statements(meaning)
  const isEmployed = new Map(
    leaving.map(([name, one]) => [name, one.statements.some(({ kind }) => kind === 'active')]),
  )
  await readRoster(
    await open(),
    (row) => {
      const of = byId.get(asciiLowerCase(row.ids[0] ?? ''))
      if (!of) return
      const statement = read(row, at)
      if (statement.kind === 'left' || statement.kind === 'inactive') return
      const own = new Set(row.names.map(asciiLowerCase))
      const isEnding = statement.kind === 'active' && statement.endsAt !== undefined
      const who = [...own].join()
      for (const name of of)
        if (!own.has(name) && !(isEnding && isEmployed.get(name))) {
          const others = active.get(name) ?? new Set()
          if (others.size <= MOST_PROFILES) active.set(name, others.add(who))
        }
    },
    meaning.columns,
  )
  return active
}
