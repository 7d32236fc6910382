import { isFailed } from '../cli/command.ts'
import { fromNow, paragraphs } from '../cli/text.ts'
import { stopOf } from '../core/org-state.ts'
import { changeOrg } from '../core/stops.ts'
import { type Notice, noticeDraft } from '../words/audit-event.ts'
import type { Actor } from '../words/decision.ts'
import { type OperatorDeps, writes } from './act.ts'
import { changeCases, openCases, type Results } from './change-cases.ts'
import { actorOf, BY, CASES, ORG } from './fields.ts'
import { changeAndFollow, NO_WAIT } from './follow.ts'
import { unknownOrg } from './organizations.ts'

type Retry = { readonly at: Date; readonly actor: Actor; readonly requestId: string; readonly deadline: Date }

/**
 * The probe of a stopped organization. `due`: the case in `cases` tries its credential now. `no_case`: no case waits; the next departure
 * tries it. `under_way`: a worker is trying it; if that fails, the next try is at `nextProbeAt`. `checking`: it is not stopped, and the
 * hourly check of its credential comes now.
 */
type Probe = {
  readonly orgId: string
  readonly probe: 'due' | 'no_case' | 'under_way' | 'checking'
  readonly code?: string
  readonly nextProbeAt?: Date
}
type Retried = Results & Partial<Probe>

/** Retries open cases now, under all rules, or tries the credential of a stopped organization. */
export const retry = writes({
  name: 'retry',
  about: 'retries open cases now, or the credential of a stopped organization',
  examples: ['retry c-0123456789abcdef0123', 'retry --org 32b6e34b3d91647abb20e7b8'],
  fields: { cases: CASES, orgId: { ...ORG, about: 'try the credential of this organization' }, by: BY },
  options: NO_WAIT,
  async does(deps, { by, cases, orgId }, invocation) {
    const { deadline, requestId } = invocation
    const retry: Retry = { at: deps.clock.now(), actor: actorOf({ by }, invocation), requestId, deadline }
    if (cases && orgId === undefined) return await retryCases(deps, cases, retry)
    if (cases || orgId === undefined) return { error: '`cases`: expected either `cases` or `orgId`' }
    return unknownOrg(deps.organizations, orgId) ?? (await probe(deps, orgId, retry))
  },
  async run(desk, { noWait, ...request }) {
    const following = { noWait, changed: 'not tried again yet' }
    const shown = await changeAndFollow<Retried>(desk, { action: 'retry', ...request }, following)
    if (isFailed(shown)) return shown
    const { answer, text, status } = shown
    const isWaiting = answer.probe === 'under_way' || answer.probe === 'no_case'
    const all = paragraphs(probeLine(answer, desk.view().now), answer.cases.length > 0 && text)
    return { answer, text: all, status: isWaiting ? 1 : status }
  },
})

function retryCases(deps: OperatorDeps, cases: readonly string[], retry: Retry): Promise<Results> {
  return changeCases(deps, cases, retry.deadline, ({ id, state: { orgId, departure } }) => {
    const about = { orgId, caseId: id, correlationUid: departure.id, user: { name: departure.username } }
    return { drafts: [noticeOf(retry, about)] }
  })
}

/** Makes the probe due, and with it one waiting case. The other cases continue by themselves once it succeeds. */
async function probe(deps: OperatorDeps, orgId: string, retry: Retry): Promise<Results & Probe> {
  const state = await changeOrg(deps, orgId, (org) => {
    const stop = stopOf(org, 'credential')
    if (!stop) return undefined
    const stops = org.stops.map((one) => (one === stop ? { ...stop, nextProbeAt: retry.at } : one))
    return { state: { ...org, stops }, drafts: [noticeOf(retry, { orgId })] }
  })
  const stop = stopOf(state, 'credential')
  if (!stop) {
    await deps.queue.send([{ message: { kind: 'task', task: 'check', id: orgId } }])
    return { cases: [], orgId, probe: 'checking' }
  }

  const { code, nextProbeAt } = stop
  for await (const { id, wait, orgId: where } of openCases(deps.ledger)) {
    if (where !== orgId || wait !== 'deferred') continue
    const { cases } = await retryCases(deps, [id], retry)
    const isDue = cases.some(({ result }) => result === 'changed')
    return { cases, orgId, code, probe: isDue ? 'due' : 'under_way', nextProbeAt }
  }
  return { cases: [], orgId, probe: 'no_case', code }
}

function noticeOf({ at, actor, requestId }: Retry, about: Partial<Notice>) {
  return noticeDraft({ name: 'retried', at, ...about, actor, unmapped: { request_id: requestId } })
}

function probeLine({ orgId = '', probe, code = '', nextProbeAt }: Retried, now: Date): string | undefined {
  const where = `Organization ${orgId}`
  const next = nextProbeAt ? ` The next try is due ${fromNow(nextProbeAt, now)}.` : ''
  switch (probe) {
    case undefined:
      return undefined
    case 'checking':
      return `${where} is not stopped by its credential. The credential is tried now: atlas-offboarding preflight`
    case 'no_case':
      return `${where} is stopped (${code}), and no case waits. The next departure tries the credential.`
    case 'under_way':
      return `${where} is stopped (${code}), and a worker is trying the credential.${next}`
    case 'due':
      return `${where} was stopped (${code}): the case below tries its credential now. If it succeeds, the others continue within 5 min.`
  }
}
