import type { Reading } from '../core/receive.ts'
import { holdsUsername } from './holds-username.ts'

/** What one input says, as the core takes it in. */
export type { Reading }

/** How this installation wants events to be read that can mean several things. */
export type IntakeSettings = {
  readonly onSuspend: 'ignore' | 'hold' | 'remove'
  /** Okta's ids of the applications that lead to Atlas; losing one of them is a departure. */
  readonly oktaAppIds: readonly string[]
  /** SailPoint's lifecycle states in which a person has left, by technical name. Absent: none. */
  readonly sailPointLeaverStates?: readonly string[]
  /** Names of topics that only forward: an event that comes through one speaks as its own source. Absent: none. */
  readonly forwarderTopics?: readonly string[]
  /** An Okta hook key of this stack declares `as: okta`, so the http function may speak as `okta`. Absent: no. */
  readonly hookSpeaksAsOkta?: boolean
}

/**
 * Says that an input names no person, or says something that must not be guessed.
 *
 * @param reason - the field and what was expected of it, never a value
 * @param input - if it seems to name somebody, humans are alerted at once
 */
export function unreadable(reason: string, input: unknown) {
  return { kind: 'unreadable' as const, reason, namesUsername: holdsUsername(input) }
}

/** Says that a known source speaks of something other than leaving. */
export function ignored(source: string, why: string): Reading {
  return { kind: 'ignored', source, why }
}

/** Says that we ignore an event although it can mean a leaving. `status` shows the last one of each source. */
export function ignoredLeaving(source: string, why: string): Reading {
  return { kind: 'ignored', source, why, mayMeanLeaving: true }
}
