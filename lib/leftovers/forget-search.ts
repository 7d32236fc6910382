import { pseudonymOf } from '../words/forget.ts'
import type { SearchState } from './search-task.ts'

/** Takes out of a search what names its person: invitations and database users. A project is nobody's. */
export function forgottenSearch(state: SearchState): SearchState {
  const findings = state.findings.map((one) => {
    const isPersonal = one.kind === 'project_invitation' || one.kind === 'database_user'
    return isPersonal ? { ...one, id: pseudonymOf(one.id) } : one
  })
  return { ...state, findings, intended: [] }
}
