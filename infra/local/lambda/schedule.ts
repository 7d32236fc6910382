import type { Invocable } from './invocation.ts'

/** Calls `tick` again and again until the returned function is called. */
export type Ticker = (tick: () => void) => () => void

export type ScheduleOptions = {
  readonly target: Invocable
  /** The constant that it is invoked with. */
  readonly input: unknown
  /** When to invoke: `every(60_000)`, or a test's own. */
  readonly ticker: Ticker
}

export type Schedule = {
  /** Invokes no more and resolves when the running invocations have ended. */
  stop(): Promise<void>
}

export function every(intervalMs: number): Ticker {
  return (tick) => {
    const timer = setInterval(tick, intervalMs)
    return () => clearInterval(timer)
  }
}

/** Starts an EventBridge schedule: it invokes at every tick, whether or not the last invocation has ended. */
export function startSchedule({ target, input, ticker }: ScheduleOptions): Schedule {
  const running = new Set<Promise<unknown>>()
  const stopTicking = ticker(() => {
    const invocation = target
      .invoke(input)
      // Only a closed target rejects. The next tick, if there is one, tries again.
      .catch(() => undefined)
      .finally(() => running.delete(invocation))
    running.add(invocation)
  })
  return {
    async stop() {
      stopTicking()
      await Promise.all(running)
    },
  }
}
