import { asciiLowerCase } from './username.ts'

/** Names that no caller may have: our own sources, the providers whose events have a bus of their own, and the prefixes of all others. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['system', 'sweep', 'operator', 'departures', 'http'],
  ...['okta', 'auth0', 'sailpoint', 'onelogin'],
  ...['scim', 'hook', 'hr', 'roster', 'sns', 'events', 'topic', 'work', 'direct'],
])

/** Tells whether a name is reserved, so that no token or key may bear it. */
export function isReservedSource(name: string): boolean {
  return RESERVED.has(asciiLowerCase(name))
}
