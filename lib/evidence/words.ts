import type { Finding, LeftoversView } from '../leftovers/findings.ts'
import type { Outcome } from '../words/outcome.ts'
import type { Decision } from './rows.ts'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** A duration in its two largest units, such as `3 min 12 s`; what is left over is cut off. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const first = UNITS.findIndex(([, size]) => ms >= size)
  let rest = ms
  const parts = UNITS.slice(first, first + 2).map(([unit, size]) => {
    const number = Math.floor(rest / size)
    rest -= number * size
    return number > 0 ? `${number} ${unit}` : ''
  })
  return parts.filter((part) => part !== '').join(' ')
}

/** An instant in UTC, to the second. */
export function utc(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ')
}

/** How a case stands, in words. */
export function standing(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case undefined:
      return 'New: not tried yet'
    case 'removed':
      return outcome.evidence === 'answered' ? 'Removed' : 'Removed (inferred)'
    case 'already_absent':
      return 'Already absent'
    case 'would_remove':
      return 'Dry run: would be removed'
    case 'cancelled':
      return 'Cancelled'
    case 'scheduled':
      return `Scheduled for ${utc(outcome.nextAttemptAt)}`
    case 'held':
      return `Held: ${spoken(outcome.reason)}`
    case 'refused':
      return `Refused: ${spoken(outcome.reason)}`
    case 'deferred':
      return `Deferred: ${outcome.code}`
  }
}

/** `last owner` for `last_owner`. */
export function spoken(code: string): string {
  return code.replaceAll('_', ' ')
}

/** What a human decided, in words. */
export function decisionLine({ act, guard, by, because, at, requestId }: Decision): string {
  const what = guard ? `${act} (${spoken(guard)})` : act
  const when = at ? `, ${utc(at)}` : ''
  return `${what} by ${by}: ${because}${when}${requestId ? `, request ${requestId}` : ''}`
}

/** What became of a case's leftovers, in words; `code` is why a search goes on. */
export function leftoversLine({ state, ...view }: Counted): string {
  const { deleted, reported, failed, code, lookedBy } = view
  switch (state) {
    case 'pending':
      return code ? `leftovers: still looked for (${code})` : 'leftovers: still looked for'
    case 'settled':
      return lookedBy ? `leftovers: told by case ${lookedBy}` : 'leftovers: not looked for'
    case 'looked':
      return deleted + reported + failed === 0
        ? 'no leftovers'
        : `leftovers: ${deleted} deleted, ${reported} reported, ${failed} failed`
  }
}

type Counted = Pick<LeftoversView, 'state' | 'deleted' | 'reported' | 'failed' | 'code' | 'lookedBy'>

/** What a human does about a leftover; nothing where nothing is left. */
export function leftoverAdvice({ kind, action }: Pick<Finding, 'kind' | 'action'>): string | undefined {
  if (action === 'deleted') return undefined
  switch (kind) {
    case 'project_invitation':
      return 'if the person is not back, withdraw it in Atlas: the project, Access Manager, Pending'
    case 'database_user':
      return "ask the project's owners whether anything runs by it; if not, delete it in Atlas: the project, Database Access"
    case 'project':
    case 'organization':
      return 'give our credential the role named or repair it, then look again: leftovers USERNAME'
  }
}
