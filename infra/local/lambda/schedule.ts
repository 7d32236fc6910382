import { randomUUID } from 'node:crypto'
import type { ScheduledEvent } from 'aws-lambda'
import type { Invocable } from './invocation.ts'

/** Calls `tick` again and again until the returned function is called. */
export type Ticker = (tick: () => void) => () => void

export type ScheduleOptions = {
  readonly target: Invocable
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
export function startSchedule({ target, ticker }: ScheduleOptions): Schedule {
  const running = new Set<Promise<unknown>>()
  const stopTicking = ticker(() => {
    const invocation = target
      .invoke(scheduledEvent())
      // A target that is closed: the next tick, if there is one, tries again.
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

function scheduledEvent(): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/local'],
    detail: {},
  }
}
