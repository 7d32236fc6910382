import type { MemoryChange } from '../core/ledger.ts'
import { remember } from '../core/runner.ts'
import { noticeDraft } from '../words/audit-event.ts'
import type { ProjectReading } from './read-projects.ts'
import type { SearchDeps } from './search-task.ts'

/**
 * Whether Atlas still has deprecated project invitations in an organization. Neither the date that Atlas announces nor a single answer
 * proves that they have ended, and every search still asks. After they ended, a project that cannot list them is not a finding.
 */
export type InvitationsState = {
  /** When all projects first answered that they have ended. A second look must agree. */
  readonly suspectedAt?: Date
  readonly endedAt?: Date
  /** When Atlas means to end them, as its header last said. */
  readonly sunsetAt?: Date
}

/** The key under which the ledger keeps this. */
export function invitationsKey(orgId: string): string {
  return `invitations#${orgId}`
}

/** Looks within an hour count as one, so that one outage proves nothing. */
const SECOND_LOOK_AFTER_MS = 3_600_000

/** How projects answered for their invitations. `isWhole`: all projects of the organization were asked. */
type Look = { readonly isWhole: boolean; readonly readings: readonly ProjectReading[] }

/** Remembers what a look showed. @returns whether the organization's invitations have ended */
export async function noteLook(deps: SearchDeps, orgId: string, look: Look): Promise<boolean> {
  const now = deps.clock.now()
  const change = (state: InvitationsState = {}) => afterLook(state, look, { orgId, at: now })
  const { memory } = await remember<InvitationsState>(deps, invitationsKey(orgId), change)
  return memory.state?.endedAt !== undefined
}

type Where = { readonly orgId: string; readonly at: Date }

/** The first whole look without a list raises a suspicion, a later one confirms it, and any list ends it. */
function afterLook(
  state: InvitationsState,
  { isWhole, readings }: Look,
  { orgId, at }: Where,
): MemoryChange<InvitationsState> | undefined {
  const { suspectedAt, endedAt, sunsetAt } = state
  const lists = readings.flatMap(({ listed }) => (listed.kind === 'invitations' ? [listed] : []))
  if (lists.length > 0) {
    const stated = lists.find(({ sunset }) => sunset)?.sunset ?? sunsetAt
    return listedAgain(state, stated, { orgId, at })
  }
  const answers = readings.filter(({ listed }) => listed.kind !== 'forbidden' && listed.kind !== 'no_project')
  const isOver = isWhole && answers.length > 0 && answers.every(({ listed }) => listed.kind === 'ended')
  if (endedAt || !isOver) return undefined
  if (!suspectedAt) return { state: { ...state, suspectedAt: at } }
  if (at.getTime() - suspectedAt.getTime() < SECOND_LOOK_AFTER_MS) return undefined
  const unmapped = { suspected_at: suspectedAt, ...(sunsetAt && { sunset: sunsetAt }) }
  return {
    state: { ...state, endedAt: at },
    drafts: [noticeDraft({ name: 'invitations_ended', at, orgId, unmapped })],
  }
}

function listedAgain(
  { suspectedAt, endedAt, sunsetAt }: InvitationsState,
  stated: Date | undefined,
  where: Where,
): MemoryChange<InvitationsState> | undefined {
  if (!suspectedAt && !endedAt && stated?.getTime() === sunsetAt?.getTime()) return undefined
  const notice = { ...where, name: 'invitations_searched_again', unmapped: { ended_at: endedAt } } as const
  return { state: stated ? { sunsetAt: stated } : {}, drafts: endedAt ? [noticeDraft(notice)] : [] }
}
