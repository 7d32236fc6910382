import type { TaskKind } from '../../lib/words/task.ts'
import { later } from '../support/cases.ts'
import type { WorldOptions } from '../support/world.ts'
import { CHECKERS } from './checkers.ts'
import type { Played } from './played.ts'
import { refusedIn } from './policies.ts'
import { createStage, type Placed, type Stage, type TracedCall } from './stage.ts'
import type { Story } from './story.ts'
import { type Viewer, viewer } from './view.ts'

export type Violation = { readonly checker: keyof typeof CHECKERS; readonly says: string }

/** A run and what the checkers say of it. */
export type Run = { readonly played: Played; readonly violations: readonly Violation[] }

/** Tells what goes wrong with a call, if anything. */
export type Choose = (call: Omit<TracedCall, 'fault'>) => Omit<Placed, 'index'> | undefined

/**
 * As in serverless.yml; warm workers, indexes half a second behind and an installation that has served before. Of three sweeps two do not come: what waits for one waits longer, and the paths stay
 * short enough to place faults everywhere.
 */
const WORLD: WorldOptions = {
  warm: true,
  concurrency: 4,
  indexLagMs: 500,
  hasServed: true,
  sweepEveryMs: 180_000,
}
/** Nothing may take longer than what the longest story waits for, and a few days. */
const HORIZON = later(75 * 24 * 3_600_000)
const KINDS: readonly TaskKind[] = ['case', 'search', 'reference', 'proposal']
/** How often on-call answers an alert of Atlas's refusal by asking again. */
const MOST_ROUNDS = 5

/** What is watched besides. */
export type How = {
  /** Every call of the trace says what could be seen of the world. */
  readonly isViewed?: boolean
}

/** Plays a story until nothing is left to do, with the faults that `choose` wants, and judges it. */
export async function run(story: Story, seed: number, choose: Choose, how: How = {}): Promise<Run> {
  const trace: TracedCall[] = []
  let hasBegun = false
  let watching: Viewer | undefined
  const options: WorldOptions = { ...WORLD, ...story.world, seed }
  const stage: Stage = createStage({
    ...options,
    faultFor(call) {
      if (!hasBegun) return undefined
      const at = stage.world.time.now()
      const isDown = stage.world.outages.has(call.service)
      const traced = { ...call, index: trace.length, at, isDown }
      const chosen = choose(traced)
      watching ??= how.isViewed ? viewer(stage) : undefined
      const view = watching && { view: watching.see(call, chosen?.name ?? '') }
      trace.push({ ...traced, ...view, ...(chosen && { fault: chosen.name }) })
      return chosen?.fault
    },
  })
  if (story.before) await acted(stage, story, story.before)
  hasBegun = true
  const isAtRest = await playOut(story, stage, () => trace.some(({ fault }) => fault !== undefined))
  const { world, truth } = stage
  const played: Played = {
    story,
    truth,
    world,
    cases: world.cases(),
    tasks: KINDS.flatMap(world.tasks),
    trace,
    isAtRest,
    settings: world.settings,
    removals: world.atlas.removed,
    deletions: world.deletions,
    wentOn: stage.wentOn,
    refused: await refusedIn(trace),
  }
  return { played, violations: violationsOf(played) }
}

/** Where a fault made Atlas refuse somebody, on-call asks again. */
async function playOut(story: Story, stage: Stage, hasFault: () => boolean): Promise<boolean> {
  const { world } = stage
  let isAtRest = await acted(stage, story, story.play)
  for (let round = 0; isAtRest && hasFault() && round < MOST_ROUNDS; round += 1) {
    const refused = world
      .cases()
      .filter(({ state: { outcome } }) => outcome?.kind === 'refused' && outcome.reason === 'atlas_refused')
    if (refused.length === 0) break
    stage.act({ action: 'retry', cases: refused.map(({ id }) => id) }).catch(() => undefined)
    isAtRest = await world.runOut(HORIZON)
  }
  return isAtRest
}

/** Lets a part of a story be acted until nothing is left to do. */
async function acted(stage: Stage, { name }: Story, part: Story['play']): Promise<boolean> {
  let trouble: unknown
  part(stage).catch((error: unknown) => {
    trouble = error
  })
  const isAtRest = await stage.world.runOut(HORIZON)
  if (trouble) throw new Error(`Story "${name}": ${String(trouble)}`, { cause: trouble })
  return isAtRest
}

function violationsOf(played: Played): readonly Violation[] {
  const violations: Violation[] = []
  for (const checker of Object.keys(CHECKERS) as (keyof typeof CHECKERS)[])
    for (const says of CHECKERS[checker](played)) violations.push({ checker, says })
  return violations
}
