import { asciiLowerCase, mailboxOf } from '../words/username.ts'
import { type Interest, isLeavingBy, isOurs } from './collect.ts'
import { type RosterRow, readRoster } from './roster.ts'
import type { RosterMeaning, Statement } from './statement.ts'

/** Placeholders in place of an id: `N/A`, `0000`, `contractor`, `99999`. */
export const NO_ID = /^(?:[^1-9]*|(\d)\1{2,})$/

/** For each id that moved so many must have stayed: fewer than one in six may move. */
const FEW = 5

/** Our people by the id that they had in the file before, without those who leave already. */
export type IdsBefore = ReadonlyMap<string, string>

/** Reads the file before once more. @returns nobody if there is none, or it cannot be read any more */
export async function readIds(
  file: Promise<AsyncIterable<Uint8Array>> | undefined,
  { columns }: RosterMeaning,
  interest: Interest,
): Promise<IdsBefore> {
  const owners = new Map<string, string>()
  const shared = new Set<string>()
  const take = (row: RosterRow) => {
    const id = idOf(row)
    const name = row.names.map(asciiLowerCase).find((one) => isOurs(interest, one))
    if (id === undefined || name === undefined || interest.isLeaving(name)) return
    if (mailboxOf(owners.get(id) ?? name) !== mailboxOf(name)) shared.add(id)
    owners.set(id, name)
  }
  const bytes = await file?.catch(() => undefined)
  const read = bytes && (await readRoster(bytes, take, columns))
  return new Map(read?.kind === 'roster' ? [...owners].filter(([id]) => !shared.has(id)) : [])
}

/** Compares the lines of a file with the ids of the file before. */
export function besideIds(before: IdsBefore, interest: Interest) {
  const named = new Set<string>()
  const leaving = new Map<string, string>()
  const there = new Set<string>()
  const [same, others] = [new Set<string>(), new Set<string>()]
  let [lines, isCounter] = [0, true]
  return {
    take(row: RosterRow, statement: Statement) {
      const names = row.names.map(asciiLowerCase)
      const ours = names.filter((name) => isOurs(interest, name))
      for (const name of ours) named.add(name)
      lines += 1
      isCounter &&= Number(row.ids[0]) <= lines
      const id = idOf(row)
      const owner = before.get(id ?? '')
      if (id === undefined || owner === undefined) return
      if (names.some((name) => mailboxOf(name) === mailboxOf(owner))) same.add(id)
      else if (names.length > 0) others.add(id)
      if (!isLeavingBy(statement) && statement.kind !== 'unclear') there.add(id)
      else if (ours.length === 0) leaving.set(id, owner)
    },
    /** Our people whom no line names any more, while one with their id says that they left: their address was emptied or changed. */
    unnamed: () =>
      [...leaving].filter(([id, owner]) => !there.has(id) && !named.has(owner)).map(([, owner]) => owner),
    /** So many ids stand beside other addresses than before; none if they are few, or only count the lines. */
    moved() {
      const moved = others.difference(same).size
      return isCounter || moved * FEW < same.size ? 0 : moved
    },
  }
}

function idOf({ ids: [id = ''] }: RosterRow): string | undefined {
  return NO_ID.test(id) ? undefined : asciiLowerCase(id)
}
