import { createHash, timingSafeEqual } from 'node:crypto'
import { isDay } from '../../words/day.ts'
import { sameUsername } from '../../words/username.ts'
import { type Ask, type HrAnswer, type HrFailure, isRefusal, isSilent, omitted, silent } from '../hr/ask.ts'
import { dateIn } from '../hr/dates.ts'
import type { Employee, HrEvent, HrSystem, Leaver, Leavers, OtherRecord } from '../hr/system.ts'
import { employeeIdIn, isAbout } from '../hr/transport.ts'
import { asText, isObject, type JsonObject } from '../json.ts'

const SAYS: ReadonlyMap<string, HrEvent['says']> = new Map([
  ['employment.terminated', 'left'],
  ['employment.started', 'back'],
  ['employment.created', 'back'],
  ['employment.deleted', 'deleted'],
  ['person.deleted', 'deleted'],
])

/** Personio, API version 2. @see lib/senders/personio/README.md */
export const PERSONIO: HrSystem = {
  origins: ['https://api.personio.de'],
  credential: ['clientId', 'clientSecret', 'webhookId'],
  hasGardenLeave: false,
  documented: { timeZone: 'UTC', accessEnds: 'day_ends' },
  asksTwice: true,
  isSignedBy: ({ headers }, key) => timingSafeEqual(digestOf(headers.authorization ?? ''), digestOf(key)),
  read: (body) => [readEvent(body)],
  lookUp,
  otherRecord,
  leavers,
}

function digestOf(secret: string | Buffer): Buffer {
  return createHash('sha256').update(secret).digest()
}

function readEvent(body: unknown): (HrEvent & { readonly id: string }) | string {
  if (!isObject(body)) return 'expected an object'
  const { event_name: event, occurred_at: occurredAt, payload } = body
  if (typeof event !== 'string') return '`event_name`: expected a string'
  const employeeId = isObject(payload) ? employeeIdIn(personIn(payload, event)) : undefined
  if (employeeId === undefined) return '`payload.person.id`: expected an id'
  // An event that is sent again has another body, and must get the same id.
  const key = digestOf(JSON.stringify([event, occurredAt, payload])).toString('hex')
  const says = SAYS.get(event.toLowerCase()) ?? 'changed'
  return { id: key.slice(0, 32), employeeId, event: event.slice(0, 100), says }
}

/** The payload's keys are not documented. */
function personIn(payload: JsonObject, event: string): unknown {
  const { person, person_id: personId, id } = payload
  return isObject(person) ? person.id : (personId ?? (event.startsWith('person.') ? id : undefined))
}

const MOST = 50

async function lookUp(ask: Ask, employeeId: string): Promise<Employee | HrFailure> {
  // Get the token first. Two requests at once would each ask for one, and the second token may end the first.
  const token = await tokenOf(ask)
  if (isSilent(token)) return token
  const [answer, rows] = await Promise.all([
    get(ask, `/v2/persons/${employeeId}`),
    employmentsOf(ask, employeeId),
  ])
  if (answer.kind === 'silent') return answer
  if (isSilent(rows)) return rows
  if (answer.kind === 'not_found' && rows.length === 0) return { kind: 'gone' }
  const person = answer.kind === 'answer' ? answer.body : undefined
  if (!isObject(person) || !isAbout(person, employeeId)) return silent('ANSWER_UNREADABLE', true)
  if (!('email' in person)) return omitted('email')
  const workEmail = typeof person.email === 'string' ? person.email : undefined
  return rows.length === 0 ? { kind: 'gone', person: { workEmail } } : employeeIn(workEmail, rows)
}

/**
 * Lists who has the address and is active. That there are such filters is documented; their names, and that a person shows a `status`, are
 * inferred. After a refusal, or an answer with people of other addresses, nobody can tell: the filter was not applied.
 */
async function otherRecord(ask: Ask, address: string, employeeId: string): Promise<OtherRecord | HrFailure> {
  const query = new URLSearchParams({ email: address, status: 'ACTIVE', limit: String(MOST) })
  const answer = await get(ask, `/v2/persons?${query}`)
  if (answer.kind === 'silent' && !isRefusal(answer)) return answer
  if (answer.kind !== 'answer') return { isOpen: undefined }
  const { body } = answer
  if (!isObject(body) || !Array.isArray(body._data) || !body._data.every(isObject))
    return silent('ANSWER_UNREADABLE', true)
  const having = body._data.filter(({ email }) => sameUsername(asText(email).trim(), address))
  // Without an id it may be this very person.
  if (having.some(({ id }) => employeeIdIn(id) === undefined)) return silent('ANSWER_UNREADABLE', true)
  const others = having.filter((one) => !isAbout(one, employeeId))
  if (others.some(({ status }) => !/^inactive$/i.test(asText(status).trim()))) return { isOpen: true }
  return { isOpen: having.length < body._data.length ? undefined : false }
}

const MOST_PAGES_OF_ONE = 5

/** Reads every page: an employment that is still open may be on the last. */
async function employmentsOf(ask: Ask, employeeId: string): Promise<readonly JsonObject[] | HrFailure> {
  const rows: JsonObject[] = []
  let cursor: string | undefined = ''
  for (let page = 0; cursor !== undefined && page < MOST_PAGES_OF_ONE; page += 1) {
    const query = new URLSearchParams({ limit: String(MOST), ...(cursor !== '' && { cursor }) })
    const answer = await get(ask, `/v2/persons/${employeeId}/employments?${query}`)
    if (answer.kind === 'silent') return answer
    const none = page === 0 ? { _data: [] } : undefined
    const body = answer.kind === 'answer' ? answer.body : none
    if (!isObject(body) || !Array.isArray(body._data)) return silent('ANSWER_UNREADABLE', true)
    const found = body._data.filter(isObject).filter((row) => isAbout(Object(row.person), employeeId))
    if (found.length < body._data.length) return silent('ANSWER_UNREADABLE', true)
    rows.push(...found)
    const next = found.length > 0 ? cursorIn(body) : undefined
    if (isSilent(next)) return next
    if (next === undefined && found.length >= MOST) return silent('NEXT_PAGE_UNREADABLE', true)
    cursor = next
  }
  return cursor === undefined ? rows : silent('TOO_MANY_EMPLOYMENTS', true)
}

const STATUS = /^(?:active|inactive|leave|onboarding)$/i

/** A person may have several employments. Whoever has one that is open, and does not end, stays. */
function employeeIn(workEmail: string | undefined, rows: readonly JsonObject[]): Employee | HrFailure {
  if (rows.some(({ status }) => typeof status !== 'string')) return omitted('status')
  if (!rows.every(({ status }) => STATUS.test(asText(status).trim()))) return silent('STATUS_UNKNOWN', true)
  const all = rows.map(employmentIn)
  const unreadable = all.map(({ end }) => end).find(isSilent)
  if (unreadable) return unreadable
  const open = all.filter(({ isOpen }) => isOpen)
  const isEndless = open.some(({ end }) => end === undefined)
  const isDateOmitted = open.some((one) => one.isEndOmitted)
  return {
    ...{ kind: 'employee', workEmail, isDateOmitted },
    state: open.length > 0 ? 'employed' : 'left',
    leavesOn: isEndless ? undefined : lastOf(open.length > 0 ? open : all),
    hasOtherEmployment: isEndless && !isDateOmitted && all.some(({ end }) => end !== undefined),
    status: rows.map(({ status }) => status).join(', '),
  }
}

type Employment = ReturnType<typeof employmentIn>

function employmentIn({ status, termination }: JsonObject) {
  const end = isObject(termination) ? termination.termination_date : termination
  return {
    isOpen: !/^inactive$/i.test(asText(status).trim()),
    end: dateIn(end),
    /** `null` means that there is no end. Without the field there may be one that we may not read. */
    isEndOmitted: end === undefined,
  }
}

/** The last end counts, unless the newest employment, which comes first, was closed without a date. */
function lastOf(employments: readonly Employment[]): string | undefined {
  const ends = employments.flatMap(({ end }) => (typeof end === 'string' ? [end] : []))
  return employments[0]?.end === undefined ? undefined : ends.toSorted().at(-1)
}

const MOST_PAGES = 100

/** Lists the webhook's events, which Personio keeps for 30 days. An event that was delivered has the same id here. */
async function leavers(ask: Ask, since: string): Promise<Leavers | HrFailure> {
  const { webhookId = '' } = ask.credential
  if (employeeIdIn(webhookId) === undefined) return silent('HR_WEBHOOK_UNREADABLE', true)
  const events: (Leaver | string)[] = []
  let failure: HrFailure | undefined
  let cursor: string | undefined = ''
  for (let page = 0; cursor !== undefined && page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ limit: String(MOST), ...(cursor !== '' && { cursor }) })
    const answer = await get(ask, `/v2/webhooks/${webhookId}/events?${query}`)
    if (answer.kind === 'silent') return answer
    const body = answer.kind === 'answer' ? answer.body : undefined
    if (!isObject(body) || !Array.isArray(body._data)) return silent('ANSWER_UNREADABLE', true)
    events.push(...body._data.filter((event) => !isBefore(event, since)).map(readEvent))
    const next = cursorIn(body)
    if (isSilent(next)) failure = next
    cursor = isSilent(next) ? undefined : next
  }
  const found = events.filter((event) => typeof event !== 'string')
  if (cursor !== undefined) return { found, failure: silent('TOO_MANY_EVENTS', true) }
  if (found.length < events.length) failure ??= silent('EVENT_UNREADABLE', true)
  return { found, ...(failure && { failure }) }
}

/** An event without a time that we can read may be of today. */
function isBefore(event: unknown, day: string): boolean {
  const at = isObject(event) ? asText(event.occurred_at).slice(0, 10) : ''
  return isDay(at) && at < day
}

/** @returns a failure if there is a next page, and the link to it cannot be read */
function cursorIn({ _meta: meta }: JsonObject): string | undefined | HrFailure {
  const links = isObject(meta) ? meta.links : undefined
  const next = isObject(links) ? links.next : undefined
  const href = (isObject(next) ? next.href : next) ?? ''
  if (href === '') return undefined
  const query = asText(href).split('?')[1]
  return new URLSearchParams(query).get('cursor') || silent('NEXT_PAGE_UNREADABLE', true)
}

async function get(ask: Ask, path: string): Promise<HrAnswer> {
  const token = await tokenOf(ask)
  if (typeof token !== 'string') return token
  return await ask.send({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } })
}

/** A token is not used in the last minute of its life. */
const SPARE_MS = 60_000

async function tokenOf({ credential, tokens, now, send }: Ask): Promise<string | HrFailure> {
  const { clientId = '', clientSecret = '' } = credential
  const known = tokens.get(`${clientId} ${clientSecret}`)
  if (known && known.expiresAt > now()) return known.token
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  const answer = await send({
    method: 'POST',
    path: '/v2/auth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams(form)),
  })
  if (answer.kind === 'silent') return answer
  const body = answer.kind === 'answer' && isObject(answer.body) ? answer.body : {}
  const { access_token: token, expires_in: seconds } = body
  if (typeof token !== 'string') return silent('ANSWER_UNREADABLE', true)
  const lifeMs = typeof seconds === 'number' ? seconds * 1_000 - SPARE_MS : 0
  tokens.set(`${clientId} ${clientSecret}`, { token, expiresAt: new Date(now().getTime() + lifeMs) })
  return token
}
