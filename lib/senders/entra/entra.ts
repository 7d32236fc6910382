import { Instant } from '../fields.ts'
import { isObject, type JsonObject } from '../json.ts'
import { readDepartures } from '../people.ts'
import { type Reading, unreadable } from '../reading.ts'

/**
 * Reads what a lifecycle workflow of Entra ID hands to a Logic App. Nothing in it tells a leaver from a joiner: the workflow does, so only one for
 * leavers may call.
 *
 * @see https://learn.microsoft.com/entra/id-governance/configure-logic-app-lifecycle-workflows
 */
export function fromEntraWorkflow(body: unknown, source: string): Reading {
  const data = isObject(body) && body.type === 'lifecycleEvent' ? body.data : undefined
  if (!isObject(data)) return unreadable(`${source}: expected a \`lifecycleEvent\` with \`data\``, body)
  const subject = part(data.subject)
  const result = part(data.taskProcessingResult)
  const reading = readDepartures({
    ...{ source, field: 'data.subject.userPrincipalName', names: [subject.userPrincipalName] },
    ids: [typeof result.id === 'string' ? result.id : undefined],
    times: [Instant.safeParse(result.createdDateTime).data],
    event: body,
  })
  const { email } = subject
  if (reading.kind !== 'people' || typeof email !== 'string') return reading
  // A mailbox may differ from the sign-in name, and either may be the name in Atlas.
  const departures = reading.departures.map((one) =>
    email.toLowerCase() === one.username.toLowerCase() || !/^[^\s@]+@[^\s@]+$/.test(email)
      ? one
      : { ...one, aliases: [email] },
  )
  return { ...reading, departures }
}

function part(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
