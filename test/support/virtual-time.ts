import type { Clock } from '../../lib/ports.ts'

/** A clock that stands still until the test lets time pass; everything that waits, waits on it. */
export type VirtualTime = {
  now(): Date
  /** Resolves when the virtual clock has come so far. */
  wait(ms: number): Promise<void>
  clock(): Clock
  random(): number
  /** Lets time pass until `work` is done. @throws if nothing is left that could finish it, or it takes too many steps */
  run<T>(work: Promise<T>): Promise<T>
  /** Lets all timers up to an instant fire. */
  runUntil(instant: Date): Promise<void>
}

type Timer = { readonly at: number; readonly tie: number; readonly wake: () => void }

/** Seeded, so that the same seed gives the same order of everything that happens at the same instant. */
export function virtualTime(start: Date, seed: number): VirtualTime {
  let now = start.getTime()
  const timers: Timer[] = []
  const random = seededRandom(seed)

  const wait = (ms: number) =>
    new Promise<void>((wake) => {
      timers.push({ at: now + Math.max(0, ms), tie: random(), wake })
    })

  function next(): Timer | undefined {
    let best = 0
    for (let index = 1; index < timers.length; index += 1) {
      if (isBefore(timers[index], timers[best])) best = index
    }
    return timers[best]
  }

  async function fire(timer: Timer): Promise<void> {
    timers.splice(timers.indexOf(timer), 1)
    now = Math.max(now, timer.at)
    timer.wake()
    await settled()
  }

  return {
    now: () => new Date(now),
    wait,
    random,
    clock: () => ({ now: () => new Date(now), sleep: wait, random }),

    async run(work) {
      let done = false
      const finished = work.finally(() => {
        done = true
      })
      finished.catch(() => undefined)
      await settled()
      for (let steps = 0; !done; steps += 1) {
        const timer = next()
        if (!timer || steps > 1_000_000)
          throw new Error('Cannot go on: nothing is left that could finish the work')
        await fire(timer)
      }
      return await finished
    },

    async runUntil(instant) {
      await settled()
      for (let timer = next(); timer && timer.at <= instant.getTime(); timer = next()) await fire(timer)
      now = Math.max(now, instant.getTime())
    },
  }
}

function isBefore(one: Timer | undefined, other: Timer | undefined): boolean {
  if (!one || !other) return one !== undefined
  return one.at < other.at || (one.at === other.at && one.tie < other.tie)
}

/** Lets every promise that can settle without time passing settle. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
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
