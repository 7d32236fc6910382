import type { AtlasRequest } from '../../lib/atlas/transport.ts'
import type { IndexQuery } from '../../lib/aws/table.ts'
import type { IoCall } from '../support/faulty-io.ts'

/** What one call reads and writes. An index, and an organization in Atlas, is read and written as a whole. */
type Footprint = {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  /** Indexes that may show what is written. */
  readonly shows: readonly string[]
}

const NOTHING: Footprint = { reads: [], writes: [], shows: [] }
const INDEXES = ['due', 'person', 'closed', 'outbox'].map((name) => `index ${name}`)
const SHOWN: ReadonlySet<string> = new Set(['insert', 'update', 'takeOut'])
const DELETES: ReadonlySet<string> = new Set(['removeOrgUser', 'deleteGroupInvite'])

/** Tells whether two calls have the same effects and answers in either order. */
export function isIndependent(one: IoCall, other: IoCall): boolean {
  const [first, second] = [footprintOf(one), footprintOf(other)]
  return !isChangedBy(first, second) && !isChangedBy(second, first)
}

/** Tells whether a call's effect is the same at any hour. A lock and a commit carry theirs. */
export function isTimeless(call: IoCall): boolean {
  return footprintOf(call).writes.length === 0
}

function isChangedBy({ reads, writes }: Footprint, by: Footprint): boolean {
  return [...by.writes, ...by.shows].some((key) => reads.includes(key) || writes.includes(key))
}

/** Buses and queues take what comes, whenever. Secrets and HR change by the story alone. */
function footprintOf({ service, operation, input }: IoCall): Footprint {
  switch (service) {
    case 'bus':
    case 'queue':
    case 'secrets':
    case 'hr':
      return NOTHING
    case 'atlas': {
      if (operation === 'token') return NOTHING
      const { orgId } = input as AtlasRequest
      return DELETES.has(operation) ? { ...NOTHING, writes: [orgId] } : { ...NOTHING, reads: [orgId] }
    }
    case 'table':
      return tableFootprint(operation, input)
  }
}

function tableFootprint(operation: string, input: unknown): Footprint {
  if (operation === 'query') return { ...NOTHING, reads: [`index ${(input as IndexQuery).index}`] }
  if (operation === 'get' || operation === 'getMany')
    return { ...NOTHING, reads: [input as string | string[]].flat() }
  const pk = typeof input === 'string' ? input : (input as { readonly pk: string }).pk
  return { reads: [], writes: [pk], shows: SHOWN.has(operation) ? INDEXES : [] }
}
