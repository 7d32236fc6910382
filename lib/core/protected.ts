import { asciiLowerCase } from '../words/username.ts'

/** Tells whether nobody may remove the bearer of a username. @param patterns - usernames; `*` stands for any text */
export function isProtected(username: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(asciiLowerCase(pattern), asciiLowerCase(username)))
}

/** Matches `*` by hand, so that a pattern can be neither a regular expression nor slow. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return pattern === text
  let from = 0
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const at = index === 0 ? 0 : isLast ? text.length - part.length : text.indexOf(part, from)
    if (at < from || !text.startsWith(part, at)) return false
    from = at + part.length
  }
  return true
}
