import { isTlsOnly } from './deliveries.ts'
import { at, type Check, listOf, referent, resourcesOf, wants } from './template.ts'

/** What is written to the archive stays for its time, in private, and outlives the stack. */
export const checkArchive: Check = (template) => {
  const buckets = resourcesOf(template, 'AWS::S3::Bucket').filter(({ id }) => id === 'AuditBucket')
  const streams = resourcesOf(template, 'AWS::KinesisFirehose::DeliveryStream')
  const policies = resourcesOf(template, 'AWS::S3::BucketPolicy')
    .filter(({ json }) => referent(at(json, 'Properties.Bucket')) === 'AuditBucket')
    .flatMap(({ json }) => listOf(at(json, 'Properties.PolicyDocument.Statement')))
  return [
    ...(buckets.length === 1 && streams.length === 1 ? [] : ['archive: not one bucket and one stream']),
    ...buckets.flatMap((bucket) =>
      wants(bucket, {
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        'Properties.ObjectLockEnabled': true,
        'Properties.ObjectLockConfiguration.Rule.DefaultRetention': {
          Mode: 'GOVERNANCE',
          Days: { Ref: 'AuditDays' },
        },
        'Properties.VersioningConfiguration.Status': 'Enabled',
        'Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets': true,
        'Properties.PublicAccessBlockConfiguration.BlockPublicPolicy': true,
        'Properties.LifecycleConfiguration.Rules.0.ExpirationInDays': { Ref: 'AuditDays' },
      }),
    ),
    ...buckets
      .filter(({ json }) => !at(json, 'Properties.BucketEncryption'))
      .map(({ id }) => `${id}: is not encrypted`),
    ...(policies.some(isTlsOnly) ? [] : ['archive: allows plain HTTP']),
    ...(at(template, 'Parameters.KeepArchive.Default') === 'yes' ? [] : ['KeepArchive: Default is not yes']),
    ...(at(template, 'Parameters.AuditDays.Default') === 400 ? [] : ['AuditDays: Default is not 400']),
  ]
}

/** Every audit event goes to the log and to the archive, and EventBridge may write the log. */
export const checkAuditTrail: Check = (template) => {
  const { AuditLogRule, AuditArchiveRule, AuditLogPolicy, AuditArchive, AuditLogGroup } = template.Resources
  const rules = { AuditLogRule, AuditArchiveRule }
  return [
    ...Object.entries(rules).flatMap(([id, json]) =>
      wants(
        { id, json: json ?? null },
        {
          'Properties.EventBusName': { Ref: 'AuditBus' },
          'Properties.EventPattern': { source: ['atlas.offboarding'] },
        },
      ),
    ),
    ...wants({ id: 'AuditLogGroup', json: AuditLogGroup ?? null }, { DeletionPolicy: 'Retain' }),
    ...wants(
      { id: 'AuditArchive', json: AuditArchive ?? null },
      { 'Properties.SourceArn': { 'Fn::GetAtt': ['AuditBus', 'Arn'] } },
    ),
    ...(at(AuditArchive, 'Properties.EventPattern') ? ['AuditArchive: does not keep everything'] : []),
    ...(writesLog(listOf(at(AuditLogPolicy, 'Properties.PolicyDocument.Fn::Sub'))[0])
      ? []
      : ['audit log: EventBridge may not write it']),
  ]
}

/** The policy is a text, with the log and the rule to be put in. */
const WRITES = [
  'events.amazonaws.com',
  'logs:PutLogEvents',
  'logs:CreateLogStream',
  /"\$\{Log\}"/,
  /"\$\{Rule\}"/,
]

function writesLog(policy: unknown): boolean {
  return WRITES.every((part) => String(policy).search(part) >= 0)
}
