import * as z from 'zod/mini'
import type { GuardSettings } from '../core/guards.ts'
import type { Clock, Ledger, Members, Organizations, Projects } from '../core/ports.ts'
import type { SteerDeps } from '../core/steer.ts'
import type { WindowLimits } from '../core/window.ts'
import { approve } from './approve.ts'
import { forget } from './forget.ts'
import { leftovers } from './leftovers.ts'
import { lookup } from './lookup.ts'
import { orphans } from './orphans.ts'
import { remove } from './remove.ts'
import { report } from './report.ts'
import { snapshot } from './snapshot.ts'
import { status } from './status.ts'
import { cancel, release, retry } from './steering.ts'
import { pause, resume } from './switches.ts'
import { testAlert } from './test-alert.ts'
import { cases } from './views.ts'

/** What the writing operator needs: it queues, and writes to the ledger. It cannot remove anybody itself. */
export type OperatorDeps = SteerDeps & { readonly organizations: Organizations }

/** What the reading operator needs. */
export type ReaderDeps = {
  readonly ledger: Ledger
  readonly organizations: Organizations
  readonly members: Members
  readonly projects: Projects
  readonly clock: Clock
  readonly settings: WindowLimits & Pick<GuardSettings, 'mode' | 'protectedUsernames'>
}

/** The invocation an act came by; its id can be joined with CloudTrail. */
export type Invocation = { readonly requestId: string; readonly deadline: Date }

/** Carries out an act that changes something. A wrong request is answered with `error`, not thrown. */
export async function operate(deps: OperatorDeps, request: unknown, invocation: Invocation) {
  switch (actionOf(request)) {
    case 'remove':
      return await remove(deps, request, invocation)
    case 'release':
      return await release(deps, request, invocation)
    case 'retry':
      return await retry(deps, request, invocation)
    case 'cancel':
      return await cancel(deps, request, invocation)
    case 'approve':
      return await approve(deps, request, invocation)
    case 'pause':
      return await pause(deps, request, invocation)
    case 'resume':
      return await resume(deps, request, invocation)
    case 'test_alert':
      return await testAlert(deps, request, invocation)
    case 'forget':
      return await forget(deps, request, invocation)
    default:
      return {
        error:
          '`action`: expected remove, release, retry, cancel, approve, pause, resume, test_alert or forget',
      }
  }
}

/** Answers a question; changes nothing. */
export async function answer(deps: ReaderDeps, request: unknown, deadline: Date) {
  switch (actionOf(request)) {
    case 'lookup':
      return await lookup(deps, request, deadline)
    case 'leftovers':
      return await leftovers(deps, request, deadline)
    case 'cases':
      return await cases(deps, request)
    case 'status':
      return await status(deps, deadline)
    case 'report':
      return await report(deps, request, deadline)
    case 'snapshot':
      return await snapshot(deps, request)
    case 'orphans':
      return await orphans(deps, request, deadline)
    default:
      return { error: '`action`: expected lookup, leftovers, cases, status, report, snapshot or orphans' }
  }
}

const Action = z.object({ action: z.string() })

function actionOf(request: unknown): string | undefined {
  const parsed = Action.safeParse(request)
  return parsed.success ? parsed.data.action : undefined
}
