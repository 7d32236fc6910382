import type { DeadLetters } from '../core/ports.ts'
import type { Received, Settings, SettingsSeen } from '../core/sources.ts'
import type { Feed } from './mismatch.ts'
import type { CaseRow } from './rows.ts'

/** Who made a report, of what, and under which settings. */
export type Made = {
  /** Whom AWS authenticated, or `unverified`; and the invocation, which joins with CloudTrail. */
  readonly by: string
  readonly requestId: string
  readonly account: string
  readonly region: string
  /** The function that answered. */
  readonly functionName: string
  /** As they are now. */
  readonly settings: Settings & {
    /** Names of organizations for humans, by id. */
    readonly orgNames?: Readonly<Record<string, string>>
  }
  /** Those under which messages were received in the period, each from the first message on. */
  readonly changes: readonly SettingsSeen[]
  /** Messages on each dead letter queue now. */
  readonly deadLetters: Awaited<ReturnType<DeadLetters['counts']>>
  /** Unreadable messages in the period, as the manifests of so many days count them. */
  readonly unreadable: number
  readonly days: number
  /** Messages that workers counted since `from`, the first day of the period that is kept. A worker's last minute may be missing. */
  readonly received: Received & { readonly from: string }
}

/**
 * A page of a report. Percentiles and the comparison with Atlas need all pages. A case that is closed while the pages are read may be on
 * two of them; the later one counts.
 */
export type ReportPage = {
  readonly since: Date
  readonly asOf: Date
  /** All open cases, and those closed since then. Cases received since then are among them. */
  readonly rows: readonly CaseRow[]
  /** On the first page. */
  readonly made?: Made
  /** On the last page: the removals that the organizations themselves report. */
  readonly feeds: readonly Feed[]
  /** `cursor` of the next page; absent on the last one. */
  readonly next?: string
}
