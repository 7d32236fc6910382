import { type Failed, isFailed, wrong } from '../cli/command.ts'
import type { Ledger } from '../core/ledger.ts'
import type { StopAct } from '../core/stops.ts'
import type { CaseRow } from '../evidence/rows.ts'
import { atOnce } from '../words/at-once.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { type Case, type CaseState, memberOf } from '../words/case.ts'
import type { Decision } from '../words/decision.ts'
import type { HoldReason } from '../words/outcome.ts'
import { countOf } from '../words/wording.ts'
import { type Confirmed, type Fixed, isRefusal, type Refusal, writes } from './act.ts'
import { readAndShow } from './cases.ts'
import { type CaseChange, changeCases, openCases } from './change-cases.ts'
import { ALONE, CASES, CLAIM, COUNT, MEMBERS, RULE, SWITCH, USER_ID, wordOf } from './fields.ts'
import { changeAndFollow, NO_WAIT } from './follow.ts'
import { isOwnCase } from './own-case.ts'

type Request = {
  readonly rule?: HoldReason | undefined
  readonly cases?: readonly string[] | undefined
  readonly all?: true | undefined
  readonly expect?: number | undefined
  readonly as?: string | undefined
  readonly absent?: true | undefined
  readonly members?: readonly string[] | undefined
}

/**
 * Lets held cases pass the rule that holds them; every other rule judges them again.
 *
 * The rule must be named: by the time of the release another rule may hold the case, for a reason that nobody has looked at. A hold that
 * does not know whom a name means is released for one candidate, or as absent. `all` also needs the number of cases. `members` are the
 * members that the human was shown: a case that is now held for another member is left alone.
 */
export const release = writes({
  name: 'release',
  about: 'lets held cases pass the rule that holds them; all other rules judge them again',
  examples: [
    'release c-0123456789abcdef0123 --because HR-1042',
    'release c-0123456789abcdef0123 --as 5e4bc367c6b0f41b00000001 --because HR-1042',
    'release --all --kind observing --expect 12 --because "pilot is over"',
  ],
  fields: {
    cases: CASES,
    ...CLAIM,
    ...ALONE,
    as: { ...USER_ID, about: 'the person is this candidate of the case' },
    absent: { ...SWITCH, about: 'the person is none of the candidates' },
    all: { ...SWITCH, about: 'all cases of one kind; needs --kind and --expect' },
    rule: { ...RULE, about: 'the rule that holds them, such as observing' },
    expect: { ...COUNT, about: 'how many cases you mean' },
    members: MEMBERS,
  },
  options: NO_WAIT,
  alerts: true,
  needsTwo: ({ rule, all, as, cases = [] }) =>
    all === true || cases.length > MOST_ALONE || as !== undefined || ALWAYS_TWO.has(rule),
  async fixes({ ledger }, request) {
    const cases = await casesMeant(ledger, request)
    return isRefusal(cases) ? cases : await versionsOf(ledger, cases, request)
  },
  async does(deps, request, invocation) {
    const { confirmed, deadline } = invocation
    const cases = confirmed ? Object.keys(confirmed.fixed) : await casesMeant(deps.ledger, request)
    if (isRefusal(cases)) return cases
    const word = wordOf(deps, request, invocation)
    return await changeCases(deps, cases, deadline, (kase) => {
      return (confirmed && changedSince(kase, confirmed, word)) ?? releaseOf(kase, request, word)
    })
  },
  async run(desk, { noWait, ...request }) {
    const { cases = [], all, expect } = request
    if (cases.length > 0 === (all === true)) return wrong('expected either cases or --all')
    if (all && (request.rule === undefined || expect === undefined))
      return wrong('--all needs --kind, and --expect with the number of cases')
    const rows = await readAndShow(desk, all ? { kind: request.rule } : { cases })
    if (isFailed(rows)) return rows
    const rule = request.rule ?? ruleOf(rows)
    if (isFailed(rule)) return rule
    const members = rows.flatMap(({ memberId }) => memberId ?? [])
    const shown = members.length > 0 && { members: [...new Set(members)] }
    const dryRuns = rows.filter(({ dryRun }) => dryRun).length
    const isDry = dryRuns > 0 ? ` (${countOf(dryRuns, 'dry run')} among them)` : ''
    const which = `${countOf(expect ?? cases.length, 'case')}${isDry}`
    const no = await desk.confirm(`Release ${which} held for ${rule}, so that people are removed?`)
    if (no) return no
    const changed = 'released, not tried again yet'
    return await changeAndFollow(desk, { action: 'release', ...request, rule, ...shown }, { noWait, changed })
  },
})

/** A list of more cases needs a second person, as `--all` does. */
const MOST_ALONE = 10
const ALWAYS_TWO: ReadonlySet<unknown> = new Set<HoldReason>(['mass_removal', 'privileged'])
/** Holds that do not know whom the name means: a release says it. */
const NEEDS_NAME: ReadonlySet<HoldReason> = new Set(['ambiguous_username', 'possible_alias', 'renamed'])

async function casesMeant(ledger: Ledger, request: Request): Promise<readonly string[] | Refusal> {
  const { rule, cases, all, expect, as, absent } = request
  const names = as !== undefined || absent === true
  if (rule === undefined) return { error: '`rule`: expected one of the rules that hold cases' }
  if (rule === 'paused') return { error: '`rule`: a pause cannot be released, only resumed' }
  if (as !== undefined && absent) return { error: '`as`: expected either `as` or `absent`' }
  if (names && !NEEDS_NAME.has(rule)) return { error: `\`${as ? 'as' : 'absent'}\`: not for ${rule}` }
  if (names && cases?.length !== 1) return { error: '`cases`: expected one case where a person is named' }
  if (cases && all) return { error: '`all`: expected either `cases` or `all`' }
  if (cases) return expect === undefined ? cases : { error: '`expect`: only together with `all`' }
  if (!all) return { error: '`cases`: expected either `cases` or `all`' }
  if (NEEDS_NAME.has(rule)) return { error: `\`all\`: each case held for ${rule} needs its own release` }
  if (expect === undefined) return { error: '`expect`: `all` needs the number of cases that you mean' }
  const ids: string[] = []
  for await (const { id, wait, reason } of openCases(ledger))
    if (wait === 'held' && reason === rule) ids.push(id)
  if (ids.length === expect) return ids
  return {
    error: `\`expect\`: ${ids.length} cases are held for ${rule}, not ${expect}; nothing was released`,
  }
}

/** Reads the version of each case. With the version, the member whom it is held for is fixed too, so `members` is checked only here. */
async function versionsOf(
  ledger: Ledger,
  cases: readonly string[],
  request: Request,
): Promise<Fixed | Refusal> {
  const read = await atOnce(cases, AT_ONCE, async (id) => {
    const kase = await ledger.read<CaseState>('case', id)
    return { id, version: kase?.version ?? 0, isOther: kase !== undefined && isForOther(kase, request) }
  })
  const other = read.find(({ isOther }) => isOther)
  if (other)
    return { error: `\`members\`: ${other.id} is held for another member than was shown; look again` }
  return Object.fromEntries(read.map(({ id, version }) => [id, version]))
}

/** Tells whether a case is by now held for another member than the human was shown. */
function isForOther({ state }: Case, { as, absent, members }: Request): boolean {
  const found = as === undefined && !absent ? memberOf(state) : undefined
  return found !== undefined && members !== undefined && !members.includes(found)
}

const AT_ONCE = 20

/** Leaves a case alone that is no longer what two people agreed on; one that is released already is only tried again. */
function changedSince(kase: Case, { fixed }: Confirmed, { requestId }: StopAct): CaseChange | undefined {
  if (kase.version === fixed[kase.id]) return undefined
  return kase.decisions.some((decision) => decision.requestId === requestId) ? {} : 'changed_since'
}

function releaseOf(kase: Case, request: Request, word: StopAct): CaseChange {
  const { rule, as, absent } = request
  const { outcome } = kase.state
  if (isOwnCase(word, kase.state)) return 'own_case'
  if (outcome?.kind !== 'held') return 'not_held'
  if (outcome.reason !== rule) return 'held_otherwise'
  if (NEEDS_NAME.has(rule) && as === undefined && !absent) return 'names_nobody'
  if (as !== undefined && !outcome.candidates?.some(({ userId }) => userId === as)) return 'no_candidate'
  if (isForOther(kase, request)) return 'changed_since'
  const member = as ?? (absent ? undefined : memberOf(kase.state))
  const decision: Decision = {
    ...{ ...word, act: 'release', rule },
    ...(member !== undefined && { member }),
    ...(absent && { absent, candidates: outcome.candidates?.map(({ userId }) => userId) ?? [] }),
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

/** The rule that holds the cases, as the human has just seen it: a release names it, because another may hold them by then. */
function ruleOf(rows: readonly CaseRow[]): HoldReason | Failed {
  const rules = new Set(rows.flatMap(({ outcome }) => (outcome?.kind === 'held' ? [outcome.reason] : [])))
  const [rule, ...others] = rules
  if (rule === undefined) return { error: 'none of these cases is held', status: 1 }
  if (others.length === 0) return rule
  return wrong(`held for different rules (${[...rules].join(', ')}); release them kind by kind`)
}
