import type { Finding } from '../../leftovers/findings.ts'
import type { SearchTask } from '../../leftovers/search-task.ts'
import { pseudonymOf } from '../../words/forget.ts'

/** Takes everything out of a closed search that names the person. An invitation and a database user are one person's; a project is not. */
export function forgottenSearch(search: SearchTask): SearchTask {
  const { subject, state } = search
  const person = pseudonymOf(subject.username)
  return {
    ...search,
    subject: { ...subject, username: person },
    state: {
      ...state,
      findings: state.findings.map((finding) => (isPersonal(finding) ? { ...finding, id: person } : finding)),
      intended: state.intended.map((one) => ({ ...one, id: person })),
    },
  }
}

function isPersonal({ kind }: Finding): boolean {
  return kind === 'project_invitation' || kind === 'database_user'
}
