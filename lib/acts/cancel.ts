import { isFailed } from '../cli/command.ts'
import { noticeDraft } from '../words/audit-event.ts'
import { countOf } from '../words/wording.ts'
import { writes } from './act.ts'
import { readAndShow } from './cases.ts'
import { changeCases } from './change-cases.ts'
import { CASES, CLAIM, wordOf } from './fields.ts'
import { changeAndFollow, NO_WAIT } from './follow.ts'
import { isOwnCase } from './own-case.ts'

/** Ends open cases without a removal. If a DELETE may already be under way, the case ends as what it turns out to be. */
export const cancel = writes({
  name: 'cancel',
  about: 'ends open cases without a removal',
  examples: ['cancel c-0123456789abcdef0123 --because "she stays, says HR"'],
  fields: { cases: { ...CASES, needed: true }, ...CLAIM },
  options: NO_WAIT,
  alerts: true,
  async does(deps, request, invocation) {
    const decision = { ...wordOf(deps, request, invocation), act: 'cancel' as const }
    const { at, because, requestId } = decision
    return await changeCases(deps, request.cases, invocation.deadline, ({ id, decisions, state }) => {
      if (isOwnCase(decision, state)) return 'own_case'
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
  async run(desk, { noWait, ...request }) {
    const rows = await readAndShow(desk, { cases: request.cases })
    if (isFailed(rows)) return rows
    const which = countOf(request.cases.length, 'case')
    const no = await desk.confirm(`Cancel ${which}, so that nobody is removed because of them?`)
    if (no) return no
    return await changeAndFollow(
      desk,
      { action: 'cancel', ...request },
      // Whoever was removed before is no success: somebody wanted them to stay.
      { noWait, changed: 'to be cancelled', isGood: (outcome) => outcome?.kind === 'cancelled' },
    )
  },
})
