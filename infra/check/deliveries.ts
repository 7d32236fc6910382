import { isDeepStrictEqual } from 'node:util'
import {
  type Check,
  type Json,
  keysOf,
  listOf,
  type Resource,
  referredResource,
  resourcesOf,
  type Template,
  valueAt,
  wrongProperties,
} from './template.ts'

const DAY_S = 86_400
/** How long a human has once the alarm says that dead letters will expire. */
const TIME_TO_ACT_S = 2 * DAY_S

/** The rules on events; a rule without a pattern is a schedule. */
export function rulesOf(template: Template): readonly Resource[] {
  return resourcesOf(template, 'AWS::Events::Rule').filter(({ json }) =>
    valueAt(json, 'Properties.EventPattern'),
  )
}

/** Tells whether the rule matches our own audit events, not events about people who left. */
export function isAuditRule({ json }: Resource): boolean {
  return referredResource(valueAt(json, 'Properties.EventBusName')) === 'AuditBus'
}

/** What a rule or topic cannot deliver goes to the DLQ of its own channel, so that a redrive never changes the channel. */
export const checkDeliveries: Check = (template) => [
  ...rulesOf(template).flatMap((rule) =>
    listOf(valueAt(rule.json, 'Properties.Targets')).flatMap((target) => targetFaults(rule, target)),
  ),
  ...resourcesOf(template, 'AWS::SNS::Subscription').flatMap(subscriptionFaults),
  ...['Events', 'Topic', 'Work'].flatMap((channel) =>
    resourcesOf(template, 'AWS::SQS::Queue')
      .filter(({ id }) => id === `${channel}Queue`)
      .flatMap((queue) =>
        dlqFaults(
          queue,
          valueAt(queue.json, 'Properties.RedrivePolicy.deadLetterTargetArn'),
          `${channel}DeadLetterQueue`,
        ),
      ),
  ),
]

function targetFaults(rule: Resource, json: Json): readonly string[] {
  const target = { id: rule.id, json }
  const isForHumans = referredResource(valueAt(json, 'Arn')) === 'AlertTopic'
  const rewrites = keysOf(json).some((key) => key.startsWith('Input'))
  return [
    ...dlqFaults(target, valueAt(json, 'DeadLetterConfig.Arn'), dlqOf(rule)),
    ...wrongProperties(target, { 'RetryPolicy.MaximumEventAgeInSeconds': DAY_S }),
    ...(rewrites && !isForHumans ? [`${rule.id}: does not deliver the whole event`] : []),
  ]
}

function dlqOf(rule: Resource): string {
  if (isAuditRule(rule)) return 'AuditDeadLetterQueue'
  return isRosterUpload(rule) ? 'RosterDeadLetterQueue' : 'EventsDeadLetterQueue'
}

/** Only S3 can publish that a file arrived in our bucket, and the bucket's policy says who may put one there. */
function isRosterUpload({ json }: Resource): boolean {
  const { source, detail } = Object(valueAt(json, 'Properties.EventPattern'))
  const isOurs = isDeepStrictEqual(detail, { bucket: { name: [{ Ref: 'RosterBucket' }] } })
  return isOurs && isDeepStrictEqual(source, ['aws.s3'])
}

function subscriptionFaults(one: Resource): readonly string[] {
  const isIntake = referredResource(valueAt(one.json, 'Properties.TopicArn')) === 'IntakeTopic'
  const dlq = valueAt(one.json, 'Properties.RedrivePolicy.deadLetterTargetArn')
  return [
    ...dlqFaults(one, dlq, isIntake ? 'TopicDeadLetterQueue' : 'AuditDeadLetterQueue'),
    ...(isIntake ? wrongProperties(one, { 'Properties.RawMessageDelivery': false }) : []),
  ]
}

function dlqFaults({ id }: Resource, arn: Json | undefined, queue: string): readonly string[] {
  return referredResource(arn) === queue ? [] : [`${id}: loses what it cannot deliver`]
}

/**
 * Every message outlives its alarm by two days. SQS counts expiry from the first send, and the alarm's age from the move to the DLQ: a
 * message that was retried for days has so much less time there.
 */
export const checkRetention: Check = (template) =>
  resourcesOf(template, 'AWS::SQS::Queue').flatMap((queue) => {
    const faults = wrongProperties(queue, {
      'Properties.SqsManagedSseEnabled': true,
      'Properties.MessageRetentionPeriod': 14 * DAY_S,
    })
    const tries = valueAt(queue.json, 'Properties.RedrivePolicy.maxReceiveCount')
    if (tries === undefined) return faults
    const triedS = Number(tries) * Number(valueAt(queue.json, 'Properties.VisibilityTimeout'))
    const expiry = template.Resources[queue.id.replace(/Queue$/, 'DeadLettersExpireAlarm')]
    const leftS = 14 * DAY_S - triedS - Number(valueAt(expiry, 'Properties.Threshold'))
    const isTriedForADay = triedS >= DAY_S
    return [
      ...faults,
      ...(leftS >= TIME_TO_ACT_S
        ? []
        : [`${queue.id}: messages may expire before anybody can act on the alarm`]),
      ...(isTriedForADay ? [] : [`${queue.id}: gives up within a day`]),
    ]
  })

/**
 * Anybody in the account, and anybody they allow, can write to the default bus. So a rule there names account and source, or matches
 * only events that name no real person.
 */
export const checkDefaultBus: Check = (template) =>
  rulesOf(template)
    .filter(({ json }) => !valueAt(json, 'Properties.EventBusName'))
    .flatMap((rule) => [
      ...wrongProperties(rule, { 'Properties.EventPattern.account': [{ Ref: 'AWS::AccountId' }] }),
      ...(namesNoRealPerson(rule) || isRosterUpload(rule)
        ? []
        : wrongProperties(rule, {
            Condition: 'TakesUserDeparted',
            'Properties.EventPattern.source': { Ref: 'DepartureEventSources' },
          })),
    ])

function namesNoRealPerson({ json }: Resource): boolean {
  const { username, ...others } = Object(valueAt(json, 'Properties.EventPattern.detail'))
  const isNobody =
    listOf(username).length > 0 && listOf(username).every((name) => /\.invalid$/.test(String(name)))
  return isNobody && isDeepStrictEqual(others, { dryRun: [true], aliases: [{ exists: false }] })
}
