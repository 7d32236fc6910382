import { switchesOf } from './faults.ts'
import { isIndependent, isTimeless } from './independent.ts'
import { only } from './random.ts'
import { type Run, run, type Violation } from './run.ts'
import type { Placed, TracedCall } from './stage.ts'
import type { Story } from './story.ts'

type Failed = { readonly placed: readonly Placed[]; readonly violations: readonly Violation[] }

/** Every schedule of a story with one forced switch, and what came of it. */
export type Scheduled = {
  readonly story: string
  readonly runs: number
  /** Schedules that order nothing otherwise than one that was played. */
  readonly pruned: number
  readonly failures: number
  readonly failed: readonly Failed[]
}

const MOST_SHOWN = 3
const SEED = 1
/** Whoever is parked so shortly later waits for the same messages. */
const SAME_MOMENT_MS = 500

/** Where a worker was parked, and what the others did meanwhile. */
type Switch = {
  readonly call: TracedCall
  readonly others: readonly TracedCall[]
  readonly isStoryStill: boolean
}

/**
 * Plays a story with every schedule of one forced switch: a worker is parked at a call until all others have nothing left to do, once
 * within its lock and once past it. Parking it a call later is the same schedule if that call has nothing to do with what the others did.
 */
export async function schedule(story: Story): Promise<Scheduled> {
  const failed: Failed[] = []
  let runs = 0
  let pruned = 0
  let failures = 0

  async function tryOut(placed: Placed): Promise<Run> {
    const result = await run(story, SEED, only([placed]))
    runs += 1
    if (result.violations.length === 0) return result
    failures += 1
    if (failed.length < MOST_SHOWN) failed.push({ placed: [placed], violations: result.violations })
    return result
  }

  const { played } = await run(story, SEED, only([]))
  for (const calls of worksIn(played.trace))
    for (const name of new Set(calls.flatMap((call) => switchesOf(call).map((one) => one.name)))) {
      let last: Switch | undefined
      for (const [index, call] of calls.entries()) {
        const place = switchesOf(call).find((one) => one.name === name)
        if (!place) continue
        const between = calls.slice(last ? calls.indexOf(last.call) : 0, index)
        if (last && isSameSchedule(last, call, between, place.fault)) {
          pruned += 1
          continue
        }
        const placed = { ...place, index: call.index }
        last = switchIn(await tryOut(placed), call)
      }
    }
  return { story: story.name, runs, pruned, failures, failed }
}

/** The calls of each piece of work, where there is more than one. */
function worksIn(trace: readonly TracedCall[]): readonly (readonly TracedCall[])[] {
  const works = [...Map.groupBy(trace, ({ worker, invocation }) => `${worker} ${invocation}`).values()]
  return works.length > 1 ? works : []
}

function switchIn({ played }: Run, call: TracedCall): Switch {
  const later = played.trace.slice(call.index + 1)
  const isOwn = (one: TracedCall) => one.worker === call.worker && one.invocation === call.invocation
  const resumed = later.find((one) => isOwn(one) && one.at > call.at)
  const others = later.filter((one) => !isOwn(one) && (!resumed || one.index < resumed.index))
  const until = resumed?.at.getTime() ?? Number.POSITIVE_INFINITY
  const isStoryStill = !played.wentOn.some((at) => at >= call.at.getTime() && at <= until)
  return { call, others, isStoryStill }
}

function isSameSchedule(
  { call: before, others, isStoryStill }: Switch,
  call: TracedCall,
  between: readonly TracedCall[],
  fault: Placed['fault'],
): boolean {
  const isLong = fault.kind === 'park' && fault.ms !== undefined
  return (
    isStoryStill &&
    call.at.getTime() - before.at.getTime() <= SAME_MOMENT_MS &&
    between.every((one) => (!isLong || isTimeless(one)) && others.every((other) => isIndependent(one, other)))
  )
}
