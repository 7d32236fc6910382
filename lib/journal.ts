import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Backlog, Journal, JournalEntry } from './ports.ts'

/** Tells every entry to the function's log, as one JSON line each, and counts what the dashboard and alarms need. */
export function powertoolsJournal(): { readonly journal: Journal; readonly metrics: Metrics } {
  const logger = new Logger()
  const metrics = new Metrics()
  const note = (entry: JournalEntry) => {
    log(logger, entry)
    count(metrics, entry)
  }
  return { journal: { note }, metrics }
}

function log(logger: Logger, entry: JournalEntry): void {
  switch (entry.event) {
    case 'unfinished':
    case 'undelivered':
    case 'unreadable':
      logger.error(entry.event, entry)
      return
    case 'retry':
      logger.warn(entry.event, entry)
      return
    case 'received':
    case 'credentials':
    case 'atlas_request':
    case 'found':
    case 'confirmed':
    case 'outcome':
    case 'published':
    case 'ignored':
    case 'backlog':
      logger.info(entry.event, entry)
      return
  }
}

function count(metrics: Metrics, entry: JournalEntry): void {
  switch (entry.event) {
    case 'outcome': {
      const { outcome, timeToRevokeMs } = entry
      metrics.singleMetric().addDimension('kind', outcome.kind).addMetric('Outcomes', MetricUnit.Count, 1)
      if (timeToRevokeMs !== undefined)
        metrics.addMetric('TimeToRevoke', MetricUnit.Milliseconds, timeToRevokeMs)
      return
    }
    case 'atlas_request':
      metrics
        .singleMetric()
        .addDimension('status', String(entry.status))
        .addMetric('AtlasRequests', MetricUnit.Count, 1)
      return
    case 'retry':
      metrics.addMetric('Retries', MetricUnit.Count, 1)
      return
    case 'backlog':
      gauge(metrics, entry)
      return
    case 'unreadable':
      metrics.addMetric('Unreadable', MetricUnit.Count, 1)
      return
    case 'ignored':
      metrics.addMetric('Ignored', MetricUnit.Count, 1)
      return
    case 'unfinished':
    case 'undelivered':
      metrics.addMetric('Unfinished', MetricUnit.Count, 1)
      return
    case 'received':
    case 'credentials':
    case 'found':
    case 'confirmed':
    case 'published':
      return
  }
}

function gauge(metrics: Metrics, { openByKind, oldestOpenSeconds, unpublished, silence }: Backlog): void {
  metrics.addMetric('OldestOpenCase', MetricUnit.Seconds, oldestOpenSeconds)
  metrics.addMetric('Unpublished', MetricUnit.Count, unpublished)
  for (const [kind, open] of Object.entries(openByKind)) {
    metrics.singleMetric().addDimension('kind', kind).addMetric('OpenCases', MetricUnit.Count, open)
  }
  for (const [source, seconds] of Object.entries(silence)) {
    metrics
      .singleMetric()
      .addDimension('source', source)
      .addMetric('SourceSilence', MetricUnit.Seconds, seconds)
  }
}
