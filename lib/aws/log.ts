import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Backlog, Journal, JournalEntry } from '../core/ports.ts'

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
    case 'unanswered':
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
    case 'leftovers':
    case 'published':
    case 'ignored':
    case 'answered':
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
    case 'answered':
      metrics
        .singleMetric()
        .addDimension('status', String(entry.status))
        .addMetric('HttpAnswers', MetricUnit.Count, 1)
      return
    case 'unfinished':
    case 'undelivered':
    case 'unanswered':
      metrics.addMetric('Unfinished', MetricUnit.Count, 1)
      return
    case 'credentials':
      if (entry.ageSeconds !== undefined)
        metrics.addMetric('CredentialAgeDays', MetricUnit.NoUnit, entry.ageSeconds / DAY_SECONDS)
      return
    case 'received':
    case 'found':
    case 'confirmed':
    case 'leftovers':
    case 'published':
      return
  }
}

/** CloudWatch's alarms on these are set in days, and a template cannot multiply. */
const DAY_SECONDS = 86_400

function gauge(metrics: Metrics, backlog: Backlog): void {
  const { openByKind, oldestOpenSeconds, unpublished, silence, stopped } = backlog
  metrics.addMetric('Unpublished', MetricUnit.Count, unpublished)
  for (const [kind, open] of Object.entries(openByKind))
    metrics.singleMetric().addDimension('kind', kind).addMetric('OpenCases', MetricUnit.Count, open)
  for (const [kind, seconds] of Object.entries(oldestOpenSeconds))
    metrics.singleMetric().addDimension('kind', kind).addMetric('OldestOpenCase', MetricUnit.Seconds, seconds)
  for (const [source, seconds] of Object.entries(silence))
    metrics
      .singleMetric()
      .addDimension('source', source)
      .addMetric('SourceSilenceDays', MetricUnit.NoUnit, seconds / DAY_SECONDS)
  for (const [why, orgs] of Object.entries(stopped))
    metrics.singleMetric().addDimension('why', why).addMetric('StoppedOrgs', MetricUnit.Count, orgs)
}
