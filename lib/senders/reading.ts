import type { Departure, Return } from '../words/departure.ts'

/** What the operator of the system decided about events that do not speak for themselves. */
export type IntakeSettings = {
  readonly onSuspend: 'ignore' | 'hold' | 'remove'
  /** Okta's ids of the applications that lead to Atlas; losing one of them is a departure. */
  readonly oktaAppIds: readonly string[]
}

/** What one input says. */
export type Reading =
  | {
      readonly kind: 'people'
      readonly source: string
      readonly departures: readonly Departure[]
      readonly returns: readonly Return[]
      /** Why a part of the same event names nobody. */
      readonly unreadable?: string
    }
  /** One of our own cases comes back. */
  | { readonly kind: 'due'; readonly caseId: string }
  /** The leftovers of one of our own closed cases are to be looked for. */
  | { readonly kind: 'leftovers'; readonly caseId: string }
  | { readonly kind: 'ignored'; readonly source: string; readonly why: string }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Says that the input names no person. `reason` tells the field and what was expected, never a value. */
export function unreadable(reason: string): Reading {
  return { kind: 'unreadable', reason }
}

/** Says that a known source speaks of something other than leaving. */
export function ignored(source: string, why: string): Reading {
  return { kind: 'ignored', source, why }
}
