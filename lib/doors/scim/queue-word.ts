import type { Queue } from '../../core/ports.ts'
import type { Call } from './call.ts'
import type { Person } from './find-person.ts'

type Leaver = { readonly person: Person; readonly deletedByDirectory?: true }

/** Queues a departure. Each request makes its own; the ledger knows a repetition. @throws if it could not be queued */
export async function queueDeparture(
  queue: Pick<Queue, 'send'>,
  call: Call,
  { person, deletedByDirectory }: Leaver,
): Promise<void> {
  const departure = {
    ...wordOf(call, person),
    // Who is meant is not sure then: the worker finds two people, and a human decides.
    ...(person.alias && { aliases: [person.alias] }),
    ...(deletedByDirectory && { deletedByDirectory }),
  }
  await queue.send([{ message: { kind: 'departure', departure } }])
}

/** Queues that the person stays. @throws if it could not be queued */
export async function queueReturn(queue: Pick<Queue, 'send'>, call: Call, person: Person): Promise<void> {
  await queue.send([{ message: { kind: 'return', return: wordOf(call, person) } }])
}

function wordOf({ source, request }: Call, { username }: Person) {
  return { id: `${source}:${request.id}`, source, username, occurredAt: request.at }
}
