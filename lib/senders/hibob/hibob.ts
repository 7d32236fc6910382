import { asciiLowerCase, sameUsername } from '../../words/username.ts'
import { type Ask, type HrFailure, isSilent, omitted, silent } from '../hr/ask.ts'
import { dateIn } from '../hr/dates.ts'
import { leaversIn } from '../hr/leavers.ts'
import { isSignedWith } from '../hr/signature.ts'
import type { Employee, EmploymentState, HrEvent, HrSystem, Leavers, OtherRecord } from '../hr/system.ts'
import { employeeIdIn } from '../hr/transport.ts'
import { isObject, type JsonObject } from '../json.ts'

const SAYS: ReadonlyMap<string, HrEvent['says']> = new Map([
  ['employee.left', 'left'],
  ['employee.access.revoked.immediately', 'at_once'],
  ['employee.deleted', 'deleted'],
  ['employee.joined', 'back'],
  ['employee.activated', 'back'],
])

/** HiBob (Bob). @see lib/senders/hibob/README.md */
export const HIBOB: HrSystem = {
  origins: ['https://api.hibob.com', 'https://api.sandbox.hibob.com'],
  credential: ['id', 'token'],
  hasGardenLeave: true,
  documented: { accessEnds: 'day_begins' },
  isSignedBy: ({ headers, body }, key) =>
    isSignedWith('sha512', key, body, headers['bob-signature'], 'base64'),
  isPing: (body) => PING.test(body.toString('utf8', 0, 100)),
  read: (body) => [readEvent(body)],
  lookUp,
  otherRecord,
  leavers,
}

/** Bob tests a new webhook with one of these two bodies. Whether it signs them is not documented. */
const PING = /^\s*(?:"?Ping test"?|\{\s*"text"\s*:\s*"Ping test"\s*\})\s*$/

function readEvent(body: unknown): HrEvent | string {
  if (!isObject(body)) return 'expected an object'
  const { type, data } = body
  if (typeof type !== 'string') return '`type`: expected a string'
  const employeeId = isObject(data) ? employeeIdIn(data.employeeId) : undefined
  if (!isObject(data) || employeeId === undefined) return '`data.employeeId`: expected an id'
  // Under which of these names a deletion carries the work address is not documented.
  const email = [data.email, data.workEmail, data['root.email']].find((one) => typeof one === 'string')
  return {
    ...{ employeeId, event: type.slice(0, 100), says: SAYS.get(type.toLowerCase()) ?? 'changed' },
    ...(typeof email === 'string' && { username: email }),
  }
}

const FIELDS = [
  'root.id',
  'root.email',
  'internal.status',
  'internal.lifecycleStatus',
  'internal.terminationDate',
]

async function lookUp(ask: Ask, employeeId: string): Promise<Employee | HrFailure> {
  const rows = await search(ask, { fieldPath: 'root.id', operator: 'equals', values: [employeeId] })
  if (isSilent(rows)) return rows
  if (rows.length === 0) return { kind: 'gone' }
  const row = rows.find((one) => idOf(one) === employeeId)
  if (!row) return rows.every((one) => ID in one) ? silent('ANSWER_UNREADABLE', true) : omitted('root.id')
  return employeeIn(row)
}

async function otherRecord(ask: Ask, address: string, employeeId: string): Promise<OtherRecord | HrFailure> {
  const same: JsonObject[] = []
  // Whether the search tells letter cases apart is not documented.
  for (const spelling of new Set([address, asciiLowerCase(address)])) {
    const rows = await search(ask, { fieldPath: 'root.email', operator: 'equals', values: [spelling] })
    if (isSilent(rows)) return rows
    same.push(...rows)
  }
  const found = same.filter((one) => idOf(one) !== employeeId)
  // A record that was found by its address but shows none: we may not read addresses.
  if (!found.every((one) => /@/.test(textIn(one['/root/email'])))) return omitted('root.email')
  const others = found.filter((one) => has(one, address)).map(employeeIn)
  const failed = others.find(isSilent)
  return failed ?? { isOpen: others.some((one) => one.kind === 'employee' && one.state !== 'left') }
}

const ID = '/root/id'

function idOf(row: JsonObject): string | undefined {
  return employeeIdIn(row[ID])
}

function has(row: JsonObject, address: string): boolean {
  return sameUsername(textIn(row['/root/email']).trim(), address)
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

async function leavers(ask: Ask, since: string): Promise<Leavers | HrFailure> {
  const rows = await search(ask)
  if (isSilent(rows)) return rows
  const listed = rows.map((row) => ({
    ...{ id: row[ID], date: row[DATE], state: stateIn(row) },
    omitted: omittedIn(row, ['root.id', 'internal.terminationDate']),
  }))
  return leaversIn(listed, since)
}

/** Searches without the filter that hides whoever has left. The reply is not paged. */
async function search(ask: Ask, filter?: object): Promise<readonly JsonObject[] | HrFailure> {
  const { id, token } = ask.credential
  const answer = await ask.send({
    method: 'POST',
    path: '/v1/people/search',
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${token}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ fields: FIELDS, showInactive: true, ...(filter && { filters: [filter] }) }),
  })
  if (answer.kind === 'silent') return answer
  if (answer.kind === 'not_found') return silent('HTTP_404', true)
  const { body } = answer
  if (!isObject(body) || !Array.isArray(body.employees)) return silent('ANSWER_UNREADABLE', true)
  // If a row is no object, all its fields count as hidden.
  return body.employees.map((row) => (isObject(row) ? valuesOf(row) : {}))
}

/** Each field is an object with its `value`. A field that we may not read is not there. */
function valuesOf(row: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(row).map(([field, cell]) => [
      field,
      isObject(cell) && 'value' in cell ? cell.value : cell,
    ]),
  )
}

const DATE = '/internal/terminationDate'
const STATUS = '/internal/lifecycleStatus'

function omittedIn(row: JsonObject, fields = FIELDS): string | undefined {
  return fields.find((field) => !(`/${field.replace('.', '/')}` in row))
}

function employeeIn(row: JsonObject): Employee | HrFailure {
  const missing = omittedIn(row)
  if (missing) return omitted(missing)
  const leavesOn = dateIn(row[DATE])
  if (isSilent(leavesOn)) return leavesOn
  const state = stateIn(row)
  if (isSilent(state)) return state
  const email = row['/root/email']
  return {
    kind: 'employee',
    workEmail: typeof email === 'string' ? email : undefined,
    state,
    leavesOn,
    status: textIn(row[STATUS]),
  }
}

/** `Inactive` is no proof: long leaves are inactive too, under names that each company chooses. */
function stateIn(row: JsonObject): EmploymentState | HrFailure {
  const status = textIn(row[STATUS]).trim()
  // Everybody has a status. If we may not read it, Bob may hide the leaving date as `null` too.
  if (status === '') return omitted('internal.lifecycleStatus')
  if (/^terminated$/i.test(status)) return 'left'
  return /garden/i.test(status) ? 'garden_leave' : 'employed'
}
