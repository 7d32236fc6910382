import type { NoticeName } from '../../lib/words/catalogue.ts'
import type { WorldOptions } from '../support/world.ts'
import type { Stage } from './stage.ts'

/** One story: what the sources, the people and on-call do. Faults come on top of it, anywhere. */
export type Story = {
  readonly name: string
  readonly world?: WorldOptions
  /** What has happened when the story begins: nothing goes wrong in it. */
  before?(stage: Stage): Promise<void>
  play(stage: Stage): Promise<void>
  /**
   * Without a fault: every event that is published, in order; "okta:evt-1 held: privileged (ORG_OWNER)", "notice resumed". Absent where only
   * chance knows.
   */
  readonly publishes?: readonly string[]
  /** Departure id → every way in which its cases may end, if a fault can change it: `removed`, `held: rejoined`… Else they end as published. */
  readonly ends?: Readonly<Record<string, readonly string[]>>
  /** Without a fault: every request to Atlas, in order: "token, listOrgUsers ×2, removeOrgUser, getOrgUser". */
  readonly asks?: string
  /** Without a fault: how often the sweep brings a task back, or publishes; 0 unless said otherwise. */
  readonly swept?: number
  /** Notices that are published, each as often as it stands here, whatever goes wrong. */
  readonly notices?: readonly NoticeName[]
  /** Notices that may be published besides, if a fault changes the order of things. */
  readonly mayPublish?: readonly NoticeName[]
  /** Whoever must be a member at the end. */
  readonly stays?: readonly string[]
  /** It is about one person and one case, so that a request is somebody's second try of the first one. */
  readonly isSolo?: boolean
  /** The story that this is the long form of: too long for faults at every place, so it is played with random ones. */
  readonly longFormOf?: string
}

/** Every way in which the cases of a departure may end; `undefined` where only chance knows. */
export function endsOf({ ends, publishes }: Story, id: string): readonly string[] | undefined {
  if (!publishes || ends?.[id]) return ends?.[id]
  const last = publishes.findLast((line) => line.startsWith(`${id} `)) ?? ''
  return /^\w+(?:: \w+)?/.exec(last.slice(id.length + 1))?.slice(0, 1) ?? []
}
