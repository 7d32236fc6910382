import type { Clock } from '../../lib/core/ports.ts'
import { type Timer, timerHeap } from './timer-heap.ts'

/** A clock that stands still until the test lets time pass; everything that waits, waits on it. */
export type VirtualTime = {
  now(): Date
  /** Resolves when the virtual clock has come so far. */
  wait(ms: number): Promise<void>
  /** Does something so many ms from now. @returns what calls it off */
  after(ms: number, act: () => void): () => void
  /** @param skewMs - how much this clock is ahead of the others */
  clock(skewMs?: number): Clock
  random(): number
  /** Lets time pass until `work` is done. @throws if nothing is left that could finish it, or it takes too many steps */
  run<T>(work: Promise<T>): Promise<T>
  /** Lets all timers up to an instant fire. */
  runUntil(instant: Date): Promise<void>
  /** Lets time pass until nothing waits any more, or until an instant. @returns whether nothing waits */
  runOut(latest: Date): Promise<boolean>
}

const MOST_STEPS = 1_000_000

/** Seeded, so that the same seed gives the same order of everything that happens at the same instant. */
export function virtualTime(start: Date, seed: number): VirtualTime {
  let now = start.getTime()
  const timers = timerHeap()
  const random = seededRandom(seed)

  const after = (ms: number, act: () => void) =>
    timers.push({ at: now + Math.max(0, ms), tie: random(), wake: act })
  const wait = (ms: number) => new Promise<void>((wake) => void after(ms, wake))

  function fire(timer: Timer): Promise<void> {
    timers.pop()
    now = Math.max(now, timer.at)
    timer.wake()
    return settled()
  }

  return {
    now: () => new Date(now),
    wait,
    after,
    random,
    clock: (skewMs = 0) => ({ now: () => new Date(now + skewMs), sleep: wait, random }),

    async run(work) {
      let done = false
      const finished = work.finally(() => {
        done = true
      })
      finished.catch(() => undefined)
      await settled()
      for (let steps = 0; !done; steps += 1) {
        const timer = timers.next()
        if (!timer || steps > MOST_STEPS)
          throw new Error('Cannot go on: nothing is left that could finish the work')
        await fire(timer)
      }
      return await finished
    },

    async runUntil(instant) {
      await settled()
      for (let next = timers.next(); next && next.at <= instant.getTime(); next = timers.next())
        await fire(next)
      now = Math.max(now, instant.getTime())
    },

    async runOut(latest) {
      await settled()
      for (let next = timers.next(); next && next.at <= latest.getTime(); next = timers.next())
        await fire(next)
      return timers.next() === undefined
    },
  }
}

/**
 * Lets every promise that can settle without time passing settle. Node runs a tick only when no microtask is left, so a
 * tick that a microtask asked for comes after all of them; that is many times cheaper than a turn of the event loop.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)))
}

/** Mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
