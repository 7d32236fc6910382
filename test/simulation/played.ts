import type { Case } from '../../lib/words/case.ts'
import type { Task } from '../../lib/words/task.ts'
import type { Deletion } from '../support/deletion-log.ts'
import type { World } from '../support/world.ts'
import type { TracedCall } from './stage.ts'
import type { Story } from './story.ts'
import type { Truth } from './truth.ts'

/** Everything there is to judge once a run is over: what really happened, and what the product remembers and has told. */
export type Played = {
  readonly story: Story
  readonly settings: World['settings']
  readonly truth: Truth
  readonly world: World
  readonly cases: readonly Case[]
  /** Tasks of every kind. */
  readonly tasks: readonly Task[]
  readonly removals: World['atlas']['removed']
  readonly deletions: readonly Deletion[]
  readonly trace: readonly TracedCall[]
  /** Nothing was left to do: no message, no timer, no sweep. */
  readonly isAtRest: boolean
  /** What a function asked of AWS that its role does not allow. */
  readonly refused: readonly string[]
  /** The instants at which the story went on. */
  readonly wentOn: readonly number[]
}
