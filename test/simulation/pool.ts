import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Job, Result } from './jobs.ts'

/** Most of what a run makes dies with it: a large nursery spares copying it. */
const LIMITS = { maxYoungGenerationSizeMb: 64 }

/** Does all jobs, as many at once as there are processors. @param tell - hears of every result as it comes */
export async function doAll(
  jobs: readonly Job[],
  tell: (result: Result, job: Job) => void,
  threads = availableParallelism(),
): Promise<void> {
  const waiting = [...jobs]
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, () => work(waiting, tell)))
}

async function work(waiting: Job[], tell: (result: Result, job: Job) => void): Promise<void> {
  await using thread = startThread()
  for (let job = waiting.shift(); job; job = waiting.shift()) tell(await thread.does(job), job)
}

/** Starts a thread of the pool by itself: it does one job at a time. */
export function startThread() {
  const thread = new Worker(new URL('./pool-thread.ts', import.meta.url), { resourceLimits: LIMITS })
  return {
    does<J extends Job>(job: J): Promise<Extract<Result, { readonly kind: J['kind'] }>> {
      return new Promise((resolve, reject) => {
        thread.once('message', (result) => {
          thread.off('error', reject)
          resolve(result)
        })
        thread.once('error', reject)
        thread.postMessage(job)
      })
    },
    [Symbol.asyncDispose]: async () => void (await thread.terminate()),
  }
}
