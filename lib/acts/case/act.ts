import { type CaseRow, rowOf } from '../../evidence/rows.ts'
import { type SearchTask, searchIdOf } from '../../leftovers/search-task.ts'
import type { CaseState } from '../../words/case.ts'
import type { Snapshot } from '../../words/member.ts'
import { act, type ReaderDeps, type Refusal } from '../act.ts'
import { CaseId } from '../fields.ts'

type Told = { readonly case: CaseRow; readonly snapshot?: Snapshot }

/** Tells everything that is known of one case. */
export const showCase = act(
  { case: CaseId },
  async ({ ledger }: ReaderDeps, { case: id }): Promise<Told | Refusal> => {
    const [kase, search] = await Promise.all([
      ledger.read<CaseState>('case', id),
      ledger.read<SearchTask['state']>('search', searchIdOf(id)),
    ])
    if (!kase) return { error: `\`case\`: there is no case ${id}` }
    const { snapshot } = kase.state
    return { case: rowOf(kase, search), ...(snapshot && { snapshot }) }
  },
)
