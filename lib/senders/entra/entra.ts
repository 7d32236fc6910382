import { sameUsername } from '../../words/username.ts'
import { misspeltKey } from '../closed-object.ts'
import { EventId, Instant, Username } from '../fields.ts'
import { asText, isObject, type JsonObject } from '../json.ts'
import { readDepartures } from '../people.ts'
import { type Reading, unreadable } from '../reading.ts'

const NAMES = ['userPrincipalName', 'email']

/**
 * Reads what a lifecycle workflow of Entra ID hands to a Logic App. Nothing that it always contains tells a leaver from a joiner, so only a
 * workflow for leavers may call.
 *
 * @param received - the id and the instant of a run that states none
 * @see https://learn.microsoft.com/entra/id-governance/configure-logic-app-lifecycle-workflows
 */
export function fromEntraWorkflow(
  body: unknown,
  source: string,
  received: { readonly digest: string; readonly at: Date },
): Reading {
  const isEvent = isObject(body) && /^lifecycleEvent$/i.test(asText(body.type))
  const data = isEvent ? body.data : undefined
  if (!isObject(data)) return unreadable(`${source}: expected a \`lifecycleEvent\` with \`data\``, body)
  const subject = part(data.subject)
  const result = part(data.taskProcessingResult)
  const { userPrincipalName, email = null } = subject
  const { category = 'leaver' } = part(data.workflow)
  const problem =
    category === 'leaver' ? misspeltKey(subject, NAMES) : '`data.workflow.category`: expected `leaver`'
  if (problem) return unreadable(`${source}: ${problem}`, body)
  if (email !== null && typeof email !== 'string')
    return unreadable(`${source}: \`data.subject.email\`: expected a string`, body)
  const name = Username.safeParse(userPrincipalName).success ? userPrincipalName : email
  const at = Instant.safeParse(result.createdDateTime).data
  const reading = readDepartures({
    ...{ source, field: 'data.subject.userPrincipalName', names: [name] },
    ids: [EventId.safeParse(result.id).data, received.digest],
    times: [at, received.at],
    event: body,
  })
  if (reading.kind !== 'people') return reading
  const timed = at ? {} : { timedByReceipt: true }
  // A mailbox may differ from the sign-in name, and either may be the name in Atlas.
  const mailbox = email?.includes('@') ? Username.safeParse(email).data : undefined
  const departures = reading.departures.map((one) => {
    const isAlias = mailbox !== undefined && !sameUsername(mailbox, one.username)
    return { ...one, ...timed, ...(isAlias && { aliases: [mailbox] }) }
  })
  return { ...reading, departures }
}

function part(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
