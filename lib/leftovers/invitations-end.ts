import type { Memory, MemoryChange } from '../core/ledger.ts'
import { remember } from '../core/runner.ts'
import type { StopAct } from '../core/stops.ts'
import { noticeDraft } from '../words/audit-event.ts'
import type { Actor } from '../words/decision.ts'
import type { Project } from './ports.ts'
import type { ProjectReading } from './read-projects.ts'
import type { Search, SearchDeps } from './search-work.ts'

/** What is remembered of an organization's deprecated project invitations. Nothing ends by the calendar, or by one answer. */
export type InvitationsState = {
  /** A whole look at the organization said that they ended. A second one must say so too. */
  readonly suspectedAt?: Date
  readonly endedAt?: Date
  /** When a project was last asked after the end. */
  readonly lastTriedAt?: Date
  /** When Atlas means to end them, as its header last said. */
  readonly sunsetAt?: Date
}

/** Names the memory. */
export function invitationsKey(orgId: string): string {
  return `invitations#${orgId}`
}

/** The looks of one bad hour count as one. */
const SECOND_LOOK_AFTER_MS = 3_600_000
const TRY_AGAIN_AFTER_MS = 7 * 24 * 3_600_000

/** Reads the memory. One that cannot be read ends nothing. */
export async function recallInvitations(
  { ledger }: Pick<SearchDeps, 'ledger'>,
  orgId: string,
): Promise<Memory<InvitationsState>> {
  const key = invitationsKey(orgId)
  const [memory] = await ledger.memories([key])
  return { key, version: 0, sequence: 0, ...(memory as Memory<InvitationsState> | undefined) }
}

/**
 * Tells whether projects are to be asked for invitations. After the end, one project is asked again each week; if it answers, the end
 * is forgotten.
 */
export async function asksInvitations(
  deps: SearchDeps,
  { task: { subject }, deadline }: Search,
  { memory, projects }: { readonly memory: Memory<InvitationsState>; readonly projects: readonly Project[] },
): Promise<boolean> {
  const { orgId } = subject
  const { endedAt, lastTriedAt = endedAt } = memory.state ?? {}
  const now = deps.clock.now()
  if (!endedAt || !lastTriedAt) return true
  const project = projects[Math.floor(deps.clock.random() * projects.length)]
  if (now.getTime() - lastTriedAt.getTime() < TRY_AGAIN_AFTER_MS || !project) return false

  const answer = await deps.projects.invitations({ orgId, projectId: project.id }, deadline)
  if (answer.kind === 'ended')
    await remember<InvitationsState>(
      deps,
      memory.key,
      (state) => state && { state: { ...state, lastTriedAt: now } },
    )
  if (answer.kind !== 'invitations') return false
  await remember<InvitationsState>(deps, memory.key, (state) => searchedAgain(state, orgId, { at: now }))
  return true
}

/** What a look at all projects of an organization showed of their invitations. */
type Look = { readonly isWhole: boolean; readonly readings: readonly ProjectReading[] }

/** Remembers what a look showed. @returns whether the organization's invitations have ended */
export async function noteLook(
  deps: SearchDeps,
  orgId: string,
  { memory, ...look }: Look & { readonly memory: Memory<InvitationsState> },
): Promise<boolean> {
  const now = deps.clock.now()
  const changed = await remember<InvitationsState>(
    deps,
    memory.key,
    (state) => afterLook(state, look, { orgId, now }),
    memory,
  )
  return changed.memory.state?.endedAt !== undefined
}

/** Makes the next memory after a look: the first whole one that sees no list raises a suspicion, a later one confirms it. */
function afterLook(
  state: InvitationsState | undefined,
  { isWhole, readings }: Look,
  { orgId, now }: { readonly orgId: string; readonly now: Date },
): MemoryChange<InvitationsState> | undefined {
  const { suspectedAt, endedAt, sunsetAt } = state ?? {}
  if (endedAt) return undefined
  if (readings.some(({ listed }) => listed === 'invitations')) return listedStill(state, readings)
  const says = readings.filter(({ listed }) => listed !== 'forbidden' && listed !== 'no_project')
  const isOver = isWhole && says.length > 0 && says.every(({ listed }) => listed === 'ended')
  if (!isOver) return undefined
  if (!suspectedAt) return { state: { ...state, suspectedAt: now } }
  if (now.getTime() - suspectedAt.getTime() < SECOND_LOOK_AFTER_MS) return undefined
  const unmapped = { suspected_at: suspectedAt, ...(sunsetAt && { sunset: sunsetAt }) }
  return {
    state: { ...state, endedAt: now, lastTriedAt: now },
    drafts: [noticeDraft({ name: 'invitations_ended', at: now, orgId, unmapped })],
  }
}

/** Atlas still lists them: no suspicion is left, and the date in its header is the one that counts. */
function listedStill(
  { suspectedAt, sunsetAt }: InvitationsState = {},
  readings: Look['readings'],
): MemoryChange<InvitationsState> | undefined {
  const stated = readings.find((one) => one.sunset)?.sunset ?? sunsetAt
  if (!suspectedAt && stated?.getTime() === sunsetAt?.getTime()) return undefined
  return { state: stated ? { sunsetAt: stated } : {} }
}

/** Forgets the end, because an operator wants the invitations searched for again. */
export function invitationsReset(
  state: InvitationsState | undefined,
  orgId: string,
  act: StopAct,
): MemoryChange<InvitationsState> | undefined {
  const { at, because, requestId } = act
  return searchedAgain(state, orgId, { at, actor: act, unmapped: { because, request_id: requestId } })
}

function searchedAgain(
  state: InvitationsState | undefined,
  orgId: string,
  how: { readonly at: Date; readonly actor?: Actor; readonly unmapped?: object },
): MemoryChange<InvitationsState> | undefined {
  if (!state?.endedAt && !state?.suspectedAt) return undefined
  const { sunsetAt, endedAt } = state
  const unmapped = { ...how.unmapped, ended_at: endedAt }
  return {
    state: sunsetAt ? { sunsetAt } : {},
    drafts: [noticeDraft({ ...how, name: 'invitations_searched_again', orgId, unmapped })],
  }
}
