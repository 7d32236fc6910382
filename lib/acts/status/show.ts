import type { Shown } from '../../cli/command.ts'
import { type Row, table } from '../../cli/table.ts'
import { fromNow, instant, paragraphs, span } from '../../cli/text.ts'
import type { View } from '../../cli/view.ts'
import type { Stop } from '../../core/org-state.ts'
import { actOf, actOnAll, CATALOGUE } from '../../words/catalogue.ts'
import { plain } from '../../words/plain.ts'
import { countOf } from '../../words/wording.ts'
import type { Answer } from '../act.ts'
import { nextSteps, stateOf } from '../case-table.ts'
import type { status } from './act.ts'

type Status = Answer<typeof status>
type Org = Status['orgs'][number]

const OBSERVING = 'OBSERVE MODE: nobody is removed; real departures are held until a human releases them'

/** Shows how the installation stands. */
export function showStatus(status: Status, view: View): Omit<Shown, 'answer'> {
  const { mode, limits, stops } = status
  const paused = stops.map((stop) => stopLine(stop, view.now)).join('; ')
  const settings = [
    `Mode    ${mode === 'observe' ? 'OBSERVE: nobody is removed' : mode}`,
    `Paused  ${paused ? `ALL: ${plain(paused)}\n        next: atlas-offboarding ${actOnAll(CATALOGUE.stopped_paused)}` : 'no'}`,
    `Limits  ${limits.maxRemovalsPerDay} removals a day and organization, ${limits.maxRemovalsPercent} % of its members`,
  ]
  return {
    text: paragraphs(
      settings.join('\n'),
      orgTable(status, view),
      openTable(status, view),
      oldest(status, view),
      unread(status),
      sourceTable(status, view),
    ),
    status: 0,
    ...(mode === 'observe' && { warning: OBSERVING }),
  }
}

/** A person whom such a message names may still be in. */
function unread({ deadLetters }: Status): string {
  const lines = Object.entries(deadLetters).flatMap(([channel, number]) =>
    number > 0
      ? [
          `${countOf(number, 'message')} on the DLQ of the ${channel} queue: whoever they name may still be in`,
        ]
      : [],
  )
  return lines.join('\n')
}

function orgTable({ orgs }: Status, { now, width }: View): string {
  const columns = [
    { title: 'ORGANIZATION' },
    { title: 'LAST 24 H', wraps: true },
    { title: 'MEMBERS' },
    { title: 'STATE', wraps: true },
  ]
  return table(
    columns,
    orgs.flatMap((org) => orgRow(org, now)),
    width,
  )
}

function orgRow(org: Org, now: Date): Row {
  const { orgId, members, stops } = org
  const state = stops.map((stop) => stopLine(stop, now)).join('; ')
  const acts = stops.map((stop) => actOf(CATALOGUE[`stopped_${stop.kind}`], { org: orgId }))
  return {
    cells: [orgId, windowOf(org), members === undefined ? 'not counted' : `${members}`, state || 'ok'],
    below: acts.length > 0 ? acts.map((act) => `next: atlas-offboarding ${act}`).join('; ') : undefined,
  }
}

/** `10 of 10 until 17:04Z`: until then the next leaver stops the organization. */
function windowOf({ removals, limit, freeAt }: Org): string {
  const isFull = freeAt !== undefined && removals >= limit
  return `${removals} of ${limit}${isFull ? ` until ${instant(freeAt)}` : ''}`
}

function stopLine(stop: Stop, now: Date): string {
  const title = `${CATALOGUE[`stopped_${stop.kind}`].title} since ${instant(stop.since)}`
  switch (stop.kind) {
    case 'paused':
      return `${title} by ${stop.claimedBy ?? stop.actor}: ${stop.because}`
    case 'over_limit':
      return title
    case 'credential':
      return `${title} (${stop.code}), next try ${fromNow(stop.nextProbeAt, now)}`
  }
}

function openTable({ open }: Status, { width }: View): string {
  if (open.total === 0) return 'No open cases'
  const rows = open.byOutcome.map(({ outcome, cases }) => ({ cells: [outcome, `${cases}`] }))
  const counted = table([{ title: 'OPEN CASES' }, { title: 'NUMBER' }], rows, width)
  return open.isCut ? `${counted}\nThe time ran out: there are more` : counted
}

function oldest({ open }: Status, { now }: View): string | undefined {
  if (!open.oldest) return undefined
  const { case: id, username, receivedAt } = open.oldest
  const what = `Oldest open case: ${id}, ${plain(username)}, ${plain(stateOf(open.oldest, now))}, for ${span(receivedAt, now)}`
  return [what, ...nextSteps([open.oldest])].join('\n')
}

function sourceTable({ sources }: Status, { now, width }: View): string {
  const rows = sources.map(({ source, at }) => ({ cells: [source, instant(at), span(at, now)] }))
  const columns = [{ title: 'SOURCE', wraps: true }, { title: 'LAST EVENT' }, { title: 'AGO' }]
  return rows.length === 0 ? 'No source has sent anything yet' : table(columns, rows, width)
}
