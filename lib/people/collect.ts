import { bareNames } from '../words/decorated.ts'
import { asciiLowerCase, mailboxOf } from '../words/username.ts'
import { isAlone, meantBy } from './addresses.ts'
import { isReadable, type RosterRow } from './roster.ts'
import type { Statement } from './statement.ts'

/** The people whose lines matter. */
export type Interest = {
  /** Names of members and invited people, and names they had before, in ASCII lower case, with the organizations they are in. */
  readonly names: ReadonlyMap<string, readonly string[]>
  /** Tells whether this roster said of a person that they leave. */
  readonly isKnownLeaver: (name: string) => boolean
  /** Tells whether that is the last thing that it said of them. */
  readonly isLeaving: (name: string) => boolean
  /** The leaving date that it gave last. */
  readonly leavesAt: (name: string) => Date | undefined
  /** What stands behind the `@` of these names. */
  readonly domains: ReadonlySet<string>
}

/** What the lines of one name have said so far. */
export type Seen = {
  readonly username: string
  readonly ids: Set<string>
  readonly statements: Statement[]
}

/** Two profiles of one person are common. More lines than this under one name are a mistake, and need not be kept. */
const MOST_STATEMENTS = 100

/** An address with one of these around it is of somebody who left, whatever the line says: `ada@example.com (left)`. `del` alone may be part of a name. */
const MARKED =
  /(?:19|20)\d\d[./-]?\d\d|(?<![a-z])(?:left|leaver|former|deleted|removed|inactive|disabled|term|terminated|gone|offboarded)(?![a-z])|(?<![a-z])(?:ex|del)(?=[-_)\]}]|$)/i
/** Columns with the address of somebody else. */
const OF_OTHERS = /manag|superv|boss|lead|report|assist|mentor|buddy|approv|partner|recruit|contact/i

export function isOurs({ names }: Interest, name: string): boolean {
  return names.has(name) || names.has(withoutTag(name))
}

/** Adds what one line says of our people to what was seen of them. */
export function collect(
  interest: Interest,
  seen: Map<string, Seen>,
  row: RosterRow,
  statement: Statement,
): void {
  const { names, isKnownLeaver, domains } = interest
  const isThere = (statement.kind === 'active' && !statement.endsAt) || statement.kind === 'blank'
  // A leaver is known by the work address only, a person who is there by every address on the line.
  const isLeaving = isLeavingBy(statement)
  const doubted = isThere ? markedIn(interest, row) : []
  for (const name of doubted) add(seen, name, { row, said: { kind: 'unclear' }, isThere: false })
  if (doubted.length > 0) return
  // If the work addresses belong to two members, nobody can tell which one is meant.
  const meant = new Set(row.work.map(asciiLowerCase).filter((name) => isOurs(interest, name)))
  const isNamed = !isLeaving || (row.work.length > 0 && meant.size <= 1)
  const said: Statement = isNamed ? statement : { kind: 'unclear' }
  for (const username of isLeaving && row.work.length > 0 ? row.work : row.names) {
    const name = asciiLowerCase(username)
    const isMember = isOurs(interest, name)
    if (isMember || (isThere && isKnownLeaver(name))) add(seen, username, { row, said, isThere })
    // With something around the address it may be one of ours: DEL_ada@example.com.
    const inside = isLeaving && !isMember ? bareNames(name).filter((bare) => names.has(bare)) : []
    for (const bare of inside) add(seen, bare, { row, said: { kind: 'unclear' }, isThere })
  }
  // An address that was garbled on the way may be, too: ada=40example.com.
  const garbled = isLeaving ? garbledIn(interest, row) : []
  const ours = garbled.find((name) => [...domains].some((domain) => name.includes(domain)))
  if (ours !== undefined) add(seen, ours, { row, said: { kind: 'unclear' }, isThere })
}

/** If a line names no member: its names that are no addresses, and have none inside. */
function garbledIn(interest: Interest, row: RosterRow): readonly string[] {
  const names = row.names.map(asciiLowerCase)
  const readable = names.filter(isReadable)
  if (readable.some((name) => isOurs(interest, name))) return []
  return names.filter((name) => !readable.some((one) => name.includes(one)))
}

/** Tells a line by which somebody leaves, now or later. */
export function isLeavingBy(statement: Statement): boolean {
  return ['left', 'inactive'].includes(statement.kind) || (statement.kind === 'active' && !!statement.endsAt)
}

/** Our people whose name on a line has a mark of a leaver around it. */
function markedIn(interest: Interest, { names }: RosterRow): readonly string[] {
  const marked = names.map(asciiLowerCase).filter((name) => MARKED.test(name) && !isOurs(interest, name))
  // Only names inside a marked one count: a private address beside the work address may have a date of birth in it.
  const inside = names.map(asciiLowerCase).filter((name) => marked.some((one) => one.includes(name)))
  return [...marked.flatMap(bareNames), ...inside].filter((name) => isOurs(interest, name))
}

/** If a line that may mean a leaving names nobody, a member's address in another column shows that its cells are displaced. */
export function collectDisplaced(
  interest: Interest,
  seen: Map<string, Seen>,
  row: RosterRow,
  statement: Statement,
): void {
  if (row.names.some(isReadable) || !(statement.kind === 'unclear' || isLeavingBy(statement))) return
  const cells = [...(row.unread ?? []), ...row.statuses].filter(({ column }) => !OF_OTHERS.test(column))
  for (const cell of [...cells.map(({ text }) => text), ...row.dates]) {
    const name = meantBy(cell.trim())
    if (isAlone(name) && isOurs(interest, asciiLowerCase(name)))
      add(seen, name, { row, said: { kind: 'unclear' }, isThere: false })
  }
}

/** For leavers whose address no member has: collects members with the same name at another domain, as in `possible_alias`. */
export function lookAlikes(interest: Interest) {
  const mailboxes = Map.groupBy(interest.names.keys(), mailboxOf)
  const names = new Set<string>()
  return {
    names: names as ReadonlySet<string>,
    take(row: RosterRow, statement: Statement) {
      const isMember = row.names.some((name) => isOurs(interest, asciiLowerCase(name)))
      if (isMember || !isLeavingBy(statement)) return
      const named = row.work.length > 0 ? row.work : row.names.filter((name) => name.includes('@'))
      for (const name of [...named, ...loginsIn(row)])
        for (const one of mailboxes.get(mailboxOf(name)) ?? []) names.add(one)
    },
  }
}

/** A login is no address, and may be the local part of one. */
function loginsIn({ names }: RosterRow): readonly string[] {
  return names.filter((name) => !name.includes('@')).map((name) => name.slice(name.lastIndexOf('\\') + 1))
}

type Line = { readonly row: RosterRow; readonly said: Statement; readonly isThere: boolean }

function add(seen: Map<string, Seen>, username: string, { row, said, isThere }: Line): void {
  const name = asciiLowerCase(username)
  const known = seen.get(name) ?? { username, ids: new Set(), statements: [] }
  if (known.statements.length < MOST_STATEMENTS) {
    known.statements.push(said)
    for (const id of row.ids.slice(0, 1)) known.ids.add(asciiLowerCase(id))
  } else if (isThere) known.statements[0] = said
  seen.set(name, known)
}

/** Takes off a `+tag`: `ada+atlas@example.com` may be Ada's. A human decides then. */
export function withoutTag(name: string): string {
  return name.replace(/\+[^@]*(?=@)/, '')
}
