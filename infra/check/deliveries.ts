import { isDeepStrictEqual } from 'node:util'
import { AUDIT, DEPARTURES, deadLetterFault } from './queues.ts'
import {
  at,
  type Check,
  differs,
  type Json,
  keysOf,
  listOf,
  type Resource,
  referent,
  resourcesOf,
  type Template,
  unconditional,
  wants,
} from './template.ts'

/** Whoever delivers to a queue is allowed to, each by its own ARN; nobody else is, and nothing without TLS. */
export const checkQueuePolicies: Check = (template) =>
  resourcesOf(template, 'AWS::SQS::Queue').flatMap(({ id }) => {
    const statements = policiesOn(template, id).flatMap((json) =>
      listOf(at(json, 'Properties.PolicyDocument.Statement')),
    )
    const publishers = statements
      .map(unconditional)
      .filter((one) => at(one, 'Effect') === 'Allow')
      .map(publisherOf)
    const tls = statements.some(isTlsOnly) ? [] : [`policy of ${id}: allows plain HTTP`]
    return [...tls, ...differs(`policy of ${id}`, publishers, deliverersTo(template, id))]
  })

/** What a topic or a rule cannot deliver is kept. A schedule has no dead letters: its next tick does the work. */
export const checkDeliveries: Check = (template) => [
  ...rulesOf(template).flatMap((rule) =>
    listOf(at(rule.json, 'Properties.Targets')).flatMap((target) => targetFaults(rule, target)),
  ),
  ...resourcesOf(template, 'AWS::SNS::Subscription').flatMap(subscriptionFaults),
]

/** The rules on events; a rule without a pattern is a schedule. */
export function rulesOf(template: Template): readonly Resource[] {
  return resourcesOf(template, 'AWS::Events::Rule').filter(({ json }) => at(json, 'Properties.EventPattern'))
}

/** Whether the rule listens to what the system says, not to who left. */
export function isAuditRule({ json }: Resource): boolean {
  return referent(at(json, 'Properties.EventBusName')) === 'AuditBus'
}

function targetFaults(rule: Resource, json: Json): readonly string[] {
  const target = { id: rule.id, json }
  const isForHumans = referent(at(json, 'Arn')) === 'AlertTopic'
  const rewrites = keysOf(json).some((key) => key.startsWith('Input'))
  return [
    ...deadLetterFault(target, at(json, 'DeadLetterConfig.Arn'), isAuditRule(rule) ? AUDIT : DEPARTURES),
    ...wants(target, { 'RetryPolicy.MaximumEventAgeInSeconds': 86_400 }),
    ...(rewrites && !isForHumans ? [`${rule.id}: does not deliver the whole event`] : []),
  ]
}

function subscriptionFaults(one: Resource): readonly string[] {
  const isIntake = referent(at(one.json, 'Properties.TopicArn')) === 'IntakeTopic'
  const dlq = at(one.json, 'Properties.RedrivePolicy.deadLetterTargetArn')
  return [
    ...deadLetterFault(one, dlq, isIntake ? DEPARTURES : AUDIT),
    ...(isIntake ? wants(one, { 'Properties.RawMessageDelivery': false }) : []),
  ]
}

/**
 * Anybody in the account, and whom they let, can write to the default bus: a rule there names account and source, or lets
 * through nothing that could name a person.
 */
export const checkDefaultBus: Check = (template) =>
  rulesOf(template)
    .filter(({ json }) => !at(json, 'Properties.EventBusName'))
    .flatMap((rule) => [
      ...wants(rule, { 'Properties.EventPattern.account': [{ Ref: 'AWS::AccountId' }] }),
      ...(canRemoveNobody(rule)
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

function policiesOn(template: Template, queue: string): readonly Json[] {
  return resourcesOf(template, 'AWS::SQS::QueuePolicy')
    .map(({ json }) => json)
    .filter((json) => listOf(at(json, 'Properties.Queues')).some((one) => referent(one) === queue))
}

function publisherOf(statement: Json): string {
  const source = referent(at(statement, 'Condition.ArnEquals.aws:SourceArn'))
  return `${at(statement, 'Action')} by ${source ?? 'anybody'} of ${at(statement, 'Principal.Service')}`
}

/** Whether the statement denies whatever comes without TLS. */
export function isTlsOnly(statement: Json): boolean {
  const isDenial = at(statement, 'Effect') === 'Deny' && at(statement, 'Principal') === '*'
  return isDenial && at(statement, 'Condition.Bool.aws:SecureTransport') === 'false'
}

/** The rules and topics that have the queue as target, or as the place for what they cannot deliver. */
function deliverersTo(template: Template, queue: string): readonly string[] {
  const uses = (json: Json | undefined) =>
    JSON.stringify(json ?? null).includes(JSON.stringify([queue, 'Arn']))
  const rules = resourcesOf(template, 'AWS::Events::Rule').filter(({ json }) =>
    uses(at(json, 'Properties.Targets')),
  )
  const subscriptions = resourcesOf(template, 'AWS::SNS::Subscription').filter(({ json }) => uses(json))
  const topics = subscriptions.map(({ json }) => referent(at(json, 'Properties.TopicArn')))
  return [
    ...rules.map(({ id }) => `sqs:SendMessage by ${id} of events.amazonaws.com`),
    ...topics.map((topic) => `sqs:SendMessage by ${topic} of sns.amazonaws.com`),
  ]
}
