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
  const thread = new Worker(new URL('./pool-thread.ts', import.meta.url), { resourceLimits: LIMITS })
  try {
    for (let job = waiting.shift(); job; job = waiting.shift()) tell(await answer(thread, job), job)
  } finally {
    await thread.terminate()
  }
}

function answer(thread: Worker, job: Job): Promise<Result> {
  return new Promise((resolve, reject) => {
    thread.once('message', (result: Result) => {
      thread.off('error', reject)
      resolve(result)
    })
    thread.once('error', reject)
    thread.postMessage(job)
  })
}
