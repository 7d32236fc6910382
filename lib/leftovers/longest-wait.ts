import type { Failure } from '../core/ports.ts'

/** Of several failures the one that wants the longest wait: whoever comes back after it undercuts none of them. */
export function longestWait(failures: readonly (Failure | undefined)[]): Failure | undefined {
  const known = failures.filter((failure) => failure !== undefined)
  return known.toSorted((one, other) => (other.retryAfterMs ?? 0) - (one.retryAfterMs ?? 0))[0]
}
