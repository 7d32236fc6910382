import type { Share } from './deep-figures.ts'
import type { Exhausted, Limits } from './exhaustive.ts'
import type { Job, Result } from './jobs.ts'
import type { OddDay } from './odd-day.ts'
import { playPlain } from './plain.ts'
import { doAll } from './pool.ts'
import type { Tried } from './random.ts'
import type { Scheduled } from './schedules.ts'
import { STORIES } from './stories.ts'
import type { Story } from './story.ts'

/** What was tried, and what came of it. */
export type Proof = {
  readonly isDeep: boolean
  readonly exhausted: readonly Exhausted[]
  readonly scheduled: readonly Scheduled[]
  readonly random: readonly RandomFigures[]
  readonly odd: readonly OddDay[]
}

type RandomFigures = Tried & { readonly name: string }

const RANDOM = 'random stories, with random faults'
const LONG = 'the long forms above, with random faults'
/** The deep run's first calls: from the message to the intent. */
const FIRST_CALLS = 12
const SEEDS_AT_A_TIME = 100
/** Random runs of each story that is too long for faults at every place. */
const SEEDS_OF_LONG = 24
const LONG_AT_A_TIME = 6

/** How much is played. */
export type Extent = {
  /** The pairs of every story that CI does not play, up to three faults in the first calls, two switches: of them this share, and nothing else. */
  readonly deep?: Share
  readonly seeds: number
  readonly oddDays: number
}

/** Plays everything, on all processors. */
export async function prove(extent: Extent): Promise<Proof> {
  const stories = await longestFirst(STORIES.filter(({ longFormOf }) => !longFormOf))
  const { deep } = extent
  const jobs = deep
    ? stories.flatMap(deepJobs).filter((_, index) => index % deep.of === deep.which - 1)
    : [...stories.flatMap(jobsOf), ...randomJobs(extent)]
  const results: (readonly [Job, Result])[] = []
  await doAll(jobs, (result, job) => void results.push([job, result]))
  return {
    isDeep: deep !== undefined,
    exhausted: merged(results),
    scheduled: results.flatMap(([, result]) => (result.kind === 'schedule' ? [result] : [])),
    random: figuresOf(results),
    odd: results.flatMap(([, result]) => (result.kind === 'odd_day' ? [result] : [])),
  }
}

/** So that no processor is left with a long one at the end. */
async function longestFirst(stories: readonly Story[]): Promise<readonly Story[]> {
  const calls = new Map<Story, number>()
  for (const story of stories) calls.set(story, (await playPlain(story)).played.trace.length)
  return stories.toSorted((one, other) => (calls.get(other) ?? 0) - (calls.get(one) ?? 0))
}

function jobsOf({ name }: Story): readonly Job[] {
  return [{ kind: 'schedule', story: name }, exhaust(name, { faults: 2, invocations: 'one' })]
}

function deepJobs({ name }: Story): readonly Job[] {
  return [
    exhaust(name, { faults: 2, invocations: 'two' }),
    exhaust(name, { faults: 3, within: FIRST_CALLS }),
    exhaust(name, { faults: 2, isOfSwitches: true }),
  ]
}

function exhaust(story: string, limits: Limits): Job {
  return { kind: 'exhaust', story, limits }
}

function randomJobs({ seeds, oddDays }: Extent): readonly Job[] {
  const long = STORIES.filter(({ longFormOf }) => longFormOf)
  return [
    ...long.map(({ name }) => exhaust(name, { faults: 0 })),
    ...long.flatMap(({ name }) =>
      ranges(SEEDS_OF_LONG, LONG_AT_A_TIME).map((range): Job => ({ kind: 'story', story: name, ...range })),
    ),
    ...ranges(seeds, SEEDS_AT_A_TIME).map((range): Job => ({ kind: 'seeds', ...range })),
    ...Array.from({ length: oddDays }, (_, index): Job => ({ kind: 'odd_day', seed: index + 1 })),
  ]
}

function ranges(count: number, size: number) {
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
    from: index * size + 1,
    until: Math.min(count, (index + 1) * size) + 1,
  }))
}

type Results = readonly (readonly [Job, Result])[]

/** One line per story, and per kind of placement, of what its jobs did. */
function merged(results: Results): readonly Exhausted[] {
  const exhausted = results.flatMap(([job, result]) =>
    job.kind === 'exhaust' && result.kind === 'exhaust'
      ? [{ result, isOfSwitches: job.limits.isOfSwitches === true }]
      : [],
  )
  const lines = Map.groupBy(
    exhausted,
    ({ result, isOfSwitches }) => `${result.story}${isOfSwitches ? ' (switches)' : ''}`,
  )
  return [...lines].map(([story, all]) => {
    const own = all.map(({ result }) => result)
    const most = Math.max(...own.map(({ runs }) => runs.length))
    return {
      story,
      calls: own[0]?.calls ?? 0,
      runs: Array.from({ length: most }, (_, faults) => sum(own.map(({ runs }) => runs[faults] ?? 0))),
      pruned: sum(own.map(({ pruned }) => pruned)),
      failures: sum(own.map(({ failures }) => failures)),
      failed: own.flatMap(({ failed }) => failed).slice(0, 3),
    }
  })
}

function figuresOf(results: Results): readonly RandomFigures[] {
  const named = results.flatMap(([, result]) => {
    if (result.kind !== 'seeds' && result.kind !== 'story') return []
    return [{ name: result.kind === 'seeds' ? RANDOM : LONG, result }]
  })
  return [...Map.groupBy(named, ({ name }) => name)].map(([name, all]) => {
    const own = all.map(({ result }) => result)
    return {
      name,
      runs: sum(own.map(({ runs }) => runs)),
      failures: sum(own.map(({ failures }) => failures)),
      failed: own.flatMap(({ failed }) => failed).slice(0, 3),
    }
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
