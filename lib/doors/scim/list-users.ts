import type { Ledger } from '../../core/ports.ts'
import { asciiLowerCase } from '../../words/username.ts'
import type { HttpReply } from '../reply.ts'
import type { Directory, Person } from './directory.ts'
import { readFilter } from './filter.ts'
import { isUsername } from './person-id.ts'
import { listResponse, scimError, tryAgainAfter } from './reply.ts'
import { type StandingDeps, standingOf } from './standing.ts'
import { type Shown, userResource } from './user.ts'
import type { Call } from './users.ts'

export type ListDeps = StandingDeps & {
  readonly directory: Directory
  readonly ledger: Pick<Ledger, 'open' | 'person'>
}

export const MOST_PER_PAGE = 200
const PER_PAGE = 100

type Query = {
  readonly startIndex: number
  readonly count: number
  readonly baseUrl: string
  readonly deadline: Date
}

/**
 * Lists users, or finds the one that a filter names.
 *
 * The list is of those in Atlas. Whoever is out stays readable by filter and id alone.
 */
export async function listUsers(deps: ListDeps, { request, baseUrl, deadline }: Call): Promise<HttpReply> {
  const startIndex = wholeNumber(request.query.get('startIndex'), 1)
  const count = wholeNumber(request.query.get('count'), PER_PAGE)
  if (startIndex === undefined || count === undefined)
    return scimError(400, 'Expected `startIndex` and `count` to be whole numbers', {
      scimType: 'invalidValue',
    })

  const query = {
    startIndex: Math.max(1, startIndex),
    count: Math.min(MOST_PER_PAGE, Math.max(0, count)),
    baseUrl,
    deadline,
  }
  const filter = request.query.get('filter')
  return filter === null ? await listAll(deps, query) : await findOne(deps, filter, query)
}

async function findOne(deps: ListDeps, text: string, query: Query): Promise<HttpReply> {
  const filter = readFilter(text)
  if (filter.kind === 'invalid')
    return scimError(400, 'Expected a filter by userName, externalId or emails, with the operator eq', {
      scimType: 'invalidFilter',
    })
  const { startIndex, count, baseUrl, deadline } = query
  if (filter.kind === 'nobody' || !isUsername(filter.username)) return listResponse({ ...NOBODY, startIndex })

  const standing = await standingOf(deps, filter.username, deadline)
  if (standing.kind === 'failure') return tryAgainAfter(standing)
  if (standing.kind === 'no_user') return listResponse({ ...NOBODY, startIndex })
  const resources = startIndex === 1 && count > 0 ? [userResource(standing, baseUrl)] : []
  return listResponse({ totalResults: 1, startIndex, resources })
}

const NOBODY = { totalResults: 0, resources: [] }

async function listAll(deps: ListDeps, { startIndex, count, baseUrl, deadline }: Query): Promise<HttpReply> {
  const everybody = await deps.directory.everybody(deadline, startIndex > 1)
  if (everybody.kind === 'failure') return tryAgainAfter(everybody)

  const page = everybody.people.slice(startIndex - 1, startIndex - 1 + count)
  const shown = page.length > 0 ? await shownOf(deps, page) : []
  const resources = shown.map((one) => userResource(one, baseUrl))
  return listResponse({ totalResults: everybody.people.length, startIndex, resources })
}

/** Shows a page's people, those with an open case as inactive, without those among them whom the directory has deleted. */
async function shownOf({ ledger }: ListDeps, page: readonly Person[]): Promise<readonly Shown[]> {
  const open = await ledger.open()
  const leaving = new Set(
    open
      .filter(({ departure }) => !departure.dryRun)
      .map(({ departure }) => asciiLowerCase(departure.username)),
  )
  const shown = await Promise.all(
    page.map(async ({ username, hasAccess }) => {
      if (!leaving.has(asciiLowerCase(username))) return [{ username, active: hasAccess }]
      const { deprovisioning } = await ledger.person(username)
      return deprovisioning?.deletedAt ? [] : [{ username, active: false }]
    }),
  )
  return shown.flat()
}

function wholeNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback
  return /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined
}
