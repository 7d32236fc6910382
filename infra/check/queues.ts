import { functionsOf } from './functions.ts'
import { at, type Check, type Json, type Resource, referent, resourcesOf, wants } from './template.ts'

/** The lease on a person, `LEASE_MS` in lib/wire.ts. */
const LEASE_S = 120

/** Messages are encrypted at rest and kept as long as SQS can; none ends for having been tried a few times. */
export const checkQueues: Check = (template) => {
  const queues = resourcesOf(template, 'AWS::SQS::Queue')
  const faults = queues.flatMap((queue) =>
    wants(queue, {
      'Properties.SqsManagedSseEnabled': true,
      'Properties.MessageRetentionPeriod': 14 * 86_400,
    }),
  )
  const departures = queues.filter(({ id }) => id === 'DeparturesQueue')
  return [
    ...faults,
    ...departures.flatMap((queue) => wants(queue, { 'Properties.RedrivePolicy.maxReceiveCount': 1000 })),
    ...departures.flatMap((queue) =>
      deadLetterFault(queue, at(queue.json, 'Properties.RedrivePolicy.deadLetterTargetArn'), DEPARTURES),
    ),
  ]
}

/** Function time-out < lease < visibility: whoever still works on a person still holds the lease. */
export const checkTimes: Check = (template) => {
  const timeout = Number(at(functionsOf(template).get('departures')?.json, 'Properties.Timeout'))
  const visibility = Number(at(template.Resources.DeparturesQueue, 'Properties.VisibilityTimeout'))
  if (timeout < LEASE_S && LEASE_S < visibility) return []
  return [`times: not ${timeout} s (function) < ${LEASE_S} s (lease) < ${visibility} s (visibility)`]
}

/** A batch answers record by record, and few workers share Atlas's rate limit. */
export const checkEventSource: Check = (template) =>
  resourcesOf(template, 'AWS::Lambda::EventSourceMapping').flatMap((mapping) =>
    wants(mapping, {
      'Properties.FunctionResponseTypes': ['ReportBatchItemFailures'],
      'Properties.BatchSize': 10,
    }),
  )

/** Where departures lie that could not be delivered, and where audit events do: a redrive must not mix them. */
export const DEPARTURES = 'DeadLetterQueue'
export const AUDIT = 'AuditDeadLetterQueue'

/** Complains if what is given up is not kept in its dead letter queue. */
export function deadLetterFault({ id }: Resource, arn: Json | undefined, queue: string): readonly string[] {
  return referent(arn) === queue ? [] : [`${id}: loses what it cannot deliver`]
}
