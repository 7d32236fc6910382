import type { GuardSettings } from '../../lib/core/guards.ts'
import type { WindowLimits } from '../../lib/core/window.ts'
import type { LeftoversSettings } from '../../lib/leftovers/findings.ts'
import type { Case } from '../../lib/words/case.ts'
import type { Deletion } from '../support/deletion-log.ts'
import type { World } from '../support/world.ts'
import type { Scenario } from './scenario.ts'
import type { TracedCall } from './stage.ts'
import type { Truth } from './truth.ts'

/** Everything there is to judge once a run is over: what really happened, and what the product remembers and has told. */
export type Played = {
  readonly scenario: Scenario
  readonly settings: GuardSettings & WindowLimits & LeftoversSettings
  readonly truth: Truth
  readonly world: World
  readonly cases: readonly Case[]
  readonly removals: World['atlas']['removed']
  readonly deletions: readonly Deletion[]
  readonly trace: readonly TracedCall[]
  /** Nothing was left to do: no message, no timer, no sweep. */
  readonly isAtRest: boolean
}
