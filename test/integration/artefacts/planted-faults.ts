import type { Fault } from '../../../infra/local/atlas/faults.ts'
import type { Stack } from './stack.ts'

type Plan = {
  readonly seed: number
  /** Of the calls to each service, 0 to 1. */
  readonly share: number
}

/** About as many calls as the load makes; those past them meet no fault. */
const CALLS = { atlas: 4_000, dynamodb: 20_000, eventbridge: 1_500 }

const OF_ATLAS: readonly Omit<Fault, 'on'>[] = [
  { status: 500 },
  { status: 500, applyFirst: true },
  { reset: 'before_applying' },
  { reset: 'after_applying' },
]

/**
 * Lets a share of the calls go wrong, whatever they are for: Atlas answers 500 or resets, before or after doing what was
 * asked; the table throttles; the bus takes a request and fails an entry.
 *
 * The seed says which calls in order of arrival; which work they belong to is up to the workers and the scheduler.
 */
export function plantFaults({ atlas, aws }: Stack, { seed, share }: Plan): void {
  const random = randomFrom(seed)
  for (const after of skips(CALLS.atlas, share, random)) {
    const fault = OF_ATLAS[Math.floor(random() * OF_ATLAS.length)]
    atlas.script({ on: {}, after, ...fault })
  }
  for (const skip of skips(CALLS.dynamodb, share, random))
    aws.faults.add({ service: 'dynamodb', kind: 'throttle', skip })
  for (const skip of skips(CALLS.eventbridge, share, random))
    aws.faults.add({ service: 'eventbridge', kind: 'failed_entries', indexes: [0], code: 'Throttling', skip })
}

/** How many calls each fault lets pass. A call that an earlier fault hits is not among those that a later one sees. */
function skips(calls: number, share: number, random: () => number): readonly number[] {
  const unlucky = Array.from({ length: calls }, (_, call) => call).filter(() => random() < share)
  return unlucky.map((call, earlier) => call - earlier)
}

/** Mulberry32: uniform in [0, 1), the same sequence for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
