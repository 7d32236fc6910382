import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { LocalFunction } from '../../../infra/local/lambda/local-lambda.ts'

/** Small, so that V8 soon collects what is garbage and the memory shows what is kept. */
export const SMALL_HEAP = '--max-semi-space-size=1 --max-old-space-size=64'

const EVERY_MS = 500

/** Samples the memory of each process that a function has now, until it is stopped. */
export function watchMemory({ pids }: LocalFunction) {
  // One that starts later is still growing to its working size.
  const watched = pids()
  const samples = new Map<number, number[]>()
  const stopping = new AbortController()

  async function watch() {
    while (!stopping.signal.aborted) {
      for (const [pid, mb] of await residentMbOf(watched)) samples.set(pid, [...(samples.get(pid) ?? []), mb])
      await sleep(EVERY_MS)
    }
  }

  const watching = watch()
  return {
    /** @returns per process, the means of the first and of the last quarter of its samples, in MB */
    async stop() {
      stopping.abort()
      await watching
      return [...samples.values()].map((ofOne) => {
        const quarter = Math.ceil(ofOne.length / 4)
        return { first: mean(ofOne.slice(0, quarter)), last: mean(ofOne.slice(-quarter)) }
      })
    },
  }
}

async function residentMbOf(pids: readonly number[]): Promise<readonly (readonly [number, number])[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,rss=', '-p', pids.join(',')])
  return [...stdout.matchAll(/(\d+) +(\d+)/g)].map(([, pid, kb]) => [Number(pid), Number(kb) / 1_024])
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
