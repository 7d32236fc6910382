import type { Json, Template } from '../../../infra/check/template.ts'

export type Defect = { readonly name: string; readonly plant: (template: Template) => Template }

/** Mistakes that a change to the stack could make, each of which would deploy or be missed in review. */
export const DEFECTS: readonly Defect[] = [
  defect('queue policy missing', 'DeparturesQueuePolicy', undefined),
  defect('dead letter queue policy missing', 'DeadLetterQueuePolicy', undefined),
  defect(
    'queue policy allows any topic',
    'DeparturesQueuePolicy.Properties.PolicyDocument.Statement.1.Condition',
    undefined,
  ),
  defect('queue policy forgets a rule', 'DeparturesQueuePolicy.Properties.PolicyDocument.Statement.3', {
    Ref: 'AWS::NoValue',
  }),
  defect(
    'queue takes plain HTTP',
    'DeparturesQueuePolicy.Properties.PolicyDocument.Statement.0.Condition',
    undefined,
  ),
  defect('queue not encrypted', 'DeparturesQueue.Properties.SqsManagedSseEnabled', false),
  defect('visibility below the lease', 'DeparturesQueue.Properties.VisibilityTimeout', 90),
  defect('few receives', 'DeparturesQueue.Properties.RedrivePolicy.maxReceiveCount', 5),
  defect('no dead letter queue', 'DeparturesQueue.Properties.RedrivePolicy', undefined),
  defect('messages kept for an hour', 'DeparturesQueue.Properties.MessageRetentionPeriod', 3600),
  defect('rule loses its dead letters', 'OktaRule.Properties.Targets.0.DeadLetterConfig', undefined),
  defect('rule does not retry', 'OktaRule.Properties.Targets.0.RetryPolicy', undefined),
  defect('rule delivers part of the event', 'OktaRule.Properties.Targets.0.InputPath', '$.detail'),
  defect('default bus open to every source', 'UserDepartedRule.Properties.EventPattern.source', undefined),
  defect('default bus open to every account', 'UserDepartedRule.Properties.EventPattern.account', undefined),
  defect('subscription loses its dead letters', 'IntakeSubscription.Properties.RedrivePolicy', undefined),
  defect('subscription raw', 'IntakeSubscription.Properties.RawMessageDelivery', true),
  defect('topic not encrypted', 'IntakeTopic.Properties.KmsMasterKeyId', undefined),
  defect('topic takes plain HTTP', 'IntakeTopicPolicy', undefined),
  defect('action wildcard', statement('DeparturesRole', 2, 'Action'), '*'),
  defect('action misspelled', statement('DeparturesRole', 2, 'Action'), 'dynamodb:GetItems'),
  defect('resource wildcard', statement('DeparturesRole', 2, 'Resource'), '*'),
  defect('cases may be deleted', statement('DeparturesRole', 5, 'Condition'), undefined),
  defect('sweep reads the owner secrets', statement('SweepRole', 4), {
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource: { 'Fn::Join': [':', ['arn', 'secret', 'atlas-offboarding/owner-??????']] },
  }),
  defect('permission missing', statement('DeparturesRole', 6), { Ref: 'AWS::NoValue' }),
  defect('role shared', 'OperatorDashreadLambdaFunction.Properties.Role', {
    'Fn::GetAtt': ['OperatorRole', 'Arn'],
  }),
  defect('variable missing', variable('DLQ_URL'), undefined),
  defect('variable unknown', variable('PROTECTED_USERNAME'), 'root@example.com'),
  defect('variable reserved', variable('AWS_REGION'), 'us-east-1'),
  defect('runtime unknown', 'SweepLambdaFunction.Properties.Runtime', 'nodejs99.x'),
  defect('runtime old', 'SweepLambdaFunction.Properties.Runtime', 'nodejs22.x'),
  defect('time-out above the lease', 'DeparturesLambdaFunction.Properties.Timeout', 300),
  defect(
    'batch answered as a whole',
    'DeparturesEventSourceMappingSQSDeparturesQueue.Properties.FunctionResponseTypes',
    undefined,
  ),
  defect('log kept for ever', 'SweepLogGroup.Properties.RetentionInDays', undefined),
  defect('table goes with the stack', 'LedgerTable.DeletionPolicy', undefined),
  defect('table unprotected', 'LedgerTable.Properties.DeletionProtectionEnabled', false),
  defect('no point-in-time recovery', 'LedgerTable.Properties.PointInTimeRecoverySpecification', undefined),
  defect('index missing', 'LedgerTable.Properties.GlobalSecondaryIndexes.1', undefined),
  defect(
    'index key misspelled',
    'LedgerTable.Properties.GlobalSecondaryIndexes.1.KeySchema.0.AttributeName',
    'dueKeys',
  ),
  defect('nothing expires', 'LedgerTable.Properties.TimeToLiveSpecification.AttributeName', 'expires'),
  defect('property misspelled', 'SweepLambdaFunction.Properties.TimeOut', 60),
  defect('reference to nothing', variable('LEDGER_TABLE'), { Ref: 'Ledger' }),
  {
    name: 'stack removes people from the first day',
    plant: (template) => changed(template, ['Parameters', 'Mode', 'Default'], 'enforce') as Template,
  },
]

/** @param value - what stands at the dotted path then; `undefined` for nothing */
function defect(name: string, path: string, value: Json | undefined): Defect {
  return {
    name,
    plant: (template) => changed(template, ['Resources', ...path.split('.')], value) as Template,
  }
}

function statement(role: string, index: number, field?: string): string {
  return [role, 'Properties.Policies.0.PolicyDocument.Statement', index, field]
    .filter((part) => part !== undefined)
    .join('.')
}

function variable(name: string): string {
  return `DeparturesLambdaFunction.Properties.Environment.Variables.${name}`
}

function changed(
  json: Json | undefined,
  [key, ...rest]: readonly string[],
  value: Json | undefined,
): Json | undefined {
  if (key === undefined) return value
  if (Array.isArray(json)) {
    const list: readonly Json[] = json
    return list.flatMap((one, index) => (String(index) === key ? (changed(one, rest, value) ?? []) : [one]))
  }
  const { [key]: before, ...others } = json as { readonly [key: string]: Json }
  const after = changed(before, rest, value)
  return after === undefined ? others : { ...others, [key]: after }
}
