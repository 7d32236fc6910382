import { isDeepStrictEqual } from 'node:util'
import {
  at,
  type Check,
  type Json,
  keysOf,
  listOf,
  type Resource,
  referent,
  resourcesOf,
  type Template,
  wants,
} from './template.ts'

const DAY_S = 86_400
/** How long a human has once the alarm says that dead letters will expire. */
const TIME_TO_ACT_S = 2 * DAY_S

/** The rules on events; a rule without a pattern is a schedule. */
export function rulesOf(template: Template): readonly Resource[] {
  return resourcesOf(template, 'AWS::Events::Rule').filter(({ json }) => at(json, 'Properties.EventPattern'))
}

/** Whether the rule listens to what the system says, not to who left. */
export function isAuditRule({ json }: Resource): boolean {
  return referent(at(json, 'Properties.EventBusName')) === 'AuditBus'
}

/** What a rule or topic cannot deliver is kept in the DLQ of its own channel: a redrive must not change who is believed. */
export const checkDeliveries: Check = (template) => [
  ...rulesOf(template).flatMap((rule) =>
    listOf(at(rule.json, 'Properties.Targets')).flatMap((target) => targetFaults(rule, target)),
  ),
  ...resourcesOf(template, 'AWS::SNS::Subscription').flatMap(subscriptionFaults),
  ...['Events', 'Topic', 'Work'].flatMap((channel) =>
    resourcesOf(template, 'AWS::SQS::Queue')
      .filter(({ id }) => id === `${channel}Queue`)
      .flatMap((queue) =>
        keeps(
          queue,
          at(queue.json, 'Properties.RedrivePolicy.deadLetterTargetArn'),
          `${channel}DeadLetterQueue`,
        ),
      ),
  ),
]

function targetFaults(rule: Resource, json: Json): readonly string[] {
  const target = { id: rule.id, json }
  const isForHumans = referent(at(json, 'Arn')) === 'AlertTopic'
  const rewrites = keysOf(json).some((key) => key.startsWith('Input'))
  return [
    ...keeps(target, at(json, 'DeadLetterConfig.Arn'), dlqOf(rule)),
    ...wants(target, { 'RetryPolicy.MaximumEventAgeInSeconds': DAY_S }),
    ...(rewrites && !isForHumans ? [`${rule.id}: does not deliver the whole event`] : []),
  ]
}

function dlqOf(rule: Resource): string {
  if (isAuditRule(rule)) return 'AuditDeadLetterQueue'
  return isOurFiles(rule) ? 'RosterDeadLetterQueue' : 'EventsDeadLetterQueue'
}

/** Only S3 itself can say that a file came into our bucket, whose policy says who may put it there. */
function isOurFiles({ json }: Resource): boolean {
  const { source, detail } = Object(at(json, 'Properties.EventPattern'))
  const isOurs = isDeepStrictEqual(detail, { bucket: { name: [{ Ref: 'RosterBucket' }] } })
  return isOurs && isDeepStrictEqual(source, ['aws.s3'])
}

function subscriptionFaults(one: Resource): readonly string[] {
  const isIntake = referent(at(one.json, 'Properties.TopicArn')) === 'IntakeTopic'
  const dlq = at(one.json, 'Properties.RedrivePolicy.deadLetterTargetArn')
  return [
    ...keeps(one, dlq, isIntake ? 'TopicDeadLetterQueue' : 'AuditDeadLetterQueue'),
    ...(isIntake ? wants(one, { 'Properties.RawMessageDelivery': false }) : []),
  ]
}

function keeps({ id }: Resource, arn: Json | undefined, queue: string): readonly string[] {
  return referent(arn) === queue ? [] : [`${id}: loses what it cannot deliver`]
}

/**
 * No message expires before an alarm and two days to act on it. SQS counts expiry from the first send, and the alarm's age from the move
 * to the DLQ: what was tried for days has that much less time left there.
 */
export const checkRetention: Check = (template) =>
  resourcesOf(template, 'AWS::SQS::Queue').flatMap((queue) => {
    const faults = wants(queue, {
      'Properties.SqsManagedSseEnabled': true,
      'Properties.MessageRetentionPeriod': 14 * DAY_S,
    })
    const tries = at(queue.json, 'Properties.RedrivePolicy.maxReceiveCount')
    if (tries === undefined) return faults
    const triedS = Number(tries) * Number(at(queue.json, 'Properties.VisibilityTimeout'))
    const expiry = template.Resources[queue.id.replace(/Queue$/, 'DeadLettersExpireAlarm')]
    const leftS = 14 * DAY_S - triedS - Number(at(expiry, 'Properties.Threshold'))
    const isLong = triedS >= DAY_S
    return [
      ...faults,
      ...(leftS >= TIME_TO_ACT_S
        ? []
        : [`${queue.id}: messages may expire before anybody can act on the alarm`]),
      ...(isLong ? [] : [`${queue.id}: gives up within a day`]),
    ]
  })

/**
 * Anybody in the account, and whom they let, can write to the default bus: a rule there names account and source, or lets
 * through nothing that could name a person.
 */
export const checkDefaultBus: Check = (template) =>
  rulesOf(template)
    .filter(({ json }) => !at(json, 'Properties.EventBusName'))
    .flatMap((rule) => [
      ...wants(rule, { 'Properties.EventPattern.account': [{ Ref: 'AWS::AccountId' }] }),
      ...(canRemoveNobody(rule) || isOurFiles(rule)
        ? []
        : wants(rule, {
            Condition: 'TakesUserDeparted',
            'Properties.EventPattern.source': { Ref: 'DepartureEventSources' },
          })),
    ])

function canRemoveNobody({ json }: Resource): boolean {
  const { username, ...others } = Object(at(json, 'Properties.EventPattern.detail'))
  const isNobody =
    listOf(username).length > 0 && listOf(username).every((name) => /\.invalid$/.test(String(name)))
  return isNobody && isDeepStrictEqual(others, { dryRun: [true], aliases: [{ exists: false }] })
}
