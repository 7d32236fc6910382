import { randomFaults, randomStory } from './random-story.ts'
import { type Choose, type Run, run, type Violation } from './run.ts'
import type { Placed } from './stage.ts'

/** A seed whose run broke a promise, and the fewest of its faults that are enough for it. */
export type FailedSeed = {
  readonly seed: number
  readonly placed: readonly Placed[]
  readonly violations: readonly Violation[]
}

export type Tried = {
  readonly runs: number
  readonly failed: readonly FailedSeed[]
  readonly failures: number
}

const MOST_SHOWN = 3

/** Plays a story of its own for every seed from one to before another. */
export async function tryOut(from: number, until: number): Promise<Tried> {
  const failed: FailedSeed[] = []
  let failures = 0
  for (let seed = from; seed < until; seed += 1) {
    const { placed, result } = await playSeed(seed)
    if (result.violations.length === 0) continue
    failures += 1
    if (failed.length < MOST_SHOWN) failed.push(await minimal(seed, placed, result))
  }
  return { runs: until - from, failed, failures }
}

/** Plays one seed. @returns the run, and the faults that it came upon */
export async function playSeed(
  seed: number,
): Promise<{ readonly placed: readonly Placed[]; readonly result: Run }> {
  const placed: Placed[] = []
  const choose = randomFaults(seed)
  const result = await run(randomStory(seed), seed, (call) => {
    const fault = choose(call)
    if (fault) placed.push({ ...fault, index: call.index })
    return fault
  })
  return { placed, result }
}

/** Leaves out every fault without which the run still breaks a promise. */
async function minimal(seed: number, placed: readonly Placed[], failing: Run): Promise<FailedSeed> {
  let fewest = placed
  let { violations } = failing
  for (const fault of placed) {
    const fewer = fewest.filter((one) => one !== fault)
    const result = await run(randomStory(seed), seed, only(fewer))
    if (result.violations.length === 0) continue
    fewest = fewer
    violations = result.violations
  }
  return { seed, placed: fewest, violations }
}

/** Faults at these calls and nowhere else. */
export function only(placed: readonly Placed[]): Choose {
  const at = new Map(placed.map((fault) => [fault.index, fault]))
  return ({ index }) => at.get(index)
}
