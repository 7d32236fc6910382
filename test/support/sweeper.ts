import type { Item } from '../../lib/ledger/table.ts'
import type { VirtualTime } from './virtual-time.ts'

const MINUTE_MS = 60_000
/** An outcome younger than this is its worker's, as in `sweep.ts`. */
const LEAVE_TO_WORKER_MS = 60_000
const OVERDUE_MS = 30_000
const LONGEST_DELAY_MS = 15 * MINUTE_MS

type Options = { readonly time: VirtualTime; readonly sweep: () => Promise<unknown> }

/**
 * Runs the sweep on the minute, leaving out those that would find nothing to queue and nothing to publish: of the 86,400
 * sweeps in sixty days two do something.
 */
export function sweeper({ time, sweep }: Options) {
  const needs = new Map<string, number>()
  let nextAt = Number.POSITIVE_INFINITY
  let isOpen = false

  function consider(): void {
    const now = time.now().getTime()
    const minute = nextMinute(Math.max(now, Math.min(...needs.values()) - 1), time)
    if (!isOpen || minute >= nextAt) return
    nextAt = minute
    time.after(minute - now, () => void tick(minute))
  }

  async function tick(minute: number): Promise<void> {
    if (minute !== nextAt) return
    nextAt = Number.POSITIVE_INFINITY
    if (!isOpen) return
    if (Math.min(...needs.values()) <= minute) await sweep().catch(() => undefined)
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
      if (need === undefined) needs.delete(item.pk)
      else needs.set(item.pk, need)
      consider()
    },
  }
}

function needOf({ keys }: Item, now: number): number | undefined {
  const instants: number[] = []
  if (keys.unpublishedAt) instants.push(Date.parse(keys.unpublishedAt) + LEAVE_TO_WORKER_MS)
  if (keys.nextAttemptAt) {
    const at = Date.parse(keys.nextAttemptAt)
    instants.push(at - now > LONGEST_DELAY_MS ? at - MINUTE_MS : at + OVERDUE_MS)
  }
  return instants.length > 0 ? Math.min(...instants) : undefined
}

/** Minutes of the wall clock, so that a sweep may come at any moment of a worker's work. */
function nextMinute(after: number, { now }: VirtualTime): number {
  return Number.isFinite(after)
    ? (Math.floor(Math.max(after, now().getTime()) / MINUTE_MS) + 1) * MINUTE_MS
    : after
}
