import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, ORG, OTHER_ORG } from '../../support/cases.ts'
import type { Message } from '../../support/in-memory-aws.ts'
import type { WorldOptions } from '../../support/world.ts'

/** A stack as a version left it. */
export type RecordedStack = {
  readonly at: Date
  /** The table, as DynamoDB holds it. */
  readonly items: readonly Record<string, AttributeValue>[]
  /** What lies on the queues; without `by` one of our functions sent it. */
  readonly messages: readonly Pick<Message, 'body' | 'by'>[]
  /** Who is in each organization. */
  readonly members: Readonly<Record<string, readonly Member[]>>
}

export const THIRD_ORG = 'f'.repeat(24)
export const ORGS = [ORG, OTHER_ORG, THIRD_ORG]

export const SETTINGS: NonNullable<WorldOptions['settings']> = {
  holdOrgRoles: ['ORG_OWNER'],
  maxRemovalsPerDay: 3,
  leftovers: 'report',
  fourEyes: true,
}

export const nameOf = (name: string) => `${name}@example.com`

const NAMES = [
  ...['removed', 'dry-run', 'owner', 'scheduled', 'credential', 'back', 'hr', 'over-limit', 'over-limit-2'],
  ...['over-limit-3', 'interrupted', 'events', 'topic', 'work', 'colleague', 'alias+atlas', 'boss'],
]

/** Everybody who leaves, under a name that says how; a colleague who stays, and an owner besides the one who leaves. */
export const MEMBERS: readonly Member[] = NAMES.map((name, index) =>
  activeMember({
    userId: `5e4bc367c6b0f41b0000${String(1_000 + index)}`,
    username: nameOf(name),
    orgRoles: name === 'owner' || name === 'boss' ? ['ORG_OWNER'] : ['ORG_MEMBER'],
  }),
)
