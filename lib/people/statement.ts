import { type ColumnNames, plain } from './columns.ts'
import { type DateMeaning, leavingDate } from './leaving-date.ts'
import type { RosterRow } from './roster.ts'

/** How the lines of a roster are understood. */
export type RosterMeaning = DateMeaning & {
  /** Words of the status columns for people who left, beside the known ones. */
  readonly left?: readonly string[] | undefined
  /** Words for people who are there, leave of absence included, beside the known ones. */
  readonly active?: readonly string[] | undefined
  readonly columns?: ColumnNames | undefined
}

/** What one line says of an employment. */
export type Statement =
  | { readonly kind: 'left'; readonly endsAt?: Date }
  /** Employed; `endsAt` lies ahead. */
  | { readonly kind: 'active'; readonly endsAt?: Date }
  /** Inactive without a date: a leaving if the file has no dates at all, else perhaps a leave of absence. */
  | { readonly kind: 'inactive' }
  /** Neither status nor date: employed, if the file has no column of a status. */
  | { readonly kind: 'blank' }
  /** Nothing to act on, and nothing wrong: suspended, say, or employed although the last day is over. */
  | { readonly kind: 'neither' }
  /** It may mean a leaving, and cannot be understood: an unknown word, a date that nobody can read. `column`: one that is not read, with a date ahead or a word for a leaver. */
  | { readonly kind: 'unclear'; readonly column?: string }

type StatusMeaning = 'left' | 'inactive' | 'active' | 'suspended' | 'unknown' | 'doubtful'

const LEFT = ['terminated', 'left', 'departed', 'resigned', 'retired', 'deceased', 'dismissed', 'separated']
/** May be a leaving, or a leave of absence: a date decides. */
const INACTIVE = ['inactive', 'notactive']
/** They may come back: nothing to act on. */
const SUSPENDED = ['suspended', 'furlough', 'furloughed', 'dormant']
const ACTIVE = ['active', 'employed', 'fulltime', 'parttime']
const STATUSES: ReadonlyMap<string, StatusMeaning> = new Map([
  ...LEFT.map((word) => [word, 'left'] as const),
  ...INACTIVE.map((word) => [word, 'inactive'] as const),
  ...SUSPENDED.map((word) => [word, 'suspended'] as const),
  ...ACTIVE.map((word) => [word, 'active'] as const),
])

type Said = Pick<
  RosterRow,
  'statuses' | 'dates' | 'lastWorked' | 'unread' | 'unsureDates' | 'otherDates' | 'isMoved'
>

/** What a column such as `Active` says. In one such as `Terminated` it would be the opposite, in others `N` may be a new hire. */
const YES_OR_NO: ReadonlyMap<string, StatusMeaning> = new Map([
  ...['1', 'true', 'yes', 'y'].map((word) => [word, 'active'] as const),
  ...['0', 'false', 'no', 'n'].map((word) => [word, 'inactive'] as const),
])
const OF_LEAVERS =
  /^(is|has)?(terminated|inactive|left|leaver|departed|resigned|retired|offboarded)(company|employee|flag)?$/
const IS_NO = /^(no?|false|f|0|na|none|null|nil|nein|non|nej|nee|falsch|faux|falso|onwaar)?$/
/** Columns in which a word for leavers is about something else, or long ago. */
const OF_OTHER_STATES = /marital|civil|militar|veteran|previous|former|prior/
/** Words that suggest a leaver. Unless configured, they remove nobody; a human decides. */
const LIKE_LEFT = /^(leaver|leaving|exited|offboarded|gone|(ex|former)(employee|worker|staff|member))$/
const LONGEST_WORD = 100
/** A short word of the configuration, such as `N`, means something else in other columns. */
const SHORTEST_WORD = 6
const OF_BEING_ACTIVE = /(?<!in)active/
/** Codes of one letter in a column `emplStatus`. SAP and PeopleSoft agree on these; elsewhere `R` may be a regular employee. */
const CODES: ReadonlyMap<string, StatusMeaning> = new Map([
  ...['a', 'p'].map((code) => [code, 'active'] as const),
  ...['r', 't'].map((code) => [code, 'left'] as const),
  ['s', 'suspended'],
])

/** Nobody's notice is longer: a date further ahead may stand for "never". */
const HORIZON_MS = 400 * 86_400_000

const MOST_DATES = 10_000

/** Makes a reader of what lines say. @param now - dates after it lie ahead */
export function statements(meaning: RosterMeaning) {
  const words = wordsOf(meaning)
  const { dateOf, mayLieAhead } = datesIn(meaning)
  const statusOf = ({ column, text }: RosterRow['statuses'][number]) =>
    /[?!~*]/.test(text)
      ? 'doubtful'
      : (words.get(plain(text)) ?? shortIn(column, plain(text)) ?? statusIn(plain(text)))
  const saysLeft = leaverCells(words)
  const mayBeLeave = (said: ReadonlySet<StatusMeaning>) =>
    meaning.columns?.date === undefined && said.has('inactive') && !said.has('left')
  return (
    { statuses, dates: written, lastWorked, unread = [], unsureDates = [], otherDates = [], isMoved }: Said,
    now: Date,
  ): Statement => {
    const read = written.map((text) => dateOf(text))
    if (isMoved || read.includes('unreadable')) return { kind: 'unclear' }
    const days = read.flatMap((at) => (at instanceof Date ? [at.getTime()] : []))
    // An empty cell in a column such as `Active` does not contradict a leaving date.
    const said = new Set(statuses.filter(({ text }) => text !== '' || days.length === 0).map(statusOf))
    if (lastWorked !== undefined && mayBeLeave(said)) return { kind: 'unclear', column: lastWorked }
    const statement = judged(said, days.length > 0 ? new Date(Math.max(...days)) : undefined, now)
    const isEnd = statement.kind === 'inactive' || (statement.kind === 'left' && !statement.endsAt)
    // One of these may be the last day, and lie ahead.
    const mayBeEarly = unsureDates
      .map((text) => dateOf(text))
      .some((at) => at === 'unreadable' || (at !== 'none' && at > now))
    if (isEnd && mayBeEarly) return { kind: 'unclear' }
    const isStay = ['active', 'blank', 'neither'].includes(statement.kind) && !('endsAt' in statement)
    const other = isEnd
      ? otherDates.find(({ text }) => mayLieAhead(text, now))
      : unread.find((cell) => isStay && saysLeft(cell))
    if (other) return { kind: 'unclear', column: other.column }
    return isStay && statuses.some(saysLeft) ? { kind: 'unclear' } : statement
  }
}

function wordsOf({ left = [], active = [] }: RosterMeaning): ReadonlyMap<string, StatusMeaning> {
  const configured = (words: readonly string[], word: StatusMeaning) =>
    words.map((one) => [plain(one), word] as const)
  return new Map([...STATUSES, ...configured(left, 'left'), ...configured(active, 'active')])
}

/** Makes readers of dates. They remember what they read: a file has many lines and few days, and time zones are slow. */
function datesIn(meaning: DateMeaning) {
  const dates = new Map<string, ReturnType<typeof leavingDate>>()
  const dateOf = (text: string, dayOrder = meaning.dayOrder) => {
    const key = `${dayOrder} ${text}`
    const known = dates.get(key) ?? leavingDate(text, { ...meaning, dayOrder })
    if (dates.size < MOST_DATES) dates.set(key, known)
    return known
  }
  const mayLieAhead = (text: string, now: Date) =>
    ([undefined, 'dmy', 'mdy'] as const)
      .map((dayOrder) => dateOf(text, dayOrder))
      .some((at) => at instanceof Date && at > now && at.getTime() - now.getTime() <= HORIZON_MS)
  return { dateOf, mayLieAhead }
}

/** Makes a check of cells that are not read: do they call somebody a leaver? */
function leaverCells(words: ReadonlyMap<string, StatusMeaning>) {
  const isLeaverWord = remembering((text) => {
    const word = plain(text)
    const isKnown = STATUSES.has(word) || word.length >= SHORTEST_WORD
    return LIKE_LEFT.test(word) || (isKnown && (words.get(word) ?? statusIn(word)) === 'left')
  })
  const isOfLeavers = remembering((column) => OF_LEAVERS.test(plain(column)))
  const isOfOthers = remembering((column) => OF_OTHER_STATES.test(plain(column)))
  return ({ column, text }: NonNullable<Said['unread']>[number]) =>
    text.length <= LONGEST_WORD &&
    ((isLeaverWord(text) && !isOfOthers(column)) || (isOfLeavers(column) && !IS_NO.test(plain(text))))
}

/** Remembers answers: a file has many cells, and few different texts. */
function remembering(judge: (text: string) => boolean) {
  const known = new Map<string, boolean>()
  return (text: string) => {
    const answer = known.get(text) ?? judge(text)
    if (known.size < MOST_DATES) known.set(text, answer)
    return answer
  }
}

function shortIn(column: string, word: string): StatusMeaning | undefined {
  if (column === 'emplstatus') return CODES.get(word)
  return OF_BEING_ACTIVE.test(column) ? YES_OR_NO.get(word) : undefined
}

/** A leaving that is taken back or not decided: even a date beside it may be an old one. */
const DOUBTFUL = /rescind|cancel|revok|revers|withdr|void|undo|reinstat|rehired|pending|error/

/** Words for an end. Beside a word for a leave they make a status doubtful. */
const ENDING = /terminat|resign|retire|^left|left$|separat|dismiss|deceas|depart/

/** `Terminated`, and words that may follow it without changing what it means. */
const ENDED =
  /^terminated(employee|worker|(in)?volunt(ary|arily)|resign(ed|ation)|retire(d|ment)|deceased|death|dismiss(ed|al)|(for|with|without)cause|redundan(t|cy)|layoff|laidoff|reductioninforce|performance|misconduct|jobabandonment|mutualagreement|endof(contract|employment))*$/

/** `Terminated - Voluntary` is an end, `Terminated (rescinded)` may be none; `On Leave`, `Parental Leave` and `Leave of Absence` are none, `Resigned (garden leave)` may be one. */
function statusIn(status: string): StatusMeaning {
  if (ENDED.test(status)) return 'left'
  if (!/leave(?!r)/.test(status)) return DOUBTFUL.test(status) ? 'doubtful' : 'unknown'
  return ENDING.test(status) ? 'doubtful' : 'active'
}

function judged(said: ReadonlySet<StatusMeaning>, date: Date | undefined, now: Date): Statement {
  const isFar = date !== undefined && date.getTime() - now.getTime() > HORIZON_MS
  const endsAt = isFar ? undefined : date
  const dated = endsAt && { endsAt }
  const isAhead = endsAt !== undefined && endsAt > now
  const isContradicted = isFar && (said.has('left') || said.has('inactive'))
  if (said.has('doubtful') || isContradicted) return { kind: 'unclear' }
  if (said.has('active')) {
    if (said.has('left') || said.has('inactive')) return { kind: 'unclear' }
    return endsAt && !isAhead ? { kind: 'neither' } : { kind: 'active', ...dated }
  }
  if (said.has('left')) return { kind: 'left', ...dated }
  if (said.has('inactive') && endsAt) return { kind: 'left', ...dated }
  // Beside an unknown word, such as `Elternzeit`, it may be a leave.
  if (said.has('inactive')) return { kind: said.has('unknown') ? 'unclear' : 'inactive' }
  if (isAhead && !said.has('unknown')) return { kind: 'active', ...dated }
  if (said.size === 0) return endsAt ? { kind: 'left', ...dated } : { kind: 'blank' }
  return { kind: endsAt || said.has('unknown') ? 'unclear' : 'neither' }
}
