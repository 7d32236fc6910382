/** A row of a JSON file. */
export type JsonObject = Readonly<Record<string, unknown>>

/** What a column of a roster can say of a person. */
type Role = 'email' | 'id' | 'status' | 'date'

/** Names of columns, for files that do not use the usual ones. */
export type ColumnNames = { readonly [R in Role]?: string | undefined }

/** Columns of work addresses. Whoever left is named by these alone, where a file has one: other addresses may be private. */
const WORK = [
  'emailwork',
  'workemail',
  'primaryworkemail',
  'emailprimarywork',
  'workemailaddress',
  'businessemail',
  'businessemailaddress',
  'companyemail',
]

/** The usual names of columns, as `plain` writes them. An earlier one counts before a later one. */
const ALIASES: Readonly<Record<Role, readonly string[]>> = {
  email: [...WORK, 'username', 'email', 'emailaddress', 'mail', 'userprincipalname'],
  id: [
    ...['employeeid', 'workerid', 'employeenumber', 'personnumber', 'personidexternal', 'personid'],
    ...['associateid', 'id'],
  ],
  status: [
    ...['workerstatus', 'employmentstatus', 'employeestatus', 'employmenthistorystatus', 'lifecyclestatus'],
    ...['emplstatus', 'status', 'activestatus', 'active', 'isactive'],
  ],
  // Not the end of a contract or of a leave, and not when somebody gave notice.
  date: [
    ...['terminationdate', 'lastdayofwork', 'lastworkingday', 'lastday', 'leavingdate', 'termdate'],
    ...['terminationeffectivedate', 'effectiveterminationdate', 'dateoftermination', 'terminationdt'],
    ...['dateofleaving', 'exitdate', 'dateofexit', 'separationdate', 'offboardingdate'],
    ...['lastdayworked', 'lastdateworked', 'lastworkday'],
  ],
}

const OF_LEAVING =
  /terminat|separat|leav|left|inactiv|exit|depart|resign|retire|offboard|last(day|date|work)|end/

/** Tells by its name whether a column may speak of leaving. One with dates that is not known is reported, and not read. */
function mayMeanLeaving(column = ''): boolean {
  return OF_LEAVING.test(plain(column))
}

/** Reduces a column's name, or a word of a status, to the letters and digits by which it is compared. */
export function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/**
 * The indexes of columns by role, in order of precedence. `work`: those that name a leaver. `unread`: all without a role. By their
 * names, `unsure` of these may hold leaving dates, and `others` are about something else; both are empty if a column of dates is configured.
 */
export type Places = Readonly<Record<Role | 'work' | 'unread' | 'unsure' | 'others', readonly number[]>>

/** Finds the columns of a roster. A configured name replaces the usual ones. */
export function placesIn(header: readonly string[], names: ColumnNames = {}): Places {
  const columns = header.map(plain)
  const placesOf = (wanted: readonly string[]) =>
    wanted.flatMap((name) => columns.flatMap((column, at) => (column === name ? [at] : [])))
  const of = (role: Role) => placesOf(names[role] === undefined ? ALIASES[role] : [plain(names[role])])
  const known = placesOf(ALIASES.email)
  const work = names.email === undefined ? placesOf(WORK) : of('email')
  const read = {
    email: [...new Set([...of('email'), ...known])],
    work: work.length > 0 || names.email !== undefined ? work : known,
    id: of('id'),
    status: of('status'),
    date: of('date'),
  }
  const places = Object.values(read).flat()
  const unread = [...columns.keys()].filter((at) => !places.includes(at))
  // Who configures the column of dates has seen the others.
  const dated = names.date === undefined ? unread : []
  const isUnsure = (at: number) => mayMeanLeaving(columns[at])
  return { ...read, unread, unsure: dated.filter(isUnsure), others: dated.filter((at) => !isUnsure(at)) }
}

/**
 * What a value of a JSON row says as a text; Workday writes references as `{ "Descriptor": "…" }`. A list or an object that we do not
 * know says something all the same: as an empty cell it would take a last day back.
 */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.map(textOf).join(' ')
  const { Descriptor, descriptor = Descriptor } = value as JsonObject
  return typeof descriptor === 'string' ? descriptor : JSON.stringify(value).replace(/^\{\}$/, '')
}
