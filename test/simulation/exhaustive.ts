import type { Share } from './deep-figures.ts'
import { CRASH_BEFORE, faultsOf, isEffect, likeOf, type NamedFault, switchesOf } from './faults.ts'
import { only } from './random.ts'
import { type Run, run, type Violation } from './run.ts'
import type { Placed, TracedCall } from './stage.ts'
import type { Story } from './story.ts'
import { forgetViews } from './view.ts'

/** A placement of faults and what the checkers say of the run. */
type Failed = { readonly placed: readonly Placed[]; readonly violations: readonly Violation[] }

export type Exhausted = {
  readonly story: string
  /** Calls of the run without a fault. */
  readonly calls: number
  /** Placements tried, by their number of faults. */
  readonly runs: readonly number[]
  /** Placements of two faults and more that were not tried, because one that was tried makes no difference to them. */
  readonly pruned: number
  readonly failures: number
  /** The first few, those with the fewest faults first. */
  readonly failed: readonly Failed[]
}

export type Limits = {
  /** The most faults in one run. */
  readonly faults: number
  /** Forced switches instead of faults. */
  readonly isOfSwitches?: boolean
  /** Faults are placed in calls before this one only. */
  readonly within?: number
  /** Of two faults in a row: both strike the calls of one invocation, or of two. Default: either. */
  readonly invocations?: 'one' | 'two'
  /** Of the places of the first fault these only, evenly over the calls. */
  readonly share?: Share
}

const MOST_SHOWN = 3
const READ_TOGETHER = 3
const SEED = 1
const WHOLE: Share = { which: 1, of: 1 }

/**
 * Plays a story once without a fault and then with every placement of up to so many: after each placement the path is what
 * it then is, and the next fault may strike any later call of that path. The same call is not struck again by the same fault where
 * the whole world looks the same.
 */
export async function exhaust(story: Story, limits: Limits): Promise<Exhausted> {
  const { within = Number.POSITIVE_INFINITY, invocations, share = WHOLE } = limits
  forgetViews()
  const failed: Failed[] = []
  const runs = Array.from({ length: limits.faults + 1 }, () => 0)
  const seen = new Set<string>()
  let pruned = 0
  let failures = 0
  let firsts = 0

  async function tryOut(placed: readonly Placed[]): Promise<Run> {
    const result = await playWith(story, placed, placed.length < limits.faults && limits.faults > 1)
    runs[placed.length] = (runs[placed.length] ?? 0) + 1
    if (result.violations.length > 0) {
      failures += 1
      failed.push({ placed, violations: result.violations })
      failed.sort((one, other) => one.placed.length - other.placed.length)
      failed.splice(MOST_SHOWN)
    }
    return result
  }

  /** @returns whether the same fault has met the same call, with as many faults still to come */
  function isRepeated(call: TracedCall, fault: NamedFault, left: number): boolean {
    if (call.view === undefined) return false
    const key = `${call.view} ${likeOf(call, fault)} ${left}`
    if (seen.has(key)) return true
    seen.add(key)
    return false
  }

  async function descend(placed: readonly Placed[], { played }: Run): Promise<void> {
    if (placed.length === limits.faults) return
    const struck = played.trace[placed.at(-1)?.index ?? -1]
    for (const call of played.trace.slice((struck?.index ?? -1) + 1)) {
      if (call.index >= within) break
      if (invocations && struck && isSameWork(call, struck) !== (invocations === 'one')) continue
      const places = limits.isOfSwitches ? switchesOf(call) : placesAt(call, played.trace)
      for (const fault of places) {
        if (placed.length === 0 && firsts++ % share.of !== share.which - 1) continue
        if (placed.length > 0 && isRepeated(call, fault, limits.faults - placed.length)) {
          pruned += 1
          continue
        }
        const next = [...placed, { ...fault, index: call.index }]
        await descend(next, await tryOut(next))
      }
    }
  }

  const first = await tryOut([])
  await descend([], first)
  return { story: story.name, calls: first.played.trace.length, runs, pruned, failures, failed }
}

/** The faults that make a difference at a call. */
function placesAt(call: TracedCall, trace: readonly TracedCall[]): readonly NamedFault[] {
  if (isReadTogether(call, trace)) return []
  return faultsOf(call).filter((fault) => fault !== CRASH_BEFORE || !isSameCrash(call, trace))
}

/** Items that a worker reads at once are needed together: which of the reads goes wrong makes no difference. */
function isReadTogether({ index, at, worker, operation }: TracedCall, trace: readonly TracedCall[]): boolean {
  return (
    operation === 'get' &&
    trace
      .slice(Math.max(0, index - READ_TOGETHER), index)
      .some((one) => one.operation === 'get' && one.worker === worker && one.at.getTime() === at.getTime())
  )
}

/**
 * A crash before an effect leaves what a crash after the effect before it leaves, if that one was the same piece of work, was not
 * sent at the same time, and did what it should.
 */
function isSameCrash(call: TracedCall, trace: readonly TracedCall[]): boolean {
  const before = trace.slice(0, call.index).findLast((one) => isSameWork(one, call) && isEffect(one))
  return before !== undefined && before.at < call.at && !before.fault && !before.isDown
}

function isSameWork(one: TracedCall, other: TracedCall): boolean {
  return one.worker === other.worker && one.invocation === other.invocation
}

/** Plays a story with faults at certain calls. */
function playWith(story: Story, placed: readonly Placed[], isViewed = false): Promise<Run> {
  return run(story, SEED, only(placed), { isViewed })
}
