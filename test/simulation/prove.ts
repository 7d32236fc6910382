import type { Exhausted } from './exhaustive.ts'
import type { Job, Result } from './jobs.ts'
import { doAll } from './pool.ts'
import type { Tried } from './random.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

/** What was tried, and what came of it. */
export type Proof = { readonly exhausted: readonly Exhausted[]; readonly random: readonly RandomFigures[] }

type RandomFigures = Tried & { readonly name: string; readonly seconds: number }

const STORIES = 'random stories, with random faults'
const LONG = 'the long forms above, with random faults'
/** The deep run's first calls: from the message to the intent. */
const DEEP = { faults: 3, within: 12 }
const MOST_FAULTS = 2
const SHARES = 8
const SEEDS_AT_A_TIME = 100
/** Random runs of each scenario that is too long for faults at every place. */
const SEEDS_OF_LONG = 24
const LONG_AT_A_TIME = 6

/** How much is played. */
export type Extent = {
  /** Up to three faults in the first calls, and nothing else. */
  readonly deep: boolean
  readonly seeds: number
}

/** Plays everything, on all processors. */
export async function prove({ deep, seeds }: Extent): Promise<Proof> {
  const placed = await played(SCENARIOS.flatMap((scenario) => exhaustion(scenario, deep)))
  const long = await played(deep ? [] : longScenarios())
  const stories = await played(randomStories(seeds))
  return {
    exhausted: merged(placed.results),
    random: [...figuresOf(long), ...figuresOf(stories)],
  }
}

function exhaustion({ name, longFormOf }: Scenario, deep: boolean): readonly Job[] {
  if (longFormOf) return [{ kind: 'exhaust', scenario: name, limits: { faults: 0 } }]
  const limits = deep ? DEEP : { faults: MOST_FAULTS }
  return Array.from({ length: SHARES }, (_, which): Job => {
    return { kind: 'exhaust', scenario: name, limits: { ...limits, share: { of: SHARES, which } } }
  })
}

function longScenarios(): readonly Job[] {
  const long = SCENARIOS.filter(({ longFormOf }) => longFormOf)
  return long.flatMap(({ name }) =>
    ranges(SEEDS_OF_LONG, LONG_AT_A_TIME).map(
      (range): Job => ({ kind: 'scenario', scenario: name, ...range }),
    ),
  )
}

function randomStories(seeds: number): readonly Job[] {
  return ranges(seeds, SEEDS_AT_A_TIME).map((range): Job => ({ kind: 'seeds', ...range }))
}

function ranges(count: number, size: number) {
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({
    from: index * size + 1,
    until: Math.min(count, (index + 1) * size) + 1,
  }))
}

type Done = { readonly results: readonly (readonly [Job, Result])[]; readonly seconds: number }

async function played(jobs: readonly Job[]): Promise<Done> {
  const startedAt = performance.now()
  const results: (readonly [Job, Result])[] = []
  await doAll(jobs, (result, job) => void results.push([job, result]))
  return { results, seconds: (performance.now() - startedAt) / 1_000 }
}

/** One line per scenario of what its shares did. */
function merged(results: Done['results']): readonly Exhausted[] {
  const exhausted = results.flatMap(([, result]) => (result.kind === 'exhaust' ? [result] : []))
  return SCENARIOS.map(({ name }) => {
    const own = exhausted.filter(({ scenario }) => scenario === name)
    const most = Math.max(...own.map(({ runs }) => runs.length))
    return {
      scenario: name,
      calls: own[0]?.calls ?? 0,
      runs: Array.from({ length: most }, (_, faults) => sum(own.map(({ runs }) => runs[faults] ?? 0))),
      failures: sum(own.map(({ failures }) => failures)),
      failed: own.flatMap(({ failed }) => failed).slice(0, 3),
    }
  })
}

function figuresOf({ results, seconds }: Done): readonly RandomFigures[] {
  const names = new Set(results.map(([job]) => nameOf(job)))
  return [...names].map((name) => {
    const own = results.flatMap(([job, result]) =>
      nameOf(job) === name && result.kind !== 'exhaust' ? [result] : [],
    )
    return {
      name,
      seconds,
      runs: sum(own.map(({ runs }) => runs)),
      failures: sum(own.map(({ failures }) => failures)),
      failed: own.flatMap(({ failed }) => failed).slice(0, 3),
    }
  })
}

function nameOf(job: Job): string {
  return job.kind === 'seeds' ? STORIES : LONG
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
