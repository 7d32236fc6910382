import { ABSENCE } from './stories/absence.ts'
import { AT_ONCE } from './stories/at-once.ts'
import { CHANNELS } from './stories/channels.ts'
import { EDGES } from './stories/edges.ts'
import { GUARDED } from './stories/guarded.ts'
import { HR } from './stories/hr.ts'
import { LEAVERS } from './stories/leavers.ts'
import { LEFTOVERS } from './stories/leftovers.ts'
import { LONG } from './stories/long.ts'
import { NAMES } from './stories/names.ts'
import { OUTAGES } from './stories/outages.ts'
import { RETURNS } from './stories/returns.ts'
import { SETTLEMENT } from './stories/settlement.ts'
import { STOPS } from './stories/stops.ts'
import type { Story } from './story.ts'

export const STORIES: readonly Story[] = [
  ...LEAVERS,
  ...SETTLEMENT,
  ...ABSENCE,
  ...RETURNS,
  ...STOPS,
  ...NAMES,
  ...CHANNELS,
  ...GUARDED,
  ...AT_ONCE,
  ...OUTAGES,
  ...LONG,
  ...LEFTOVERS,
  ...HR,
  ...EDGES,
]

/** @throws if there is none of this name */
export function storyNamed(name: string): Story {
  const story = STORIES.find((one) => one.name === name)
  if (!story) throw new Error(`Cannot find story "${name}"`)
  return story
}
