import { EVERYONE, type EveryoneState, everyoneIn } from '../../lib/core/org-state.ts'
import type { Memory } from '../../lib/core/ports.ts'
import { approved, type PersonState, personKey } from '../../lib/core/returns.ts'
import { changeOpenTask, remember } from '../../lib/core/runner.ts'
import { changeOrg, paused, resumed } from '../../lib/core/stops.ts'
import { noticeDraft } from '../../lib/words/audit-event.ts'
import type { Case, CaseState } from '../../lib/words/case.ts'
import type { NoticeName } from '../../lib/words/catalogue.ts'
import type { Decision } from '../../lib/words/decision.ts'
import type { Parts } from './environment.ts'

/** What on-call may ask for. */
export type Act =
  | {
      readonly action: 'release' | 'cancel' | 'retry'
      readonly cases: readonly string[]
      readonly as?: string
      readonly absent?: true
    }
  | { readonly action: 'pause' | 'resume'; readonly orgId?: string }
  | { readonly action: 'approve'; readonly usernames: readonly string[]; readonly until: string }

type Context = { readonly requestId: string; readonly deadline: Date }

const WORD = { actor: 'arn:aws:iam::111122223333:role/on-call', because: 'simulated' }
const NOTICES = {
  release: 'released',
  cancel: 'cancelled_by_operator',
  retry: 'retried',
} as const satisfies Record<string, NoticeName>

/** Does what on-call asks for, on the core's own means. */
export async function operate(deps: Parts, act: Act, { requestId }: Context): Promise<object> {
  const word = { ...WORD, at: deps.clock.now(), requestId }
  switch (act.action) {
    case 'release':
    case 'cancel':
    case 'retry': {
      const cases: { readonly id: string; readonly result: string }[] = []
      for (const id of act.cases) {
        const { kind: result } = await changeOpenTask<CaseState>(deps, { kind: 'case', id }, (kase) => {
          const decisions = decided(kase, act, word)
          return decisions && { decisions, drafts: [noticeOf(kase, NOTICES[act.action], word)] }
        })
        cases.push({ id, result })
      }
      return { cases }
    }
    case 'pause':
      return await stop(deps, act.orgId, (state, orgId) => paused(state, word, orgId))
    case 'resume': {
      await stop(deps, act.orgId, (state, orgId) => resumed(state, word, orgId))
      return { busy: await judgeStopped(deps) }
    }
    case 'approve':
      for (const username of act.usernames)
        await remember<PersonState>(deps, personKey(username), (state) =>
          approved(state, username, { ...word, act: 'approve', until: new Date(act.until) }),
        )
      return {}
  }
}

type Word = Pick<Decision, 'actor' | 'because' | 'at' | 'requestId'>

function decided(
  kase: Case,
  act: Extract<Act, { cases: unknown }>,
  word: Word,
): Case['decisions'] | undefined {
  const { outcome, snapshot } = kase.state
  if (act.action === 'retry') return kase.decisions
  if (act.action === 'cancel') return [...kase.decisions, { ...word, act: 'cancel' }]
  if (outcome?.kind !== 'held') return undefined
  const member = act.as ?? (outcome.reason === 'privileged' ? snapshot?.userId : undefined)
  const named = { ...(member && { member }), ...(act.absent && { absent: true as const }) }
  return [...kase.decisions, { ...word, act: 'release', rule: outcome.reason, ...named }]
}

function noticeOf({ id: caseId, state: { orgId, departure } }: Case, name: NoticeName, word: Word) {
  const { at, actor, because, requestId } = word
  return noticeDraft({
    name,
    at,
    orgId,
    caseId,
    correlationUid: departure.id,
    actor: { actor },
    user: { name: departure.username },
    unmapped: { because, request_id: requestId },
  })
}

async function stop(
  deps: Parts,
  orgId: string | undefined,
  change: <S extends EveryoneState>(state: S, orgId?: string) => ReturnType<typeof paused<S>>,
): Promise<object> {
  if (orgId) await changeOrg(deps, orgId, (state) => change(state, orgId))
  else
    await remember<EveryoneState>(deps, EVERYONE, (state, isUnreadable) =>
      change(
        everyoneIn(isUnreadable ? { ...NOTHING, isUnreadable } : { ...NOTHING, ...(state && { state }) }),
      ),
    )
  return {}
}

const NOTHING: Memory<EveryoneState> = { key: EVERYONE, version: 0, sequence: 0 }

/** Lets a worker judge everybody whom the stop held. @returns those whom a worker has in hand */
async function judgeStopped(deps: Parts): Promise<readonly string[]> {
  const busy: string[] = []
  for await (const page of deps.ledger.open('case'))
    for (const { id, state } of page as readonly Case[]) {
      if (!isStopped(state)) continue
      const changed = await changeOpenTask<CaseState>(deps, { kind: 'case', id }, (kase) =>
        isStopped(kase.state) ? {} : undefined,
      )
      if (changed.kind === 'busy') busy.push(id)
    }
  return busy
}

function isStopped({ outcome }: CaseState): boolean {
  return outcome?.kind === 'held' && (outcome.reason === 'paused' || outcome.reason === 'mass_removal')
}
