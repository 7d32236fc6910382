import { type Defect, defect, parameterDefect, statement } from './plant.ts'

const TRANSFORMER = 'AlertRule.Properties.Targets.0.InputTransformer'
const RETENTION = 'AuditBucket.Properties.ObjectLockConfiguration.Rule.DefaultRetention'

/** Mistakes in what watches the system, keeps its trail and tells humans: each would be noticed on the day it was needed. */
export const WATCH_DEFECTS: readonly Defect[] = [
  defect('audit dead letter queue policy missing', 'AuditDeadLetterQueuePolicy', undefined),
  defect('alert rule loses its dead letters', 'AlertRule.Properties.Targets.0.DeadLetterConfig', undefined),
  defect('audit events among departures', 'AuditLogRule.Properties.Targets.0.DeadLetterConfig.Arn', {
    'Fn::GetAtt': ['EventsDeadLetterQueue', 'Arn'],
  }),
  defect('canary could name a person', 'CanaryRule.Properties.EventPattern.detail.username', undefined),
  defect('canary could have aliases', 'CanaryRule.Properties.EventPattern.detail.aliases', undefined),
  defect('canary could remove', 'CanaryRule.Properties.EventPattern.detail.dryRun', undefined),
  defect('canary may send anything', statement('CanaryRole', 'SendCanary', 'Action'), 'events:*'),
  defect('canary silence is health', 'NoCanaryAlarm.Properties.TreatMissingData', 'notBreaching'),
  defect('sweep silence is health', 'NoSweepAlarm.Properties.TreatMissingData', 'ignore'),
  defect('dead letters unwatched', 'TopicDeadLettersAlarm', undefined),
  defect('expiry unwatched', 'WorkDeadLettersExpireAlarm', undefined),
  defect('audit dead letters unwatched', 'AuditDeadLettersAlarm', undefined),
  defect('function unwatched', 'SweepFailAlarm', undefined),
  defect('throttles unwatched', 'DeparturesFailAlarm.Properties.Metrics.2', undefined),
  defect('rule unwatched', 'IntakeRulesFailAlarm.Properties.Metrics.3', undefined),
  defect(
    'rule watched only with another',
    'IntakeRulesFailAlarm.Properties.Metrics.3.Fn::If.0',
    'TakesAuth0',
  ),
  defect('alert rule unwatched', 'AlertRuleFailsAlarm', undefined),
  defect('rule renamed', 'OktaRule.Properties.Name', 'okta'),
  defect('held cases unwatched', 'OldestHeldAlarm', undefined),
  defect('outcome misspelled', 'OldestDeferredAlarm.Properties.Dimensions.2.Value', 'defered'),
  defect('stopped organization unwatched', 'OrgStoppedAlarm', undefined),
  defect('silent source unwatched', 'SourceSilentAlarm', undefined),
  defect('metric that nobody writes', 'AuditBehindAlarm.Properties.MetricName', 'Unpublished'),
  defect('alarm tells nobody', 'OrgStoppedAlarm.Properties.AlarmActions', undefined),
  defect('alarm says nothing', 'OldestHeldAlarm.Properties.AlarmDescription', 'Held for long'),
  defect(
    'alarm without a link',
    'NoSweepAlarm.Properties.AlarmDescription.Fn::Sub',
    'No. Next: look. Runbook: NoSweepAlarm',
  ),
  defect('nobody is subscribed', 'AlertSubscription', undefined),
  parameterDefect('alerts may go nowhere', 'AlertEndpoint.Default', 'nobody@example.com'),
  defect('alarms may not publish', 'AlertTopicPolicy.Properties.PolicyDocument.Statement.Alarms', undefined),
  defect('rules may not publish', 'AlertTopicPolicy.Properties.PolicyDocument.Statement.Rules', undefined),
  defect(
    'alert topic with a key that lets nobody in',
    'AlertTopic.Properties.KmsMasterKeyId',
    'alias/aws/sns',
  ),
  defect(
    'alert key asks EventBridge for its source',
    'AlertKey.Properties.KeyPolicy.Statement.Rules.Condition',
    {
      StringEquals: { 'aws:SourceAccount': '111122223333' },
    },
  ),
  defect('alert of what is replayed', 'AlertRule.Properties.EventPattern.replay-name', undefined),
  defect('alert tells who', `${TRANSFORMER}.InputPathsMap.who`, '$.detail.user.name'),
  defect('alert names what it has not', `${TRANSFORMER}.InputPathsMap.case`, undefined),
  defect('alert with a quote in it', `${TRANSFORMER}.InputTemplate`, '"a "held" case"\n"1. Look"'),
  defect('alert does not say where', `${TRANSFORMER}.InputTemplate`, `"Held"\n"1. Look. \${RunbookUrl}"`),
  defect('alert without a next step', `${TRANSFORMER}.InputTemplate`, '"Somebody is held"'),
  defect('one function outside the network', 'HttpLambdaFunction.Properties.VpcConfig', undefined),
  defect('archive unlocked', 'AuditBucket.Properties.ObjectLockEnabled', false),
  defect('archive locked for a day', `${RETENTION}.Days`, 1),
  defect('archive goes with the stack', 'AuditBucket.DeletionPolicy', undefined),
  defect('archive takes plain HTTP', 'AuditBucketPolicy', undefined),
  defect('archive public', 'AuditBucket.Properties.PublicAccessBlockConfiguration', undefined),
  defect(
    'archive may be deleted from',
    'AuditStreamPolicy.Properties.PolicyDocument.Statement.AddObjects.Action',
    ['s3:AbortMultipartUpload', 's3:PutObject', 's3:DeleteObjectVersion'],
  ),
  parameterDefect('archive off', 'KeepArchive.Default', 'no'),
  defect('archive forgets notices', 'AuditArchiveRule.Properties.EventPattern.detail-type', [
    'Offboarding Outcome',
  ]),
  defect('audit log may not be written', 'AuditLogPolicy', undefined),
  defect('replay has only outcomes', 'AuditArchive.Properties.EventPattern', {
    'detail-type': ['Offboarding Outcome'],
  }),
  defect(
    'key decrypts everything',
    'SweepRole.Properties.Policies.0.PolicyDocument.Statement.3.Fn::If.1.Condition',
    undefined,
  ),
  defect(
    'intake topic open to the world',
    'IntakeTopicPolicy.Properties.PolicyDocument.Statement.1.Fn::If.1.Principal',
    '*',
  ),
]
