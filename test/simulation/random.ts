import { randomFaults } from './random-faults.ts'
import { randomStory } from './random-story.ts'
import { type Choose, type Run, run, type Violation } from './run.ts'
import type { Placed } from './stage.ts'
import type { Story } from './story.ts'

/** A seed whose run broke a promise, and the fewest of its faults that are enough for it. */
type FailedSeed = {
  readonly story: string
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
export function trySeeds(from: number, until: number): Promise<Tried> {
  return tryAll(randomStory, from, until)
}

/** Plays one story with the random faults of every seed from one to before another. */
export function tryStory(story: Story, from: number, until: number): Promise<Tried> {
  return tryAll(() => story, from, until)
}

async function tryAll(storyOf: (seed: number) => Story, from: number, until: number): Promise<Tried> {
  const failed: FailedSeed[] = []
  let failures = 0
  for (let seed = from; seed < until; seed += 1) {
    const { placed, result } = await playSeed(storyOf(seed), seed)
    if (result.violations.length === 0) continue
    failures += 1
    if (failed.length < MOST_SHOWN) failed.push(await minimal(storyOf, { seed, placed, result }))
  }
  return { runs: until - from, failed, failures }
}

type Seeded = { readonly seed: number; readonly placed: readonly Placed[]; readonly result: Run }

/** Plays a story with the random faults of a seed. @returns the run, and the faults that it came upon */
async function playSeed(story: Story, seed: number): Promise<Seeded> {
  const placed: Placed[] = []
  const choose = randomFaults(seed)
  const result = await run(story, seed, (call) => {
    const fault = choose(call)
    if (fault) placed.push({ ...fault, index: call.index })
    return fault
  })
  return { seed, placed, result }
}

/** Plays the story of one seed. @returns the run with the fewest faults that still breaks a promise, or the whole one */
export async function replay(seed: number): Promise<Seeded> {
  const whole = await playSeed(randomStory(seed), seed)
  if (whole.result.violations.length === 0) return whole
  const { placed } = await minimal(randomStory, whole)
  return { seed, placed, result: await run(randomStory(seed), seed, only(placed)) }
}

/** Leaves out every fault without which the run still breaks a promise. */
async function minimal(
  storyOf: (seed: number) => Story,
  { seed, placed, result }: Seeded,
): Promise<FailedSeed> {
  let fewest = placed
  let { violations } = result
  for (const fault of placed) {
    const fewer = fewest.filter((one) => one !== fault)
    const again = await run(storyOf(seed), seed, only(fewer))
    if (again.violations.length === 0) continue
    fewest = fewer
    violations = again.violations
  }
  return { story: storyOf(seed).name, seed, placed: fewest, violations }
}

/** Faults at these calls and nowhere else. */
export function only(placed: readonly Placed[]): Choose {
  const at = new Map(placed.map((fault) => [fault.index, fault]))
  return ({ index }) => at.get(index)
}
