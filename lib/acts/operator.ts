import * as z from 'zod/mini'
import type { Act, Asking, Invocation, OperatorDeps, ReaderDeps, Refusal } from './act.ts'
import { approve } from './approve/act.ts'
import { cancel } from './cancel/act.ts'
import { showCase } from './case/act.ts'
import { cases } from './cases/act.ts'
import { forget } from './forget/act.ts'
import { leftovers } from './leftovers/act.ts'
import { lookup } from './lookup/act.ts'
import { orphans } from './orphans/act.ts'
import { pause } from './pause/act.ts'
import { release } from './release/act.ts'
import { remove } from './remove/act.ts'
import { report } from './report/act.ts'
import { resume } from './resume/act.ts'
import { retry } from './retry/act.ts'
import { snapshot } from './snapshot/act.ts'
import { status } from './status/act.ts'
import { testAlert } from './test-alert/act.ts'

export type { OperatorDeps, ReaderDeps } from './act.ts'

/** The acts that change something, by `action`. */
export const WRITES = {
  approve,
  cancel,
  forget,
  pause,
  release,
  remove,
  resume,
  retry,
  test_alert: testAlert,
} as const

/** The acts that only look. */
export const READS = {
  case: showCase,
  cases,
  leftovers,
  lookup,
  orphans,
  report,
  snapshot,
  status,
} as const

type Acts<Deps, By> = Readonly<Record<string, Act<Deps, By>>>

/** Carries out an act that changes something. A wrong request is answered with `error`, not thrown. */
export function operate(deps: OperatorDeps, request: unknown, invocation: Invocation) {
  return dispatch<OperatorDeps, Invocation>(WRITES, deps, request, invocation)
}

/** Answers a question; changes nothing. */
export function answer(deps: ReaderDeps, request: unknown, asking: Asking) {
  return dispatch<ReaderDeps, Asking>(READS, deps, request, asking)
}

const Action = z.object({ action: z.string() })

async function dispatch<Deps, By>(
  acts: Acts<Deps, By>,
  deps: Deps,
  request: unknown,
  by: By,
): Promise<object | Refusal> {
  const action = Action.safeParse(request).data?.action ?? ''
  const act = Object.hasOwn(acts, action) ? acts[action] : undefined
  if (!act) return { error: `\`action\`: expected one of ${Object.keys(acts).join(', ')}` }
  return await act(deps, request, by)
}
