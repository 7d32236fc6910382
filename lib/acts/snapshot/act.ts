import { type CaseRow, rowOf } from '../../evidence/rows.ts'
import type { CaseState } from '../../words/case.ts'
import type { Snapshot } from '../../words/member.ts'
import { type Reinvitation, reinvitationOf } from '../../words/reinvitation.ts'
import { act, type ReaderDeps, type Refusal } from '../act.ts'
import { CaseId } from '../fields.ts'

type Shown = {
  readonly case: CaseRow
  readonly snapshot: Snapshot
  /** What a human with an owner's credential sends to Atlas to bring the person back. */
  readonly request: Reinvitation
}

/** Shows what a person held when they were found, and the request that gives it back to them. */
export const snapshot = act(
  { case: CaseId },
  async ({ ledger }: ReaderDeps, request): Promise<Shown | Refusal> => {
    const kase = await ledger.read<CaseState>('case', request.case)
    if (!kase) return { error: `\`case\`: there is no case ${request.case}` }
    const { snapshot: held, forgottenAt, orgId } = kase.state
    if (forgottenAt) return { error: '`case`: the person was forgotten; nobody knows any more who it was' }
    if (!held) return { error: '`case`: there is no snapshot, because nobody was found under that name' }
    return { case: rowOf(kase), snapshot: held, request: reinvitationOf(orgId, held) }
  },
)
