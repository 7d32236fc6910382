import type { Ledger } from '../../core/ledger.ts'
import type { Failure, Lookup } from '../../core/ports.ts'
import type { Case } from '../../words/case.ts'
import { hasAccess, possibleAliases } from '../../words/member.ts'
import { asciiLowerCase } from '../../words/username.ts'
import type { Directory, OrgLookup } from './directory.ts'
import { presentName, readRenames } from './renames.ts'

/** What Atlas tells of a name, over all organizations. */
type Access =
  | { readonly kind: 'member' }
  /** An invitation that has ended. */
  | { readonly kind: 'former' }
  /** Nobody has the name, but somebody's is so like it that a human has to look. */
  | { readonly kind: 'alike' }
  | { readonly kind: 'nobody' }
  | Failure

/** Whom an id or a name leads to. */
export type Person = {
  /** What stays their id: the name that was asked for, in lower case. */
  readonly asked: string
  /** The name in Atlas now. */
  readonly username: string
  readonly access: Access
  /** Another member's name: the rename log says that the id was theirs before somebody else took the name. */
  readonly alias?: string
  /** The rename log knows the name, and the person could not be found under their new one. */
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
  const name = asciiLowerCase(asked)
  const lookups = await deps.directory.find(name, deadline)
  const renames = await readRenames(
    deps.ledger,
    lookups.map(({ orgId }) => orgId),
    name,
  )
  const own = accessIn(lookups, name)
  const moved = await presentName(deps, { renames, lookups }, deadline)
  const other =
    own.kind === 'member' || moved ? undefined : await nameFromHint(deps, { name, hint }, deadline)
  const username =
    own.kind === 'member' ? shownName(lookups, name) : (moved ?? other ?? shownName(lookups, name))
  const cases = await casesOf(deps.ledger, [name, username])
  const isElsewhere = own.kind !== 'member' && (moved ?? other) !== undefined
  return {
    asked: name,
    username,
    access: isElsewhere ? { kind: 'member' } : rememberedAccess(deps.directory, { own, name, cases }),
    ...(own.kind === 'member' && moved && { alias: moved }),
    isRenamed: renames.size > 0 && !isElsewhere,
    cases,
  }
}

async function nameFromHint(
  { directory }: PersonDeps,
  { name, hint }: { readonly name: string; readonly hint?: string | undefined },
  deadline: Date,
): Promise<string | undefined> {
  if (hint === undefined || asciiLowerCase(hint) === name) return undefined
  const lookups = await directory.find(hint, deadline)
  return accessIn(lookups, hint).kind === 'member' ? shownName(lookups, hint) : undefined
}

/** Judges what all organizations say. One that does not answer leaves open whether the person is in, unless another has them. */
function accessIn(lookups: readonly OrgLookup[], name: string): Access {
  const answers = lookups.map(({ lookup }) => accessOf(lookup, name))
  return (
    ORDER.map((kind) => answers.find((one) => one.kind === kind)).find((one) => one) ?? { kind: 'nobody' }
  )
}

const ORDER = ['member', 'failure', 'former', 'alike'] as const

function accessOf(lookup: Lookup, name: string): Access {
  switch (lookup.kind) {
    case 'found':
      return { kind: hasAccess(lookup.member.status) ? 'member' : 'former' }
    case 'several':
      return { kind: 'member' }
    case 'none':
      return { kind: possibleAliases([name], lookup.list.members).length > 0 ? 'alike' : 'nobody' }
    case 'failure':
      return lookup
  }
}

/** While Atlas cannot be asked, what it said within the last hour counts, unless the ledger knows of a removal since. */
function rememberedAccess(
  directory: Directory,
  { own, name, cases }: { readonly own: Access; readonly name: string; readonly cases: readonly Case[] },
): Access {
  const seen = own.kind === 'failure' ? directory.seen(name) : undefined
  if (!seen) return own
  const isGone = cases.some(
    ({ closedAt, state }) => closedAt && closedAt >= seen.at && state.outcome?.kind !== 'cancelled',
  )
  return isGone ? own : { kind: seen.hasAccess ? 'member' : 'former' }
}

function shownName(lookups: readonly OrgLookup[], name: string): string {
  const found = lookups.map(({ lookup }) => (lookup.kind === 'found' ? lookup.member.username : undefined))
  return found.find((one) => one !== undefined) ?? name
}

async function casesOf(ledger: Pick<Ledger, 'ofPerson'>, names: readonly string[]): Promise<readonly Case[]> {
  const distinct = [...new Set(names.map(asciiLowerCase))]
  const found = (await Promise.all(distinct.map((name) => ledger.ofPerson(name)))).flat()
  const cases = found.filter(({ kind }) => kind === 'case') as readonly Case[]
  return cases
    .filter(({ state }) => !state.departure.dryRun)
    .toSorted((one, other) => other.openedAt.getTime() - one.openedAt.getTime())
}
