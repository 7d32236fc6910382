import * as z from 'zod/mini'
import type { StopAct } from '../../core/stops.ts'
import { noticeDraft } from '../../words/audit-event.ts'
import type { Case } from '../../words/case.ts'
import type { Decision } from '../../words/decision.ts'
import type { HoldReason } from '../../words/outcome.ts'
import { act, type Invocation, isRefusal, type OperatorDeps, type Refusal } from '../act.ts'
import { changeCases, type Results, type Wish } from '../change-cases.ts'
import { wordOf } from '../claim.ts'
import { CaseIds, CLAIM, Rule, UserId } from '../fields.ts'
import { isCase } from '../kinds.ts'

const EXPECT = 'expected the number of cases that you mean'

type Request = {
  readonly rule: HoldReason
  readonly cases?: readonly string[] | undefined
  readonly all?: true | undefined
  readonly expect?: number | undefined
  readonly as?: string | undefined
  readonly absent?: true | undefined
}

/**
 * Lets held cases pass the rule that holds them; every other rule judges them again.
 *
 * The rule must be named: by the time of the release another one may hold the case, which nobody has looked at. A hold that does not
 * know whom a name means is released for one candidate, or as absent. With `all`, the number of cases is needed too.
 */
export const release = act(
  {
    ...CLAIM,
    rule: Rule,
    cases: z.optional(CaseIds),
    all: z.optional(z.literal(true, 'expected true')),
    expect: z.optional(z.number(EXPECT).check(z.int(EXPECT), z.nonnegative(EXPECT))),
    as: z.optional(UserId),
    absent: z.optional(z.literal(true, 'expected true')),
  },
  async (deps: OperatorDeps, request, invocation: Invocation): Promise<Results | Refusal> => {
    const cases = await casesMeant(deps, request)
    if (isRefusal(cases)) return cases
    const word = wordOf(deps, request, invocation)
    return await changeCases(deps, cases, invocation.deadline, (kase) => releaseOf(kase, request, word))
  },
)

/** Holds that do not know whom the name means: a release says it. */
const NEEDS_NAME: ReadonlySet<HoldReason> = new Set(['ambiguous_username', 'possible_alias', 'renamed'])

async function casesMeant(deps: OperatorDeps, request: Request): Promise<readonly string[] | Refusal> {
  const { rule, cases, all, expect, as, absent } = request
  const names = as !== undefined || absent === true
  if (rule === 'paused') return { error: '`rule`: a pause cannot be released, only resumed' }
  if (as !== undefined && absent) return { error: '`as`: expected either `as` or `absent`' }
  if (names && !NEEDS_NAME.has(rule)) return { error: `\`${as ? 'as' : 'absent'}\`: not for ${rule}` }
  if (names && cases?.length !== 1) return { error: '`cases`: expected one case where a person is named' }
  if (cases && all) return { error: '`all`: expected either `cases` or `all`' }
  if (cases) return expect === undefined ? cases : { error: '`expect`: only together with `all`' }
  if (!all) return { error: '`cases`: expected either `cases` or `all`' }
  if (NEEDS_NAME.has(rule)) return { error: `\`all\`: each case held for ${rule} needs its own release` }
  if (expect === undefined) return { error: '`expect`: `all` needs the number of cases that you mean' }
  return await allHeldBy(deps, rule, expect)
}

async function allHeldBy({ ledger }: OperatorDeps, rule: HoldReason, expect: number) {
  const ids: string[] = []
  for await (const page of ledger.open('case'))
    ids.push(
      ...page
        .filter(isCase)
        .filter((kase) => ruleHolding(kase) === rule)
        .map(({ id }) => id),
    )
  if (ids.length === expect) return ids
  return {
    error: `\`expect\`: ${ids.length} cases are held for ${rule}, not ${expect}; nothing was released`,
  }
}

function ruleHolding({ state: { outcome } }: Case): HoldReason | undefined {
  return outcome?.kind === 'held' ? outcome.reason : undefined
}

function releaseOf(kase: Case, { rule, as, absent }: Request, word: StopAct): Wish {
  const { outcome, snapshot } = kase.state
  if (outcome?.kind !== 'held') return { refused: 'not_held' }
  if (outcome.reason !== rule) return { refused: 'held_otherwise' }
  if (NEEDS_NAME.has(rule) && as === undefined && !absent) return { refused: 'names_nobody' }
  if (as !== undefined && !outcome.candidates?.some(({ userId }) => userId === as))
    return { refused: 'no_candidate' }
  const member = as ?? (absent ? undefined : (outcome.member ?? snapshot?.userId))
  const decision: Decision = {
    ...{ ...word, act: 'release', rule },
    ...(member !== undefined && { member }),
    ...(absent && { absent }),
  }
  return { decisions: [...kase.decisions, decision], drafts: [noticeOf(kase, decision)] }
}

function noticeOf({ id, state: { orgId, departure } }: Case, decision: Decision) {
  const { at, rule, member, absent, because, requestId } = decision
  return noticeDraft({
    ...{ name: 'released', at, orgId, caseId: id, correlationUid: departure.id },
    user: { name: departure.username, ...(member !== undefined && { uid: member }) },
    actor: decision,
    unmapped: { rule, member, absent, because, request_id: requestId },
  })
}
