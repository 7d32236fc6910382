import { type Departure, leavingInstant } from '../words/departure.ts'
import { HOUR_MS } from '../words/duration.ts'
import type { Outcome } from '../words/outcome.ts'
import type { HrWord } from './ports.ts'

/** HR often shows somebody as active on the last day, and for some time after it. */
const MAY_BE_ACTIVE_MS = 48 * HOUR_MS
/** After this time without an answer a human decides. HR is still asked. */
const MAY_BE_SILENT_MS = 4 * HOUR_MS

/**
 * Judges what HR says right before a removal. Only a positive sign cancels or moves it; silence never decides.
 *
 * @param isReleased - a human let the case pass on the event alone
 * @returns `undefined` if HR does not object
 */
export function hrObjects(
  departure: Departure,
  word: HrWord,
  { now, isReleased }: { readonly now: Date; readonly isReleased: boolean },
): Outcome | undefined {
  switch (word.kind) {
    case 'left':
      return undefined
    case 'taken_back':
      return { kind: 'cancelled', by: departure.source, because: word.because }
    case 'moved':
      return { kind: 'scheduled', nextAttemptAt: word.effectiveAt }
    case 'still_active': {
      if (isReleased) return undefined
      const leaving = departure.effectiveAt ?? departure.occurredAt
      if (now.getTime() - leaving.getTime() >= MAY_BE_ACTIVE_MS)
        return unresolved('HR shows the person as active, past the leaving date')
      return { kind: 'deferred', code: 'HR_STILL_ACTIVE', nextAttemptAt: new Date(now.getTime() + HOUR_MS) }
    }
    case 'silent': {
      if (isReleased) return undefined
      const { code, askAgainAt: nextAttemptAt } = word
      if (now.getTime() - leavingInstant(departure).getTime() < MAY_BE_SILENT_MS)
        return { kind: 'deferred', code, nextAttemptAt }
      return { ...unresolved(`HR cannot be asked (${code})`), nextAttemptAt }
    }
  }
}

function unresolved(detail: string) {
  return { kind: 'held', reason: 'unresolved_employee', detail } as const
}
