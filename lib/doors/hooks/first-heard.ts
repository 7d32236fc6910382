import type { PersonState } from '../../core/person-state.ts'

/** Longer than the senders of webhooks repeat a message that was not answered. */
const KEPT_MS = 7 * 24 * 3_600_000

/**
 * Remembers when a message that tells no time of its own was first received, so that its repetitions tell the same instant
 * and are the same departure.
 */
export function firstHeard(state: PersonState, departureId: string, at: Date): PersonState | undefined {
  const { heard = {} } = state
  if (instantOf(state, departureId)) return undefined
  const recent = Object.entries(heard).filter(([, known]) => at.getTime() - known.at.getTime() < KEPT_MS)
  return { ...state, heard: Object.fromEntries([...recent, [departureId, { at }]]) }
}

/** @returns when it was first received; `undefined` if it was not, or too long ago */
export function instantOf({ heard = {} }: PersonState, departureId: string): Date | undefined {
  return Object.hasOwn(heard, departureId) ? heard[departureId]?.at : undefined
}
