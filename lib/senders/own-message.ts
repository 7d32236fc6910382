import * as z from 'zod/mini'
import type { QueueMessage } from '../core/ports.ts'
import { DepartureFields } from './canonical/canonical.ts'
import { Instant, problemOf, Username } from './fields.ts'
import { isObject } from './json.ts'
import { type Reading, unreadable } from './reading.ts'

const TEXT = 'expected a string of 1 to 1000 printable characters'
const Text = z.string(TEXT).check(z.regex(/^\P{C}{1,1000}$/u, TEXT))
const OBJECT = 'expected an object'

const OwnDeparture = z.extend(DepartureFields, {
  id: Text,
  source: Text,
  occurredAt: Instant,
  suspended: z.optional(z.boolean('expected true or false')),
  unassigned: z.optional(z.boolean('expected true or false')),
})
const OwnReturn = z.object(
  {
    id: Text,
    source: Text,
    username: Username,
    occurredAt: Instant,
    of: z.optional(z.literal('assignment', 'expected `assignment`')),
  },
  OBJECT,
)
const CaseId = z.string().check(z.regex(/^c-[\w-]{1,100}$/))

/** Writes what one of our functions queues for another; `decodeMessage` reads it back. Dates become ISO strings. */
export function encodeMessage(message: QueueMessage): string {
  switch (message.kind) {
    case 'departure':
      return JSON.stringify({ departure: message.departure })
    case 'return':
      return JSON.stringify({ return: message.return })
    case 'case':
      return JSON.stringify({ case: message.caseId })
    case 'leftovers':
      return JSON.stringify({ leftovers: message.caseId })
  }
}

/**
 * Reads what one of our own functions queued. For the outermost layer of a body only, and only where nothing stands
 * beside it: inside an envelope it would let any publisher speak in another source's name.
 *
 * @returns `undefined` if it is not one of ours
 */
export function decodeMessage(body: unknown): Reading | undefined {
  if (!isObject(body) || Object.keys(body).length !== 1) return undefined
  if (Object.hasOwn(body, 'departure')) return fromOwnDeparture(body.departure)
  if (Object.hasOwn(body, 'return')) return fromOwnReturn(body.return)
  if (Object.hasOwn(body, 'case')) return fromOwnCase('due', body.case)
  if (Object.hasOwn(body, 'leftovers')) return fromOwnCase('leftovers', body.leftovers)
  return undefined
}

function fromOwnDeparture(value: unknown): Reading {
  const departure = OwnDeparture.safeParse(value)
  if (!departure.success) return unreadable(problemOf(departure.error, 'departure'))
  return { kind: 'people', source: departure.data.source, departures: [departure.data], returns: [] }
}

function fromOwnReturn(value: unknown): Reading {
  const back = OwnReturn.safeParse(value)
  if (!back.success) return unreadable(problemOf(back.error, 'return'))
  return { kind: 'people', source: back.data.source, departures: [], returns: [back.data] }
}

function fromOwnCase(kind: 'due' | 'leftovers', value: unknown): Reading {
  const caseId = CaseId.safeParse(value)
  const name = kind === 'due' ? 'case' : kind
  return caseId.success ? { kind, caseId: caseId.data } : unreadable(`\`${name}\`: expected a case id`)
}
