import type { View } from '../cli/command.ts'
import { table } from '../cli/table.ts'
import { instant, paragraphs, span } from '../cli/text.ts'
import { type CaseRow, rowOf } from '../evidence/rows.ts'
import { decisionLine, leftoversLine } from '../evidence/words.ts'
import { type SearchTask, searchIdOf } from '../leftovers/search-task.ts'
import { shortCaller } from '../words/caller.ts'
import type { CaseState } from '../words/case.ts'
import { duration } from '../words/duration.ts'
import type { Snapshot } from '../words/member.ts'
import { plain } from '../words/plain.ts'
import { countOf } from '../words/wording.ts'
import { reads } from './act.ts'
import { adviceOn, isDone, stateOf } from './case-table.ts'
import { CASE } from './fields.ts'
import { findingsTable } from './findings-table.ts'

/** Describes one case in words: who, what happened when, who decided what, and what to do now. */
export const oneCase = reads({
  name: 'case',
  about: "shows one person's case in words, and what to do",
  examples: ['case c-0123456789abcdef0123'],
  fields: { case: CASE },
  async does({ ledger }, { case: id }) {
    const [kase, search] = await Promise.all([
      ledger.read<CaseState>('case', id),
      ledger.read<SearchTask['state']>('search', searchIdOf(id)),
    ])
    if (!kase) return { error: `\`case\`: there is no case ${id}` }
    return { case: rowOf(kase, search), snapshot: kase.state.snapshot }
  },
  show({ case: kase, snapshot }, view) {
    const { case: id, orgId, username, outcome, closedAt, leftovers } = kase
    const story = storyOf(kase, view.now).map(([at, what]) => `${instant(at)}  ${plain(what)}`)
    const text = paragraphs(
      `${id}: ${plain(username)} in organization ${orgId}\n${plain(stateOf(kase, view.now))}`,
      story.join('\n'),
      snapshot && heldIn(snapshot),
      leftovers && leftoversLine(leftovers),
      leftovers && leftovers.findings.length > 0 && findingsTable(leftovers.findings, view),
      candidatesOf(kase, view),
      !closedAt && adviceOn(outcome, { case: id, org: orgId }),
    )
    return { text, status: isDone(outcome) ? 0 : 1 }
  },
})

type Chapter = readonly [at: Date, what: string]

function storyOf(kase: CaseRow, now: Date): readonly Chapter[] {
  const { source, requestedBy, reason, occurredAt, receivedAt, effectiveAt, intendedAt, outcomeAt } = kase
  const { seenAgainAt, dueAt, timeToRevokeMs, attempts } = kase
  const by = `${requestedBy ? ` by ${shortCaller(requestedBy)}` : ''}${reason ? ` (${reason})` : ''}`
  const late = receivedAt > occurredAt ? `, ${span(occurredAt, receivedAt)} later` : ''
  const took = timeToRevokeMs === undefined ? '' : `, ${duration(timeToRevokeMs)} after the person left`
  const chapters: readonly (Chapter | false | undefined)[] = [
    [occurredAt, `${source} reported the departure${by}`],
    [receivedAt, `received${late}`],
    effectiveAt > occurredAt && [effectiveAt, 'the departure takes effect'],
    ...kase.decisions.map((decision): Chapter => [decision.at, decisionLine(decision)]),
    intendedAt && [intendedAt, 'a DELETE was about to be sent'],
    outcomeAt && [outcomeAt, `attempt ${attempts}: ${stateOf({ outcome: kase.outcome }, now)}${took}`],
    seenAgainAt && [seenAgainAt, 'the person was seen as a member again'],
    dueAt && [dueAt, 'the next attempt is due'],
  ]
  const present = chapters.filter((chapter): chapter is Chapter => Boolean(chapter))
  return present.sort(([one], [other]) => one.getTime() - other.getTime())
}

function heldIn({ username, userId, status, orgRoles, projectRoles, teamIds }: Snapshot): string {
  const counts = `${countOf(projectRoles.length, 'project')}, ${countOf(teamIds.length, 'team')}`
  return `Found as ${plain(username)} (${userId}), ${status}: ${orgRoles.join(' ') || 'no role'}, ${counts}`
}

/** The members that the name may mean, each with the command that says so. */
function candidatesOf({ case: id, outcome }: CaseRow, { width }: View): string | undefined {
  if (outcome?.kind !== 'held' || !outcome.candidates?.length) return undefined
  const rows = outcome.candidates.map(({ userId, username, status }) => ({
    cells: [username, userId, status],
    below: ['If it is this person:', `next: atlas-offboarding release ${id} --as ${userId} --because WHY`],
  }))
  const none = `    If it is none of them:\n    next: atlas-offboarding release ${id} --absent --because WHY`
  const columns = ['CANDIDATE', 'USER ID', 'STATUS']
  return `${table(columns, rows, width)}\n${none}`
}
