import { GUARDED } from './stories/guarded.ts'
import { LEAVERS } from './stories/leavers.ts'
import { LEFTOVERS } from './stories/leftovers.ts'
import { LONG } from './stories/long.ts'
import { NAMES } from './stories/names.ts'
import { OUTAGES } from './stories/outages.ts'
import type { Story } from './story.ts'

export const STORIES: readonly Story[] = [...LEAVERS, ...NAMES, ...GUARDED, ...OUTAGES, ...LONG, ...LEFTOVERS]

/** @throws if there is none of this name */
export function storyNamed(name: string): Story {
  const story = STORIES.find((one) => one.name === name)
  if (!story) throw new Error(`Cannot find story "${name}"`)
  return story
}
