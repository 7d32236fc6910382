import { type HrCall, type HrPeople, type HrPerson, type HrReply, hrReply } from './people.ts'

/** The company and API key of the double. */
export const BAMBOOHR_KEY = { company: 'acme', apiKey: 'local-bamboohr-key' } as const

const STATUS = {
  active: 'Full-Time',
  leave: 'Leave of Absence',
  garden_leave: 'Garden Leave',
  left: 'Terminated',
} as const
const PAGE = 50

/**
 * Answers as BambooHR does: one employee with the fields asked for, all of them in pages, or the directory. It shows a future leaving date
 * only with `onlyCurrent=false`, and writes `0000-00-00` where there is none.
 *
 * @see https://documentation.bamboohr.com/reference/get-employee
 */
export function bambooHr(people: HrPeople): (call: HrCall) => HrReply {
  const root = `/api/gateway.php/${BAMBOOHR_KEY.company}/v1/employees`
  const authorization = `Basic ${Buffer.from(`${BAMBOOHR_KEY.apiKey}:x`).toString('base64')}`
  return ({ method, path, headers }) => {
    const { pathname, searchParams: query } = new URL(path, 'http://localhost')
    if (method !== 'GET' || !pathname.startsWith(root)) return hrReply(404)
    if (headers?.authorization !== authorization) return hrReply(401)
    const fields = query.get('fields')?.split(',') ?? []
    if (pathname === root) return listed([...people.values()], fields, Number(query.get('after') ?? 0), root)
    if (pathname === `${root}/directory`) return directoryOf([...people.values()])
    const person = people.get(pathname.slice(root.length + 1))
    return person ? hrReply(200, rowOf(person, fields, query.get('onlyCurrent') === 'false')) : hrReply(404)
  }
}

/** Present employees only. */
function directoryOf(people: readonly HrPerson[]): HrReply {
  const present = people.filter(({ state }) => state !== 'left')
  return hrReply(200, { employees: present.map(({ id, workEmail }) => ({ id, workEmail })) })
}

function listed(
  people: readonly HrPerson[],
  fields: readonly string[],
  after: number,
  root: string,
): HrReply {
  const page = people.slice(after, after + PAGE)
  const isLast = after + PAGE >= people.length
  const next = isLast ? null : { href: `${root}?fields=${fields.join(',')}&after=${after + PAGE}` }
  const data = page.map((person) => ({
    ...rowOf(person, fields, true),
    employeeId: person.id,
    _restrictedFields: [],
  }))
  return hrReply(200, { data, meta: { total: people.length }, _links: { next } })
}

function rowOf(person: HrPerson, fields: readonly string[], showsFuture: boolean): object {
  const { id, workEmail, privateEmail = null, state, leavesOn } = person
  const cells = {
    ...{ workEmail, homeEmail: privateEmail, bestEmail: workEmail ?? privateEmail },
    status: state === 'left' ? 'Inactive' : 'Active',
    employmentHistoryStatus: STATUS[state],
    terminationDate: leavesOn && (showsFuture || state === 'left') ? leavesOn : '0000-00-00',
  }
  return { id, ...Object.fromEntries(Object.entries(cells).filter(([field]) => fields.includes(field))) }
}
