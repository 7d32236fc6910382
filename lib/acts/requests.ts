import * as z from 'zod/mini'
import { Instant, problemOf, Username } from '../senders/fields.ts'
import { HOLD_REASONS, type Outcome, type RefusalReason } from '../words/outcome.ts'

const WHO = 'expected 1 to 200 printable characters'
const Text = z.string(WHO).check(z.regex(/^\P{C}{1,200}$/u, WHO))
/** Who acts and why, as claimed: the invocation's request id says who it was. */
const Claim = { by: Text, because: Text }

const CASES = 'expected an array of 1 to 1000 case ids (c-…)'
const CaseId = z.string(CASES).check(z.regex(/^c-[a-f0-9]{20}$/, CASES))
const Cases = z.array(CaseId, CASES).check(z.minLength(1, CASES), z.maxLength(1_000, CASES))
const Hold = z.enum(HOLD_REASONS, `expected one of ${HOLD_REASONS.join(', ')}`)
const EXPECT = 'expected the number of cases that you mean'
const ORG_ID = 'expected 24 hexadecimal digits in lower case'
const OrgId = z.string(ORG_ID).check(z.regex(/^[a-f0-9]{24}$/, ORG_ID))
const ORG_IDS = 'expected an array of 1 to 1000 organization ids'
const OrgIds = z.array(OrgId, ORG_IDS).check(z.minLength(1, ORG_IDS), z.maxLength(1_000, ORG_IDS))
const NAMES = 'expected an array of 1 to 10000 usernames'
const BOOLEAN = 'expected true or false'
const CURSOR = 'expected `next` of the page before'
/** Where a report goes on: a part of it, and after which case of that part. */
const Cursor = z.string(CURSOR).check(z.regex(/^(open|\d{4}-\d\d-\d\d|events)(\/c-[a-f0-9]{20})?$/, CURSOR))

/** Where a list of members goes on: at an organization, and after which userId of it. */
const MemberCursor = z.string(CURSOR).check(z.regex(/^[a-f0-9]{24}(\/[a-f0-9]{24})?$/, CURSOR))

const KINDS: Readonly<Record<Outcome['kind'], 'open' | 'closed'>> = {
  scheduled: 'open',
  held: 'open',
  refused: 'open',
  deferred: 'open',
  removed: 'closed',
  already_absent: 'closed',
  would_remove: 'closed',
  cancelled: 'closed',
}
const REFUSALS: Readonly<Record<RefusalReason, true>> = {
  protected: true,
  last_owner: true,
  unknown_org: true,
  atlas_refused: true,
}
/** What cases can be picked by: an outcome's kind, the reason of a hold or refusal, or `new` before the first outcome. */
const CASE_KINDS = ['new', ...Object.keys(KINDS), ...HOLD_REASONS, ...Object.keys(REFUSALS)]
const KIND = `expected one of ${CASE_KINDS.join(', ')}`

/** Every request that an operator can make, by action. */
const REQUESTS = {
  /** The rest is the canonical departure. */
  remove: z.looseObject({ by: z.optional(Text) }, 'expected a departure with `username`'),
  release: z.object({
    ...Claim,
    cases: z.optional(Cases),
    all: z.optional(z.literal(true, 'expected true')),
    kind: z.optional(Hold),
    expect: z.optional(z.number(EXPECT).check(z.int(EXPECT), z.nonnegative(EXPECT))),
  }),
  retry: z.object({ cases: Cases }),
  cancel: z.object({ ...Claim, cases: Cases }),
  approve: z.object({
    ...Claim,
    usernames: z.array(Username, NAMES).check(z.minLength(1, NAMES), z.maxLength(10_000, NAMES)),
    until: Instant,
  }),
  pause: z.object({ ...Claim, orgId: z.optional(OrgId) }),
  resume: z.object({ ...Claim, orgId: z.optional(OrgId) }),
  test_alert: z.object({ by: Text }),
  forget: z.object({ ...Claim, username: Username }),
  lookup: z.object({ username: Username }),
  leftovers: z.object({ username: Username }),
  cases: z.object({
    /** These and no others, open or closed. */
    cases: z.optional(Cases),
    open: z.optional(z.boolean(BOOLEAN)),
    kind: z.optional(z.enum(CASE_KINDS, KIND)),
    since: z.optional(Instant),
  }),
  report: z.object({ since: Instant, cursor: z.optional(Cursor) }),
  snapshot: z.object({ case: CaseId }),
  orphans: z.object({ orgIds: z.optional(OrgIds), cursor: z.optional(MemberCursor) }),
} as const

type Action = keyof typeof REQUESTS
export type Request<A extends Action> = z.infer<(typeof REQUESTS)[A]>

/** A wrong request is answered, not thrown: it names the field and what was expected. */
export type Refusal = { readonly error: string }

/** Reads a request, or says which field is wrong. */
export function readRequest<A extends Action>(action: A, request: unknown): Request<A> | Refusal {
  const parsed = REQUESTS[action].safeParse(request)
  return parsed.success ? (parsed.data as Request<A>) : { error: problemOf(parsed.error) }
}

export function isRefusal(value: object): value is Refusal {
  return 'error' in value
}

/** Tells whether the kind is that of closed cases. */
export function isClosedKind(kind: string): boolean {
  return Object.entries(KINDS).some(([name, state]) => name === kind && state === 'closed')
}
