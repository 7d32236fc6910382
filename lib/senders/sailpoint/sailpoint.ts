import type { BusEvent } from '../envelope.ts'
import { isObject } from '../json.ts'
import { readDepartures } from '../people.ts'
import { ignored, type Reading } from '../reading.ts'

const SOURCE = 'sailpoint'

/**
 * Reads what SailPoint Identity Security Cloud put on the bus: a deleted identity has left.
 *
 * The event has no id of its own (`_metadata.invocationId` is one of a delivery), so the envelope's stands for it.
 *
 * @see https://developer.sailpoint.com/docs/extensibility/event-triggers/triggers/identity-deleted
 */
export function fromSailPoint({ detailType, detail, id, at }: BusEvent): Reading {
  if (detailType !== 'idn:identity-deleted') return ignored(SOURCE, 'not about leaving')

  const attributes = isObject(detail) && isObject(detail.attributes) ? detail.attributes : {}
  return readDepartures({
    source: SOURCE,
    ids: [id],
    times: [at],
    field: 'attributes.email',
    names: [attributes.email],
  })
}
