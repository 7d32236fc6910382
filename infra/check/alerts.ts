import { isAuditRule, rulesOf } from './deliveries.ts'
import { at, type Check, type Json, listOf, type Resource, referent, resourcesOf } from './template.ts'

const PUBLISHERS = ['cloudwatch.amazonaws.com', 'events.amazonaws.com']

/**
 * An alert gets through: alarms and rules may publish to the topic and use its key, and somebody is subscribed. AWS's own
 * key admits neither, and a key policy with a condition on EventBridge's source loses every alert without a word.
 */
export const checkAlertTopic: Check = (template) => {
  const { AlertTopic, AlertKey, AlertEndpoint } = { ...template.Resources, ...Object(template.Parameters) }
  const topicPolicies = resourcesOf(template, 'AWS::SNS::TopicPolicy').filter(({ json }) =>
    listOf(at(json, 'Properties.Topics')).some((topic) => referent(topic) === 'AlertTopic'),
  )
  const statements = topicPolicies.flatMap(({ json }) =>
    listOf(at(json, 'Properties.PolicyDocument.Statement')),
  )
  const keyUses = listOf(at(AlertKey, 'Properties.KeyPolicy.Statement'))
  const subscribed = resourcesOf(template, 'AWS::SNS::Subscription').some(
    ({ json }) =>
      referent(at(json, 'Properties.TopicArn')) === 'AlertTopic' &&
      referent(at(json, 'Properties.Endpoint')) === 'AlertEndpoint',
  )
  return [
    ...PUBLISHERS.filter((one) => !allows(statements, one, 'sns:Publish')).map(
      (one) => `AlertTopic: ${one} may not publish`,
    ),
    ...PUBLISHERS.filter((one) => !allows(keyUses, one, 'kms:Decrypt')).map(
      (one) => `AlertKey: ${one} may not use it`,
    ),
    ...(referent(at(AlertTopic, 'Properties.KmsMasterKeyId')) === 'AlertKey'
      ? []
      : ['AlertTopic: has not the key that alarms and rules may use']),
    ...(subscribed ? [] : ['AlertTopic: nobody is subscribed']),
    ...(AlertEndpoint && at(AlertEndpoint, 'Default') === undefined && at(AlertEndpoint, 'AllowedPattern')
      ? []
      : ['AlertEndpoint: can be left out']),
  ]
}

function allows(statements: readonly Json[], service: string, action: string): boolean {
  return statements.some((one) => {
    const isTold = at(one, 'Principal.Service') === service && at(one, 'Effect') === 'Allow'
    const isConditional = service === 'events.amazonaws.com' && at(one, 'Condition') !== undefined
    return isTold && !isConditional && listOf(at(one, 'Action')).includes(action)
  })
}

/** What of an event may go into a message to a human: our own texts and ids, nothing that a source or Atlas wrote. */
const TELLABLE: ReadonlySet<string> = new Set([
  '$.time',
  '$.detail.message',
  '$.detail.status_detail',
  '$.detail.metadata.uid',
  '$.detail.metadata.event_code',
  '$.detail.unmapped.case',
])

/** A rule that tells humans: of live events only, in text lines that say what happened and what to type, and no names. */
export const checkAlertRules: Check = (template) =>
  rulesOf(template)
    .filter(({ json }) => referent(at(json, 'Properties.Targets.0.Arn')) === 'AlertTopic')
    .flatMap(alertFaults)

function alertFaults(rule: Resource): readonly string[] {
  const { id, json } = rule
  const transformer = at(json, 'Properties.Targets.0.InputTransformer')
  const paths = Object.entries(Object(at(transformer, 'InputPathsMap')))
  const template = String(at(transformer, 'InputTemplate'))
  const used = [...template.matchAll(/<(\w+)>/g)].map(([, name]) => name)
  const isLive = JSON.stringify(at(json, 'Properties.EventPattern.replay-name')) === '[{"exists":false}]'
  return [
    ...(isAuditRule(rule) ? [] : [`${id}: does not listen to the audit bus`]),
    ...(isLive ? [] : [`${id}: alerts again of what is replayed`]),
    ...paths.filter(([, path]) => !TELLABLE.has(String(path))).map(([, path]) => `${id}: tells ${path}`),
    ...used
      .filter((name) => !paths.some(([known]) => known === name))
      .map((name) => `${id}: <${name}> is nothing`),
    ...(template.split('\n').every(isTextLine) ? [] : [`${id}: a line is not one quoted text`]),
    ...(/\n"1\. .+"/.test(template) ? [] : [`${id}: does not say what to do next`]),
  ]
}

/** EventBridge takes lines of quoted text; a quote or backslash inside would end one. */
const isTextLine = (line: string) => /^"[^"\\]+"$/.test(line)
