import { type Cell, csvOf } from './csv-cells.ts'
import type { Evidence } from './evidence.ts'
import { type CaseRow, isWithinTarget } from './rows.ts'
import { actorLine, decisionLine, leftoversLine } from './words.ts'

const COLUMNS: Readonly<Record<string, (row: CaseRow, evidence: Evidence) => Cell>> = {
  case: (row) => row.case,
  open: (row) => row.closedAt === undefined,
  outcome: (row) => row.outcome?.kind ?? 'new',
  detail: (row) => detailOf(row),
  evidence: ({ outcome }) => (outcome?.kind === 'removed' ? outcome.evidence : undefined),
  dry_run: (row) => row.dryRun === true,
  username: (row) => row.username,
  member_username: (row) => row.memberUsername,
  org_id: (row) => row.orgId,
  departure_id: (row) => row.departureId,
  source: (row) => row.source,
  requested_by: (row) => row.requestedBy,
  reason: (row) => row.reason,
  requested_at: (row) => row.occurredAt,
  leaving_at: (row) => row.leavingAt,
  received_at: (row) => row.receivedAt,
  revoked_at: (row) => row.revokedAt,
  time_to_revoke_ms: (row) => row.timeToRevokeMs,
  closed_at: (row) => row.closedAt,
  seen_again_at: (row) => row.seenAgainAt,
  attempts: (row) => row.attempts,
  decisions: (row) => row.decisions.map(decisionLine).join('; '),
  within_target: (row, { targetMs }) => isWithinTarget(row, targetMs),
  leftovers: ({ leftovers }) => leftovers && leftoversLine(leftovers),
  leftovers_deleted: ({ leftovers }) => leftovers?.deleted,
  leftovers_reported: ({ leftovers }) => leftovers?.reported,
  leftovers_failed: ({ leftovers }) => leftovers?.failed,
  effective_at: (row) => row.effectiveAt,
  exposure_ms: (row) => row.exposureMs,
  notice_delay_ms: (row) => row.noticeDelayMs,
  found_by_roster: (row) => row.foundByRoster === true,
  decided_by: (row) => [...new Set(row.decisions.map(actorLine))].join('; '),
  org_name: ({ orgId }, { made }) => made?.settings.orgNames?.[orgId],
}

/** Writes the cases as CSV (RFC 4180), one a line, that a spreadsheet shows and does not carry out. */
export function reportCsv(evidence: Evidence): string {
  const columns = Object.values(COLUMNS)
  return csvOf([
    Object.keys(COLUMNS),
    ...evidence.rows.map((row) => columns.map((cell) => cell(row, evidence))),
  ])
}

function detailOf({ outcome }: CaseRow): string | undefined {
  if (outcome === undefined) return undefined
  if ('reason' in outcome) return outcome.reason
  return 'code' in outcome ? outcome.code : undefined
}
