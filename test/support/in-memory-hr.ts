import { HIBOB_USER, hiBob } from '../../infra/local/hr/hibob.ts'
import type { HrPeople, HrPerson } from '../../infra/local/hr/people.ts'
import type { HrCredentials } from '../../lib/senders/hr/credentials.ts'
import { sourcesIn } from '../../lib/senders/hr/sources.ts'
import type { HrReply, HrRequest } from '../../lib/senders/hr/transport.ts'

/** HiBob as a test sees and changes it. */
export type InMemoryHr = {
  readonly people: HrPeople
  /** Everything that was asked, as method and path. */
  readonly asked: string[]
  /** The status of every answer, until it is repaired. */
  refuses: number | undefined
  answer(request: HrRequest): HrReply
  put(person: Partial<HrPerson> & Pick<HrPerson, 'id'>): void
}

export function inMemoryHr(): InMemoryHr {
  const people: HrPeople = new Map()
  const asked: string[] = []
  const answer = hiBob(people)
  const hr: InMemoryHr = {
    people,
    asked,
    refuses: undefined,
    answer(request) {
      asked.push(`${request.method} ${request.path}`)
      if (hr.refuses !== undefined) return { kind: 'reply', status: hr.refuses, headers: {}, body: undefined }
      return { kind: 'reply', ...answer(request) }
    },
    put(person) {
      const known: HrPerson = people.get(person.id) ?? {
        id: person.id,
        workEmail: 'ada@example.com',
        state: 'active',
      }
      people.set(person.id, { ...known, ...person })
    },
  }
  return hr
}

/** Dates count from their own midnight in UTC. */
export const HIBOB_SOURCES = sourcesIn('hibob=UTC:day_begins')

export const HIBOB_CREDENTIALS: HrCredentials = new Map([
  ['hibob', { origin: 'https://api.hibob.com', parts: { ...HIBOB_USER } }],
])
