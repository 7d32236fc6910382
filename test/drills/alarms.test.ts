import { describe, expect, test } from 'vitest'
import { alarmsOf } from '../../infra/check/alarms.ts'
import { type Json, listOf, resourcesOf, valueAt } from '../../infra/check/template.ts'
import { SENT } from '../../infra/cost.ts'
import { type AlarmState, type Datapoint, dimensionsOf, statesOf } from '../support/cloudwatch.ts'
import { ALARM_DRILLS, type AlarmDrill } from './alarm-drills.ts'
import { ADA, HOUR, MINUTE, ZOE } from './scene.ts'
import { STACK, TEMPLATE, watchedScene } from './watched-scene.ts'

function alarmOf(id: string): Json {
  return STACK.resolve(valueAt(TEMPLATE.Resources[id], 'Properties')) as Json
}

/** A scene in which nothing was wrong for a while. */
async function healthy({ world, alarm }: AlarmDrill) {
  const scene = watchedScene(world)
  scene.world.org().members = [ADA, ZOE]
  if (alarm !== 'NoCanaryAlarm') await scene.passing(25 * MINUTE)
  return scene
}

/** What the scenes of this file have sent, by name. */
const sent = new Set<string>()

describe('on what our functions emit', () => {
  test.each(ALARM_DRILLS)('$alarm fires and clears: $when', async (drill) => {
    const scene = await healthy(drill)
    const alarm = alarmOf(drill.alarm)
    const before = scene.state(alarm)
    await drill.trouble(scene)
    const fired = scene.state(alarm)
    await drill.remedy(scene)
    for (const { name } of scene.points) sent.add(name)

    expect(before).not.toBe('ALARM')
    expect([fired, scene.state(alarm)]).toEqual(['ALARM', 'OK'])
  })

  test.each(ALARM_DRILLS.filter(({ almost }) => almost))(
    '$alarm does not fire too soon: $when',
    async (drill) => {
      const scene = await healthy(drill)
      await drill.almost?.(scene)

      expect(scene.state(alarmOf(drill.alarm))).toBe('OK')
    },
  )
})

/** Alarms on what AWS itself measures: how many bad periods in a row fire it, and what AWS sends once it is over. */
const BY_AWS: Readonly<
  Record<string, { readonly bad: number; readonly periods: number; readonly after: number[] }>
> = {
  ...Object.fromEntries(
    ['Events', 'Topic', 'Work', 'Audit', 'Roster'].map((queue) => [
      `${queue}DeadLettersAlarm`,
      { bad: 1, periods: 1, after: [0] },
    ]),
  ),
  ...Object.fromEntries(
    ['Events', 'Topic', 'Work'].map((queue) => [
      `${queue}DeadLettersExpireAlarm`,
      { bad: 7 * 86_400 + 1, periods: 1, after: [0] },
    ]),
  ),
  ...Object.fromEntries(
    ['IntakeRules', 'AuditRules'].map((rules) => [`${rules}FailAlarm`, { bad: 1, periods: 1, after: [] }]),
  ),
  AlertRuleFailsAlarm: { bad: 1, periods: 1, after: [] },
  HttpRejectedAlarm: { bad: 101, periods: 1, after: [] },
  // By a filter over the log of API Gateway, which alone knows whom it turned away.
  HttpThrottledAlarm: { bad: 1, periods: 1, after: [] },
  RosterFailAlarm: { bad: 1, periods: 1, after: [] },
  ArchiveBehindAlarm: { bad: 3_601, periods: 3, after: [60] },
  ...Object.fromEntries(
    ['Departures', 'Sweep', 'Operator', 'OperatorRead', 'Http'].map((name) => [
      `${name}FailAlarm`,
      { bad: 1, periods: 2, after: [] },
    ]),
  ),
}

const PERIOD_MS = 5 * MINUTE
const START = new Date('2026-11-30T00:00:00Z')

/** Values of one metric, one a period; `undefined` where AWS sends none. */
function series(metric: Json, values: readonly (number | undefined)[]): readonly Datapoint[] {
  return values.flatMap((value, period) => {
    if (value === undefined) return []
    const sentAt = new Date(START.getTime() + period * PERIOD_MS + 1_000)
    const [namespace, name] = [String(valueAt(metric, 'Namespace')), String(valueAt(metric, 'MetricName'))]
    return [{ namespace, name, dimensions: dimensionsOf(metric), at: sentAt, value }]
  })
}

function played(alarm: Json, metric: Json, values: readonly (number | undefined)[]): readonly AlarmState[] {
  const until = new Date(START.getTime() + values.length * PERIOD_MS)
  return statesOf(alarm, series(metric, values), { from: START, until }).map(({ state }) => state)
}

function metricsOf(alarm: Json): readonly Json[] {
  const several = listOf(valueAt(alarm, 'Metrics')).flatMap((one) => valueAt(one, 'MetricStat.Metric') ?? [])
  return several.length > 0 ? several : [alarm]
}

const EACH = Object.entries(BY_AWS).flatMap(([id, of]) =>
  metricsOf(alarmOf(id)).map(
    (metric) => [id, String(valueAt(metric, 'MetricName')), { ...of, metric }] as const,
  ),
)

describe('on what AWS emits', () => {
  test.each(EACH)('%s fires by %s, and clears', (id, _, { metric, bad, periods, after }) => {
    const alarm = alarmOf(id)
    const quiet = [...after, undefined, undefined]
    const states = played(alarm, metric, [0, ...Array(periods).fill(bad), ...quiet])

    expect(states.slice(1, 1 + periods)).toEqual([...Array(periods - 1).fill('OK'), 'ALARM'])
    expect(states.at(-1)).toBe('OK')
  })

  test.each(EACH)('%s does not fire by less of %s', (id, _, { metric, bad, periods }) => {
    const alarm = alarmOf(id)
    const [less, shorter] = [Array(6).fill(bad - 1), [...Array(periods - 1).fill(bad), ...Array(4).fill(0)]]

    expect(played(alarm, metric, less)).not.toContain('ALARM')
    expect(played(alarm, metric, shorter)).not.toContain('ALARM')
  })

  test.each(Object.keys(BY_AWS).filter((id) => id.includes('DeadLetters')))(
    '%s stays while an idle queue says nothing',
    (id) => {
      const [metric = null] = metricsOf(alarmOf(id))
      const bad = BY_AWS[id]?.bad

      expect(played(alarmOf(id), metric, [bad, undefined, undefined, undefined]).at(-1)).toBe('ALARM')
    },
  )

  const DIVIDED = EACH.filter(([, , { metric }]) => listOf(valueAt(metric, 'Dimensions')).length > 0)
  test.each(DIVIDED)('%s watches its own thing: %s of another fires nothing', (id, _, { metric, bad }) => {
    const dimensions = listOf(valueAt(metric, 'Dimensions')).map((one) => ({
      ...Object(one),
      Value: 'another',
    }))
    const other = { ...Object(metric), Dimensions: dimensions } as Json

    expect(played(alarmOf(id), other, Array(6).fill(bad))).not.toContain('ALARM')
  })
})

test('a quiet stack sends only the metrics that the table of costs has', async () => {
  const scene = watchedScene()
  scene.world.org().members = [ADA, ZOE]
  await scene.hourly()
  await scene.passing(HOUR)

  const names = new Set(scene.points.map(({ name }) => name))
  expect([...names].filter((name) => SENT[name] === undefined)).toEqual([])
})

test('whatever is sent is read by an alarm or the dashboard', () => {
  const resources = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard']
  const readers = JSON.stringify(resources.flatMap((type) => resourcesOf(TEMPLATE, type)))

  expect([...sent].filter((name) => !readers.includes(`"${name}`))).toEqual([])
  expect(sent.size).toBeGreaterThan(10)
})

test('every alarm of the packaged template is drilled', () => {
  const drilled = [...Object.keys(BY_AWS), ...ALARM_DRILLS.map(({ alarm }) => alarm)]
  const deployed = alarmsOf(TEMPLATE).map(({ id }) => id)

  expect([...new Set(drilled)].toSorted()).toEqual(deployed.toSorted())
})
