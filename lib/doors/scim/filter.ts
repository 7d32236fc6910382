import { asciiLowerCase, sameUsername } from '../../words/username.ts'
import { usernameOf } from './person-id.ts'

/** Whom a filter asks for. */
export type Filter =
  | { readonly kind: 'person'; readonly username: string; readonly active?: boolean }
  /** Nobody can be all of this, or it asks by what we do not keep. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'invalid'; readonly detail: string }

type Condition = { readonly attribute: string; readonly value: string }
type Tokens = { next(): string; peek(): string }

const LONGEST = 1_000
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:user:/
const TOKEN = /"(?:[^"\\]|\\.)*"|[()[\]]|[^\s"()[\]]+|\S/g
const BARE = /^[\w.!#$%&*+/=?^{|}~@-]+$/
const PERSON = 'Expected a person: userName, emails, id or externalId, with `eq` and a value'

/**
 * Reads a filter: `eq` on what identifies a person, and on `active` beside it, joined by `and`, with or without parentheses. Names
 * and operators in any case; a value without quotation marks where it can only be one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2
 */
export function readFilter(filter: string): Filter {
  if (filter.length > LONGEST) return invalid(`Expected a filter of at most ${LONGEST} characters`)
  const tokens = tokensOf(filter)
  try {
    const conditions = readAll(tokens)
    if (tokens.peek() !== '') throw new Problem(`Expected \`and\` or the end, not ${shown(tokens.peek())}`)
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

function tokensOf(text: string): Tokens {
  const found = text.match(TOKEN) ?? []
  let at = 0
  return { next: () => found[at++] ?? '', peek: () => found[at] ?? '' }
}

/** @param within - the attribute whose parts are compared, with a full stop: `emails.` */
function readAll(tokens: Tokens, within = ''): readonly Condition[] {
  const conditions = [...readTerm(tokens, within)]
  while (asciiLowerCase(tokens.peek()) === 'and') {
    tokens.next()
    conditions.push(...readTerm(tokens, within))
  }
  return conditions
}

function readTerm(tokens: Tokens, within: string): readonly Condition[] {
  if (tokens.peek() === '(') return readInside(tokens, ')', within)
  const attribute = within + asciiLowerCase(tokens.next()).replace(CORE, '')
  if (tokens.peek() !== '[') return [readComparison(tokens, attribute)]
  const inner = readInside(tokens, ']', `${attribute}.`)
  if (!tokens.peek().startsWith('.')) return inner
  return [...inner, readComparison(tokens, attribute + asciiLowerCase(tokens.next()))]
}

function readInside(tokens: Tokens, end: string, within: string): readonly Condition[] {
  tokens.next()
  const inner = readAll(tokens, within)
  if (tokens.next() !== end) throw new Problem(`Expected \`${end}\``)
  return inner
}

function readComparison(tokens: Tokens, attribute: string): Condition {
  if (!ATTRIBUTES.has(attribute))
    throw new Problem(`Expected ${[...ATTRIBUTES].join(', ')}, not ${shown(attribute)}`)
  const operator = tokens.next()
  if (asciiLowerCase(operator) !== 'eq')
    throw new Problem(`Expected the operator \`eq\`, not ${shown(operator)}`)
  return { attribute, value: readValue(tokens.next()) }
}

/** Those that identify a person first. */
const BY_NAME = ['username', 'emails', 'emails.value']
const ATTRIBUTES = new Set([...BY_NAME, 'id', 'externalid', 'active', 'emails.type', 'emails.primary'])

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
  const named = conditions.flatMap(nameIn)
  const [username] = named
  if (named.length === 0) return invalid(PERSON)
  const actives = conditions
    .filter(({ attribute }) => attribute === 'active')
    .map(({ value }) => asciiLowerCase(value))
  if (actives.some((word) => word !== 'true' && word !== 'false'))
    return invalid('Expected `active` to be true or false')
  const isWork = conditions.every(
    ({ attribute, value }) => OF_EVERYBODY.get(attribute)?.(asciiLowerCase(value)) ?? true,
  )
  const isOne = named.every(
    (name) => name !== undefined && username !== undefined && sameUsername(name, username),
  )
  if (username === undefined || !isOne || !isWork || new Set(actives).size > 1) return { kind: 'nobody' }
  return { kind: 'person', username, ...(actives.length > 0 && { active: actives[0] === 'true' }) }
}

/** Everybody has one address, which is the username: Atlas knows no other. */
const OF_EVERYBODY = new Map<string, (value: string) => boolean>([
  ['emails.type', (value) => value === 'work'],
  ['emails.primary', (value) => value === 'true'],
])

/** The name that a condition asks for; `[undefined]` if it can be nobody's. */
function nameIn({ attribute, value }: Condition): readonly (string | undefined)[] {
  if (attribute === 'externalid') return [undefined]
  if (attribute === 'id') return [usernameOf(value)]
  // No username has a blank in it: it is the plus of an address that was not encoded.
  return BY_NAME.includes(attribute) ? [value.replaceAll(' ', '+')] : []
}

function shown(token: string): string {
  return /^[\w.:-]{1,60}$/.test(token) ? `\`${token}\`` : token === '' ? 'the end' : 'this'
}
