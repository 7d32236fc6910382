import { duration } from '../words/duration.ts'
import type { Evidence } from './evidence.ts'
import { cardTable, html, type Markup } from './markup.ts'
import { type CaseRow, isWithinTarget } from './rows.ts'
import { decisionLine, leftoversLine, outcomeLine, utc } from './words.ts'

const TITLES = [
  'Person',
  'Outcome',
  'Requested by',
  'Effective',
  'Received',
  'Notice delay',
  'Revoked',
  'Exposure',
  'Decided by',
]

/** Lists cases, one a row. */
export function caseTable(
  caption: string,
  rows: readonly CaseRow[],
  { targetMs, made }: Pick<Evidence, 'targetMs' | 'made'>,
): Markup {
  const names = made?.settings.orgNames ?? {}
  const cells = rows.map((row) => [
    personIn(row, names),
    outcomeIn(row),
    requestIn(row),
    effectiveIn(row),
    at(row.receivedAt),
    row.noticeDelayMs > 0 ? html`${duration(row.noticeDelayMs)}` : html`–`,
    at(row.revokedAt),
    exposureIn(row, targetMs),
    decisionsIn(row),
  ])
  return cardTable(caption, TITLES, cells)
}

type Names = Readonly<Record<string, string>>

function personIn({ username, memberUsername, case: id, orgId }: CaseRow, names: Names): Markup {
  const also = memberUsername && html`<small>found as <bdi>${memberUsername}</bdi></small>`
  const org = names[orgId] !== undefined && html`<small>${names[orgId]}</small>`
  return html`<bdi>${username}</bdi>${also}<small class="id">${id}</small>${org}<small class="id">org ${orgId}</small>`
}

function outcomeIn(row: CaseRow): Markup {
  const { outcome, outcomeAt, closedAt, attempts, dryRun, foundByRoster, seenAgainAt, leftovers } = row
  const restored = row.decisions.find(({ act }) => act === 'restore')
  const more = [
    outcome?.kind === 'removed' && html`<small>evidence: ${outcome.evidence}</small>`,
    dryRun && html`<small>dry run</small>`,
    foundByRoster && html`<small>found by a roster</small>`,
    attempts > 1 && html`<small>${attempts} attempts</small>`,
    !closedAt && outcomeAt && html`<small>since ${utc(outcomeAt)}</small>`,
    leftovers && html`<small>${leftoversLine(leftovers)}</small>`,
    restored
      ? html`<small>restored ${utc(restored.at)}</small>`
      : seenAgainAt && html`<small class="bad">a member again, seen ${utc(seenAgainAt)}</small>`,
  ]
  return html`<span class="${closedAt ? 'closed' : 'open'}">${outcomeLine(outcome)}</span>${more}`
}

function requestIn({ source, requestedBy, reason, departureId, occurredAt }: CaseRow): Markup {
  const requester = requestedBy && html`<bdi>${requestedBy}</bdi>`
  return html`${requester ?? 'not stated'}<small>through ${source}</small>${
    reason && html`<small>reason: <bdi>${reason}</bdi></small>`
  }<small>${utc(occurredAt)}</small><small class="id">${departureId}</small>`
}

function at(instant: Date | undefined): Markup {
  return instant ? html`<time datetime="${instant.toISOString()}">${utc(instant)}</time>` : html`–`
}

function effectiveIn({ effectiveAt, leavingAt }: CaseRow): Markup {
  if (leavingAt <= effectiveAt) return at(effectiveAt)
  return html`${at(effectiveAt)}<small>out from ${utc(leavingAt)}</small>`
}

function exposureIn(row: CaseRow, targetMs: number): Markup {
  const { exposureMs, timeToRevokeMs = exposureMs } = row
  if (exposureMs === undefined || timeToRevokeMs === undefined) return html`–`
  const shorter =
    timeToRevokeMs < exposureMs && html`<small>time to revoke ${duration(timeToRevokeMs)}</small>`
  const late = !isWithinTarget(row, targetMs) && html`<small class="bad">beyond target</small>`
  return html`<strong>${duration(exposureMs)}</strong>${shorter}${late}`
}

function decisionsIn({ decisions }: CaseRow): Markup {
  if (decisions.length === 0) return html`–`
  return html`<ul>${decisions.map((decision) => html`<li><bdi>${decisionLine(decision)}</bdi></li>`)}</ul>`
}
