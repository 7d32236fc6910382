import type { AtlasRequest } from '../../lib/atlas/transport.ts'
import type { IndexQuery } from '../../lib/aws/table.ts'
import type { IoCall } from '../support/faulty-io.ts'

/** What one call reads and writes; `*` is every item of the table that an index may show. */
type Footprint = { readonly reads: readonly string[]; readonly writes: readonly string[] }

const NOTHING: Footprint = { reads: [], writes: [] }
const DELETES: ReadonlySet<string> = new Set(['removeOrgUser', 'deleteGroupInvite'])

/** Tells whether two calls have the same effects and answers in either order. */
export function isIndependent(one: IoCall, other: IoCall): boolean {
  const [first, second] = [footprintOf(one), footprintOf(other)]
  return !meets(first.writes, [...second.reads, ...second.writes]) && !meets(second.writes, first.reads)
}

/** Tells whether a call's effect or answer differs with the hour: a lock and a commit carry it. */
export function isTimeless(call: IoCall): boolean {
  return footprintOf(call).writes.length === 0
}

function meets(written: readonly string[], others: readonly string[]): boolean {
  return written.some((key) => others.includes(key))
}

/** Buses and queues take what comes, whenever; secrets change by the story alone. */
function footprintOf({ service, operation, input }: IoCall): Footprint {
  switch (service) {
    case 'bus':
    case 'queue':
    case 'secrets':
      return NOTHING
    case 'atlas': {
      if (operation === 'token') return NOTHING
      const { orgId } = input as AtlasRequest
      return DELETES.has(operation) ? { reads: [], writes: [orgId] } : { reads: [orgId], writes: [] }
    }
    case 'table':
      return tableFootprint(operation, input)
  }
}

function tableFootprint(operation: string, input: unknown): Footprint {
  if (operation === 'query') return { reads: [`index ${(input as IndexQuery).index}`], writes: [] }
  if (operation === 'get' || operation === 'getMany')
    return { reads: [input as string | string[]].flat(), writes: [] }
  const pk = typeof input === 'string' ? input : (input as { readonly pk: string }).pk
  const isInIndex = operation === 'insert' || operation === 'update' || operation === 'takeOut'
  return { reads: [], writes: isInIndex ? [pk, ...INDEXES] : [pk] }
}

const INDEXES = ['due', 'person', 'closed', 'outbox'].map((name) => `index ${name}`)
