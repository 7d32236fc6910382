import type { OutcomeSummary } from '../words/outcome.ts'

/** What happened, told to logs and metrics as it happens; never a username, a secret or a payload. */
export type JournalEntry =
  | {
      readonly event: 'received'
      readonly caseId: string
      readonly orgId: string
      readonly source: string
      readonly isNew: boolean
    }
  | { readonly event: 'absorbed'; readonly caseId: string; readonly source: string }
  | {
      readonly event: 'credentials'
      readonly orgId: string
      readonly method: 'service_account' | 'api_key'
      /** How long ago the secret was last replaced. */
      readonly ageSeconds?: number
    }
  | {
      readonly event: 'atlas_request'
      readonly orgId: string
      readonly operation: string
      readonly status: number | string
      readonly ms: number
    }
  | {
      readonly event: 'retry'
      readonly orgId: string
      readonly operation: string
      readonly code: string
      readonly waitMs: number
    }
  | {
      readonly event: 'found'
      readonly caseId: string
      readonly userId: string
      readonly status: string
      readonly orgRoles: readonly string[]
    }
  | { readonly event: 'confirmed'; readonly caseId: string; readonly userId: string }
  | {
      readonly event: 'outcome'
      readonly caseId: string
      readonly orgId: string
      readonly attempt: number
      readonly outcome: OutcomeSummary
      readonly timeToRevokeMs?: number
    }
  /** What a search for leftovers came to; `code`: it continues later, and why. */
  | {
      readonly event: 'leftovers'
      readonly caseId: string
      readonly orgId: string
      readonly projects: number
      readonly deleted: number
      readonly reported: number
      readonly failed: number
      readonly code?: string
    }
  | { readonly event: 'published'; readonly uids: readonly string[] }
  /** What the sweep measured, by metric name; `by` is the dimension, if any. */
  | { readonly event: 'measured'; readonly gauges: readonly Gauge[] }
  | { readonly event: 'unreadable'; readonly reason: string }
  | {
      readonly event: 'ignored'
      readonly source: string
      readonly why: string
      readonly mayMeanLeaving?: true
    }
  | { readonly event: 'undelivered'; readonly messageId: string; readonly error: string }
  | { readonly event: 'unfinished'; readonly taskId: string; readonly error: string }
  /** Of an HTTP request only what it asked for in general: its path may name a person. */
  | {
      readonly event: 'answered'
      readonly route: string
      readonly method: string
      readonly status: number
      /** Why a caller was not let in. */
      readonly reason?: string
    }
  /** One entry of a secret with tokens or keys does not count; the others do. */
  | { readonly event: 'entry_refused'; readonly secret: string; readonly entry: string; readonly why: string }
  | { readonly event: 'unanswered'; readonly route: string; readonly error: string }

/** One measured value. */
export type Gauge = {
  readonly name: string
  readonly by?: Readonly<Record<string, string>>
  readonly value: number
}

export type Journal = { note(entry: JournalEntry): void }
