import type { Item } from '../../lib/aws/table.ts'
import type { VirtualTime } from './virtual-time.ts'

const MINUTE_MS = 60_000
/** An effect younger than this is its worker's, as in `lib/sweep/minute.ts`. */
const LEAVE_TO_WORKER_MS = 60_000
const OVERDUE_MS = 30_000
const LONGEST_DELAY_MS = 15 * MINUTE_MS
/** Where tasks stand that wait for a human. */
const HELD = '9999'

const PAUSE = 'pause'
/** Items that hold stops. */
const STOPS = /^(everyone$|org#)/

type Options = {
  readonly time: VirtualTime
  readonly everyMs: number
  /** @returns whether it has told the departures function of something, which may not be done yet */
  readonly sweep: () => Promise<boolean>
}

/**
 * Runs the sweep at every so many minutes of the wall clock, leaving out those that would find nothing to queue and nothing to publish: of the 86,400
 * sweeps in sixty days two do something.
 */
export function sweeper({ time, everyMs, sweep }: Options) {
  const needs = new Map<string, number>()
  /** Cases that a pause holds: sweeps look at them after each change of a stop, until one has nothing to tell. */
  const paused = new Set<string>()
  let nextAt = Number.POSITIVE_INFINITY
  let isOpen = false

  function consider(): void {
    const now = time.now().getTime()
    const need = Math.min(...needs.values())
    const next = (Math.floor(Math.max(now, need - 1) / everyMs) + 1) * everyMs
    if (!isOpen || need === Number.POSITIVE_INFINITY || next >= nextAt) return
    nextAt = next
    time.after(next - now, () => void tick(next))
  }

  async function tick(at: number): Promise<void> {
    if (at !== nextAt) return
    nextAt = Number.POSITIVE_INFINITY
    if (!isOpen) return
    if (Math.min(...needs.values()) <= at)
      await sweep().then(
        (isTold) => (isTold ? needs.set(PAUSE, time.now().getTime() + MINUTE_MS) : needs.delete(PAUSE)),
        () => undefined,
      )
    consider()
  }

  return {
    start() {
      isOpen = true
      consider()
    },
    stop() {
      isOpen = false
      nextAt = Number.POSITIVE_INFINITY
    },
    /** Looks at what was written, for when it needs a sweep. */
    written(item: Item): void {
      const need = needOf(item, time.now().getTime())
      if (isHeldByPause(item)) paused.add(item.pk)
      else paused.delete(item.pk)
      if (paused.has(item.pk) || (paused.size > 0 && STOPS.test(item.pk)))
        needs.set(PAUSE, time.now().getTime() + MINUTE_MS)
      if (need === undefined) needs.delete(item.pk)
      else needs.set(item.pk, need)
      consider()
    },
  }
}

function needOf({ keys, outbox: { since } }: Item, now: number): number | undefined {
  const instants: number[] = []
  if (since) instants.push(Date.parse(since) + LEAVE_TO_WORKER_MS)
  if (keys.dueAt && keys.dueAt < HELD) {
    const at = Date.parse(keys.dueAt)
    instants.push(at - now > LONGEST_DELAY_MS ? at - MINUTE_MS : at + OVERDUE_MS)
  }
  return instants.length > 0 ? Math.min(...instants) : undefined
}

function isHeldByPause({ keys, body }: Item): boolean {
  return keys.dueAt === HELD && body.includes('"reason":"paused"')
}
