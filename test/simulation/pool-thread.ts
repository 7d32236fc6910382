/** One thread of the pool: does the jobs that it is sent, one after the other. */
import { parentPort } from 'node:worker_threads'
import { done, type Job } from './jobs.ts'

// Most runs are full of errors, and nobody reads where they came from.
Error.stackTraceLimit = 0
parentPort?.on('message', async (job: Job) => {
  parentPort?.postMessage(await done(job))
})
