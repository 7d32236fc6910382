import { type Act, EVERY_ORG } from '../core/org-state.ts'
import { forgottenPerson, isBlank, type PersonState } from '../core/person-state.ts'
import type { Ledger } from '../core/ports.ts'
import { tell } from '../core/publish.ts'
import { pendingIn } from '../leftovers/findings.ts'
import type { Notice } from '../words/audit-event.ts'
import type { Case } from '../words/case.ts'
import { forgotten, otherNamesOf, pseudonymOf } from '../words/forget.ts'
import { asciiLowerCase } from '../words/username.ts'
import type { Invocation, OperatorDeps } from './operator.ts'
import { isRefusal, type Refusal, type Request, readRequest } from './requests.ts'
import { actOf } from './steering.ts'
import { STILL_KEPT, type StillKept } from './still-kept.ts'

type Answer = {
  readonly pseudonym: string
  readonly cases: readonly string[]
  /** Other names of the same person in these cases; each is forgotten by itself. */
  readonly otherNames: readonly string[]
  readonly stillKept: readonly StillKept[]
}

/**
 * Takes a person's name out of their closed cases in the ledger. The act is recorded first, and without the name; done again,
 * it goes on where it stopped.
 */
export async function forget(
  deps: OperatorDeps,
  body: unknown,
  invocation: Invocation,
): Promise<Answer | Refusal> {
  const request = readRequest('forget', body)
  if (isRefusal(request)) return request
  const { ledger, clock } = deps
  const { username } = request
  const [cases, person] = await Promise.all([ledger.ofPerson(username), ledger.person(username)])
  const problem = problemOf(request, { cases, person }, clock.now())
  if (problem) return { error: problem }

  const act = actOf(deps, request, invocation)
  const told = noticeOf(act, pseudonymOf(username), cases.length)
  await tell(deps, EVERY_ORG, (org) => ({ ...org, unpublished: [...org.unpublished, told] }))
  for (const { id } of cases) {
    if (!(await rewrite(ledger, id, (kase) => forgotten(kase, clock.now()))))
      return { error: `\`username\`: case ${id} is being written by somebody else; try again` }
  }
  await ledger.changePerson(username, forgottenPerson)
  return {
    pseudonym: pseudonymOf(username),
    cases: cases.map(({ id }) => id),
    otherNames: otherNamesOf(username, cases),
    stillKept: STILL_KEPT,
  }
}

type Known = { readonly cases: readonly Case[]; readonly person: PersonState }

/** SQS keeps a message for 14 days at most: so long may a departure of before a return still be on its way. */
const LATEST_MS = 14 * 24 * 3_600_000

function problemOf(
  { username, by, because }: Request<'forget'>,
  { cases, person }: Known,
  now: Date,
): string | undefined {
  const words = asciiLowerCase(`${by}\n${because}`)
  if (words.includes(asciiLowerCase(username))) return '`because`: must not hold the name that is forgotten'
  const open = cases.filter(({ closedAt }) => !closedAt)
  if (open.length > 0) return `\`username\`: still open: ${open.map(({ id }) => id).join(', ')}`
  const isLately = ({ at }: { readonly at: Date }) => now.getTime() - at.getTime() <= LATEST_MS
  if (Object.values(person.returns).some(isLately))
    return '`username`: came back within 14 days, and an older departure may still be on its way; try again later'
  const looking = cases.filter((kase) => pendingIn(kase))
  if (looking.length > 0)
    return `\`username\`: leftovers are still looked for: ${looking.map(({ id }) => id).join(', ')}`
  const isTold = cases.every(({ unpublished, notices }) => unpublished.length + notices.length === 0)
  if (!isTold || person.unpublished.length > 0)
    return '`username`: the audit trail has not taken everything of this person yet; try again when it has'
  return cases.length === 0 && isBlank(person) ? '`username`: the ledger knows nobody so' : undefined
}

const MOST_TRIES = 3

async function rewrite(ledger: Ledger, caseId: string, change: (kase: Case) => Case): Promise<boolean> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const kase = await ledger.read(caseId)
    if (!kase || (await ledger.save(change(kase)))) return true
  }
  return false
}

function noticeOf({ by, because, at, requestId }: Act, pseudonym: string, cases: number): Notice {
  return {
    uid: `forgotten/${requestId}`,
    at,
    name: 'forgotten',
    severity: 3,
    message: 'A human had a person forgotten: the name is taken out of the closed cases',
    unmapped: { pseudonym, cases, by, because, request_id: requestId },
  }
}
