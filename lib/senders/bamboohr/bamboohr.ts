import { sameUsername } from '../../words/username.ts'
import { type Ask, type HrFailure, isRefusal, isSilent, omitted, silent } from '../hr/ask.ts'
import { dateIn } from '../hr/dates.ts'
import { leaversIn } from '../hr/leavers.ts'
import { isSignedWith } from '../hr/signature.ts'
import type { Employee, Hook, HrEvent, HrSystem, Leavers, OtherRecord } from '../hr/system.ts'
import { employeeIdIn, isAbout } from '../hr/transport.ts'
import { asText, isObject, type JsonObject } from '../json.ts'

/** BambooHR. @see lib/senders/bamboohr/README.md */
export const BAMBOOHR: HrSystem = {
  origins: ['https://api.bamboohr.com'],
  credential: ['company', 'apiKey'],
  hasGardenLeave: true,
  documented: {},
  asksTwice: true,
  isSignedBy,
  parse: readForm,
  read: readEvents,
  lookUp,
  otherRecord,
  leavers: leaversSince,
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

/** A webhook may be set to send forms: `type=…&data[employeeId]=…&data[changedFields][]=…`, or `employees[0][id]=…` of the older kind. */
function readForm({ headers, body }: Hook) {
  const text = body.toString('utf8')
  const isForm = /^\s*application\/x-www-form-urlencoded/i.test(headers['content-type'] ?? '')
  if (!isForm || /^\s*\{/.test(text)) return undefined
  const form = new URLSearchParams(text)
  const partsOf = (place: string, fields: readonly string[]) => ({
    ...Object.fromEntries(fields.map((field) => [field, form.get(`${place}[${field}]`)])),
    changedFields: [...form].flatMap(([name, field]) =>
      name.startsWith(`${place}[changedFields][`) ? [field] : [],
    ),
  })
  const places = new Set([...form.keys()].flatMap((name) => /^employees\[\d*\]/.exec(name) ?? []))
  const employees = [...places].map((place) => partsOf(place, ['id', 'action']))
  const value =
    places.size > 0 ? { employees } : { type: form.get('type'), data: partsOf('data', ['employeeId']) }
  return { kind: 'json', value } as const
}

/** One employee of an event, or several of the older kind of webhook, whose `employees` have an `action` each. */
function readEvents(body: unknown): readonly (HrEvent | string)[] {
  if (!isObject(body)) return ['expected an object']
  if (Array.isArray(body.employees) && body.employees.length > 0)
    return body.employees.map(
      (one) =>
        (isObject(one) && eventOf(one.id, one.action, one.changedFields)) ||
        '`employees`: expected an id and an action',
    )
  const event = isObject(body.data) && eventOf(body.data.employeeId, body.type, body.data.changedFields)
  return [event || '`data.employeeId`, `type`: expected an id and a name']
}

/** If one of these changed, and HR shows nothing about leaving, the person is back. Names of both kinds of webhooks, without blanks, in lower case. */
const OF_EMPLOYMENT: ReadonlySet<string> = new Set(['status', 'hiredate'])

function eventOf(id: unknown, name: unknown, changed: unknown): HrEvent | undefined {
  const employeeId = employeeIdIn(id)
  if (employeeId === undefined || typeof name !== 'string') return undefined
  const fields = Array.isArray(changed) ? changed.map((field) => asText(field).replace(/\s/g, '')) : []
  const isBack = fields.some((field) => OF_EMPLOYMENT.has(field.toLowerCase()))
  const says = /deleted$/i.test(name) ? 'deleted' : isBack ? 'back' : 'changed'
  return { employeeId, event: name.slice(0, 100), says }
}

const FIELDS = ['workEmail', 'status', 'employmentHistoryStatus', 'terminationDate']

async function lookUp(ask: Ask, employeeId: string): Promise<Employee | HrFailure> {
  // Without `onlyCurrent=false` a leaving date that lies ahead is not shown.
  const answer = await get(ask, `employees/${employeeId}?fields=${FIELDS.join(',')}&onlyCurrent=false`)
  if (answer.kind === 'silent') return answer
  if (answer.kind === 'not_found') return { kind: 'gone' }
  if (!isObject(answer.body) || !isAbout(answer.body, employeeId)) return silent('ANSWER_UNREADABLE', true)
  return employeeIn(answer.body)
}

/** Looks into the directory, which lists present employees only. It may be switched off, or show no addresses: then nobody can tell. */
async function otherRecord(ask: Ask, address: string, employeeId: string): Promise<OtherRecord | HrFailure> {
  const answer = await get(ask, 'employees/directory')
  if (answer.kind === 'silent' && !isRefusal(answer)) return answer
  if (answer.kind !== 'answer') return { isOpen: undefined }
  const { body } = answer
  if (!isObject(body) || !Array.isArray(body.employees)) return silent('ANSWER_UNREADABLE', true)
  const rows = body.employees.filter(isObject)
  const showsAddresses = rows.some(({ workEmail }) => asText(workEmail).includes('@'))
  const others = rows.filter(({ id }) => employeeIdIn(id) !== employeeId)
  const isOpen = others.some(({ workEmail }) => sameUsername(asText(workEmail).trim(), address))
  return { isOpen: showsAddresses ? isOpen : undefined }
}

function employeeIn(row: JsonObject): Employee | HrFailure {
  const missing = omittedIn(row, FIELDS)
  if (missing) return omitted(missing)
  const leavesOn = dateIn(row.terminationDate)
  const shown = stateIn(row, leavesOn)
  if (isSilent(shown)) return shown
  if (isSilent(leavesOn)) return leavesOn
  const { workEmail, status, employmentHistoryStatus } = row
  const words = asText(employmentHistoryStatus ?? '')
  return {
    kind: 'employee',
    workEmail: typeof workEmail === 'string' ? workEmail : undefined,
    leavesOn,
    status: words === '' ? asText(status) : `${status}, ${words}`,
    ...shown,
  }
}

function omittedIn(row: JsonObject, fields: readonly string[]): string | undefined {
  const restricted: readonly unknown[] = Array.isArray(row._restrictedFields) ? row._restrictedFields : []
  return fields.find((field) => !(field in row) || restricted.includes(field))
}

const LEAVE = /leave|parental|maternity|paternity|sabbatical|furlough|suspen/i
const END = /terminat|resign|retire|deceas|dismiss|redundan|separat|laid off/i

/** Companies name their leaves themselves: whoever is inactive has left if a date or the status says so. */
function stateIn({ status, employmentHistoryStatus }: JsonObject, leavesOn: unknown) {
  if (typeof status !== 'string' || status.trim() === '') return omitted('status')
  if (!/^(?:in)?active$/i.test(status.trim())) return silent('STATUS_UNKNOWN', true)
  const isInactive = /^inactive$/i.test(status.trim())
  const words = asText(employmentHistoryStatus ?? '')
  const isProved = leavesOn !== undefined || END.test(words)
  if (/garden/i.test(words) && !(isInactive && isProved)) return { state: 'garden_leave' } as const
  if (!isInactive || (!isProved && LEAVE.test(words))) return { state: 'employed' } as const
  return { state: 'left', mayBeOnLeave: !isProved } as const
}

const MOST_PAGES = 500

async function leaversSince(ask: Ask, since: string): Promise<Leavers | HrFailure> {
  const rows: JsonObject[] = []
  let path: string | undefined | HrFailure = `employees?fields=${FIELDS.join(',')}`
  let total: unknown
  for (let page = 0; typeof path === 'string' && page < MOST_PAGES; page += 1) {
    const answer = await get(ask, path)
    if (answer.kind === 'silent') return answer
    const body = answer.kind === 'answer' ? answer.body : undefined
    if (!isObject(body) || !Array.isArray(body.data)) return silent('ANSWER_UNREADABLE', true)
    // If a row is no object, all its fields count as hidden.
    rows.push(...body.data.map((row) => (isObject(row) ? row : {})))
    total = isObject(body.meta) ? body.meta.total : undefined
    path = nextIn(body)
  }
  const listed = rows.map((row) => {
    const { employeeId: id = row.id, terminationDate: date } = row
    const shown = stateIn(row, dateIn(date))
    return {
      ...{ id, date, state: isSilent(shown) ? shown : shown.state },
      omitted: omittedIn(row, ['terminationDate']),
    }
  })
  const leavers = leaversIn(listed, since)
  if (isSilent(leavers)) return leavers
  if (path !== undefined)
    return { ...leavers, failure: isSilent(path) ? path : silent('TOO_MANY_PAGES', true) }
  // A page that came twice, in place of another, adds nobody.
  const isShort = typeof total === 'number' && new Set(listed.map(({ id }) => id)).size < total
  return isShort ? { ...leavers, failure: silent('LIST_TOO_SHORT', true) } : leavers
}

/** Takes only the query of the link to the next page, so that a reply cannot send us to another address. */
function nextIn({ _links: links }: JsonObject): string | undefined | HrFailure {
  const next = isObject(links) ? links.next : undefined
  const href = (isObject(next) ? next.href : next) ?? ''
  if (href === '') return undefined
  if (typeof href !== 'string' || !href.includes('?')) return silent('NEXT_PAGE_UNREADABLE', true)
  return `employees?${new URLSearchParams(href.slice(href.indexOf('?') + 1))}`
}

async function get(ask: Ask, path: string) {
  const { company = '', apiKey } = ask.credential
  if (!/^[a-z0-9-]{1,63}$/i.test(company)) return silent('HR_COMPANY_UNREADABLE', true)
  // The key is the user name; any password is accepted.
  const authorization = `Basic ${Buffer.from(`${apiKey}:x`).toString('base64')}`
  return await ask.send({
    method: 'GET',
    path: `/api/gateway.php/${company}/v1/${path}`,
    headers: { authorization },
  })
}
