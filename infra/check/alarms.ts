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

/** What must be watched of our own, as the sweep measures it and the functions count it (lib/sweep, lib/aws/log.ts). */
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

/** An alarm tells somebody, says what to type next, links the runbook, and does not take every silence for health. */
export const checkAlarms: Check = (template) =>
  alarmsOf(template).flatMap(({ id, json }) => {
    const description = String(at(json, 'Properties.AlarmDescription.Fn::Sub'))
    const isHeartbeat = ['NoSweepAlarm', 'NoCanaryAlarm'].includes(id)
    const silence = at(json, 'Properties.TreatMissingData')
    return [
      ...(listOf(at(json, 'Properties.AlarmActions')).some((one) => referent(one) === 'AlertTopic')
        ? []
        : [`${id}: alerts nobody`]),
      ...(/ Next: .+ Runbook: (\w+) in \$\{RunbookUrl\}$/s.exec(description)?.[1] === id
        ? []
        : [`${id}: does not say what to do next`]),
      ...(silence === undefined || (isHeartbeat && silence !== 'breaching')
        ? [`${id}: takes silence for health`]
        : []),
      ...(metricsOf(json).length > 10 ? [`${id}: more than ten metrics`] : []),
    ]
  })

/** Everything that can go wrong in silence is watched, and nothing that nobody writes. */
export const checkWatched: Check = (template) => {
  const watched = alarmsOf(template).flatMap(({ json }) => metricsOf(json))
  return differs('alarms', [...new Set(watched.map(keyOf))], wantedOf(template))
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
      const condition = conditionOf(at(rule.json, 'Condition'))
      return `FailedInvocations ${busOf(rule)}${at(rule.json, 'Properties.Name')}${condition}`
    }),
    ...OURS,
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

/** A metric that an alarm reads, and the condition of the template under which it does. */
export type Watched = { readonly metric: Json; readonly condition: Json | undefined }

export function metricsOf(alarm: Json): readonly Watched[] {
  const condition = at(alarm, 'Condition')
  const several = listOf(at(alarm, 'Properties.Metrics'))
  if (several.length === 0) return [{ metric: at(alarm, 'Properties') ?? null, condition }]
  return several.flatMap((one) => {
    const metric = at(at(one, 'Fn::If.1') ?? one, 'MetricStat.Metric')
    return metric === undefined ? [] : [{ metric, condition: at(one, 'Fn::If.0') ?? condition }]
  })
}

/** A rule that is not made fails without a metric, and one that is made must be watched. */
function conditionOf(condition: Json | undefined): string {
  return condition === undefined ? '' : ` if ${condition}`
}

/** `Errors SweepLambdaFunction`: what is measured, of what. */
function keyOf({ metric, condition }: Watched): string {
  const name = String(at(metric, 'MetricName'))
  const values = listOf(at(metric, 'Dimensions')).filter((one) => at(one, 'Name') !== 'service')
  const parts = values.map((one) => {
    const value = at(one, 'Value')
    return typeof value === 'string' ? value : (referent(value) ?? 'partner')
  })
  return `${name} ${parts.join(' ')}${name === 'FailedInvocations' ? conditionOf(condition) : ''}`
}
