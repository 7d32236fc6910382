import { asciiLowerCase, sameUsername } from '../../words/username.ts'
import { usernameOf } from './user.ts'

/** Whom a filter asks for. */
export type Filter =
  | { readonly kind: 'person'; readonly username: string; readonly active?: boolean }
  /** No person can meet all conditions, or one is about something that we do not keep. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'invalid'; readonly detail: string }

type Condition = { readonly attribute: string; readonly value: string }

const LONGEST = 1_000
const BY_NAME = ['username', 'emails', 'emails.value']
const ATTRIBUTES = [...BY_NAME, 'id', 'externalid', 'active', 'emails.type', 'emails.primary']
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:user:/
const TOKEN = /"(?:[^"\\]|\\.)*"|[()[\]]|[^\s"()[\]]+|\S/g
const BARE = /^[\w.!#$%&*+/=?^{|}~@-]+$/

/**
 * Reads a filter: `eq` on what identifies a person, and on `active` beside it, joined by `and`, with or without parentheses. Names
 * and operators in any case; a value without quotation marks where it can only be one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2
 */
export function readFilter(filter: string): Filter {
  if (filter.length > LONGEST) return invalid(`Expected a filter of at most ${LONGEST} characters`)
  try {
    const tokens = filter.match(TOKEN) ?? []
    const conditions = readAll(tokens)
    if (tokens.length > 0) throw new Problem(`Expected \`and\` or the end, not ${shown(tokens[0])}`)
    return meaningOf(conditions)
  } catch (error) {
    if (error instanceof Problem) return invalid(error.message)
    throw error
  }
}

/** Ends the reading from any depth; never leaves this file. */
class Problem extends Error {}

function invalid(detail: string): Filter {
  return { kind: 'invalid', detail }
}

/**
 * @param tokens - what is read is taken off its front
 * @param within - the attribute whose parts are compared, with a full stop: `emails.`
 */
function readAll(tokens: string[], within = ''): readonly Condition[] {
  const conditions = readTerm(tokens, within)
  if (asciiLowerCase(tokens[0] ?? '') !== 'and') return conditions
  tokens.shift()
  return [...conditions, ...readAll(tokens, within)]
}

function readTerm(tokens: string[], within: string): readonly Condition[] {
  if (tokens[0] === '(') return readInside(tokens, ')', within)
  const attribute = within + asciiLowerCase(tokens.shift() ?? '').replace(CORE, '')
  if (tokens[0] !== '[') return [readComparison(tokens, attribute)]
  const inner = readInside(tokens, ']', `${attribute}.`)
  if (!tokens[0]?.startsWith('.')) return inner
  return [...inner, readComparison(tokens, attribute + asciiLowerCase(tokens.shift() ?? ''))]
}

function readInside(tokens: string[], end: string, within: string): readonly Condition[] {
  tokens.shift()
  const inner = readAll(tokens, within)
  if (tokens.shift() !== end) throw new Problem(`Expected \`${end}\``)
  return inner
}

function readComparison(tokens: string[], attribute: string): Condition {
  if (!ATTRIBUTES.includes(attribute))
    throw new Problem(`Expected ${ATTRIBUTES.join(', ')}, not ${shown(attribute)}`)
  const [operator, value = ''] = tokens.splice(0, 2)
  if (asciiLowerCase(operator ?? '') !== 'eq')
    throw new Problem(`Expected the operator \`eq\`, not ${shown(operator)}`)
  return { attribute, value: readValue(value) }
}

function readValue(token: string): string {
  if (BARE.test(token)) return token
  try {
    const value: unknown = JSON.parse(token)
    if (typeof value === 'string') return value
  } catch {
    // Neither a text in quotation marks nor a plain word.
  }
  throw new Problem('Expected a value in quotation marks')
}

function meaningOf(conditions: readonly Condition[]): Filter {
  const valuesOf = (...attributes: readonly string[]) =>
    conditions.filter(({ attribute }) => attributes.includes(attribute)).map(({ value }) => value)
  const names = [
    // No username has a blank in it: it is the plus of an address that was not encoded.
    ...valuesOf(...BY_NAME).map((value) => value.replaceAll(' ', '+')),
    ...valuesOf('id').map(usernameOf),
    ...valuesOf('externalid').map(() => undefined),
  ]
  if (names.length === 0)
    return invalid('Expected a person: userName, emails, id or externalId, with `eq` and a value')
  const actives = new Set(valuesOf('active').map(asciiLowerCase))
  if (!actives.isSubsetOf(new Set(['true', 'false']))) return invalid('Expected `active` to be true or false')

  // Everybody has one address, which is the username: Atlas knows no other.
  const isWork = valuesOf('emails.type').every((value) => asciiLowerCase(value) === 'work')
  const isPrimary = valuesOf('emails.primary').every((value) => asciiLowerCase(value) === 'true')
  const [username] = names
  const isOne = names.every((name) => sameUsername(name ?? '', username ?? ''))
  if (!username || !isOne || !isWork || !isPrimary || actives.size > 1) return { kind: 'nobody' }
  return { kind: 'person', username, ...(actives.size > 0 && { active: actives.has('true') }) }
}

function shown(token = ''): string {
  return /^[\w.:-]{1,60}$/.test(token) ? `\`${token}\`` : token === '' ? 'the end' : 'this'
}
