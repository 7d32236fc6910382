import { rulesOf } from './deliveries.ts'
import { at, type Check, differs, type Resource, referent, resourcesOf } from './template.ts'

/** What of an event may go into a message to a human: our own texts and ids, nothing that a source or Atlas wrote. */
const TELLABLE: ReadonlySet<string> = new Set([
  '$.time',
  '$.detail.message',
  '$.detail.metadata.uid',
  '$.detail.cloud.org.uid',
  '$.detail.cloud.org.name',
  '$.detail.unmapped.case',
  '$.detail.unmapped.next',
])

/** One rule alerts, of live events only, in text lines without a name in them; its topic has a key that AWS lets it use, and a reader. */
export const checkAlertRule: Check = (template) => {
  const rules = rulesOf(template).filter(
    ({ json }) => referent(at(json, 'Properties.Targets.0.Arn')) === 'AlertTopic',
  )
  const readers = resourcesOf(template, 'AWS::SNS::Subscription').filter(
    ({ json }) => referent(at(json, 'Properties.Endpoint')) === 'AlertEndpoint',
  )
  const key = referent(at(template.Resources.AlertTopic, 'Properties.KmsMasterKeyId'))
  return [
    ...differs(
      'alert rules',
      rules.map(({ id }) => id),
      ['AlertRule'],
    ),
    ...rules.flatMap(ruleFaults),
    ...(key === 'AlertKey' ? [] : ['AlertTopic: has not the key that alarms and rules may use']),
    ...(readers.length > 0 ? [] : ['AlertTopic: nobody is subscribed']),
    ...resourcesOf(template, 'AWS::SNS::Topic')
      .filter(({ json }) => !at(json, 'Properties.KmsMasterKeyId'))
      .map(({ id }) => `${id}: is not encrypted`),
  ]
}

function ruleFaults({ id, json }: Resource): readonly string[] {
  const transformer = at(json, 'Properties.Targets.0.InputTransformer')
  const paths = Object.entries(Object(at(transformer, 'InputPathsMap')))
  const template = at(transformer, 'InputTemplate')
  const text = String(at(template, 'Fn::Sub') ?? template)
  const used = [...text.matchAll(/<(\w+)>/g)].map(([, name]) => `${name}`)
  const isLive = JSON.stringify(at(json, 'Properties.EventPattern.replay-name')) === '[{"exists":false}]'
  return [
    ...(isLive ? [] : [`${id}: alerts again of what is replayed`]),
    ...paths.filter(([, path]) => !TELLABLE.has(String(path))).map(([, path]) => `${id}: tells ${path}`),
    ...differs(
      `${id}: text`,
      used,
      paths.map(([name]) => name),
    ),
    // EventBridge takes lines of quoted text; a quote or backslash inside would end one.
    ...(text.split('\n').every((line) => /^"[^"\\]+"$/.test(line))
      ? []
      : [`${id}: a line is not one quoted text`]),
    ...(/\$\{AWS::AccountId\}.*\$\{AWS::Region\}/.test(text) ? [] : [`${id}: does not say where`]),
    ...(text.includes(`\${RunbookUrl}`) ? [] : [`${id}: does not say where the runbook is`]),
    ...(/\n"1\. .+"/.test(text) ? [] : [`${id}: does not say what to do next`]),
  ]
}
