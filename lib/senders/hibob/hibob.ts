import { type Ask, type HrFailure, omitted, silent } from '../hr/ask.ts'
import { dateIn } from '../hr/dates.ts'
import { isSignedWith } from '../hr/signature.ts'
import type { Employee, HrEvent, HrSystem, Leaver } from '../hr/system.ts'
import { isEmployeeId } from '../hr/transport.ts'
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
  documented: { endOfDay: 'last_day' },
  isSignedBy: ({ headers, body }, key) =>
    isSignedWith('sha512', key, body, headers['bob-signature'], 'base64'),
  isPing: (body) => PINGS.has(body.toString('utf8', 0, 100).trim()),
  read: readEvent,
  lookUp,
  leavers,
}

/** Bob tries a new webhook with both. Whether they are signed is not documented. */
const PINGS: ReadonlySet<string> = new Set(['Ping test', '{"text":"Ping test"}'])

function readEvent(body: unknown): readonly HrEvent[] | string {
  if (!isObject(body)) return 'expected an object'
  const { type, data } = body
  if (typeof type !== 'string') return '`type`: expected a string'
  const employeeId = isObject(data) ? textOf(data.employeeId) : undefined
  if (!isObject(data) || !isEmployeeId(employeeId)) return '`data.employeeId`: expected an id'
  const { email } = data
  return [
    {
      ...{ employeeId, event: type.slice(0, 100), says: SAYS.get(type) ?? 'changed' },
      ...(typeof email === 'string' && { username: email }),
    },
  ]
}

/** Ids are longer than a number of JSON can hold, so they come as texts. */
function textOf(id: unknown): unknown {
  return typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id
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
  if (!Array.isArray(rows)) return rows as HrFailure
  const row = rows.find((one) => one['/root/id'] === employeeId)
  if (!row) return { kind: 'gone' }
  const employee = employeeIn(row)
  if (employee.kind !== 'employee' || employee.state !== 'left' || !employee.workEmail) return employee
  // Who is hired again may have a second record under the same address.
  const same = await search(ask, {
    fieldPath: 'root.email',
    operator: 'equals',
    values: [employee.workEmail],
  })
  if (!Array.isArray(same)) return same as HrFailure
  const others = same
    .filter((one) => one['/root/id'] !== employeeId && isSameAddress(one, row))
    .map(employeeIn)
  const hasOtherEmployment = others.some((one) => one.kind === 'employee' && one.state !== 'left')
  return { ...employee, hasOtherEmployment }
}

function isSameAddress(one: JsonObject, other: JsonObject): boolean {
  return String(one['/root/email']).toLowerCase() === String(other['/root/email']).toLowerCase()
}

async function leavers(ask: Ask, since: string): Promise<readonly Leaver[] | HrFailure> {
  const rows = await search(ask)
  if (!Array.isArray(rows)) return rows as HrFailure
  return rows.flatMap((row) => {
    const [employeeId, leavesOn] = [row['/root/id'], dateIn(row['/internal/terminationDate'])]
    if (!isEmployeeId(employeeId) || leavesOn === undefined || leavesOn < since) return []
    return [{ id: `recheck:${leavesOn}`, employeeId, event: 'recheck', says: 'changed', leavesOn } as const]
  })
}

/** Searches without the filter that hides whoever has left. All answers come in one piece. */
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
  return body.employees.filter(isObject).map(valuesOf)
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

function employeeIn(row: JsonObject): Employee | HrFailure {
  const missing = FIELDS.map((field) => `/${field.replace('.', '/')}`).find((field) => !(field in row))
  if (missing) return omitted(missing.slice(1).replace('/', '.'))
  const status = row['/internal/lifecycleStatus']
  const email = row['/root/email']
  return {
    kind: 'employee',
    workEmail: typeof email === 'string' ? email : undefined,
    state: stateOf(String(status ?? '')),
    leavesOn: dateIn(row['/internal/terminationDate']),
    status: String(status ?? row['/internal/status'] ?? ''),
  }
}

/** `Inactive` is no proof: long leaves are inactive too, under names that each company chooses. */
function stateOf(lifecycleStatus: string): 'left' | 'garden_leave' | 'employed' {
  if (/^terminated$/i.test(lifecycleStatus.trim())) return 'left'
  return /garden/i.test(lifecycleStatus) ? 'garden_leave' : 'employed'
}
