/** Lower-cases A–Z and nothing else: `toLowerCase` would turn the Kelvin sign into `k`, another person's letter. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Tells whether two usernames name one Atlas account: equal but for the case of ASCII letters, and no looser. */
export function sameUsername(one: string, other: string): boolean {
  return asciiLowerCase(one) === asciiLowerCase(other)
}

/** Tells whether a username could be an Atlas account's, which is an e-mail address: a bare one, nothing around it. */
export function isAddress(username: string): boolean {
  return /^[^@]+@[^@]+$/.test(username) && !/[\s<>:;,|"`()[\]{}\\]/.test(username)
}

/** Tells whether a username is printable ASCII; anything else could be a look-alike of somebody else's. */
export function isPlainUsername(username: string): boolean {
  return /^[\x20-\x7e]+$/.test(username)
}

/** Tells whether two different usernames may belong to one person: same local part, leaving out a `+tag`, whatever the domain. */
export function mayBeAliases(one: string, other: string): boolean {
  return !sameUsername(one, other) && mailboxOf(one) !== '' && mailboxOf(one) === mailboxOf(other)
}

/** The part that two usernames of one person have in common: the local part in ASCII lower case, without its `+tag`. */
export function mailboxOf(username: string): string {
  return asciiLowerCase(username.replace(/[+@].*/s, ''))
}
