import { type HrCall, type HrPeople, type HrPerson, type HrReply, hrReply } from './people.ts'

/** The credentials and the webhook of the double. */
export const PERSONIO_CLIENT = {
  clientId: 'papi-local',
  clientSecret: 'local-personio-secret',
  webhookId: 'wh-1',
} as const

const TOKEN = 'local-personio-token'
const STATUS = { active: 'ACTIVE', garden_leave: 'ACTIVE', leave: 'LEAVE', left: 'INACTIVE' } as const

/**
 * Answers as Personio's API version 2 does: a token for the client's credentials, a person, their employments, and the events that a webhook
 * was sent.
 *
 * @see https://developer.personio.de/reference/get_v2-persons-person-id-employments.md
 */
export function personio(people: HrPeople, sent: readonly object[] = []): (call: HrCall) => HrReply {
  return (call) => {
    const { method, path, headers } = call
    const { pathname } = new URL(path, 'http://localhost')
    if (pathname === '/v2/auth/token') return method === 'POST' ? tokenFor(call) : hrReply(405)
    if (method !== 'GET') return hrReply(405)
    if (headers?.authorization !== `Bearer ${TOKEN}`) return hrReply(401)
    if (pathname === `/v2/webhooks/${PERSONIO_CLIENT.webhookId}/events`)
      return hrReply(200, { _data: sent, _meta: {} })
    if (pathname === '/v2/persons') return hrReply(200, { _data: personsWith(people, path) })
    const [, id = '', part] = /^\/v2\/persons\/([\w-]+)(\/employments)?$/.exec(pathname) ?? []
    const person = people.get(id)
    if (!person) return hrReply(404)
    return part
      ? hrReply(200, { _data: employmentsOf(person) })
      : hrReply(200, { id, email: person.workEmail })
  }
}

/** The persons with the e-mail address of the query. */
function personsWith(people: HrPeople, path: string): readonly object[] {
  const email = new URL(path, 'http://localhost').searchParams.get('email')
  const found = [...people.values()].filter(({ workEmail }) => workEmail === email)
  return found.map(({ id, workEmail, state }) => ({
    ...{ id, email: workEmail, status: state === 'left' ? 'INACTIVE' : 'ACTIVE' },
  }))
}

function tokenFor({ body = '' }: HrCall): HrReply {
  const form = new URLSearchParams(body)
  const isKnown =
    form.get('grant_type') === 'client_credentials' &&
    form.get('client_id') === PERSONIO_CLIENT.clientId &&
    form.get('client_secret') === PERSONIO_CLIENT.clientSecret
  return isKnown ? hrReply(200, { access_token: TOKEN, expires_in: 3_600 }) : hrReply(401)
}

/** Newest first. */
function employmentsOf({ state, leavesOn, hasOtherEmployment }: HrPerson): readonly object[] {
  const termination = { termination_date: leavesOn ?? null }
  const own = { id: 'e-1', status: STATUS[state], termination }
  const other = { id: 'e-2', status: 'ACTIVE', termination: { termination_date: null } }
  return hasOtherEmployment ? [other, own] : [own]
}
