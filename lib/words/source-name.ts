import { asciiLowerCase } from './username.ts'

/** Sources that are no caller's name: our own, the providers whose events have a bus of their own, and the prefixes of all others. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['system', 'sweep', 'operator', 'departures', 'http'],
  ...['okta', 'auth0', 'sailpoint', 'onelogin'],
  ...['scim', 'hook', 'hr', 'roster', 'sns', 'events', 'topic', 'work', 'direct'],
])

/** Tells whether a token, a key or a description may not have this name, because a source has it. */
export function isReservedSource(name: string): boolean {
  return RESERVED.has(asciiLowerCase(name))
}
