import * as z from 'zod/mini'
import { ago, ahead, wholeNumber } from '../cli/instants.ts'
import type { Channel } from '../core/ports.ts'
import type { StopAct } from '../core/stops.ts'
import { Instant, Username } from '../senders/fields.ts'
import { type Actor, UNVERIFIED } from '../words/decision.ts'
import { HOLD_REASONS } from '../words/outcome.ts'
import type { Invocation, OperatorDeps } from './act.ts'

const Text = matching(
  /^(?=.*[\p{L}\p{N}])\P{C}{1,200}$/u,
  'expected 1 to 200 printable characters, and a letter or digit among them',
)
const CaseId = matching(/^c-[a-f0-9]{20}$/, 'expected a case ID (c-…), which cases and lookup show')
const LetterId = matching(/^[\w-]{1,100}$/, 'expected a message ID')
const ProposalId = matching(/^p-[a-f0-9]{20}$/, 'expected a proposal ID (p-…)')
const OrgId = matching(/^[a-f0-9]{24}$/, 'expected 24 hexadecimal digits in lower case')
const UserId = matching(/^[a-f0-9]{24}$/, 'expected a user ID: 24 hexadecimal digits in lower case')

/** Who says that they act. It proves nothing: AWS says who it was. */
export const BY = { is: Text, takes: 'WHO', about: 'a name to note beside your AWS identity' } as const
export const WHY = { is: Text, takes: 'WHY', about: 'why; it is recorded' } as const
/** Who says that they act, and why they do. */
export const CLAIM = { because: { ...WHY, needed: true }, by: BY } as const
/** Of acts that may need two people. */
export const ALONE = {
  breakGlass: { ...WHY, name: 'break-glass', about: 'do alone what needs two people; alerts every hour' },
} as const
export const PROPOSAL = {
  is: ProposalId,
  takes: 'PROPOSAL',
  operand: true,
  needed: true,
  about: 'a proposal',
} as const

export const CASE = { is: CaseId, takes: 'CASE', operand: true, needed: true, about: 'a case' } as const
export const CASES = {
  is: listOf(CaseId, 1_000, 'case IDs'),
  takes: 'CASE',
  operand: true,
  many: true,
  about: 'cases',
} as const
export const CHANNELS = ['events', 'topic', 'work'] as const satisfies readonly Channel[]
export const CHANNEL = {
  is: z.enum(CHANNELS, `expected one of ${CHANNELS.join(', ')}`),
  takes: 'CHANNEL',
} as const
/** Messages on a DLQ, by the id that SQS gave them. */
export const LETTERS = {
  is: listOf(LetterId, 1_000, 'message IDs'),
  takes: 'MESSAGE',
  operand: true,
  many: true,
  about: 'messages, as dlq lists them',
} as const
export const USERNAME = {
  is: Username,
  takes: 'USERNAME',
  operand: true,
  needed: true,
  about: 'a person',
} as const
export const ORG = { is: OrgId, name: 'org', takes: 'ORG', about: 'this organization only' } as const
export const ORGS = { is: listOf(OrgId, 1_000, 'organization IDs') }
export const USER_ID = { is: UserId, takes: 'USERID' } as const
/** The members whom the human was shown. A request of 6 MB holds four times as many. */
export const MEMBERS = { is: listOf(UserId, 50_000, 'user IDs') }
export const SINCE = { is: Instant, takes: 'WHEN', reads: ago } as const
export const UNTIL = { is: Instant, takes: 'WHEN', reads: ahead } as const
export const RULE = {
  is: z.enum(HOLD_REASONS, `expected one of ${HOLD_REASONS.join(', ')}`),
  name: 'kind',
  takes: 'KIND',
} as const
/** A switch: on, or not there. It is never guessed from a text. */
export const SWITCH = { is: z.literal(true, 'expected true') } as const
export const COUNT = {
  is: z.int('expected a number').check(z.nonnegative()),
  takes: 'NUMBER',
  reads: wholeNumber,
} as const

const NEXT = 'expected `next` of the page before'
/** Where a list of cases continues: a part of it, and after which case of that part. */
export const CASE_CURSOR = { is: matching(/^(open|\d{4}-\d\d-\d\d|events)(\/c-[a-f0-9]{20})?$/, NEXT) }
/** Where a list of members continues: at an organization, and after which userId of it. */
export const MEMBER_CURSOR = { is: matching(/^[a-f0-9]{24}(\/[a-f0-9]{24})?$/, NEXT) }

function matching(pattern: RegExp, expected: string) {
  return z.string(expected).check(z.regex(pattern, expected))
}

/** A list of one item at least. */
export function listOf<T extends z.ZodMiniType>(item: T, most: number, items: string) {
  const expected = `expected 1 to ${most} ${items}`
  return z.array(item, expected).check(z.minLength(1, expected), z.maxLength(most, expected))
}

type Claim = { readonly by?: string | undefined }

/** Tells who acts: the caller whom AWS authenticated, beside it the name that they typed, which is a claim, and who confirmed it. */
export function actorOf({ by }: Claim, invocation: Pick<Invocation, 'caller' | 'confirmed'>): Actor {
  const { caller, confirmed } = invocation
  return {
    ...(caller ? { actor: caller.arn } : UNVERIFIED),
    ...(by !== undefined && { claimedBy: by }),
    ...(confirmed && { confirmedBy: confirmed.by }),
  }
}

/** A human's word as it is recorded: who, why, when, and by which invocation. */
export function wordOf(
  { clock }: OperatorDeps,
  claim: Claim & { readonly because: string },
  invocation: Invocation,
): StopAct {
  const { because } = claim
  return { ...actorOf(claim, invocation), because, at: clock.now(), requestId: invocation.requestId }
}
