import { isAuditRule, rulesOf } from './deliveries.ts'
import { functionsOf } from './functions.ts'
import {
  type Check,
  differences,
  type Json,
  listOf,
  type Resource,
  referredResource,
  resourcesOf,
  type Template,
  valueAt,
} from './template.ts'

/** Our own metrics that need an alarm, as the sweep measures and the functions count them (lib/sweep, lib/aws/log.ts). */
const OURS = [
  ...['new', 'held', 'refused', 'deferred', 'scheduled'].map(
    (outcome) => `OldestOpenSeconds case ${outcome}`,
  ),
  'OldestOpenSeconds reference waiting',
  ...[
    'StoppedOrgs ',
    'UnreadableRows ',
    'OutboxWaiting ',
    'Unfinished ',
    'SourceSilenceDays ',
    'RosterSilenceHours ',
    'CredentialAgeDays ',
    'RefusedEntries ',
    'DeniedRequests ',
    '4xx HttpApi',
    'ThrottledRequests ',
    'CanaryArrived ',
  ],
]

/** Every alarm notifies somebody, says what to do next, links the runbook, and says what missing data mean. */
export const checkAlarms: Check = (template) =>
  alarmsOf(template).flatMap(({ id, json }) => {
    const description = String(valueAt(json, 'Properties.AlarmDescription.Fn::Sub'))
    const isHeartbeat = ['NoSweepAlarm', 'NoCanaryAlarm'].includes(id)
    const silence = valueAt(json, 'Properties.TreatMissingData')
    return [
      ...(listOf(valueAt(json, 'Properties.AlarmActions')).some(
        (one) => referredResource(one) === 'AlertTopic',
      )
        ? []
        : [`${id}: alerts nobody`]),
      ...(/ Next: .+ Runbook: (\w+) in \$\{RunbookUrl\}$/s.exec(description)?.[1] === id
        ? []
        : [`${id}: does not say what to do next`]),
      ...(silence === undefined || (isHeartbeat && silence !== 'breaching')
        ? [`${id}: treats missing data as healthy`]
        : []),
      ...(metricsOf(json).length > 10 ? [`${id}: more than ten metrics`] : []),
    ]
  })

/** Everything that can fail silently has an alarm, and no alarm reads a metric that nothing writes. */
export const checkWatched: Check = (template) => {
  const watched = alarmsOf(template).flatMap(({ json }) => metricsOf(json))
  return differences('alarms', [...new Set(watched.map(keyOf))], wantedOf(template))
}

function wantedOf(template: Template): readonly string[] {
  const dead = resourcesOf(template, 'AWS::SQS::Queue').filter(({ id }) => id.endsWith('DeadLetterQueue'))
  // A roster's file stays in its bucket, and the next one says the same.
  const expiring = dead.filter(({ id }) => !['AuditDeadLetterQueue', 'RosterDeadLetterQueue'].includes(id))
  return [
    ...dead.map(({ id }) => `ApproximateNumberOfMessagesVisible ${id}`),
    ...expiring.map(({ id }) => `ApproximateAgeOfOldestMessage ${id}`),
    ...[...functionsOf(template).values()].flatMap(({ id }) => [`Errors ${id}`, `Throttles ${id}`]),
    ...rulesOf(template).map((rule) => {
      const condition = conditionOf(valueAt(rule.json, 'Condition'))
      return `FailedInvocations ${busOf(rule)}${valueAt(rule.json, 'Properties.Name')}${condition}`
    }),
    ...OURS,
    ...resourcesOf(template, 'AWS::KinesisFirehose::DeliveryStream').map(
      ({ id }) => `DeliveryToS3.DataFreshness ${id}`,
    ),
  ]
}

/** A rule's metrics have its bus as a dimension, except on the default bus. */
function busOf(rule: Resource): string {
  return valueAt(rule.json, 'Properties.EventBusName') ? `${isAuditRule(rule) ? 'AuditBus' : 'partner'} ` : ''
}

export function alarmsOf(template: Template): readonly Resource[] {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm')
}

/** A metric that an alarm reads, and the condition of the template under which it does. */
export type Watched = { readonly metric: Json; readonly condition: Json | undefined }

export function metricsOf(alarm: Json): readonly Watched[] {
  const condition = valueAt(alarm, 'Condition')
  const several = listOf(valueAt(alarm, 'Properties.Metrics'))
  if (several.length === 0) return [{ metric: valueAt(alarm, 'Properties') ?? null, condition }]
  return several.flatMap((one) => {
    const metric = valueAt(valueAt(one, 'Fn::If.1') ?? one, 'MetricStat.Metric')
    return metric === undefined ? [] : [{ metric, condition: valueAt(one, 'Fn::If.0') ?? condition }]
  })
}

/** A rule with a condition may not exist, so its alarm needs the same condition. */
function conditionOf(condition: Json | undefined): string {
  return condition === undefined ? '' : ` if ${condition}`
}

/** `Errors SweepLambdaFunction`: what is measured, of what. */
function keyOf({ metric, condition }: Watched): string {
  const name = String(valueAt(metric, 'MetricName'))
  const values = listOf(valueAt(metric, 'Dimensions')).filter((one) => valueAt(one, 'Name') !== 'service')
  const parts = values.map((one) => {
    const value = valueAt(one, 'Value')
    return typeof value === 'string' ? value : (referredResource(value) ?? 'partner')
  })
  return `${name} ${parts.join(' ')}${name === 'FailedInvocations' ? conditionOf(condition) : ''}`
}
