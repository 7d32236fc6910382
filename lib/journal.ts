import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Journal, JournalEntry } from './ports.ts'

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
      return logger.error(entry.event, entry)
    case 'retry':
      return logger.warn(entry.event, entry)
    case 'received':
    case 'credentials':
    case 'atlas_request':
    case 'found':
    case 'confirmed':
    case 'outcome':
    case 'published':
    case 'ignored':
      return logger.info(entry.event, entry)
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
      return void metrics.addMetric('Retries', MetricUnit.Count, 1)
    case 'unreadable':
      return void metrics.addMetric('Unreadable', MetricUnit.Count, 1)
    case 'ignored':
      return void metrics.addMetric('Ignored', MetricUnit.Count, 1)
    case 'unfinished':
    case 'undelivered':
      return void metrics.addMetric('Unfinished', MetricUnit.Count, 1)
    case 'received':
    case 'credentials':
    case 'found':
    case 'confirmed':
    case 'published':
      return
  }
}
