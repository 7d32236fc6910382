import type { WorldOptions } from '../support/world.ts'
import type { Stage } from './stage.ts'

/** One story: what the sources, the people and on-call do. Faults come on top of it, anywhere. */
export type Scenario = {
  readonly name: string
  readonly world?: WorldOptions
  play(stage: Stage): Promise<void>
  /** Departure id → every way in which its cases may end, whatever went wrong: `removed`, `held: rejoined`… */
  readonly ends?: Readonly<Record<string, readonly string[]>>
  /** Whoever must be a member at the end. */
  readonly stays?: readonly string[]
  /** It is about one person and one case, so that a request is somebody's second try of the first one. */
  readonly isSolo?: boolean
  /** Two unless the path is too long for that: then one or none at every place, and random ones. */
  readonly mostFaults?: 0 | 1
}
