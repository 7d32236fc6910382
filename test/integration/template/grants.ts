import { type Json, type Template, valueAt } from '../../../infra/check/template.ts'
import {
  type Call,
  type Caller,
  type PolicyDouble,
  policyDouble,
} from '../../support/policy-double/policy-double.ts'

const BREAK_GLASS = 'arn:aws:iam::111122223333:role/break-glass'

/** Every optional part of the stack, so that every policy is there. */
export const EVERYTHING = {
  DepartureEventSources: 'hr.example',
  OktaEventBus: 'aws.partner/okta.com/a/b',
  SailPointEventBus: 'aws.partner/sailpoint.com/a',
  Auth0EventBus: 'aws.partner/auth0.com/a',
  SecretKmsKeyArns: 'arn:aws:kms:us-east-1:111122223333:key/of-secrets',
  BreakGlassRoleArn: BREAK_GLASS,
  PublisherAccountIds: '888888888888',
  Rosters: '[]',
  RosterWriterArns: 'arn:aws:iam::777777777777:role/hr-export',
}

const all = { Effect: 'Allow', Action: '*', Resource: '*' }
/** Somebody of the account who may do everything, unless a resource says no. */
export const admin: Caller = { kind: 'other', arn: 'arn:aws:iam::111122223333:role/admin', may: [all] }
export const breakGlass: Caller = { kind: 'other', arn: BREAK_GLASS, may: [all] }
const publisher: Caller = { kind: 'other', arn: 'arn:aws:iam::888888888888:role/hr', may: [all] }
const hrExport: Caller = { kind: 'other', arn: 'arn:aws:iam::777777777777:role/hr-export', may: [all] }
export const stranger: Caller = { kind: 'other', arn: 'arn:aws:iam::999999999999:role/admin', may: [all] }

/** The stack with every optional part. */
export function wholeStack(template: Template): PolicyDouble {
  return policyDouble(template, EVERYTHING)
}

type Named = readonly [name: string, call: Pick<Call, 'caller' | 'sourceArn' | 'context'>]

/** Everybody who might try: functions by their roles, roles of services, services for rules and topics, and others. */
function everybody(template: Template, { arnOf }: PolicyDouble): readonly Named[] {
  const ids = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type)
  const functions = ids('AWS::Lambda::Function').map(([id, json]): Named => {
    const role = String(valueAt(json, 'Properties.Role.Fn::GetAtt.0'))
    return [id.replace('LambdaFunction', ''), { caller: { kind: 'role', id: role } }]
  })
  const services = ['CanaryRole', 'AuditArchiveRole', 'AuditStreamRole'].map(
    (id): Named => [id, { caller: { kind: 'role', id } }],
  )
  const by = (service: string, sources: readonly string[]) =>
    sources.map((id): Named => [id, { caller: { kind: 'service', name: service }, sourceArn: arnOf(id) }])
  const nameless = ['events.amazonaws.com', 'sns.amazonaws.com', 'cloudwatch.amazonaws.com'].map(
    (name): Named => [name, { caller: { kind: 'service', name } }],
  )
  return [
    ...functions,
    ...services,
    ...by(
      'events.amazonaws.com',
      ids('AWS::Events::Rule').map(([id]) => id),
    ),
    ...by(
      'sns.amazonaws.com',
      ids('AWS::SNS::Topic').map(([id]) => id),
    ),
    ...nameless,
    ['cloudwatch of this account', ofThisAccount('cloudwatch.amazonaws.com')],
    ['admin', { caller: admin }],
    ['break-glass', { caller: breakGlass }],
    ['publisher of another account', { caller: publisher }],
    ['HR export of another account', { caller: hrExport }],
    ['stranger', { caller: stranger }],
  ]
}

function ofThisAccount(name: string): Named[1] {
  return { caller: { kind: 'service', name }, context: { 'aws:SourceAccount': '111122223333' } }
}

type Wanted = Pick<Call, 'action' | 'resource' | 'leadingKeys' | 'context'> & { readonly of: string }

/** One key of every kind of record. */
export const KEYS = [
  'case#c-1',
  'search#s-1',
  'reference#r-1',
  'proposal#p-1',
  'lock#32b6e34b3d91647abb20e7b8#ada@example.com',
  'org#32b6e34b3d91647abb20e7b8',
  'everyone',
  'acts',
  'person#ada@example.com',
  'sources',
  'clock#okta',
  'unreadable#4f2d',
  'invitations#32b6e34b3d91647abb20e7b8',
  'employee#hr/hibob#3332883884017713237',
  'hr#hr/hibob',
  'comparison#32b6e34b3d91647abb20e7b8',
  'list#32b6e34b3d91647abb20e7b8#1',
  'renamed#32b6e34b3d91647abb20e7b8#ada@example.com',
  'digest',
  'roster#workday',
  'rosters',
  'somebody-elses',
]

const QUEUES = ['Events', 'Topic', 'Work'].flatMap((channel) => [
  `${channel}Queue`,
  `${channel}DeadLetterQueue`,
])
const PLAIN_HTTP = { 'aws:SecureTransport': 'false' }

function wanted({ arnOf }: PolicyDouble): readonly Wanted[] {
  const on = (id: string, actions: readonly string[], more: Partial<Wanted> = {}) =>
    actions.map((action): Wanted => ({ action, resource: arnOf(id), of: id, ...more }))
  const table = arnOf('LedgerTable')
  const keyed = KEYS.flatMap((key) =>
    on('LedgerTable', ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], {
      leadingKeys: [key],
      of: `LedgerTable ${key.replace(/#.*/, '#…')}`,
    }),
  )
  const secret = (name: string): Wanted => ({
    action: 'secretsmanager:GetSecretValue',
    resource: `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-a1b2c3`,
    of: name,
  })
  const object = `${arnOf('AuditBucket')}/audit/one`
  const keyOfSecrets = EVERYTHING.SecretKmsKeyArns
  return [
    ...[...QUEUES, 'AuditDeadLetterQueue'].flatMap((id) =>
      on(id, ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:PurgeQueue']),
    ),
    ...[...QUEUES, 'AuditDeadLetterQueue'].flatMap((id) =>
      on(id, ['sqs:SendMessage'], { context: PLAIN_HTTP, of: `${id} over plain HTTP` }),
    ),
    ...on('LedgerTable', [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Scan',
      'dynamodb:BatchWriteItem',
    ]),
    ...on('LedgerTable', ['dynamodb:PutItem', 'dynamodb:UpdateItem'], { of: 'LedgerTable without a key' }),
    { action: 'dynamodb:GetItem', resource: `${table}-other`, of: 'another table' },
    ...['due', 'person', 'closed', 'outbox'].map((index) => ({
      action: 'dynamodb:Query',
      resource: `${table}/index/${index}`,
      of: `index ${index}`,
    })),
    ...keyed,
    ...['owner', 'read', 'scim', 'hooks', 'other'].map((name) => secret(`atlas-offboarding/${name}`)),
    ...on('AuditBus', ['events:PutEvents']),
    ...['atlas-offboarding-prod.canary', 'hr.example'].map((source) => ({
      action: 'events:PutEvents',
      resource: 'arn:aws:events:us-east-1:111122223333:event-bus/default',
      context: { 'events:source': source },
      of: `the default bus as ${source}`,
    })),
    ...['IntakeTopic', 'AlertTopic'].flatMap((id) => [
      ...on(id, ['sns:Publish']),
      ...on(id, ['sns:Publish'], { context: PLAIN_HTTP, of: `${id} over plain HTTP` }),
    ]),
    ...['Departures', 'Sweep', 'Roster', 'Operator', 'OperatorDashread', 'Http'].flatMap((name) => [
      ...on(`${name}LambdaFunction`, ['lambda:InvokeFunction']),
      ...on(`${name}LogGroup`, ['logs:PutLogEvents']),
    ]),
    ...on('AuditLogGroup', ['logs:CreateLogStream', 'logs:PutLogEvents']),
    ...on('AlertKey', ['kms:Decrypt', 'kms:GenerateDataKey']),
    { action: 'kms:Decrypt', resource: keyOfSecrets, of: 'the key of secrets' },
    {
      action: 'kms:Decrypt',
      resource: keyOfSecrets,
      of: 'the key of secrets, through Secrets Manager',
      context: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' },
    },
    ...on('AuditStream', ['firehose:PutRecord', 'firehose:PutRecordBatch', 'firehose:DeleteDeliveryStream']),
    ...['PutObject', 'GetObject', 'DeleteObject', 'DeleteObjectVersion', 'BypassGovernanceRetention'].map(
      (name) => ({
        action: `s3:${name}`,
        resource: object,
        of: 'AuditBucket',
      }),
    ),
    { action: 's3:PutObject', resource: object, of: 'AuditBucket over plain HTTP', context: PLAIN_HTTP },
    ...['PutObject', 'GetObject', 'GetObjectVersion', 'DeleteObjectVersion'].map((name) => ({
      action: `s3:${name}`,
      resource: `${arnOf('RosterBucket')}/workday/workers.csv`,
      of: 'RosterBucket',
    })),
    ...on('RosterDeadLetterQueue', ['sqs:SendMessage']),
    ...on('LedgerTable', ['dynamodb:GetItem'], {
      leadingKeys: ['list#32b6e34b3d91647abb20e7b8#1'],
      of: 'LedgerTable list#…',
    }),
    ...on('LedgerTable', ['dynamodb:GetItem'], { leadingKeys: ['case#c-1'], of: 'LedgerTable case#…' }),
    { action: 'iam:PassRole', resource: arnOf('DeparturesRole'), of: 'DeparturesRole' },
  ]
}

/** Who may do what in the packaged stack: a line for each act, with everybody who may. */
export function grants(template: Template): string {
  const stack = wholeStack(template)
  const callers = everybody(template, stack)
  const lines = wanted(stack).map(({ of, ...call }) => {
    const may = callers.filter(([, who]) => {
      const context = { ...who.context, ...call.context }
      return stack.judge({ ...call, ...who, context }) === 'allowed'
    })
    return `${call.action} ${of}: ${may.map(([name]) => name).join(', ') || 'nobody'}`
  })
  return [...lines, ...trust(template), ''].join('\n')
}

/** Who may take each role on, and under which condition. */
function trust({ Resources }: Template): readonly string[] {
  return Object.entries(Resources).flatMap(([id, json]) =>
    json.Type === 'AWS::IAM::Role'
      ? [
          `sts:AssumeRole ${id}: ${JSON.stringify(trusted(valueAt(json, 'Properties.AssumeRolePolicyDocument.Statement')))}`,
        ]
      : [],
  )
}

function trusted(statement: Json | undefined): Json {
  return [statement ?? null]
    .flat()
    .map((one) => [valueAt(one, 'Principal') ?? null, valueAt(one, 'Condition') ?? null])
}
