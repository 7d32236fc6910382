import { isDeepStrictEqual } from 'node:util'
import { functionsOf } from './functions.ts'
import {
  at,
  type Check,
  differs,
  type Json,
  listOf,
  type Resource,
  referent,
  type Template,
  unconditional,
} from './template.ts'

const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents']
const READ = ['dynamodb:GetItem LedgerTable', 'dynamodb:Query LedgerTable/index/*']
const WRITE = [...READ, 'dynamodb:PutItem LedgerTable']
const TELL = ['events:PutEvents AuditBus', 'sqs:SendMessage DeparturesQueue']
const RECEIVE = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes']

/** What Lambda needs of a function's role to put the function into a VPC. */
const NETWORK = [
  'CreateNetworkInterface',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'DeleteNetworkInterface',
  'AssignPrivateIpAddresses',
  'UnassignPrivateIpAddresses',
].map((action) => `ec2:${action} *`)

/** Who may do what, logs, secrets and network aside. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  departures: [
    ...WRITE,
    ...TELL,
    ...RECEIVE.map((action) => `sqs:${action} DeparturesQueue`),
    'sqs:SendMessage DeadLetterQueue',
    'dynamodb:DeleteItem LedgerTable',
  ],
  sweep: [...WRITE, ...TELL],
  operator: [...WRITE, ...TELL, 'dynamodb:DeleteItem LedgerTable'],
  'operator-read': READ,
  http: [
    'dynamodb:GetItem LedgerTable',
    'dynamodb:Query LedgerTable/index/person',
    'dynamodb:Query LedgerTable/index/open',
    'dynamodb:PutItem LedgerTable',
    'sqs:SendMessage DeparturesQueue',
  ],
}

/** The variables that name secrets: only a function that has one may read what it names. */
const SECRET_VARIABLES = ['ATLAS_SECRET_IDS', 'ATLAS_READ_SECRET_IDS', 'SCIM_SECRET_ID', 'HOOK_SECRET_ID']

/** Each function has a role of its own, which allows what its code does and nothing else. */
export const checkRoles: Check = (template) => {
  const functions = [...functionsOf(template)]
  const roles = functions.map(([, { json }]) => referent(at(json, 'Properties.Role')))
  const shared = new Set(roles).size < roles.length ? ['roles: two functions share one'] : []
  return [...shared, ...functions.flatMap(([name, one]) => checkRole(template, name, one))]
}

function checkRole(template: Template, name: string, { id, json }: Resource): readonly string[] {
  const allowed = statementsOf(template, referent(at(json, 'Properties.Role'))).flatMap(permissionsOf)
  const logs = LOG.map((action) => `${action} ${id.replace(/LambdaFunction$/, 'LogGroup')}`)
  const secrets = secretsOf(json).map((secret) => `secretsmanager:GetSecretValue ${secret}`)
  const network = at(json, 'Properties.VpcConfig.SubnetIds') ? NETWORK : []
  const keys = secrets.length > 0 ? ['kms:Decrypt SecretKmsKeyArns'] : []
  return differs(`role of ${name}`, allowed, [
    ...(PERMISSIONS[name] ?? []),
    ...logs,
    ...secrets,
    ...keys,
    ...network,
  ])
}

/** Leases are all that anybody may delete from the ledger. */
export const checkDeletions: Check = (template) =>
  Object.entries(template.Resources)
    .filter(([id]) => statementsOf(template, id).some((one) => deletes(one) && !onlyLeases(one)))
    .map(([id]) => `${id}: may delete more than leases`)

const deletes = (statement: Json) =>
  listOf(at(statement, 'Action')).some((action) =>
    /Delete|BatchWrite|\*/.test(String(action).replace(/^(sqs|ec2):.*/, '')),
  )

const onlyLeases = (statement: Json) => isOnly(statement, 'lease#*')

/** What faces the internet writes what it was asked for, and never a case, a window or a pause. */
export const checkHttpWrites: Check = (template) =>
  statementsOf(template, 'HttpRole')
    .filter((one) => listOf(at(one, 'Action')).includes('dynamodb:PutItem') && !isOnly(one, 'person#*'))
    .map(() => 'HttpRole: may write more than persons')

function isOnly(statement: Json, keys: string): boolean {
  return isDeepStrictEqual(at(statement, 'Condition'), {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] },
  })
}

export function statementsOf({ Resources }: Template, role = ''): readonly Json[] {
  const { Type, Properties } = Resources[role] ?? {}
  if (Type !== 'AWS::IAM::Role') return []
  const attached = Object.values(Resources).filter(
    (one) => one.Type === 'AWS::IAM::RolePolicy' && referent(at(one, 'Properties.RoleName')) === role,
  )
  return [...listOf(at(Properties, 'Policies')), ...attached.map((one) => one.Properties ?? null)]
    .flatMap((policy) => listOf(at(policy, 'PolicyDocument.Statement')))
    .map(unconditional)
}

export function permissionsOf(statement: Json): readonly string[] {
  const resources = listOf(at(statement, 'Resource')).map(nameOf)
  return listOf(at(statement, 'Action')).flatMap((action) =>
    resources.map((resource) => `${action} ${resource}`),
  )
}

function secretsOf(json: Json): readonly string[] {
  const lists = SECRET_VARIABLES.map((variable) => at(json, `Properties.Environment.Variables.${variable}`))
  return lists.flatMap((ids) =>
    ids === undefined
      ? []
      : String(ids)
          .split(',')
          .map((id) => id.trim()),
  )
}

/** `LedgerTable`, `LedgerTable/index/*`, or a secret's name or ARN. */
function nameOf(resource: Json): string {
  if (typeof resource === 'string') return resource
  const substituted = at(resource, 'Fn::Sub')
  if (typeof substituted === 'string')
    return substituted.replace(/\$\{(\w+)\.Arn\}/g, '$1').replace(/^arn:.*:/, '')
  const secret = listOf(at(resource, 'Fn::Join.1')).at(-1)
  if (typeof secret === 'string') return secret.replace(/-\?{6}$/, '')
  return referent(resource) ?? JSON.stringify(resource)
}
