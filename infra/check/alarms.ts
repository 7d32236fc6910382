import { readFileSync } from 'node:fs'
import { isAuditRule, rulesOf } from './deliveries.ts'
import { functionsOf } from './functions.ts'
import {
  at,
  type Check,
  differs,
  type Json,
  listOf,
  type Resource,
  referent,
  resourcesOf,
  type Template,
} from './template.ts'

const JOURNAL = readFileSync(new URL('../../lib/aws/log.ts', import.meta.url), 'utf8')
/** Every metric that the functions write, and the one that is counted in the audit log. */
const OURS = [...JOURNAL.matchAll(/addMetric\(\s*'(\w+)'/g)]
  .map(([, name]) => `${name}`)
  .concat('CanaryArrived')

/** An alarm tells somebody, says what to type next, and watches a metric that there is. */
export const checkAlarms: Check = (template) =>
  alarmsOf(template).flatMap(({ id, json }) => {
    const description = String(at(json, 'Properties.AlarmDescription'))
    return [
      ...(listOf(at(json, 'Properties.AlarmActions')).some((one) => referent(one) === 'AlertTopic')
        ? []
        : [`${id}: tells nobody`]),
      ...(/ Next: .+ Runbook: (\w+)$/s.exec(description)?.[1] === id
        ? []
        : [`${id}: does not say what to do next`]),
      ...(at(json, 'Properties.TreatMissingData') ? [] : [`${id}: does not say what silence means`]),
      ...metricsOf(json)
        .filter((metric) => isOurs(metric) && !OURS.includes(nameOf(metric)))
        .map((metric) => `${id}: nobody writes ${nameOf(metric)}`),
      ...(metricsOf(json).length > 10 ? [`${id}: more than ten metrics`] : []),
    ]
  })

/** What stands still says nothing, so that its silence must be the alarm. */
export const checkHeartbeats: Check = (template) =>
  ['NoSweepAlarm', 'NoCanaryAlarm']
    .filter((id) => at(template.Resources[id], 'Properties.TreatMissingData') !== 'breaching')
    .map((id) => `${id}: takes silence for health`)

/** Everything that can go wrong in silence is watched. */
export const checkWatched: Check = (template) => {
  const alarms = alarmsOf(template)
  const watched = alarms.flatMap(({ json }) => metricsOf(json).map(keyOf))
  return differs(
    'alarms',
    [...new Set(watched)].filter((key) => wantedOf(template).includes(key)),
    wantedOf(template),
  )
}

function wantedOf(template: Template): readonly string[] {
  const dead = resourcesOf(template, 'AWS::SQS::Queue').filter(({ id }) => id.endsWith('DeadLetterQueue'))
  const kinds = ['new', 'held', 'refused', 'deferred', 'scheduled']
  return [
    ...dead.map(({ id }) => `ApproximateNumberOfMessagesVisible ${id}`),
    ...[...functionsOf(template).values()].flatMap(({ id }) => [`Errors ${id}`, `Throttles ${id}`]),
    ...rulesOf(template).map((rule) => `FailedInvocations ${busOf(rule)}${at(rule.json, 'Properties.Name')}`),
    ...kinds.map((kind) => `OldestOpenCase ${kind}`),
    ...['paused', 'latched', 'blocked', 'unread', 'uncompared'].map((why) => `StoppedOrgs ${why}`),
    ...['Unpublished ', 'Unfinished ', 'SourceSilenceDays ', 'CredentialAgeDays ', 'CanaryArrived '],
    ...resourcesOf(template, 'AWS::KinesisFirehose::DeliveryStream').map(
      ({ id }) => `DeliveryToS3.DataFreshness ${id}`,
    ),
  ]
}

/** A rule's metrics are kept under its bus too, except on the default bus. */
function busOf(rule: Resource): string {
  return at(rule.json, 'Properties.EventBusName') ? `${isAuditRule(rule) ? 'AuditBus' : 'partner'} ` : ''
}

export function alarmsOf(template: Template): readonly Resource[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm')
}

function metricsOf(alarm: Json): readonly Json[] {
  const properties = at(alarm, 'Properties') ?? null
  const several = listOf(at(properties, 'Metrics'))
  return several.length === 0
    ? [properties]
    : several.map((one) => at(one, 'MetricStat.Metric') ?? one).filter((one) => !isMath(one))
}

/** `SUM(METRICS())` is of metrics that stand beside it; a query names its own. */
const isMath = (metric: Json) => !at(metric, 'MetricName') && !queryOf(metric)

function queryOf(metric: Json): RegExpExecArray | null {
  return /^SELECT \w+\((\w+)\) FROM SCHEMA\("([^"]+)"/.exec(String(at(metric, 'Expression')))
}

function nameOf(metric: Json): string {
  return queryOf(metric)?.[1] ?? String(at(metric, 'MetricName'))
}

function isOurs(metric: Json): boolean {
  return !String(at(metric, 'Namespace')).startsWith('AWS/')
}

/** `Errors SweepLambdaFunction`: what is measured, of what. */
function keyOf(metric: Json): string {
  const values = listOf(at(metric, 'Dimensions')).filter((one) => at(one, 'Name') !== 'service')
  const parts = values.map((one) => {
    const value = at(one, 'Value')
    return typeof value === 'string' ? value : (referent(value) ?? 'partner')
  })
  return `${nameOf(metric)} ${parts.join(' ')}`
}
