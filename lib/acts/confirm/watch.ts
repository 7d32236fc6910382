import { type Attempt, addMs, type RunnerDeps } from '../../core/runner.ts'
import { HOUR_MS } from '../../words/duration.ts'
import { type Proposal, type ProposalState, proposalNotice } from './proposal.ts'

/**
 * Watches over a proposal: publishes it, and closes it when its time is over. If somebody acted alone, alerts every hour until another person
 * acknowledges that.
 */
export function watchProposal({ clock }: Pick<RunnerDeps, 'clock'>): Attempt<ProposalState> {
  return async ({ task }) => {
    const now = clock.now()
    const { state, sequence } = task
    if (state.brokeGlass !== undefined) {
      const message = `Done by one person alone: ${state.what}`
      const drafts = [proposalNotice(task, { name: 'broke_glass', at: now, message })]
      return { task, change: { state, drafts, dueAt: addMs(now, HOUR_MS) } }
    }
    if (now >= state.expiresAt) return { task, change: closing(task, 'expired', now) }
    const message = `Proposed: ${state.what}`
    const drafts = sequence === 0 ? [proposalNotice(task, { name: 'proposed', at: now, message })] : []
    return { task, change: { state, drafts, dueAt: state.expiresAt } }
  }
}

const ENDS = {
  done: 'Carried out',
  declined: 'Declined',
  expired: 'Nobody confirmed it within 24 hours',
  acknowledged: 'Acknowledged',
} as const

/** Closes a proposal, and takes out of it what may name people. */
export function closing(proposal: Proposal, ended: keyof typeof ENDS, at: Date) {
  const { request: _, ...state } = proposal.state
  const unfinished = ended === 'expired' && state.confirmedAt !== undefined
  const how = unfinished ? 'Confirmed, and not known to be carried out to the end' : ENDS[ended]
  const drafts = [
    proposalNotice(proposal, {
      ...{ name: 'proposal_closed', at, message: `${how}: ${state.what}` },
      unmapped: { ended },
    }),
  ]
  return { state: { ...state, ended }, closed: true as const, drafts }
}
