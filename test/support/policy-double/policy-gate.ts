import { senderOf } from '../../../infra/local/aws/sender-ids.ts'
import type { Call as AwsCall } from '../../../infra/local/aws/service.ts'
import type { Call, PolicyDouble } from './policy-double.ts'

/** The role of each function of the local stack, by what its credentials say. */
const ROLES: Readonly<Record<string, string>> = {
  'AROALOCALDEPARTURES:local': 'DeparturesRole',
  'AROALOCALSWEEP:local': 'SweepRole',
  'AROALOCALOPERATOR:local': 'OperatorRole',
  'AROALOCALOPERATORREAD:local': 'OperatorReadRole',
  'AROALOCALHTTP:local': 'HttpRole',
  'AROALOCALROSTER:local': 'RosterRole',
}

export type PolicyGate = {
  /** For `LocalAwsOptions.mayCall`: judges what a function calls by the packaged policies. Whoever is no function may do anything. */
  mayCall(call: AwsCall): boolean
  /** What was refused, `dynamodb:PutItem by HttpRole`. */
  readonly refused: readonly string[]
  /** What was allowed, the same way. */
  readonly allowed: ReadonlySet<string>
}

/** Puts the packaged policies before the local AWS: roles are checked by the calls that the code makes. */
export function policyGate({ judge, arnOf }: PolicyDouble): PolicyGate {
  const refused: string[] = []
  const allowed = new Set<string>()

  function mayCall(call: AwsCall): boolean {
    const role = ROLES[senderOf(call.headers)]
    if (role === undefined) return true
    const { service, operation, body, path } = call
    const input = service === 's3' ? {} : JSON.parse(body)
    const targets = targetsOf({ service, operation, input, path }, arnOf)
    return targets.every((target) => {
      const isAllowed = judge({ ...target, caller: { kind: 'role', id: role } }) === 'allowed'
      if (isAllowed) allowed.add(`${target.action} by ${role}`)
      else refused.push(`${target.action} by ${role}`)
      return isAllowed
    })
  }
  return { mayCall, refused, allowed }
}

export type Target = Omit<Call, 'caller'>

/** A request by its service's own names. */
type Request = Pick<AwsCall, 'service' | 'operation'> & {
  readonly input: object
  readonly path?: string | undefined
}

/** What a call is about, as IAM would see it. */
export function targetsOf(
  { service, operation, input, path = '' }: Request,
  arnOf: PolicyDouble['arnOf'],
): readonly Target[] {
  const { QueueUrl, SecretId } = input as { readonly QueueUrl?: string; readonly SecretId?: string }
  switch (service) {
    case 'sqs': {
      const name = String(QueueUrl).split('/').at(-1)
      return [{ action: `sqs:${operation.replace(/Batch$/, '')}`, resource: here('sqs', `${name}`) }]
    }
    case 'secrets_manager':
      return [
        {
          action: `secretsmanager:${operation}`,
          resource: here('secretsmanager', `secret:${SecretId}-a1b2c3`),
        },
      ]
    case 'eventbridge':
      return [{ action: `events:${operation}`, resource: arnOf('AuditBus') }]
    case 'dynamodb':
      return [tableTarget(operation, input, arnOf('LedgerTable'))]
    case 's3': {
      const key = new URL(path, 'http://s3').pathname.split('/').slice(2).join('/')
      return [{ action: `s3:${operation}`, resource: `${arnOf('RosterBucket')}/${decodeURIComponent(key)}` }]
    }
    case 'sns':
      return [{ action: 'sns:Publish', resource: arnOf('IntakeTopic') }]
    case 'sts':
      // Whoever has credentials may ask whose they are; no policy takes that away.
      return []
  }
}

function here(service: string, name: string): string {
  return `arn:aws:${service}:us-east-1:111122223333:${name}`
}

type Attribute = { readonly S?: string }
type TableInput = {
  readonly Key?: { readonly pk: Attribute }
  readonly Item?: Readonly<Record<string, Attribute>>
  readonly IndexName?: string
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly { readonly pk: Attribute }[] }>>
  readonly UpdateExpression?: string
  readonly ConditionExpression?: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ReturnValues?: string
}

function tableTarget(operation: string, input: TableInput, table: string): Target {
  const { Key, Item, RequestItems = {}, IndexName, ReturnValues = 'NONE' } = input
  const batch = Object.values(RequestItems).flatMap(({ Keys }) => Keys.map(({ pk }) => pk))
  const keys = [Key?.pk, Item?.pk, ...batch].flatMap((pk) => (pk?.S === undefined ? [] : [pk.S]))
  return {
    action: `dynamodb:${operation}`,
    resource: IndexName === undefined ? table : `${table}/index/${IndexName}`,
    leadingKeys: keys,
    context: { 'dynamodb:Attributes': [...attributesOf(input)], 'dynamodb:ReturnValues': ReturnValues },
  }
}

const WORDS: ReadonlySet<string> = new Set(
  'SET REMOVE ADD DELETE AND OR NOT IN BETWEEN if_not_exists attribute_exists attribute_not_exists'.split(
    ' ',
  ),
)

/** The top-level attributes that a request names, its key included. */
function attributesOf(input: TableInput): ReadonlySet<string> {
  const {
    Key,
    Item = {},
    UpdateExpression = '',
    ConditionExpression = '',
    ExpressionAttributeNames = {},
  } = input
  const text = `${UpdateExpression} ${ConditionExpression}`.replace(/\.[#\w]+|:\w+/g, ' ')
  const names = [...text.matchAll(/#?\w+/g)].map(([name]) => ExpressionAttributeNames[name] ?? name)
  return new Set([
    ...Object.keys(Key ?? {}),
    ...Object.keys(Item),
    ...names.filter((name) => !WORDS.has(name)),
  ])
}
