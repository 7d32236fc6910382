import { type Json, listOf, valueAt } from '../../infra/check/template.ts'

/** A value that somebody sent to CloudWatch. */
export type Datapoint = {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly at: Date
  readonly value: number
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/**
 * Reads a line of a function's log as CloudWatch does: the embedded metric format.
 *
 * @returns nothing if it is an ordinary line
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsIn(line: string, sentAt: Date): readonly Datapoint[] {
  const json = JSON.parse(line) as Json
  return listOf(valueAt(json, '_aws.CloudWatchMetrics')).flatMap((directive) =>
    listOf(valueAt(directive, 'Dimensions')).flatMap((names) =>
      listOf(valueAt(directive, 'Metrics')).flatMap((metric) => {
        const name = String(valueAt(metric, 'Name'))
        const dimensions = listOf(names).map((one) => [String(one), String(valueAt(json, String(one)))])
        return listOf(valueAt(json, name)).map((value) => ({
          ...{ namespace: String(valueAt(directive, 'Namespace')), name, at: sentAt, value: Number(value) },
          dimensions: Object.fromEntries(dimensions),
        }))
      }),
    ),
  )
}

/** A metric filter's pattern of the form `{ $.a.b = "x" && $.c = "y" }`: tells whether it counts a log event. */
export function countsLogEvent(pattern: string, event: Json): boolean {
  const [, terms] = /^\s*\{(.*)\}\s*$/s.exec(pattern) ?? []
  if (terms === undefined) throw new Error(`Cannot read the filter pattern "${pattern}"`)
  return terms.split('&&').every((term) => {
    const [, path, wanted] = /^\s*\$\.([\w.]+)\s*=\s*"([^"]*)"\s*$/.exec(term) ?? []
    if (path === undefined) throw new Error(`Cannot read the term "${term}"`)
    return valueAt(event, path) === wanted
  })
}

/** One alarm as a stack deploys it, with every reference resolved; only what our alarms use. */
type Rule = {
  readonly periodMs: number
  readonly datapoints: number
  readonly toAlarm: number
  readonly isBreaching: (value: number) => boolean
  readonly silence: Silence
  /** The value of one period; `undefined` if there was none. */
  readonly measure: (points: readonly Datapoint[]) => number | undefined
}
type Silence = 'breaching' | 'notBreaching' | 'ignore' | 'missing'

/** What an alarm says at the end of each period, from the first to the last instant. */
export function statesOf(
  alarm: Json,
  points: readonly Datapoint[],
  { from, until }: { readonly from: Date; readonly until: Date },
): readonly { readonly at: Date; readonly state: AlarmState }[] {
  const rule = ruleOf(alarm)
  const states: { at: Date; state: AlarmState }[] = []
  const values: (number | undefined)[] = []
  const first = Math.floor(from.getTime() / rule.periodMs) * rule.periodMs
  for (let end = first + rule.periodMs; end <= until.getTime(); end += rule.periodMs) {
    values.push(rule.measure(points.filter((point) => isWithin(point, end - rule.periodMs, end))))
    const before = states.at(-1)?.state ?? 'INSUFFICIENT_DATA'
    states.push({ at: new Date(end), state: judged(rule, values.slice(-rule.datapoints), before) })
  }
  return states
}

function isWithin({ at: instant }: Datapoint, from: number, until: number): boolean {
  return instant.getTime() >= from && instant.getTime() < until
}

/**
 * Missing values count as the alarm says. CloudWatch looks further back where some are missing; for `ignore`, which our alarms use with
 * one period only, that makes no difference.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function judged(rule: Rule, values: readonly (number | undefined)[], before: AlarmState): AlarmState {
  const { silence, toAlarm, datapoints, isBreaching } = rule
  const known = values.filter((value) => value !== undefined)
  if (known.length === 0 && silence === 'ignore') return before
  if (known.length === 0 && silence === 'missing') return 'INSUFFICIENT_DATA'
  const missing = datapoints - known.length
  const breaching = known.filter(isBreaching).length + (silence === 'breaching' ? missing : 0)
  return breaching >= toAlarm ? 'ALARM' : 'OK'
}

function ruleOf(alarm: Json): Rule {
  const datapoints = Number(valueAt(alarm, 'EvaluationPeriods'))
  const silence = String(valueAt(alarm, 'TreatMissingData') ?? 'missing') as Silence
  if (silence === 'ignore' && datapoints !== 1)
    throw new Error('Cannot evaluate "ignore" over several periods')
  return {
    datapoints,
    silence,
    toAlarm: Number(valueAt(alarm, 'DatapointsToAlarm') ?? datapoints),
    isBreaching: comparison(
      String(valueAt(alarm, 'ComparisonOperator')),
      Number(valueAt(alarm, 'Threshold')),
    ),
    ...measureOf(alarm),
  }
}

function comparison(operator: string, threshold: number): (value: number) => boolean {
  if (!Number.isFinite(threshold)) throw new Error('Cannot compare: no threshold')
  switch (operator) {
    case 'GreaterThanThreshold':
      return (value) => value > threshold
    case 'GreaterThanOrEqualToThreshold':
      return (value) => value >= threshold
    case 'LessThanThreshold':
      return (value) => value < threshold
    default:
      throw new Error(`Cannot compare by "${operator}"`)
  }
}

type Measure = Pick<Rule, 'periodMs' | 'measure'>

function measureOf(alarm: Json): Measure {
  const metrics = listOf(valueAt(alarm, 'Metrics'))
  if (metrics.length === 0) return statOf(alarm, valueAt(alarm, 'Statistic'), valueAt(alarm, 'Period'))
  const returned = metrics.filter((one) => valueAt(one, 'ReturnData') !== false)
  const [shown] = returned
  if (returned.length !== 1 || shown === undefined) throw new Error('Cannot tell which metric is compared')
  const stats = metrics
    .map((one) => valueAt(one, 'MetricStat'))
    .filter((stat) => stat !== undefined)
    .map((stat) => statOf(valueAt(stat, 'Metric') ?? null, valueAt(stat, 'Stat'), valueAt(stat, 'Period')))
  return expressionOf(shown, stats)
}

/** `SUM(METRICS())` adds what there is. */
function expressionOf(shown: Json, stats: readonly Measure[]): Measure {
  const expression = String(valueAt(shown, 'Expression'))
  if (expression === 'SUM(METRICS())') {
    const periods = new Set(stats.map(({ periodMs }) => periodMs))
    const [periodMs = Number.NaN] = periods
    if (periods.size !== 1) throw new Error('Cannot add metrics of different periods')
    return { periodMs, measure: (points) => added(stats.map(({ measure }) => measure(points))) }
  }
  throw new Error(`Cannot evaluate "${expression}"`)
}

function added(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0)
}

function statOf(metric: Json, statistic: Json | undefined, period: Json | undefined): Measure {
  const dimensions = dimensionsOf(metric)
  const isMeant = (point: Datapoint) =>
    point.namespace === valueAt(metric, 'Namespace') &&
    point.name === valueAt(metric, 'MetricName') &&
    isSame(point.dimensions, dimensions)
  return {
    periodMs: Number(period) * 1_000,
    measure: (points) => stat(String(statistic), points.filter(isMeant)),
  }
}

/** The dimensions of a metric in a template. */
export function dimensionsOf(metric: Json): Datapoint['dimensions'] {
  const entries = listOf(valueAt(metric, 'Dimensions')).map((one) => [
    valueAt(one, 'Name'),
    String(valueAt(one, 'Value')),
  ])
  return Object.fromEntries(entries)
}

/** CloudWatch keeps a metric under its whole set of dimensions: one more, or one less, is another metric. */
function isSame(one: Datapoint['dimensions'], other: Datapoint['dimensions']): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

function stat(statistic: string, points: readonly Datapoint[]): number | undefined {
  const values = points.map(({ value }) => value)
  if (values.length === 0) return undefined
  switch (statistic) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0)
    case 'Maximum':
      return Math.max(...values)
    case 'Minimum':
      return Math.min(...values)
    case 'SampleCount':
      return values.length
    default:
      throw new Error(`Cannot calculate "${statistic}"`)
  }
}
