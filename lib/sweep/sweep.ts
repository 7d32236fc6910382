import { day } from './day.ts'
import { hour } from './hour.ts'
import { minute } from './minute.ts'
import type { SweepDeps } from './parts.ts'

const JOBS = { minute, hour, day } as const

/** What a schedule starts the sweep for. */
export type Job = keyof typeof JOBS

/**
 * Reads which job a schedule asks for.
 *
 * @throws if it is none: else a wrong schedule would do nothing, unnoticed
 */
export function jobOf(event: unknown): Job {
  const { job } = (event ?? {}) as { readonly job?: unknown }
  if (typeof job === 'string' && Object.hasOwn(JOBS, job)) return job as Job
  throw new Error('Cannot sweep: expected `job` to be minute, hour or day')
}

/**
 * Makes sure that nothing is forgotten. Safe to run twice at once: a task that is queued twice is worked on once, and an event that is
 * published twice has the same `uid` and content.
 *
 * @throws what failed first, after everything was tried
 */
export async function sweep(deps: SweepDeps, job: Job, deadline: Date): Promise<void> {
  await JOBS[job](deps, deadline)
}
