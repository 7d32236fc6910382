import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Gauge, Journal, JournalEntry } from '../core/journal.ts'

type Level = 'info' | 'warn' | 'error'
type Entry<E extends JournalEntry['event']> = Extract<JournalEntry, { event: E }>
type Unit = (typeof MetricUnit)[keyof typeof MetricUnit]
type Metric = Gauge & { readonly unit?: Unit }

/** How an entry is logged, and what it counts. */
type Row<E extends JournalEntry['event']> = {
  readonly level: Level
  readonly metrics?: (entry: Entry<E>) => readonly Metric[]
}

const counted = (name: string, by?: Metric['by']): Metric => ({ name, value: 1, ...(by && { by }) })

/** CloudWatch's alarms on these are set in days, and a template cannot multiply. */
const DAY_SECONDS = 86_400

const ROWS: { readonly [E in JournalEntry['event']]: Row<E> } = {
  received: { level: 'info' },
  absorbed: { level: 'info', metrics: () => [counted('Absorbed')] },
  credentials: {
    level: 'info',
    metrics: ({ ageSeconds }) =>
      ageSeconds === undefined
        ? []
        : [{ name: 'CredentialAgeDays', value: ageSeconds / DAY_SECONDS, unit: MetricUnit.NoUnit }],
  },
  atlas_request: {
    level: 'info',
    metrics: ({ status }) => [counted('AtlasRequests', { status: String(status) })],
  },
  retry: { level: 'warn', metrics: () => [counted('Retries')] },
  found: { level: 'info' },
  confirmed: { level: 'info' },
  outcome: {
    level: 'info',
    metrics: ({ outcome, timeToRevokeMs }) => [
      counted('Outcomes', { kind: outcome.kind }),
      ...(timeToRevokeMs === undefined
        ? []
        : [{ name: 'TimeToRevoke', value: timeToRevokeMs, unit: MetricUnit.Milliseconds }]),
    ],
  },
  leftovers: { level: 'info' },
  published: { level: 'info' },
  measured: {
    level: 'info',
    metrics: ({ gauges }) => gauges.map((gauge) => ({ ...gauge, unit: MetricUnit.NoUnit })),
  },
  unreadable: { level: 'error', metrics: () => [counted('Unreadable')] },
  ignored: { level: 'info', metrics: () => [counted('Ignored')] },
  undelivered: { level: 'error', metrics: () => [counted('Unfinished')] },
  unfinished: { level: 'error', metrics: () => [counted('Unfinished')] },
  answered: {
    level: 'info',
    metrics: ({ status }) => [counted('HttpAnswers', { status: String(status) })],
  },
  entry_refused: { level: 'error', metrics: () => [counted('RefusedEntries')] },
  unanswered: { level: 'error', metrics: () => [counted('Unfinished')] },
}

/** Writes every entry to the function's log, as one JSON line each, and counts what the dashboard and alarms need. */
export function powertoolsJournal(): { readonly journal: Journal; readonly metrics: Metrics } {
  const logger = new Logger()
  const metrics = new Metrics()
  return { journal: { note: (entry) => note(logger, metrics, entry) }, metrics }
}

function note(logger: Logger, metrics: Metrics, entry: JournalEntry): void {
  const row = ROWS[entry.event] as Row<typeof entry.event>
  logger[row.level](entry.event, entry)
  for (const { name, by, value, unit = MetricUnit.Count } of row.metrics?.(entry as never) ?? [])
    measure(metrics, { name, by, value, unit })
}

function measure(
  metrics: Metrics,
  { name, by, value, unit }: Required<Omit<Metric, 'by'>> & { by: Metric['by'] },
): void {
  if (!by) return void metrics.addMetric(name, unit, value)
  const single = metrics.singleMetric()
  for (const [dimension, text] of Object.entries(by)) single.addDimension(dimension, text)
  single.addMetric(name, unit, value)
}
