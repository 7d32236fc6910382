import { Username } from '../../senders/fields.ts'
import { asciiLowerCase } from '../../words/username.ts'

/**
 * Names a person as SCIM wants it: one id in all organizations, the same after a removal and a new invitation, and nothing
 * to keep. It holds the username, so it belongs in no log.
 */
export function idOf(username: string): string {
  return Buffer.from(asciiLowerCase(username)).toString('base64url')
}

/** @returns the username in lower case; `undefined` if no username has this id */
export function usernameOf(id: string): string | undefined {
  const username = Buffer.from(id, 'base64url').toString()
  // Only what gives this very id again: other spellings, half characters and white space would be other ids of one person.
  return isUsername(username) && idOf(username) === id ? username : undefined
}

/** An id must fit into our own messages. Atlas's usernames are e-mail addresses, half as long at most. */
const MOST_BYTES = 512

/** Tells whether anybody can have this name at all. */
export function isUsername(text: string): boolean {
  return Username.safeParse(text).data === text && Buffer.byteLength(text) <= MOST_BYTES
}
