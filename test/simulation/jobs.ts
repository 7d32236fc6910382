import { type Exhausted, exhaust, type Limits } from './exhaustive.ts'
import { type Tried, tryOut } from './random.ts'
import { scenarioNamed } from './scenarios.ts'

/** A piece of the proof that one processor does by itself. */
export type Job =
  | { readonly kind: 'exhaust'; readonly scenario: string; readonly limits: Limits }
  | { readonly kind: 'seeds'; readonly from: number; readonly until: number }

export type Result = ({ readonly kind: 'exhaust' } & Exhausted) | ({ readonly kind: 'seeds' } & Tried)

export async function done(job: Job): Promise<Result> {
  switch (job.kind) {
    case 'exhaust':
      return { kind: 'exhaust', ...(await exhaust(scenarioNamed(job.scenario), job.limits)) }
    case 'seeds':
      return { kind: 'seeds', ...(await tryOut(job.from, job.until)) }
  }
}
