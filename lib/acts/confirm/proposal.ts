import { instant } from '../../cli/text.ts'
import { type Notice, noticeDraft } from '../../words/audit-event.ts'
import { personOf } from '../../words/caller.ts'
import type { Actor, Decision } from '../../words/decision.ts'
import { shortHash } from '../../words/digest.ts'
import { newTask, type Task } from '../../words/task.ts'
import { countOf, peopleOf } from '../../words/wording.ts'
import type { Fixed, Invocation } from '../act.ts'

/** An act that two people must stand behind, or that somebody did alone. */
export type ProposalState = {
  readonly action: string
  /** Who asked for it, and by which invocation. */
  readonly by: Actor
  readonly requestId: string
  readonly because: string
  /** The request as it was made. It may name people, so it goes when the proposal is closed. */
  readonly request?: Readonly<Record<string, unknown>>
  readonly fixed?: Fixed
  /** What it would do, in words that name nobody. */
  readonly what: string
  readonly expiresAt: Date
  /** Why somebody did it alone; it waits for an acknowledgement only. */
  readonly brokeGlass?: string
  /** From then on it may be carried out, again and again until it is done. */
  readonly confirmedAt?: Date
  readonly ended?: 'done' | 'acknowledged' | 'declined' | 'expired'
}

export type Proposal = Task<ProposalState>

/** How long another person may take to confirm it. */
const LIVES_MS = 24 * 3_600_000

type Asked = Pick<ProposalState, 'action' | 'by' | 'because' | 'request' | 'fixed' | 'brokeGlass'>

/** Opens the task of a proposal. An invocation that is repeated is the same proposal. */
export function openProposal(asked: Asked, { requestId }: Pick<Invocation, 'requestId'>, at: Date): Proposal {
  const id = `p-${shortHash(`${asked.action}/${requestId}`)}`
  // Not the person whom it is about: `forget` must not find the proposal among their tasks.
  const subject = { orgId: 'proposal', username: id }
  const state = { ...asked, requestId, what: whatOf(asked), expiresAt: new Date(at.getTime() + LIVES_MS) }
  return newTask({ id, kind: 'proposal', subject, state }, at)
}

/** The request as the act reads it: the ledger has made instants of its texts. */
export function requestOf({ action, request }: ProposalState): object {
  return JSON.parse(JSON.stringify({ action, ...request }))
}

/** Counts the proved people behind a proposal. */
export function peopleBehind({ state: { by }, decisions }: Proposal): ReadonlySet<string> {
  const actors = [by, ...decisions].map(({ actor }) => personOf(actor))
  return new Set(actors.filter((person) => person !== undefined))
}

/** Names who confirmed a proposal. */
export function confirmersOf(decisions: readonly Decision[]): string {
  return decisions.map(({ actor }) => actor).join(', ')
}

type Said = Pick<Notice, 'name' | 'at' | 'message'> & { readonly unmapped?: object }

/** Renders what happens to a proposal. */
export function proposalNotice({ id, state, decisions }: Proposal, { unmapped, ...said }: Said) {
  const { by, action, what, because, brokeGlass, requestId, fixed = {}, request = {} } = state
  const { username, orgId } = request as { username?: string; orgId?: string }
  const confirmers = confirmersOf(decisions)
  return noticeDraft({
    ...said,
    ...{ proposal: id, orgId, message: said.message ?? what },
    ...(username !== undefined && action !== 'forget' && { user: { name: username } }),
    actor: { ...by, ...(confirmers !== '' && { confirmedBy: confirmers }) },
    cases: casesIn(fixed),
    unmapped: {
      ...{ action, what, because, broke_glass: brokeGlass, request_id: requestId },
      ...unmapped,
    },
  })
}

/** The cases among what a proposal is about. */
function casesIn(fixed: Fixed): readonly string[] {
  return Object.keys(fixed).filter((id) => id.startsWith('c-'))
}

/** Says what a request would do, and names nobody: the words go into alerts. */
function whatOf({ action, request = {}, fixed = {} }: Asked): string {
  const { rule, as, orgId, usernames, departures, until } = request as Readonly<Record<string, unknown>>
  const people = usernames ?? departures
  const parts = [
    action.replace('_', ' '),
    action === 'release' && countOf(Object.keys(fixed).length, 'case'),
    rule !== undefined && `held for ${rule}`,
    as !== undefined && `as ${as}`,
    Array.isArray(people) && peopleOf(people.length),
    action === 'resume' && (orgId === undefined ? 'all organizations' : `organization ${orgId}`),
    action === 'forget' && '1 person',
    action === 'legal_hold' && 'lifted',
    typeof until === 'string' && `until ${instant(new Date(until))}`,
  ]
  return parts.filter((part) => part !== false).join(' ')
}
