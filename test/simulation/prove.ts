import type { Exhausted } from './exhaustive.ts'
import type { Job, Result } from './jobs.ts'
import { doAll } from './pool.ts'
import type { Tried } from './random.ts'
import { STORIES, VARIATIONS } from './stories.ts'
import type { Story } from './story.ts'

/** What was tried, and what came of it. */
export type Proof = { readonly exhausted: readonly Exhausted[]; readonly random: readonly RandomFigures[] }

type RandomFigures = Tried & { readonly name: string; readonly seconds: number }

const RANDOM = 'random stories, with random faults'
const LONG = 'the long forms above, with random faults'
/** The deep run's first calls: from the message to the intent. */
const DEEP = { faults: 3, within: 12 }
const MOST_FAULTS = 2
const SHARES = 8
/** So many of the shares are played of a story that differs little from another one; one fault is placed everywhere in every test run. */
const PLAYED_OF_VARIATIONS = 2
const SEEDS_AT_A_TIME = 100
/** Random runs of each story that is too long for faults at every place. */
const SEEDS_OF_LONG = 24
const LONG_AT_A_TIME = 6

/** How much is played. */
export type Extent = {
  /** Up to three faults in the first calls, and nothing else. */
  readonly deep: boolean
  readonly seeds: number
  /** Of the first faults of pairs one in so many is tried; absent: all. */
  readonly sample?: number
}

/** Plays everything, on all processors. */
export async function prove({ deep, seeds, sample }: Extent): Promise<Proof> {
  const jobsOf = (story: Story) => (sample === undefined ? exhaustion(story, deep) : sampled(story, sample))
  const placed = await played(STORIES.flatMap(jobsOf))
  const long = await played(deep ? [] : longStories())
  const stories = await played(randomStories(seeds))
  return {
    exhausted: merged(placed.results),
    random: [...figuresOf(long), ...figuresOf(stories)],
  }
}

function exhaustion({ name, longFormOf }: Story, deep: boolean): readonly Job[] {
  if (longFormOf) return [{ kind: 'exhaust', story: name, limits: { faults: 0 } }]
  const limits = deep ? DEEP : { faults: MOST_FAULTS }
  const shares = VARIATIONS.has(name) ? PLAYED_OF_VARIATIONS : SHARES
  return Array.from({ length: shares }, (_, which): Job => {
    return { kind: 'exhaust', story: name, limits: { ...limits, share: { of: SHARES, which } } }
  })
}

/** Every single fault, and of the pairs a share. */
function sampled({ name, longFormOf }: Story, of: number): readonly Job[] {
  if (longFormOf) return [{ kind: 'exhaust', story: name, limits: { faults: 0 } }]
  return [
    { kind: 'exhaust', story: name, limits: { faults: 1 } },
    { kind: 'exhaust', story: name, limits: { faults: MOST_FAULTS, share: { of, which: SAMPLED } } },
  ]
}

/** Not the first of all: that is the same in many stories. */
const SAMPLED = 7

function longStories(): readonly Job[] {
  const long = STORIES.filter(({ longFormOf }) => longFormOf)
  return long.flatMap(({ name }) =>
    ranges(SEEDS_OF_LONG, LONG_AT_A_TIME).map((range): Job => ({ kind: 'story', story: name, ...range })),
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

/** One line per story of what its shares did. */
function merged(results: Done['results']): readonly Exhausted[] {
  const exhausted = results.flatMap(([, result]) => (result.kind === 'exhaust' ? [result] : []))
  return STORIES.map(({ name }) => {
    const own = exhausted.filter(({ story }) => story === name)
    const most = Math.max(...own.map(({ runs }) => runs.length))
    return {
      story: name,
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
  return job.kind === 'seeds' ? RANDOM : LONG
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
