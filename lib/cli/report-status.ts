import { nextStep, standing } from './advice.ts'
import type { Answers } from './answers.ts'
import { table } from './table.ts'
import { fromNow, instant, plain, span } from './text.ts'
import type { Report, View } from './view.ts'

type Status = Answers['status']
type Org = Status['orgs'][number]

/** Tells how the installation stands, what stops it first. */
export function reportStatus(status: Status, view: View): Report {
  const { mode, limits, paused, warning } = status
  const settings = [
    `Mode    ${mode === 'observe' ? 'OBSERVE: nobody is removed' : mode}`,
    `Paused  ${paused ? whoPaused(paused) : 'no'}`,
    `Limits  ${limits.maxRemovalsPerDay} removals a day and organization, ${limits.maxRemovalsPercent} % of its members`,
  ]
  const parts = [settings.join('\n'), orgTable(status, view), openTable(status, view), oldest(status, view)]
  return {
    text: [...parts, sourceTable(status, view)].filter(Boolean).join('\n\n'),
    status: 0,
    ...(warning && { warning }),
  }
}

function whoPaused({ at, by, because }: NonNullable<Status['paused']>): string {
  return `ALL, since ${instant(at)} by ${plain(by)}: ${plain(because)}`
}

function orgTable({ orgs }: Status, { now, width }: View): string {
  const columns = [
    { title: 'ORGANIZATION' },
    { title: 'REMOVED IN 24 H' },
    { title: 'LIMIT' },
    { title: 'MEMBERS' },
    { title: 'STATE', shrinks: true },
  ]
  return table(
    columns,
    orgs.map((org) => orgRow(org, now)),
    width,
  )
}

function orgRow(org: Org, now: Date) {
  if (org.kind === 'unread')
    return { cells: [`secret ${org.secretId}`, '', '', '', `UNREADABLE: ${org.code}`] }
  const { orgId, removalsIn24h, limit, members } = org
  return {
    cells: [
      orgId,
      `${removalsIn24h}`,
      `${limit}`,
      members === undefined ? 'not counted' : `${members}`,
      stateOf(org, now),
    ],
    below: org.paused || org.latchedAt ? `next: resume --org ${orgId} --by you --because …` : undefined,
  }
}

function stateOf({ block, latchedAt, paused }: Extract<Org, { kind: 'org' }>, now: Date): string {
  const stops = [
    paused && `PAUSED since ${instant(paused.at)} by ${paused.by}: ${paused.because}`,
    latchedAt && `LATCHED since ${instant(latchedAt)}: over its limit`,
    block &&
      `BLOCKED since ${instant(block.since)}: ${block.code}, next probe ${fromNow(block.nextProbeAt, now)}`,
  ]
  return stops.filter(Boolean).join('; ') || 'ok'
}

function openTable({ open }: Status, { width }: View): string {
  const rows = Object.entries(open).map(([kind, number]) => ({ cells: [kind, `${number}`] }))
  return rows.length === 0
    ? 'No open cases'
    : table([{ title: 'OPEN CASES' }, { title: 'NUMBER' }], rows, width)
}

function oldest({ oldestOpen }: Status, { now }: View): string | undefined {
  if (!oldestOpen) return undefined
  const { case: id, username, receivedAt, outcome } = oldestOpen
  const what = `Oldest open case: ${id}, ${plain(username)}, ${plain(standing(outcome, now))}, for ${span(receivedAt, now)}`
  const next = nextStep({ case: id, outcome })
  return next === undefined ? what : `${what}\n    ${plain(next)}`
}

function sourceTable({ sources }: Status, { now, width }: View): string | undefined {
  const rows = Object.entries(sources).map(([source, at]) => ({
    cells: [source, instant(at), span(at, now)],
  }))
  const columns = [{ title: 'SOURCE' }, { title: 'LAST EVENT' }, { title: 'AGO' }]
  return rows.length === 0 ? 'No source has sent anything yet' : table(columns, rows, width)
}
