import { presentOtherwise, renamedKey, renamesIn } from '../../core/absent.ts'
import type { Ledger } from '../../core/ledger.ts'
import type { Failure, Lookup } from '../../core/ports.ts'
import type { Case } from '../../words/case.ts'
import { addressesIn } from '../../words/decorated.ts'
import { hasAccess } from '../../words/member.ts'
import { asciiLowerCase } from '../../words/username.ts'
import type { Directory, OrgLookup } from './directory.ts'

/** What Atlas tells of a name, over all organizations. */
type Access =
  | { readonly kind: 'member' }
  /** An invitation that has ended. */
  | { readonly kind: 'former' }
  /** Nobody has the name, but a member's name is so similar, or is inside it, that a human has to look. */
  | { readonly kind: 'alike' }
  | { readonly kind: 'nobody' }
  | Failure

/** The person whom an id or a name means. */
export type Person = {
  /** Their id, which never changes: the name that was asked for, in lower case. */
  readonly asked: string
  /** The name in Atlas now. */
  readonly username: string
  readonly access: Access
  /** The present name of another member, who had the asked name before, as the rename log says. */
  readonly alias?: string | undefined
  /** The rename log knows the name, or the address inside it. */
  readonly isRenamed: boolean
  /** Every real case of theirs, newest first. */
  readonly cases: readonly Case[]
}

export type PersonDeps = {
  readonly directory: Directory
  readonly ledger: Pick<Ledger, 'ofPerson' | 'memories'>
}

/**
 * Finds the person whom a directory means by a name: under it, or under the one they have been renamed to since.
 *
 * @param hint - a name that the same request gives the person
 * @throws if the ledger cannot be read
 */
export async function findPerson(
  deps: PersonDeps,
  { asked, hint }: { readonly asked: string; readonly hint?: string | undefined },
  deadline: Date,
): Promise<Person> {
  const { directory, ledger } = deps
  const name = asciiLowerCase(asked)
  const lookups = await directory.find(name, deadline)
  const own = accessIn(lookups, name)
  const { isRenamed, renames } = await renamesOf(ledger, lookups, name)
  const moved = await presentName(directory, renames, deadline)
  const person = { asked: name, isRenamed }
  if (own.kind === 'member')
    return {
      ...person,
      username: shownName(lookups, name),
      access: own,
      alias: moved,
      cases: await casesOf(ledger, [name]),
    }

  const elsewhere = moved ?? (await memberNamed(directory, hint, deadline))
  const username = elsewhere ?? shownName(lookups, name)
  const cases = await casesOf(ledger, [name, username])
  const access = elsewhere ? { kind: 'member' as const } : (remembered(directory, name, own, cases) ?? own)
  return { ...person, username, access, cases }
}

type KnownRename = { readonly org: OrgLookup; readonly userId: string }

/** Reads who had a name before. `isRenamed`: somebody had it, or the address inside it; a human has to say who is meant. */
async function renamesOf(ledger: Pick<Ledger, 'memories'>, orgs: readonly OrgLookup[], name: string) {
  const read = (names: readonly string[]) =>
    ledger.memories(names.flatMap((one) => orgs.map(({ orgId }) => renamedKey(orgId, one))))
  const [own, inside] = await Promise.all([read([name]), read(addressesIn(name))])
  const renames = orgs.flatMap((org, at): readonly KnownRename[] =>
    renamesIn(own.slice(at, at + 1)).map(({ userId }) => ({ org, userId })),
  )
  return { isRenamed: renames.length + renamesIn(inside).length > 0, renames }
}

/** Finds the present name of somebody who had a name before: the member with the userId in the rename log. */
async function presentName(
  directory: Directory,
  renames: readonly KnownRename[],
  deadline: Date,
): Promise<string | undefined> {
  for (const { org, userId } of renames) {
    const { orgId, lookup } = org
    // Renamed back: the old name is theirs again.
    if (lookup.kind === 'found' && lookup.member.userId === userId) continue
    const list = lookup.kind === 'none' ? lookup.list : await directory.list(orgId, deadline)
    const member = 'members' in list && list.members.find((one) => one.userId === userId)
    if (member) return member.username
  }
  return undefined
}

/** @returns the name as Atlas writes it, if a member has it */
async function memberNamed(directory: Directory, name: string | undefined, deadline: Date) {
  if (name === undefined) return undefined
  const lookups = await directory.find(name, deadline)
  return accessIn(lookups, name).kind === 'member' ? shownName(lookups, name) : undefined
}

/** Judges what all organizations say. One that does not answer leaves open whether the person is in, unless another has them. */
function accessIn(lookups: readonly OrgLookup[], name: string): Access {
  const answers = lookups.map(({ lookup }) => accessOf(lookup, name))
  const strongest = ORDER.flatMap((kind) => answers.find((one) => one.kind === kind) ?? [])
  return strongest[0] ?? { kind: 'nobody' }
}

const ORDER = ['member', 'failure', 'former', 'alike'] as const

function accessOf(lookup: Lookup, name: string): Access {
  switch (lookup.kind) {
    case 'found':
      return { kind: hasAccess(lookup.member.status) ? 'member' : 'former' }
    case 'several':
      return { kind: 'member' }
    case 'none': {
      const otherwise = presentOtherwise([name], lookup.list, [])
      const isAlike = otherwise?.kind === 'held' && otherwise.candidates !== undefined
      return { kind: isAlike ? 'alike' : 'nobody' }
    }
    case 'failure':
      return lookup
  }
}

/** While Atlas cannot be asked, what it said within the last hour counts, unless the ledger knows of a removal since. */
function remembered(
  directory: Directory,
  name: string,
  own: Access,
  cases: readonly Case[],
): Access | undefined {
  const seen = own.kind === 'failure' ? directory.seen(name) : undefined
  const isGone = cases.some(
    ({ closedAt, state }) => seen && closedAt && closedAt >= seen.at && state.outcome?.kind !== 'cancelled',
  )
  return seen && !isGone ? { kind: seen.hasAccess ? 'member' : 'former' } : undefined
}

function shownName(lookups: readonly OrgLookup[], name: string): string {
  const found = lookups.flatMap(({ lookup }) => (lookup.kind === 'found' ? [lookup.member.username] : []))
  return found[0] ?? name
}

async function casesOf(ledger: Pick<Ledger, 'ofPerson'>, names: readonly string[]): Promise<readonly Case[]> {
  const distinct = [...new Set(names.map(asciiLowerCase))]
  const found = (await Promise.all(distinct.map((name) => ledger.ofPerson(name)))).flat()
  const cases = found.filter(({ kind }) => kind === 'case') as readonly Case[]
  return cases
    .filter(({ state }) => !state.departure.dryRun)
    .toSorted((one, other) => other.openedAt.getTime() - one.openedAt.getTime())
}
