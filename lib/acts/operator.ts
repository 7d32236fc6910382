import * as z from 'zod/mini'
import type { Act, Invocation, OperatorDeps, ReaderDeps } from './act.ts'
import { approve } from './approve.ts'
import { cancel } from './cancel.ts'
import { oneCase } from './case.ts'
import { cases } from './cases.ts'
import { forget } from './forget.ts'
import { leftovers } from './leftovers.ts'
import { lookup } from './lookup.ts'
import { orphans } from './orphans/act.ts'
import { pause } from './pause.ts'
import { release } from './release.ts'
import { remove } from './remove.ts'
import { report } from './report/act.ts'
import { resume } from './resume.ts'
import { retry } from './retry.ts'
import { snapshot } from './snapshot.ts'
import { status } from './status.ts'
import { testAlert } from './test-alert.ts'

/** The acts that only look, in the order of the help. */
export const READS = [status, cases, oneCase, lookup, leftovers, snapshot, report, orphans] as const
/** The acts that change something. */
export const WRITES = [remove, release, cancel, retry, approve, pause, resume, forget, testAlert] as const

/** Carries out an act that changes something. A wrong request is answered with `error`, not thrown. */
export const operate = carriedOut<OperatorDeps>(WRITES)
/** Answers a question; changes nothing. */
export const answer = carriedOut<ReaderDeps>(READS)

function carriedOut<Deps>(acts: readonly Act<Deps>[]) {
  return async (deps: Deps, request: unknown, invocation: Invocation): Promise<object> => {
    const { action } = z.object({ action: z.string() }).safeParse(request).data ?? {}
    const act = acts.find((one) => one.action === action)
    if (act) return await act.answer(deps, request, invocation)
    return { error: `\`action\`: expected one of ${acts.map((one) => one.action).join(', ')}` }
  }
}
