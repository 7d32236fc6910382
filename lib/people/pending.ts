import type { Ledger, Memory } from '../core/ledger.ts'
import type { Queue, QueueMessage } from '../core/ports.ts'
import type { DayBoundary } from '../words/day-boundary.ts'
import { type RosterState, rosterKey } from './roster-state.ts'

/** Queues what is pending, then notes it. After a crash in between it is queued again: the same message, which changes nothing. */
export async function queuePending(
  { ledger, queue }: { readonly ledger: Ledger; readonly queue: Queue },
  settings: DayBoundary & { readonly name: string },
  memory: Memory<RosterState>,
): Promise<void> {
  const pending = memory.state?.pending ?? []
  if (pending.length === 0) return
  await queue.send(pending.map((message) => ({ message: withReason(message, settings) })))
  const sent = new Set(pending.map((message) => JSON.stringify(message)))
  const change = (state: RosterState | undefined) =>
    state && { state: { ...state, pending: state.pending.filter((one) => !sent.has(JSON.stringify(one))) } }
  await ledger.change<RosterState>(rosterKey(settings.name), change, memory)
}

/** Says for humans how the leaving date was read. Added here, because the item has no room for it. */
function withReason(message: QueueMessage, { timeZone, accessEnds }: DayBoundary): QueueMessage {
  if (message.kind !== 'departure' || !message.departure.effectiveAt) return message
  const reason = `the roster has a leaving date (${timeZone}, ${accessEnds})`
  return { ...message, departure: { ...message.departure, reason } }
}
