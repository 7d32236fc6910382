import type { Roster } from './roster.ts'
import type { Statement } from './statement.ts'

type Lines = Readonly<Record<'neither' | 'unclear' | 'named', number>> & { readonly hasStatus: boolean }

const SHIFTED = 'do its cells stand under the names of other columns?'

/** So few people may all leave at once. */
const MOST_AT_ONCE = 3

/** Says what is wrong with a file by which so many people leave. @param of - the members whom it names, or of a file of leavers all of them */
export function problemOfLeavers(leavers: number, of: number): string | undefined {
  return leavers > MOST_AT_ONCE && leavers * 2 >= of
    ? `${leavers} of ${of} members would leave by it, which is half of them or more; ${SHIFTED}`
    : undefined
}

/** Says what is wrong with a file as a whole. If half of the lines are not understood, the wrong column is read, or its words are not configured. */
export function problemOfFile(
  { lines, nameless, columns, isEnded }: Roster,
  { neither, unclear, named, hasStatus }: Lines,
  latest: Statement | undefined,
): string | undefined {
  if (!columns.status && !columns.date)
    return 'no column says who left: neither a status nor a leaving date is among the known or configured names'
  if (columns.status && !hasStatus) return `nobody has a status, though it has a column of them; ${SHIFTED}`
  if (nameless > lines)
    return 'most lines name nobody: is the column of addresses the right one, and are they readable?'
  if (named === 0)
    return 'it names people who are there, and none of them is in Atlas: is it of this company, and are its addresses readable?'
  if ((neither + unclear) * 2 > lines)
    return 'most lines have a status or a date that is not known: configure `left`, `active` or `dayOrder`'
  // A date that is cut off is another date, or none.
  if (!isEnded && !(latest && (latest.kind === 'active' || ('endsAt' in latest && latest.endsAt))))
    return 'its last line does not end, and says too little: is it cut off?'
  return undefined
}
