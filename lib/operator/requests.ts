import * as z from 'zod/mini'
import { HOLD_REASONS } from '../domain/outcome.ts'
import { Instant, problemOf, Username } from '../intake/fields.ts'

const WHO = 'expected 1 to 200 printable characters'
/** Who acts and why, as claimed: the invocation's request id says who it was. */
const Claim = {
  by: z.string(WHO).check(z.regex(/^\P{C}{1,200}$/u, WHO)),
  because: z.string(WHO).check(z.regex(/^\P{C}{1,200}$/u, WHO)),
}

const CASES = 'expected an array of 1 to 1000 case ids (c-…)'
const CaseId = z.string(CASES).check(z.regex(/^c-[a-f0-9]{20}$/, CASES))
const Cases = z.array(CaseId, CASES).check(z.minLength(1, CASES), z.maxLength(1_000, CASES))
const Kind = z.enum(HOLD_REASONS, `expected one of ${HOLD_REASONS.join(', ')}`)
const EXPECT = 'expected the number of cases that you mean'
const OrgId = z
  .string('expected 24 hexadecimal digits')
  .check(z.regex(/^[a-f0-9]{24}$/, 'expected 24 hexadecimal digits'))
const NAMES = 'expected an array of 1 to 10000 usernames'

/** Every request that an operator can make, by action. */
export const REQUESTS = {
  release: z.object({
    ...Claim,
    cases: z.optional(Cases),
    all: z.optional(z.literal(true, 'expected true')),
    kind: z.optional(Kind),
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
  lookup: z.object({ username: Username }),
  cases: z.object({
    open: z.optional(z.boolean('expected true or false')),
    kind: z.optional(z.string('expected an outcome kind or the reason of a hold')),
    since: z.optional(Instant),
  }),
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
