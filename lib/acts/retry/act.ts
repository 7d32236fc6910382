import * as z from 'zod/mini'
import { stopOf } from '../../core/org-state.ts'
import { changeOrg } from '../../core/stops.ts'
import { type Notice, noticeDraft } from '../../words/audit-event.ts'
import type { Actor } from '../../words/decision.ts'
import { act, type Invocation, type OperatorDeps, type Refusal } from '../act.ts'
import { changeCases, type Results } from '../change-cases.ts'
import { actorOf } from '../claim.ts'
import { By, CaseIds, OrgId } from '../fields.ts'
import { isCase } from '../kinds.ts'
import { unknownOrg } from '../organizations.ts'

type Retry = { readonly at: Date; readonly actor: Actor; readonly requestId: string }

/**
 * The probe of a stopped organization. `due`: the cases answered try its credential now. `no_case`: none waits; the next departure
 * tries it. `under_way`: a worker tries it at this moment, and if that fails, the next try is at `nextProbeAt`.
 */
type Probe = {
  readonly orgId: string
  readonly probe: 'due' | 'no_case' | 'under_way' | 'not_stopped'
  readonly code?: string
  readonly nextProbeAt?: Date
}

/** Lets workers try open cases now, under all rules; or the credential of an organization that it stopped. */
export const retry = act(
  { by: By, cases: z.optional(CaseIds), orgId: z.optional(OrgId) },
  async (
    deps: OperatorDeps,
    { by, cases, orgId },
    { requestId, deadline }: Invocation,
  ): Promise<(Results & Partial<Probe>) | Refusal> => {
    const retry = { at: deps.clock.now(), actor: actorOf({ by }), requestId }
    if (cases && orgId === undefined) return await retryCases(deps, cases, deadline, retry)
    if (cases || orgId === undefined) return { error: '`cases`: expected either `cases` or `orgId`' }
    return unknownOrg(deps.organizations, orgId) ?? (await probe(deps, orgId, deadline, retry))
  },
)

function retryCases(deps: OperatorDeps, cases: readonly string[], deadline: Date, retry: Retry) {
  return changeCases(deps, cases, deadline, ({ id, state: { orgId, departure } }) => {
    const about = { orgId, caseId: id, correlationUid: departure.id, user: { name: departure.username } }
    return { drafts: [noticeOf(retry, about)] }
  })
}

/** Makes the probe due, and one case that waits for it. The other cases continue by themselves once it succeeds. */
async function probe(
  deps: OperatorDeps,
  orgId: string,
  deadline: Date,
  retry: Retry,
): Promise<Results & Probe> {
  const state = await changeOrg(deps, orgId, (org) => {
    const stop = stopOf(org, 'credential')
    if (!stop) return undefined
    const stops = org.stops.map((one) => (one === stop ? { ...stop, nextProbeAt: retry.at } : one))
    return { state: { ...org, stops }, drafts: [noticeOf(retry, { orgId })] }
  })
  const stop = stopOf(state, 'credential')
  if (!stop) return { cases: [], orgId, probe: 'not_stopped' }

  const { code } = stop
  const waiting = await deferredCase(deps, orgId)
  if (waiting === undefined) return { cases: [], orgId, probe: 'no_case', code }
  const { cases } = await retryCases(deps, [waiting], deadline, retry)
  const isDue = cases.some(({ result }) => result === 'changed')
  return { cases, orgId, code, probe: isDue ? 'due' : 'under_way', nextProbeAt: stop.nextProbeAt }
}

async function deferredCase({ ledger }: OperatorDeps, orgId: string): Promise<string | undefined> {
  for await (const page of ledger.open('case')) {
    const found = page.filter(isCase).find(({ state }) => {
      return state.orgId === orgId && state.outcome?.kind === 'deferred'
    })
    if (found) return found.id
  }
  return undefined
}

function noticeOf({ at, actor, requestId }: Retry, about: Partial<Notice>) {
  return noticeDraft({ name: 'retried', at, ...about, actor, unmapped: { request_id: requestId } })
}
