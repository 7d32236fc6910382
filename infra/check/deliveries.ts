import { deadLetterFault } from './queues.ts'
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
export const checkDeliveries: Check = (template) => {
  const rules = resourcesOf(template, 'AWS::Events::Rule').filter(({ json }) =>
    at(json, 'Properties.EventPattern'),
  )
  const targets = rules.flatMap(({ id, json }) =>
    listOf(at(json, 'Properties.Targets')).map((target) => ({ id, json: target })),
  )
  return [
    ...targets.flatMap((target) => deadLetterFault(target, at(target.json, 'DeadLetterConfig.Arn'))),
    ...targets.flatMap((target) => wants(target, { 'RetryPolicy.MaximumEventAgeInSeconds': 86_400 })),
    ...targets.filter(rewrites).map(({ id }) => `${id}: does not deliver the whole event`),
    ...resourcesOf(template, 'AWS::SNS::Subscription').flatMap((one) => [
      ...deadLetterFault(one, at(one.json, 'Properties.RedrivePolicy.deadLetterTargetArn')),
      ...wants(one, { 'Properties.RawMessageDelivery': false }),
    ]),
  ]
}

const rewrites = ({ json }: Resource) => keysOf(json).some((key) => key.startsWith('Input'))

/** Anybody in the account, and whom they let, can write to the default bus: a rule there names account and source. */
export const checkDefaultBus: Check = (template) =>
  resourcesOf(template, 'AWS::Events::Rule')
    .filter(({ json }) => at(json, 'Properties.EventPattern') && !at(json, 'Properties.EventBusName'))
    .flatMap((rule) =>
      wants(rule, {
        Condition: 'TakesUserDeparted',
        'Properties.EventPattern.account': [{ Ref: 'AWS::AccountId' }],
        'Properties.EventPattern.source': { Ref: 'DepartureEventSources' },
      }),
    )

function policiesOn(template: Template, queue: string): readonly Json[] {
  return resourcesOf(template, 'AWS::SQS::QueuePolicy')
    .map(({ json }) => json)
    .filter((json) => listOf(at(json, 'Properties.Queues')).some((one) => referent(one) === queue))
}

/** The statement inside `Fn::If`, which is there exactly when its rule is. */
function unconditional(statement: Json): Json {
  return at(statement, 'Fn::If.1') ?? statement
}

function publisherOf(statement: Json): string {
  const source = referent(at(statement, 'Condition.ArnEquals.aws:SourceArn'))
  return `${at(statement, 'Action')} by ${source ?? 'anybody'} of ${at(statement, 'Principal.Service')}`
}

function isTlsOnly(statement: Json): boolean {
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
