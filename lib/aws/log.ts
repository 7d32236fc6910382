import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Gauge, Journal, JournalEntry } from '../core/journal.ts'

type Entry<E extends JournalEntry['event']> = Extract<JournalEntry, { event: E }>
type Metric = Gauge & { readonly unit?: (typeof MetricUnit)[keyof typeof MetricUnit] }

/** Everything else is logged as information. */
const LEVELS: { readonly [E in JournalEntry['event']]?: 'warn' | 'error' } = {
  retry: 'warn',
  unreadable: 'error',
  undelivered: 'error',
  unfinished: 'error',
  entry_refused: 'error',
  roster_refused: 'error',
  unanswered: 'error',
}

/** CloudWatch's alarms on these are set in days, and a template cannot multiply. */
const DAY_SECONDS = 86_400

/** What the dashboard and alarms read, and no more: CloudWatch charges a metric for each hour in which it gets a value. */
const METRICS: { readonly [E in JournalEntry['event']]?: (entry: Entry<E>) => readonly Metric[] } = {
  credentials: ({ ageSeconds: age }) =>
    age === undefined
      ? []
      : [{ name: 'CredentialAgeDays', value: age / DAY_SECONDS, unit: MetricUnit.NoUnit }],
  atlas_request: ({ status }) => (isGood(status) ? [] : [counted('AtlasErrors', { status: String(status) })]),
  outcome: ({ outcome: { kind }, timeToRevokeMs: value }) => [
    counted('Outcomes', { kind }),
    ...(value === undefined ? [] : [{ name: 'TimeToRevoke', value, unit: MetricUnit.Milliseconds }]),
  ],
  measured: ({ gauges }) => gauges.filter(isSent).map((gauge) => ({ ...gauge, unit: MetricUnit.NoUnit })),
  unreadable: () => [counted('Unreadable')],
  undelivered: () => [counted('Unfinished')],
  unfinished: () => [counted('Unfinished')],
  answered: ({ status }) => (status === 401 ? [counted('DeniedRequests')] : []),
  entry_refused: () => [counted('RefusedEntries')],
  unanswered: () => [counted('Unfinished')],
}

/** The sign that the sweep runs: it is sent whatever its value. For all other alarms, a missing value is a good one. */
const HEARTBEAT = 'OutboxWaiting'

function isSent({ name, value }: Gauge): boolean {
  return value > 0 || name === HEARTBEAT
}

function isGood(status: number | string): boolean {
  return typeof status === 'number' && status < 300
}

function counted(name: string, by?: Metric['by']): Metric {
  return { name, value: 1, by }
}

/** Writes every entry to the function's log, as one JSON line each, and counts what the dashboard and alarms need. */
export function powertoolsJournal(): { readonly journal: Journal; readonly metrics: Metrics } {
  const logger = new Logger()
  const metrics = new Metrics()
  const note = (entry: JournalEntry) => {
    logger[LEVELS[entry.event] ?? 'info'](entry.event, entry)
    for (const metric of METRICS[entry.event]?.(entry as never) ?? []) measure(metrics, metric)
  }
  return { journal: { note }, metrics }
}

function measure(metrics: Metrics, { name, by, value, unit = MetricUnit.Count }: Metric): void {
  if (!by) return void metrics.addMetric(name, unit, value)
  const single = metrics.singleMetric()
  for (const [dimension, text] of Object.entries(by)) single.addDimension(dimension, text)
  single.addMetric(name, unit, value)
}
