import { type DayBoundary, isTimeZone } from '../../words/day-boundary.ts'
import type { HrSystem } from './system.ts'
import { HR_SYSTEMS } from './systems.ts'

/** An HR system as this installation uses it. */
export type HrSource = {
  readonly name: string
  readonly system: HrSystem
  readonly boundary: DayBoundary
  /** Access ends with the start of garden leave, not on the leaving date. */
  readonly isGardenLeaveLeaving: boolean
}

const ACCESS_ENDS = ['day_begins', 'day_ends'] as const

/** Reads `hibob=Europe/Berlin:day_begins, personio`: each system, the time zone of its dates, and at which midnight they count. */
export function sourcesIn(text: string): readonly HrSource[] {
  return entriesOf(text).flatMap((entry) => {
    const source = sourceOf(entry)
    return typeof source === 'string' ? [] : [source]
  })
}

/** Says what is wrong with the list of HR systems; `undefined` if nothing. */
export function problemOfSources(text: string): string | undefined {
  const read = entriesOf(text).map(sourceOf)
  const names = read.flatMap((one) => (typeof one === 'string' ? [] : [one.name]))
  const twice = names.find((name, at) => names.indexOf(name) < at)
  return read.find((one) => typeof one === 'string') ?? (twice && `names ${twice} twice`)
}

function entriesOf(text: string): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim())
  return entries.filter((entry) => entry !== '')
}

function sourceOf(entry: string): HrSource | string {
  const [name = '', settings = ''] = entry.split('=')
  const system = HR_SYSTEMS.get(name)
  if (!system) return `names an unknown HR system; expected ${[...HR_SYSTEMS.keys()].join(', ')}`
  const [timeZone = '', end = '', gardenLeave, ...more] = settings.split(':')
  const zone = timeZone === '' ? system.documented.timeZone : timeZone
  if (zone === undefined || !isTimeZone(zone)) return `needs a time zone for ${name}: ${name}=Europe/Berlin`
  const accessEnds = end === '' ? system.documented.accessEnds : ACCESS_ENDS.find((one) => one === end)
  if (!accessEnds) return `needs ${ACCESS_ENDS.join(' or ')} for ${name}: ${name}=${zone}:day_ends`
  if ((gardenLeave !== undefined && gardenLeave !== 'garden_leave') || more.length > 0)
    return `has an unknown setting for ${name}; expected nothing or garden_leave in the third place`
  if (gardenLeave && !system.hasGardenLeave) return `sets garden_leave for ${name}, which has no such status`
  return {
    ...{ name, system },
    boundary: { timeZone: zone, accessEnds },
    isGardenLeaveLeaving: gardenLeave === 'garden_leave',
  }
}
