import { nearestKey } from '../../senders/closed-object.ts'
import { holdsUsername } from '../../senders/holds-username.ts'
import { asText, isObject } from '../../senders/json.ts'
import { asciiLowerCase } from '../../words/username.ts'
import type { HttpReply } from '../http.ts'
import { fieldOf } from './active.ts'
import { bodyOf, type Call, resourceOf, type ScimParts } from './call.ts'
import { readFilter } from './filter.ts'
import { findPerson } from './find-person.ts'
import { listResponse, scimError, tryAgainAfter } from './reply.ts'
import { isUsername, type Shown, viewOf } from './user.ts'

export const MOST_PER_PAGE = 200
const PER_PAGE = 100

type Page = { readonly startIndex: number; readonly count: number }

/**
 * Lists users, or finds the one that a filter names.
 *
 * The list has only people whom Atlas lists. Somebody who is gone can still be read by filter or id.
 */
export async function listUsers(deps: ScimParts, call: Call): Promise<HttpReply> {
  const startIndex = wholeNumber(inAnyCase(call.query, 'startIndex'), 1)
  const count = wholeNumber(inAnyCase(call.query, 'count'), PER_PAGE)
  if (startIndex === undefined || count === undefined)
    return scimError(400, 'Expected `startIndex` and `count` to be whole numbers', 'invalidValue')

  const misspelt = [...call.query].some(isNearlyFilter)
  // Without its filter the answer is everybody, and a client that takes the first one deactivates a stranger.
  if (misspelt || call.query.getAll('filter').length > 1)
    return scimError(400, 'Expected one `filter`, under this very name', 'invalidFilter')

  const page = { startIndex: Math.max(1, startIndex), count: Math.min(MOST_PER_PAGE, Math.max(0, count)) }
  const filter = call.query.get('filter')
  return filter === null ? await listAll(deps, call, page) : await findOne(deps, call, { ...page, filter })
}

/** Does the same for a query in the body. @see https://www.rfc-editor.org/rfc/rfc7644#section-3.4.3 */
export async function searchUsers(deps: ScimParts, call: Call): Promise<HttpReply> {
  const body = bodyOf(call)
  if ('reply' in body) return body.reply
  if (!isObject(body.value)) return scimError(400, 'Expected a search request', 'invalidSyntax')
  const query = new URLSearchParams()
  const known = NAMES.map(asciiLowerCase)
  // Keep the other keys: `listUsers` refuses a misspelt `filter`.
  const others = Object.entries(body.value).filter(([key]) => !known.includes(asciiLowerCase(key)))
  for (const [key, value] of others) query.set(asciiLowerCase(key), asText(value))
  for (const name of NAMES) {
    const value = fieldOf(body.value, name)
    if (value !== undefined && value !== null) query.set(name, asText(value))
  }
  return await listUsers(deps, { ...call, query })
}

const NAMES = ['filter', 'startIndex', 'count', 'attributes', 'excludedAttributes']

/** Tells whether a parameter seems to name a person in a way that we do not read: `fliter`, `q=userName eq …`, `userName=…`. */
function isNearlyFilter([name, value]: readonly [string, string]): boolean {
  if (NAMES.includes(name)) return false
  return (
    nearestKey(name, ['filter']) !== undefined || /\beq\b/i.test(value) || holdsUsername({ [name]: value })
  )
}

async function findOne(
  deps: ScimParts,
  call: Call,
  { startIndex, count, filter }: Page & { readonly filter: string },
): Promise<HttpReply> {
  const read = readFilter(filter)
  if (read.kind === 'invalid') return scimError(400, read.detail, 'invalidFilter')
  if (read.kind === 'nobody' || !isUsername(read.username)) return listResponse({ ...NOBODY, startIndex })

  const person = await findPerson(deps, { asked: read.username }, call.deadline)
  const view = viewOf(person, call.source, deps.clock.now())
  if (view.kind === 'failure') return tryAgainAfter(view)
  const isMeant = view.kind === 'user' && (read.active === undefined || read.active === view.active)
  if (!isMeant) return listResponse({ ...NOBODY, startIndex })
  const resources = startIndex === 1 && count > 0 ? [resourceOf(view, call)] : []
  return listResponse({ totalResults: 1, startIndex, resources })
}

const NOBODY = { totalResults: 0, resources: [] }

async function listAll(deps: ScimParts, call: Call, { startIndex, count }: Page): Promise<HttpReply> {
  const everybody = await deps.directory.everybody(call.deadline, startIndex > 1)
  if ('reason' in everybody) return tryAgainAfter(everybody)

  // Count only whom this client may see. With a higher total, a client that reads every page would wait for more people.
  const shown: readonly Shown[] = everybody.filter(({ hiddenFrom }) => !hiddenFrom.includes(call.source))
  const resources = shown
    .slice(startIndex - 1, startIndex - 1 + count)
    .map(({ username, active }) => resourceOf({ username, active }, call))
  return listResponse({ totalResults: shown.length, startIndex, resources })
}

function inAnyCase(query: URLSearchParams, name: string): string | null {
  return [...query].find(([key]) => asciiLowerCase(key) === asciiLowerCase(name))?.[1] ?? null
}

/** @returns at most the largest exact number: no list is that long */
function wholeNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback
  if (!/^[+-]?\d{1,400}$/.test(text.trim())) return undefined
  return Math.max(-1, Math.min(Number.MAX_SAFE_INTEGER, Number(text)))
}
