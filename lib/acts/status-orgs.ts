import type { View } from '../cli/command.ts'
import type { Place } from '../cli/place.ts'
import { type Row, table } from '../cli/table.ts'
import { fromNow, instant } from '../cli/text.ts'
import type { OrgState, Stop } from '../core/org-state.ts'
import { removalLimit, type WindowLimits } from '../core/window.ts'
import { shortCaller } from '../words/caller.ts'
import { actOf, CATALOGUE } from '../words/catalogue.ts'
import { dayOf } from '../words/day.ts'
import { DAY_MS } from '../words/duration.ts'
import { countOf } from '../words/wording.ts'
import { stepLines } from './case-table.ts'
import { windowOf } from './organizations.ts'

/** One organization, as `status` answers it. */
export type OrgView = ReturnType<typeof orgView> & {
  /** Rows of Atlas's answers of the last hour that could not be read: whoever they name may still be in. */
  readonly unreadableRows: number
}

/** Describes one organization: what stops it, how full its window is, whether its credential works. */
export function orgView(org: OrgState & { readonly orgId: string }, limits: WindowLimits, now: Date) {
  const { orgId, stops, counts, credential } = org
  const limit = removalLimit(org, limits, now)
  const members = counts.filter(({ at }) => now.getTime() - at.getTime() < DAY_MS).map((one) => one.members)
  return {
    ...{ orgId, stops, ...windowOf(org, limit, now) },
    /** Which of the two limits is lower, and so applies. */
    limitBy: limit === limits.maxRemovalsPerDay ? ('day' as const) : ('percent' as const),
    /** The highest count in 24 hours, of which the limit is a percentage; absent until somebody has counted. */
    ...(members.length > 0 && { members: Math.max(...members) }),
    /** When the credential that removes people last worked, and why it did not at the last check. */
    ...(credential && { credential }),
  }
}

/** Shows organizations, each with what stops it and how full its window is. */
export function orgTable(orgs: readonly OrgView[], { orgs: named }: Place, { now, width }: View): string {
  const columns = ['ORGANIZATION', 'WINDOW', 'MEMBERS', 'STATE']
  return table(
    columns,
    orgs.map((org) => orgRow(org, named.find(({ orgId }) => orgId === org.orgId)?.name, now)),
    width,
  )
}

/** Says when, within 24 hours: `17:04 UTC`, `tomorrow 09:30 UTC`. */
function hourOf(at: Date, now: Date): string {
  return `${dayOf(at) === dayOf(now) ? '' : 'tomorrow '}${at.toISOString().slice(11, 16)} UTC`
}

function orgRow(org: OrgView, name: string | undefined, now: Date): Row {
  const { orgId, members, stops, removals, limit, limitBy, freeAt, credential, unreadableRows } = org
  const isCounted = limitBy === 'day' || members !== undefined
  const by = limitBy === 'day' ? 'a day' : isCounted ? 'by percent' : 'until counted'
  const full = freeAt === undefined || !isCounted ? '' : ` until ${hourOf(freeAt, now)}`
  const failed = credential?.code
    ? [`Credential check failed (${credential.code}), last worked ${instant(credential.okAt)}`]
    : []
  const rows = unreadableRows > 0 ? [`${countOf(unreadableRows, 'row')} of Atlas cannot be read`] : []
  const state = [...stops.map((stop) => stopLine(stop, now)), ...failed, ...rows].join('; ') || 'ok'
  const acts = stops.map((stop) => actOf(CATALOGUE[`stopped_${stop.kind}`], { org: orgId }))
  return {
    cells: [
      name === undefined ? orgId : `${name} ${orgId}`,
      `${removals} of ${limit} ${by}${full}`,
      `${members ?? 'not counted'}`,
      state,
    ],
    below: acts.flatMap(stepLines),
  }
}

/** Says what stops removals, since when, and by whom. */
export function stopLine(stop: Stop, now: Date): string {
  const title = `${CATALOGUE[`stopped_${stop.kind}`].title} since ${instant(stop.since)}`
  switch (stop.kind) {
    case 'paused':
      return `${title} by ${shortCaller(stop.actor)}: ${stop.because}`
    case 'over_limit':
      return title
    case 'credential':
      return `${title} (${stop.code}), next try ${fromNow(stop.nextProbeAt, now)}`
  }
}
