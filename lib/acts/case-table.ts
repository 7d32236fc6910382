import type { View } from '../cli/command.ts'
import { table } from '../cli/table.ts'
import { fromNow, instant, span } from '../cli/text.ts'
import type { CaseRow } from '../evidence/rows.ts'
import { shortCaller } from '../words/caller.ts'
import { actOf, rowOf } from '../words/catalogue.ts'
import { describeOutcome, isFinal, type Outcome } from '../words/outcome.ts'
import { plain } from '../words/plain.ts'
import { countOf } from '../words/wording.ts'

const COLUMNS = ['CASE', 'PERSON', 'ORGANIZATION', 'STATE', 'AGE']

/** What is shown of a case in a list. */
type Line = Pick<CaseRow, 'case' | 'orgId' | 'username' | 'outcome' | 'closedAt' | 'receivedAt'> &
  Partial<Pick<CaseRow, 'decisions' | 'intendedAt'>>

/** Lists cases, and below, once for each kind of open ones, what to do about them. */
export function caseTable(cases: readonly Line[], { now, width }: View): string {
  const rows = cases.map((line) => ({
    cells: [line.case, line.username, line.orgId, stateOf(line, now), span(line.receivedAt, now)],
  }))
  return [table(COLUMNS, rows, width), ...nextSteps(cases)].join('\n\n')
}

type State = Partial<Pick<CaseRow, 'outcome' | 'closedAt' | 'decisions' | 'intendedAt' | 'dryRun'>>

/** Says how a case stands, in a few words. */
export function stateOf({ outcome, closedAt, decisions = [], intendedAt, dryRun }: State, now: Date): string {
  const isCancelled = decisions.some(({ act }) => act === 'cancel')
  const parts = [
    outcomeLine(outcome, now),
    dryRun && outcome?.kind !== 'would_remove' && 'a dry run',
    !closedAt && isCancelled && 'to be cancelled',
    decisions.some(({ act }) => act === 'restore') && 'restored since',
    !closedAt && intendedAt && 'a DELETE may have been sent',
  ]
  return parts.filter(Boolean).join('; ')
}

/** Says how an attempt ended, in a few words. */
export function outcomeLine(outcome: Outcome | undefined, now: Date): string {
  switch (outcome?.kind) {
    case undefined:
      return 'new: waits its turn (one message about a person at a time)'
    case 'already_absent':
      return 'already absent'
    case 'would_remove':
      return 'would be removed (dry run)'
    case 'removed':
      return `removed (${outcome.evidence}) ${instant(outcome.revokedAt)}`
    case 'cancelled':
      return `cancelled by ${shortCaller(outcome.by)}: ${outcome.because}`
    case 'scheduled':
      return `scheduled for ${instant(outcome.nextAttemptAt)}`
    case 'held':
    case 'refused': {
      const detail = 'code' in outcome ? (outcome.code ?? outcome.detail) : outcome.detail
      return `${describeOutcome(outcome)}${detail === undefined ? '' : ` (${detail})`}`
    }
    case 'deferred':
      return `deferred: ${outcome.code}, again ${fromNow(outcome.nextAttemptAt, now)}`
  }
}

/** What is needed to say what to do about a case. */
export type Step = Pick<Line, 'case' | 'orgId' | 'outcome' | 'closedAt'>

/** More ids would make a command that nobody reads before pasting it. */
export const MOST_IDS = 10

/**
 * Says what a human does about open cases, once for each kind, down to what to type.
 *
 * Names cases, never people: a username is untrusted, and this is meant to be copied into a shell.
 */
export function nextSteps(cases: readonly Step[]): readonly string[] {
  const open = cases.filter(({ outcome, closedAt }) => outcome && !closedAt && !isFinal(outcome))
  const byKind = Map.groupBy(open, ({ outcome }) => describeOutcome(outcome))
  return [...byKind.values()].map((group) => {
    const ids = group.length > MOST_IDS ? 'CASE…' : group.map((line) => line.case).join(' ')
    const [first] = group
    return adviceOn(first?.outcome, { case: ids, org: first?.orgId ?? '' }, group.length)
  })
}

/** What an outcome means, what to check, and the act that is right for it. */
export function adviceOn(
  outcome: Outcome | undefined,
  ids: { readonly case: string; readonly org: string },
  number = 1,
): string {
  if (!outcome) return ''
  const row = rowOf(outcome)
  const filled = (act: string | undefined) => act && actOf({ ...row, act }, ids)
  const act = filled(row.act)
  const title = number > 1 ? `${row.title}: ${countOf(number, 'case')}` : row.title
  const lines = [title, row.meaning, filled(row.check), ...stepLines(act)]
  return lines.flatMap((line, index) => (line ? [`${index === 0 ? '' : '  '}${plain(line)}`] : [])).join('\n')
}

/** Turns the act of a catalogue row into lines to paste: each command on its own line, and above it when to use it. */
export function stepLines(act: string | undefined): readonly string[] {
  if (act === undefined) return []
  return `next ${act}`.split(/, (?=(?:or|then) )/).flatMap((step) => {
    const [, word, typed, when] = /^(\w+) (.*?)(?: \((.*)\))?$/.exec(step) ?? []
    const command = `${`${word}:`.padEnd(5)} atlas-offboarding ${typed}`
    return when === undefined ? [command] : [`${when.charAt(0).toUpperCase()}${when.slice(1)}:`, command]
  })
}

/** Tells whether nobody has to act: the case is closed, or waits for its day. */
export function isDone(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && (isFinal(outcome) || outcome.kind === 'scheduled')
}

/** Warns if observe mode, and no rule, holds one of the cases. */
export function observing(cases: readonly Pick<Line, 'outcome'>[]): string | undefined {
  const isHeld = cases.some(({ outcome }) => outcome?.kind === 'held' && outcome.reason === 'observing')
  return isHeld ? 'OBSERVE MODE: nobody was removed; the case is held until a human releases it' : undefined
}
