import type { OutcomeSummary } from '../words/outcome.ts'

/** What each entry says, by event. */
type Entries = {
  received: { caseId: string; orgId: string; source: string; isNew: boolean }
  absorbed: { caseId: string; source: string }
  /** `ageSeconds`: how long ago the secret was last replaced. */
  credentials: { orgId: string; method: 'service_account' | 'api_key'; ageSeconds?: number }
  atlas_request: { orgId: string; operation: string; status: number | string; ms: number }
  retry: { orgId: string; operation: string; code: string; waitMs: number }
  found: { caseId: string; userId: string; status: string; orgRoles: readonly string[] }
  confirmed: { caseId: string; userId: string }
  outcome: {
    caseId: string
    orgId: string
    attempt: number
    outcome: OutcomeSummary
    timeToRevokeMs?: number | undefined
  }
  /** What a search for leftovers came to; `code`: it continues later, and why. */
  leftovers: {
    caseId: string
    orgId: string
    projects: number
    deleted: number
    reported: number
    failed: number
    code?: string
  }
  published: { uids: readonly string[] }
  measured: { gauges: readonly Gauge[] }
  unreadable: { reason: string }
  ignored: { source: string; why: string; mayMeanLeaving?: boolean | undefined }
  /** What a nightly file came to, in numbers of lines and people. */
  roster: { roster: string; lines: number; leavers: number; unclear: number }
  roster_refused: { roster: string }
  undelivered: { messageId: string; error: string }
  unfinished: { taskId: string; error: string }
  /** An HTTP request, without its path, which may name a person. `reason`: why a caller was not let in. */
  answered: { route: string; method: string; status: number; network: string; reason?: string }
  /** One entry of a secret with tokens or keys does not count; the others do. */
  entry_refused: { secret: string; entry: string; why: string }
  unanswered: { route: string; error: string }
}

/** What happened, for logs and metrics; never a username, a secret or a payload. */
export type JournalEntry = {
  [E in keyof Entries]: Readonly<{ event: E } & Entries[E]>
}[keyof Entries]

/** One value that the sweep measured, by metric name; `by` is the dimension, if any. */
export type Gauge = {
  readonly name: string
  readonly by?: Readonly<Record<string, string>>
  readonly value: number
}

export type Journal = { note(entry: JournalEntry): void }
