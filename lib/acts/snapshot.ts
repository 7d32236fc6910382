import type { Snapshot } from '../words/member.ts'
import { type Reinvitation, reinvitationOf } from '../words/reinvitation.ts'
import type { ReaderDeps } from './operator.ts'
import { isRefusal, type Refusal, readRequest } from './requests.ts'
import { type CaseLine, lineOf } from './views.ts'

type Answer = {
  readonly case: CaseLine
  readonly snapshot: Snapshot
  /** What a human with an owner's credential sends to Atlas to bring the person back. */
  readonly request: Reinvitation
}

/** Shows what a person held when they were found, and the request that gives it back to them. */
export async function snapshot({ ledger }: ReaderDeps, body: unknown): Promise<Answer | Refusal> {
  const request = readRequest('snapshot', body)
  if (isRefusal(request)) return request

  const kase = await ledger.read(request.case)
  if (!kase) return { error: '`case`: no such case' }
  if (kase.forgottenAt) return { error: '`case`: the person was forgotten; nobody knows any more who it was' }
  if (!kase.snapshot) return { error: '`case`: no snapshot, because nobody was found under that name' }
  return {
    case: lineOf(kase),
    snapshot: kase.snapshot,
    request: reinvitationOf(kase.orgId, kase.snapshot),
  }
}
