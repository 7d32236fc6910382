import { type Exhausted, exhaust, type Limits } from './exhaustive.ts'
import { type OddDay, oddDay } from './odd-day.ts'
import { type Tried, trySeeds, tryStory } from './random.ts'
import { type Scheduled, schedule } from './schedules.ts'
import { storyNamed } from './stories.ts'

/** A piece of the proof that one processor does by itself. */
export type Job =
  | { readonly kind: 'exhaust'; readonly story: string; readonly limits: Limits }
  | { readonly kind: 'schedule'; readonly story: string }
  | { readonly kind: 'odd_day'; readonly seed: number }
  | { readonly kind: 'seeds'; readonly from: number; readonly until: number }
  | { readonly kind: 'story'; readonly story: string; readonly from: number; readonly until: number }

export type Result =
  | ({ readonly kind: 'exhaust' } & Exhausted)
  | ({ readonly kind: 'schedule' } & Scheduled)
  | ({ readonly kind: 'odd_day' } & OddDay)
  | ({ readonly kind: 'seeds' } & Tried)
  | ({ readonly kind: 'story' } & Tried)

export async function done(job: Job): Promise<Result> {
  switch (job.kind) {
    case 'exhaust':
      return { kind: 'exhaust', ...(await exhaust(storyNamed(job.story), job.limits)) }
    case 'schedule':
      return { kind: 'schedule', ...(await schedule(storyNamed(job.story))) }
    case 'odd_day':
      return { kind: 'odd_day', ...(await oddDay(job.seed)) }
    case 'seeds':
      return { kind: 'seeds', ...(await trySeeds(job.from, job.until)) }
    case 'story':
      return { kind: 'story', ...(await tryStory(storyNamed(job.story), job.from, job.until)) }
  }
}
