import { cardTable } from './card-table.ts'
import { html, type Markup } from './markup.ts'
import type { ReportRow } from './rows.ts'
import { decisionLine, duration, leftoversLine, standing, utc } from './words.ts'

const TITLES = [
  'Person',
  'Outcome',
  'Requested',
  'Leaving instant',
  'Received',
  'Revoked',
  'Time to revoke',
  'Decisions',
]

/** Lists cases, one a row. */
export function caseTable(caption: string, rows: readonly ReportRow[], targetMs: number): Markup {
  const cells = rows.map((row) => [
    personIn(row),
    outcomeIn(row),
    requestIn(row),
    at(row.leavingAt),
    at(row.receivedAt),
    at(row.revokedAt),
    timeIn(row, targetMs),
    decisionsIn(row),
  ])
  return cardTable(caption, TITLES, cells)
}

function personIn({ username, memberUsername, case: id, orgId }: ReportRow): Markup {
  const also = memberUsername && html`<small>found as <bdi>${memberUsername}</bdi></small>`
  return html`<bdi>${username}</bdi>${also}<small class="id">${id}</small><small class="id">org ${orgId}</small>`
}

function outcomeIn(row: ReportRow): Markup {
  const { outcome, outcomeAt, closedAt, attempts, dryRun, seenAgainAt, leftovers } = row
  const evidence = outcome?.kind === 'removed' && html`<small>evidence: ${outcome.evidence}</small>`
  const more = [
    evidence || undefined,
    dryRun ? html`<small>dry run</small>` : undefined,
    attempts > 1 ? html`<small>${attempts} attempts</small>` : undefined,
    !closedAt && outcomeAt ? html`<small>since ${utc(outcomeAt)}</small>` : undefined,
    leftovers && html`<small>${leftoversLine(leftovers)}</small>`,
    seenAgainAt && html`<small class="bad">a member again, seen ${utc(seenAgainAt)}</small>`,
  ]
  return html`<span class="${closedAt ? 'closed' : 'open'}">${standing(outcome)}</span>${more}`
}

function requestIn({ source, requestedBy, reason, departureId, occurredAt }: ReportRow): Markup {
  return html`${source}${requestedBy && html`, by <bdi>${requestedBy}</bdi>`}${
    reason && html`<small>reason: <bdi>${reason}</bdi></small>`
  }<small>${utc(occurredAt)}</small><small class="id">${departureId}</small>`
}

function at(instant: Date | undefined): Markup {
  return instant ? html`<time datetime="${instant.toISOString()}">${utc(instant)}</time>` : html`–`
}

function timeIn({ timeToRevokeMs: ms }: ReportRow, targetMs: number): Markup {
  if (ms === undefined) return html`–`
  return html`<strong>${duration(ms)}</strong>${ms > targetMs ? html`<small class="bad">beyond target</small>` : undefined}`
}

function decisionsIn({ decisions }: ReportRow): Markup {
  if (decisions.length === 0) return html`–`
  return html`<ul>${decisions.map((decision) => html`<li><bdi>${decisionLine(decision)}</bdi></li>`)}</ul>`
}
