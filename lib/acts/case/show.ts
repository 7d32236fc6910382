import type { Shown } from '../../cli/command.ts'
import { table } from '../../cli/table.ts'
import { instant, paragraphs, span } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import type { CaseRow } from '../../evidence/rows.ts'
import { decisionLine, leftoversLine } from '../../evidence/words.ts'
import { duration } from '../../words/duration.ts'
import type { Snapshot } from '../../words/member.ts'
import type { Candidate } from '../../words/outcome.ts'
import { plain } from '../../words/plain.ts'
import type { Answer } from '../act.ts'
import { adviceOn, isDone, stateOf } from '../case-table.ts'
import { findingsTable } from '../leftovers/findings-table.ts'
import type { showCase } from './act.ts'

/** Tells one case in words: who, what happened when, who decided what, and what to do now. */
export function showWholeCase(
  { case: kase, snapshot }: Answer<typeof showCase>,
  view: View,
): Omit<Shown, 'answer'> {
  const { case: id, orgId, username, outcome, closedAt, leftovers } = kase
  const head = `${id}: ${plain(username)} in organization ${orgId}\n${plain(stateOf(kase, view.now))}`
  const story = storyOf(kase, view.now).map(([at, what]) => `${instant(at)}  ${plain(what)}`)
  const candidates = outcome?.kind === 'held' ? (outcome.candidates ?? []) : []
  const advice = outcome && !closedAt && adviceOn(outcome, { case: id, org: orgId })
  return {
    text: paragraphs(
      head,
      story.join('\n'),
      heldIn(snapshot),
      leftovers && leftoversLine(leftovers),
      leftovers && leftovers.findings.length > 0 && findingsTable(leftovers.findings, view),
      candidatesOf(id, candidates, view),
      advice,
    ),
    status: isDone(outcome) ? 0 : 1,
  }
}

type Chapter = readonly [at: Date, what: string]

function storyOf(kase: CaseRow, now: Date): readonly Chapter[] {
  const { source, requestedBy, reason, occurredAt, receivedAt, effectiveAt, intendedAt, outcomeAt } = kase
  const { seenAgainAt, dueAt, timeToRevokeMs, attempts } = kase
  const asked = [
    `${source} reported the departure`,
    requestedBy && `by ${requestedBy}`,
    reason && `(${reason})`,
  ]
  const late = receivedAt > occurredAt ? `, ${span(occurredAt, receivedAt)} later` : ''
  const took = timeToRevokeMs === undefined ? '' : `, ${duration(timeToRevokeMs)} after the person left`
  const chapters: readonly (Chapter | undefined)[] = [
    [occurredAt, asked.filter(Boolean).join(' ')],
    [receivedAt, `received${late}`],
    effectiveAt > occurredAt ? [effectiveAt, 'the departure takes effect'] : undefined,
    ...kase.decisions.map((decision): Chapter => [decision.at, decisionLine(decision)]),
    intendedAt && [intendedAt, 'a DELETE was about to be sent'],
    outcomeAt && [outcomeAt, `attempt ${attempts}: ${stateOf({ outcome: kase.outcome }, now)}${took}`],
    seenAgainAt && [seenAgainAt, 'the person was seen as a member again'],
    dueAt && [dueAt, 'the next attempt is due'],
  ]
  return chapters
    .filter((chapter) => chapter !== undefined)
    .sort(([one], [other]) => one.getTime() - other.getTime())
}

function heldIn(snapshot: Snapshot | undefined): string | undefined {
  if (!snapshot) return undefined
  const { username, userId, status, orgRoles, projectRoles, teamIds } = snapshot
  const counts = `${projectRoles.length} projects, ${teamIds.length} teams`
  return `Found as ${plain(username)} (${userId}), ${status}: ${orgRoles.join(' ') || 'no role'}, ${counts}`
}

/** Whom the name may mean, each with the command that says so. */
function candidatesOf(id: string, candidates: readonly Candidate[], { width }: View): string | undefined {
  if (candidates.length === 0) return undefined
  const rows = candidates.map(({ userId, username, status }) => ({
    cells: [username, userId, status],
    below: `if it is this person: atlas-offboarding release ${id} --as ${userId} --because WHY`,
  }))
  const none = `    if it is none of them: atlas-offboarding release ${id} --absent --because WHY`
  const columns = [{ title: 'CANDIDATE', wraps: true }, { title: 'USER ID' }, { title: 'STATUS' }]
  return `${table(columns, rows, width)}\n${none}`
}
