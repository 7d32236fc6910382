import type { Failure } from '../../core/ports.ts'
import { Username } from '../../senders/fields.ts'
import type { Case } from '../../words/case.ts'
import { asciiLowerCase } from '../../words/username.ts'
import { deactivates } from './directory.ts'
import type { Person } from './find-person.ts'

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** How a person is shown to a directory. */
export type Shown = {
  /** The name that their id was made of, if it is not the present one. */
  readonly asked?: string
  readonly username: string
  readonly active: boolean
}

/** How a directory sees a person. `hidden`: it has deleted them. */
export type UserView = ({ readonly kind: 'user' } & Shown) | { readonly kind: 'hidden' | 'nobody' } | Failure

/**
 * Judges how a directory sees a person: active if any organization has them and no departure is under way. Atlas forgets who was
 * removed and directories do not, so whoever is known to the ledger stays readable, until the directory deletes them.
 */
export function viewOf({ asked, username, access, cases }: Person, source: string, now: Date): UserView {
  const isLeaving = cases.some((kase) => deactivates(kase, now))
  const mayBeBack = access.kind === 'member' || access.kind === 'failure'
  if (isDeletedBy(source, cases) && (isLeaving || !mayBeBack)) return { kind: 'hidden' }

  if (access.kind === 'failure' && !isLeaving) return access
  const isKnown = mayBeBack || access.kind === 'former' || cases.length > 0
  if (!isKnown) return { kind: 'nobody' }
  return { kind: 'user', asked, username, active: access.kind === 'member' && !isLeaving }
}

/** The directory's last departure of this person was a deletion, and nobody has cancelled it. */
function isDeletedBy(source: string, cases: readonly Case[]): boolean {
  const own = cases.filter(({ state }) => state.departure.source === source)
  const last = own[0]?.state.departure
  if (!last?.deletedByDirectory) return false
  return own.some(({ state }) => state.departure.id === last.id && state.outcome?.kind !== 'cancelled')
}

/**
 * Shows a person as a SCIM user. Atlas's names are not read; the username stands for them, because a directory that imports
 * insists on having some.
 */
export function userResource({ username, asked = username, active }: Shown, baseUrl: string) {
  const id = idOf(asked)
  const [given, ...rest] = username.split('@')
  return {
    schemas: [USER_SCHEMA],
    id,
    userName: username,
    name: { formatted: username, givenName: given || '-', familyName: rest.join('@') || '-' },
    displayName: username,
    emails: [{ value: username, type: 'work', primary: true }],
    active,
    meta: { resourceType: 'User', location: `${baseUrl}/Users/${id}` },
  }
}

/**
 * Makes a SCIM id of a username: the same in all organizations, and after a removal and a new invitation, without storing
 * anything. It holds the username, so it belongs in no log.
 */
export function idOf(username: string): string {
  return Buffer.from(asciiLowerCase(username)).toString('base64url')
}

/** @returns the username in lower case; `undefined` if no username has this id */
export function usernameOf(id: string): string | undefined {
  const username = Buffer.from(id, 'base64url').toString()
  // Accept only what `idOf` makes. Other spellings of the same bytes would be other ids of one person.
  return isUsername(username) && idOf(username) === id ? username : undefined
}

/** An id must fit into our own messages. Atlas's usernames are e-mail addresses, half as long at most. */
const MOST_BYTES = 512

/** Tells whether anybody can have this name at all. */
export function isUsername(text: string): boolean {
  return Username.safeParse(text).data === text && Buffer.byteLength(text) <= MOST_BYTES
}
