import * as z from 'zod/mini'
import { renamedKey } from '../../core/absent.ts'
import type { Ledger } from '../../core/ledger.ts'
import type { Directory, OrgLookup } from './directory.ts'

/** Who bore a name before, by organization. */
export type Renames = ReadonlyMap<string, Rename>
type Rename = { readonly userId: string; readonly username: string }

const State = z.object({ userId: z.string(), username: z.string() })
/** Nobody is renamed so often within the days that the log keeps. */
const MOST_RENAMES = 5

/** Reads who bore a name before. @throws if the ledger cannot be read */
export async function readRenames(
  ledger: Pick<Ledger, 'memories'>,
  orgIds: readonly string[],
  username: string,
): Promise<Renames> {
  const memories = await ledger.memories(orgIds.map((orgId) => renamedKey(orgId, username)))
  return new Map(
    memories.flatMap(({ state, isUnreadable }, at) => {
      if (isUnreadable) throw new Error('Cannot read the rename log')
      const rename = State.safeParse(state)
      return rename.success ? [[orgIds[at] ?? '', rename.data] as const] : []
    }),
  )
}

type Deps = { readonly directory: Pick<Directory, 'find'>; readonly ledger: Pick<Ledger, 'memories'> }

/**
 * Finds the name that whoever bore a name before has now. Only a member with the very userId of the log counts.
 *
 * @param known - the log's entries, and who bears the old name now
 * @returns `undefined` if nobody was renamed, or they are not there
 */
export async function presentName(
  deps: Deps,
  { renames, lookups }: { readonly renames: Renames; readonly lookups: readonly OrgLookup[] },
  deadline: Date,
): Promise<string | undefined> {
  for (const [orgId, rename] of renames) {
    // Renamed back: the old name is theirs again.
    if (memberIn(lookups, orgId)?.userId === rename.userId) continue
    const name = await follow(deps, { orgId, rename }, deadline)
    if (name !== undefined) return name
  }
  return undefined
}

async function follow(
  { directory, ledger }: Deps,
  { orgId, rename }: { readonly orgId: string; readonly rename: Rename },
  deadline: Date,
): Promise<string | undefined> {
  let next: Rename | undefined = rename
  for (let hops = 0; next?.userId === rename.userId && hops < MOST_RENAMES; hops += 1) {
    const { username }: Rename = next
    const member = memberIn(await directory.find(username, deadline), orgId)
    if (member?.userId === rename.userId) return member.username
    next = (await readRenames(ledger, [orgId], username)).get(orgId)
  }
  return undefined
}

function memberIn(lookups: readonly OrgLookup[], orgId: string) {
  const lookup = lookups.find((one) => one.orgId === orgId)?.lookup
  return lookup?.kind === 'found' ? lookup.member : undefined
}
