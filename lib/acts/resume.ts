import { instant } from '../cli/text.ts'
import type { Memory, Waiting } from '../core/ledger.ts'
import { stopOf } from '../core/org-state.ts'
import { approvalFor, type PersonState, personKey } from '../core/returns.ts'
import { resumed } from '../core/stops.ts'
import { countOf } from '../words/wording.ts'
import { type OperatorDeps, writes } from './act.ts'
import { MOST_IDS } from './case-table.ts'
import { changeCases, openCases } from './change-cases.ts'
import { ALONE, CLAIM, ORG, wordOf } from './fields.ts'
import { changeStops, readStops, stoppedBy, unknownOrg, windowOf } from './organizations.ts'

/** Lifts a pause and an exceeded limit, and retries the cases that the pause held. */
export const resume = writes({
  name: 'resume',
  about: 'lifts a pause and an exceeded limit',
  examples: [
    'resume --because "HR confirmed"',
    'resume --org 32b6e34b3d91647abb20e7b8 --because "HR confirmed"',
  ],
  fields: { orgId: ORG, ...CLAIM, ...ALONE },
  needsTwo: () => true,
  /** The proposal is bound to the stops in force: whoever pauses again meanwhile knows something that it does not. */
  async fixes({ ledger, organizations }, { orgId }) {
    const { everyone, orgs } = await readStops(ledger, orgId === undefined ? [] : [orgId])
    const place = orgId === undefined ? everyone : orgs[0]
    const stops = (place?.stops ?? []).map(({ kind, since }) => [`${kind} ${since.toISOString()}`, 0])
    return unknownOrg(organizations, orgId) ?? Object.fromEntries(stops)
  },
  asks: ({ orgId }) =>
    `Resume removals in ${orgId === undefined ? 'all organizations' : `organization ${orgId}`}?`,
  async does(deps, request, invocation) {
    const { orgId } = request
    const refused = unknownOrg(deps.organizations, orgId)
    if (refused) return refused
    const word = wordOf(deps, request, invocation)
    const { before, changed } = await changeStops(deps, orgId, (state, of) => resumed(state, word, of))
    const limit = stopOf(before, 'over_limit')?.limit
    const window = 'slots' in before && limit !== undefined && windowOf(before, limit, word.at)
    return {
      ...{ resumed: orgId ?? 'all', changed },
      /** The next leaver stops the organization again before `freeAt`. */
      full: window && window.freeAt !== undefined ? window : undefined,
      ...(await retryHeld(deps, orgId, invocation.deadline)),
      /** What stays stopped all the same: an organization's own stop is lifted by its name. */
      stillStopped: await stoppedBy(deps, ['paused', 'over_limit']),
    }
  },
  show({ resumed: where, changed, retried, busy, massRemoval, full, stillStopped }) {
    const what = where === 'all' ? 'All organizations' : `Organization ${where}`
    const lines = [
      `${what}: ${changed ? 'resumed' : 'nothing was paused or over its limit'}`,
      retried > 0 && `${countOf(retried, 'case')} retried`,
      busy.length > MOST_IDS && `${countOf(busy.length, 'case')} not reached; do it again to reach them`,
      busy.length > 0 &&
        busy.length <= MOST_IDS &&
        `Not retried:\nnext: atlas-offboarding retry ${busy.join(' ')}`,
      massRemoval > 0 &&
        `${countOf(massRemoval, 'case')} held by the limit:\nnext: atlas-offboarding release --all --kind mass_removal --expect ${massRemoval} --because WHY`,
      full &&
        `${full.removals} of ${full.limit} removals in 24 hours are used up until ${full.freeAt && instant(full.freeAt)}: the next leaver stops the organization again
If they are announced:
next: atlas-offboarding approve --usernames FILE --until 2d --because WHY`,
      stillStopped.length > 0 && `Still stopped: ${stillStopped.join(', ')}; see atlas-offboarding status`,
    ]
    const isStopped = stillStopped.includes('all') || stillStopped.includes(where)
    const status = busy.length > 0 || isStopped || massRemoval > 0 ? 1 : 0
    return { text: lines.filter(Boolean).join('\n'), status }
  },
})

/** Retries the cases that a pause held, and those of approved people that the limit held. Any other needs a release. */
async function retryHeld(deps: OperatorDeps, orgId: string | undefined, deadline: Date) {
  const [paused, overLimit]: [Waiting[], Waiting[]] = [[], []]
  for await (const kase of openCases(deps.ledger)) {
    if (orgId !== undefined && kase.orgId !== orgId) continue
    if (kase.reason === 'paused') paused.push(kase)
    if (kase.reason === 'mass_removal') overLimit.push(kase)
  }
  const approved = await approvedOf(deps, overLimit)
  const ids = [...paused, ...approved].map(({ id }) => id)
  const { cases } = await changeCases(deps, ids, deadline, () => ({}))
  const isBusy = (result: string) => result === 'busy' || result === 'not_reached'
  return {
    retried: cases.filter(({ result }) => result === 'changed').length,
    busy: cases.filter(({ result }) => isBusy(result)).map((one) => one.case),
    massRemoval: overLimit.length - approved.length,
  }
}

async function approvedOf(
  { ledger, clock }: OperatorDeps,
  cases: readonly Waiting[],
): Promise<readonly Waiting[]> {
  const memories = await ledger.memories(cases.map(({ usernames: [name = ''] }) => personKey(name)))
  return cases.filter(({ id: caseId, orgId }, index) => {
    const { state: person } = (memories[index] ?? {}) as Partial<Memory<PersonState>>
    return approvalFor(person, { orgId, caseId }, clock.now())
  })
}
