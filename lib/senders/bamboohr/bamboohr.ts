import { type Ask, type HrFailure, omitted, silent } from '../hr/ask.ts'
import { dateIn } from '../hr/dates.ts'
import { isSignedWith } from '../hr/signature.ts'
import type { Employee, Hook, HrEvent, HrSystem, Leaver } from '../hr/system.ts'
import { isEmployeeId } from '../hr/transport.ts'
import { isObject, type JsonObject } from '../json.ts'

/** BambooHR. @see lib/senders/bamboohr/README.md */
export const BAMBOOHR: HrSystem = {
  origins: ['https://api.bamboohr.com'],
  credential: ['company', 'apiKey'],
  documented: {},
  isSignedBy,
  parse: readForm,
  read: readEvents,
  lookUp,
  leavers,
}

/** A refused delivery is repeated for 155 minutes, perhaps with its first timestamp. */
const OLDEST_MS = 3 * 3_600_000
const AHEAD_MS = 5 * 60_000

function isSignedBy({ headers, body }: Hook, key: Buffer, now: Date): boolean {
  const timestamp = headers['x-bamboohr-timestamp'] ?? ''
  if (!/^\d{1,12}$/.test(timestamp)) return false
  const ageMs = now.getTime() - Number(timestamp) * 1_000
  if (ageMs > OLDEST_MS || ageMs < -AHEAD_MS) return false
  const message = Buffer.concat([body, Buffer.from(timestamp)])
  return isSignedWith('sha256', key, message, headers['x-bamboohr-signature'], 'hex')
}

/** A webhook may be set to send forms: `type=…&data[employeeId]=…&data[changedFields][]=…`. */
function readForm({ headers, body }: Hook) {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined
  const form = new URLSearchParams(body.toString('utf8'))
  const listed = [...form].filter(([name]) => /^data\[changedFields\]\[\d*\]$/.test(name))
  const data = { employeeId: form.get('data[employeeId]'), changedFields: listed.map(([, field]) => field) }
  return { kind: 'json', value: { type: form.get('type'), data } } as const
}

/** One employee of an event, or several of the older kind of webhook, whose `employees` have an `action` each. */
function readEvents(body: unknown): readonly HrEvent[] | string {
  if (!isObject(body)) return 'expected an object'
  if (Array.isArray(body.employees)) {
    const events = body.employees.map((one) =>
      isObject(one) ? eventOf(one.id, one.action, one.changedFields) : undefined,
    )
    return events.every((event) => event !== undefined) ? events : '`employees.id`: expected an id'
  }
  const event = isObject(body.data)
    ? eventOf(body.data.employeeId, body.type, body.data.changedFields)
    : undefined
  return event ? [event] : '`data.employeeId`: expected an id'
}

/** A change of these with nothing that speaks of leaving is a person who is back. */
const OF_EMPLOYMENT: ReadonlySet<unknown> = new Set(['status', 'hireDate'])

function eventOf(id: unknown, name: unknown, changed: unknown): HrEvent | undefined {
  const employeeId = typeof id === 'number' ? String(id) : id
  if (!isEmployeeId(employeeId) || typeof name !== 'string') return undefined
  const isBack = Array.isArray(changed) && changed.some((field) => OF_EMPLOYMENT.has(field))
  const says = /deleted$/i.test(name) ? 'deleted' : isBack ? 'back' : 'changed'
  return { employeeId, event: name.slice(0, 100), says }
}

const FIELDS = ['workEmail', 'status', 'employmentHistoryStatus', 'terminationDate']

async function lookUp(ask: Ask, employeeId: string): Promise<Employee | HrFailure> {
  // Without `onlyCurrent=false` a leaving date that lies ahead is not shown.
  const answer = await get(ask, `employees/${employeeId}?fields=${FIELDS.join(',')}&onlyCurrent=false`)
  if (answer.kind === 'silent') return answer
  if (answer.kind === 'not_found') return { kind: 'gone' }
  return isObject(answer.body) ? employeeIn(answer.body) : silent('ANSWER_UNREADABLE', true)
}

function employeeIn(row: JsonObject): Employee | HrFailure {
  const restricted: readonly unknown[] = Array.isArray(row._restrictedFields) ? row._restrictedFields : []
  const missing = FIELDS.find((field) => !(field in row) || restricted.includes(field))
  if (missing) return omitted(missing)
  const { workEmail, status, employmentHistoryStatus } = row
  const words = String(employmentHistoryStatus ?? status)
  const leavesOn = dateIn(row.terminationDate)
  return {
    kind: 'employee',
    workEmail: typeof workEmail === 'string' ? workEmail : undefined,
    state: status === 'Inactive' && !isLeave(words, leavesOn) ? 'left' : 'employed',
    leavesOn,
    status: `${String(status)}, ${words}`,
  }
}

/** Whoever has no leaving date, and a status that names a leave, comes back. */
function isLeave(words: string, leavesOn: string | undefined): boolean {
  return leavesOn === undefined && /leave|parental|maternity|sabbatical|furlough|suspen/i.test(words)
}

const MOST_PAGES = 500

async function leavers(ask: Ask, since: string): Promise<readonly Leaver[] | HrFailure> {
  const found: Leaver[] = []
  let path: string | undefined = `employees?fields=${FIELDS.join(',')}`
  for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
    const answer = await get(ask, path)
    if (answer.kind === 'silent') return answer
    const body = answer.kind === 'answer' ? answer.body : undefined
    if (!isObject(body) || !Array.isArray(body.data)) return silent('ANSWER_UNREADABLE', true)
    found.push(...body.data.filter(isObject).flatMap((row) => leaverIn(row, since)))
    path = nextIn(body)
  }
  return found
}

function leaverIn(row: JsonObject, since: string): readonly Leaver[] {
  const id = row.employeeId ?? row.id
  const employeeId = typeof id === 'number' ? String(id) : id
  const leavesOn = dateIn(row.terminationDate)
  if (!isEmployeeId(employeeId) || leavesOn === undefined || leavesOn < since) return []
  return [{ id: `recheck:${leavesOn}`, employeeId, event: 'recheck', says: 'changed', leavesOn }]
}

/** Of the link to the next page only the query is taken: where it leads is ours to say. */
function nextIn({ _links: links }: JsonObject): string | undefined {
  const next = isObject(links) ? links.next : undefined
  const href = isObject(next) ? next.href : next
  if (typeof href !== 'string' || !href.includes('?')) return undefined
  return `employees?${new URLSearchParams(href.slice(href.indexOf('?') + 1))}`
}

async function get(ask: Ask, path: string) {
  const { company = '', apiKey } = ask.credential
  if (!/^[a-z0-9-]{1,63}$/i.test(company)) return silent('HR_COMPANY_UNREADABLE', true)
  // The key is the user's name, and any password goes with it.
  const authorization = `Basic ${Buffer.from(`${apiKey}:x`).toString('base64')}`
  return await ask.send({
    method: 'GET',
    path: `/api/gateway.php/${company}/v1/${path}`,
    headers: { authorization },
  })
}
