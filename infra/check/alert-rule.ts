import { rulesOf } from './deliveries.ts'
import { type Check, differences, type Resource, referredResource, resourcesOf, valueAt } from './template.ts'

/** The fields of an event that a message to a human may hold: our own texts and ids, nothing that a source or Atlas wrote. */
const ALLOWED_FIELDS: ReadonlySet<string> = new Set([
  '$.time',
  '$.detail.message',
  '$.detail.metadata.uid',
  '$.detail.cloud.org.uid',
  '$.detail.cloud.org.name',
  '$.detail.unmapped.case',
  '$.detail.unmapped.next',
])

/** Exactly one rule alerts: on live events only, in lines of text that name nobody. Its topic has a subscriber, and a key that it may use. */
export const checkAlertRule: Check = (template) => {
  const rules = rulesOf(template).filter(
    ({ json }) => referredResource(valueAt(json, 'Properties.Targets.0.Arn')) === 'AlertTopic',
  )
  const subscribers = resourcesOf(template, 'AWS::SNS::Subscription').filter(
    ({ json }) => referredResource(valueAt(json, 'Properties.Endpoint')) === 'AlertEndpoint',
  )
  const key = referredResource(valueAt(template.Resources.AlertTopic, 'Properties.KmsMasterKeyId'))
  return [
    ...differences(
      'alert rules',
      rules.map(({ id }) => id),
      ['AlertRule'],
    ),
    ...rules.flatMap(ruleFaults),
    ...(key === 'AlertKey' ? [] : ['AlertTopic: does not have the key that alarms and rules may use']),
    ...(subscribers.length > 0 ? [] : ['AlertTopic: nobody is subscribed']),
    ...resourcesOf(template, 'AWS::SNS::Topic')
      .filter(({ json }) => !valueAt(json, 'Properties.KmsMasterKeyId'))
      .map(({ id }) => `${id}: is not encrypted`),
  ]
}

function ruleFaults({ id, json }: Resource): readonly string[] {
  const transformer = valueAt(json, 'Properties.Targets.0.InputTransformer')
  const paths = Object.entries(Object(valueAt(transformer, 'InputPathsMap')))
  const template = valueAt(transformer, 'InputTemplate')
  const text = String(valueAt(template, 'Fn::Sub') ?? template)
  const used = [...text.matchAll(/<(\w+)>/g)].map(([, name]) => `${name}`)
  const isLive = JSON.stringify(valueAt(json, 'Properties.EventPattern.replay-name')) === '[{"exists":false}]'
  return [
    ...(isLive ? [] : [`${id}: alerts again when events are replayed`]),
    ...paths
      .filter(([, path]) => !ALLOWED_FIELDS.has(String(path)))
      .map(([, path]) => `${id}: sends ${path}`),
    ...differences(
      `${id}: text`,
      used,
      paths.map(([name]) => name),
    ),
    // EventBridge takes lines of quoted text; a quote or backslash inside would end one.
    ...(text.split('\n').every((line) => /^"[^"\\]+"$/.test(line))
      ? []
      : [`${id}: a line is not exactly one quoted text`]),
    ...(/\$\{AWS::AccountId\}.*\$\{AWS::Region\}/.test(text)
      ? []
      : [`${id}: does not name account and region`]),
    ...(text.includes(`\${RunbookUrl}`) ? [] : [`${id}: does not say where the runbook is`]),
    ...(/\n"1\. .+"/.test(text) ? [] : [`${id}: does not say what to do next`]),
  ]
}
