import { type Exhausted, exhaust, type Limits } from './exhaustive.ts'
import { type Tried, tryScenario, trySeeds } from './random.ts'
import { scenarioNamed } from './scenarios.ts'

/** A piece of the proof that one processor does by itself. */
export type Job =
  | { readonly kind: 'exhaust'; readonly scenario: string; readonly limits: Limits }
  | { readonly kind: 'seeds'; readonly from: number; readonly until: number }
  | { readonly kind: 'scenario'; readonly scenario: string; readonly from: number; readonly until: number }

export type Result =
  | ({ readonly kind: 'exhaust' } & Exhausted)
  | ({ readonly kind: 'seeds' } & Tried)
  | ({ readonly kind: 'scenario' } & Tried)

export async function done(job: Job): Promise<Result> {
  switch (job.kind) {
    case 'exhaust':
      return { kind: 'exhaust', ...(await exhaust(scenarioNamed(job.scenario), job.limits)) }
    case 'seeds':
      return { kind: 'seeds', ...(await trySeeds(job.from, job.until)) }
    case 'scenario':
      return { kind: 'scenario', ...(await tryScenario(scenarioNamed(job.scenario), job.from, job.until)) }
  }
}
