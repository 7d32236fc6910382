import { noticeDraft } from '../../words/audit-event.ts'
import { act, type Invocation, type OperatorDeps } from '../act.ts'
import { changeCases, type Results } from '../change-cases.ts'
import { wordOf } from '../claim.ts'
import { CaseIds, CLAIM } from '../fields.ts'

/** Ends open cases without a removal. If a DELETE may already be under way, the case ends as what it turns out to be. */
export const cancel = act(
  { ...CLAIM, cases: CaseIds },
  async (deps: OperatorDeps, request, invocation: Invocation): Promise<Results> => {
    const decision = { ...wordOf(deps, request, invocation), act: 'cancel' as const }
    const { at, because, requestId } = decision
    return await changeCases(deps, request.cases, invocation.deadline, ({ id, decisions, state }) => {
      const { orgId, departure, outcome } = state
      const notice = noticeDraft({
        ...{ name: 'cancelled_by_operator', at, orgId, caseId: id, correlationUid: departure.id },
        user: { name: departure.username },
        actor: decision,
        unmapped: { outcome, because, request_id: requestId },
      })
      return { decisions: [...decisions, decision], drafts: [notice] }
    })
  },
)
