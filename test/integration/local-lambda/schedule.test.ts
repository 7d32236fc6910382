import { expect, test } from 'vitest'
import { every, startSchedule } from '../../../infra/local/lambda/schedule.ts'

const RESULT = { logs: [], requestId: 'r', durationMs: 1 }

/** A ticker that ticks when the test says so. */
function manualTicker() {
  const ticks = new Set<() => void>()
  return {
    tick: () => ticks.forEach((tick) => void tick()),
    ticker: (tick: () => void) => {
      ticks.add(tick)
      return () => void ticks.delete(tick)
    },
  }
}

test('startSchedule() invokes with its constant at every tick, until it is stopped', async () => {
  const events: unknown[] = []
  const { tick, ticker } = manualTicker()
  const target = {
    invoke: async (event: unknown) => {
      events.push(event)
      return RESULT
    },
  }

  const schedule = startSchedule({ target, input: { job: 'minute' }, ticker })
  tick()
  tick()
  await schedule.stop()
  tick()

  expect(events).toEqual([{ job: 'minute' }, { job: 'minute' }])
})

test('Schedule.stop() resolves when the running invocation has ended, even in an error', async () => {
  const running = Promise.withResolvers<typeof RESULT>()
  const { tick, ticker } = manualTicker()
  const schedule = startSchedule({ target: { invoke: () => running.promise }, input: {}, ticker })
  tick()

  let stopped = false
  const stopping = schedule.stop().then(() => {
    stopped = true
  })
  await new Promise(setImmediate)
  const stoppedWhileRunning = stopped
  running.reject(new Error('Cannot run a function that is closed'))
  await stopping

  expect(stoppedWhileRunning).toBe(false)
})

test('every() ticks again and again', async () => {
  let ticks = 0

  await new Promise<void>((resolve) => {
    const stop = every(1)(() => {
      ticks += 1
      if (ticks < 3) return
      stop()
      resolve()
    })
  })

  expect(ticks).toBe(3)
})
