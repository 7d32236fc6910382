import { type HrCall, type HrPeople, type HrPerson, type HrReply, hrReply } from './people.ts'

/** The service user of the double. */
export const HIBOB_USER = { id: 'SERVICE-1', token: 'local-hibob-token' } as const

const STATUS = {
  active: 'Employed',
  leave: 'Parental leave',
  garden_leave: 'Garden leave',
  left: 'Terminated',
} as const
const FILTERS = ['root.id', 'root.email']

/**
 * Answers as HiBob's people search does: at most one filter, none that is empty; whoever is inactive is hidden unless asked for; a field that
 * it does not know is left out.
 *
 * @see https://apidocs.hibob.com/reference/post_people-search
 */
export function hiBob(people: HrPeople): (call: HrCall) => HrReply {
  const authorization = `Basic ${Buffer.from(`${HIBOB_USER.id}:${HIBOB_USER.token}`).toString('base64')}`
  return ({ method, path, headers, body = '' }) => {
    if (path !== '/v1/people/search' || method !== 'POST') return hrReply(404)
    if (headers?.authorization !== authorization) return hrReply(401)
    const { filters, fields, showInactive = false } = JSON.parse(body) as Search
    if (fields.length > 400 || (filters && filters.length !== 1)) return hrReply(400)
    const [filter] = filters ?? []
    if (filter && (!FILTERS.includes(filter.fieldPath) || filter.operator !== 'equals')) return hrReply(400)
    const found = [...people.values()].filter(
      (person) =>
        isMeant(person, filter) && (showInactive || cellsOf(person)['internal.status'] === 'Active'),
    )
    return hrReply(200, { employees: found.map((person) => rowOf(person, fields)) })
  }
}

type Filter = { readonly fieldPath: string; readonly operator: string; readonly values: readonly string[] }
type Search = {
  readonly fields: readonly string[]
  readonly filters?: readonly Filter[]
  readonly showInactive?: boolean
}

function isMeant({ id, workEmail }: HrPerson, filter: Filter | undefined): boolean {
  if (!filter) return true
  return filter.values.includes(filter.fieldPath === 'root.id' ? id : (workEmail ?? ''))
}

function cellsOf({ id, workEmail, state, leavesOn }: HrPerson): Readonly<Record<string, unknown>> {
  return {
    'root.id': id,
    'root.email': workEmail,
    'internal.status': state === 'active' ? 'Active' : 'Inactive',
    'internal.lifecycleStatus': STATUS[state],
    'internal.terminationDate': leavesOn ?? null,
  }
}

function rowOf(person: HrPerson, fields: readonly string[]): object {
  const cells = Object.entries(cellsOf(person)).filter(([field]) => fields.includes(field))
  return Object.fromEntries(cells.map(([field, value]) => [`/${field.replace('.', '/')}`, { value }]))
}
