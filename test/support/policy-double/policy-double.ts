import { type Json, listOf, type Template, valueAt } from '../../../infra/check/template.ts'
import { type Conditions, type Context, conditionsHold, matchesWildcards } from './conditions.ts'
import { type Deployed, deployed } from './deployed.ts'

/** Who calls. */
export type Caller =
  /** A role of the template, by its logical id. */
  | { readonly kind: 'role'; readonly id: string }
  /** `events.amazonaws.com`, which acts for the rule or topic in `aws:SourceArn`. */
  | { readonly kind: 'service'; readonly name: string }
  /** Somebody else, with policies of their own. */
  | { readonly kind: 'other'; readonly arn: string; readonly may: readonly Json[] }

export type Call = {
  readonly caller: Caller
  readonly action: string
  /** An ARN. */
  readonly resource: string
  /** The partition keys of a DynamoDB call. */
  readonly leadingKeys?: readonly string[]
  readonly sourceArn?: string
  /** Whatever else AWS knows of the call; TLS unless it says otherwise. */
  readonly context?: Context
}

/** `denied` by a statement, or `not_allowed` because none allows it. */
export type Verdict = 'allowed' | 'denied' | 'not_allowed'

export type PolicyDouble = Pick<Deployed, 'arnOf' | 'resolve'> & {
  judge(call: Call): Verdict
  /** Where SQS itself moves what a queue gives up: no call, so that no policy is asked but the DLQ's own redrive permission. */
  deadLetterQueueOf(queue: string): string | undefined
}

/**
 * Judges calls by the identity and resource policies of a packaged template, as IAM does within one account.
 *
 * An explicit Deny anywhere wins; else one Allow is enough, by the caller's policies or by the resource's. A service and somebody
 * of another account need the resource's.
 *
 * @param parameters - of the stack, instead of their defaults
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function policyDouble(
  template: Template,
  parameters: Readonly<Record<string, string>> = {},
): PolicyDouble {
  const stack = deployed(template, parameters)
  const identities = identityPolicies(stack)
  const resources = resourcePolicies(stack)

  function policiesOf(caller: Caller): readonly Json[] {
    if (caller.kind === 'other') return caller.may
    return caller.kind === 'role' ? (identities.get(caller.id) ?? []) : []
  }

  function judge(call: Call): Verdict {
    const { caller } = call
    const context = contextOf(stack, call)
    const applies = (statement: Json) =>
      isAbout(statement, call) && conditionsHold(conditionsOf(statement), context)
    const own = policiesOf(caller).filter(applies)
    const theirs = resources
      .filter(({ arn }) => arn === '*' || call.resource === arn || call.resource.startsWith(`${arn}/`))
      .flatMap(({ statements }) => statements)
      .filter((statement) => names(statement, caller, context) && applies(statement))
    const says = (effect: string) => (statement: Json) => valueAt(statement, 'Effect') === effect
    if ([...own, ...theirs].some(says('Deny'))) return 'denied'

    const isAllowedByResource = theirs.some((one) => says('Allow')(one) && !isDelegation(one))
    const isAllowedByOwn = own.some(says('Allow'))
    const isForeign = caller.kind === 'other' && accountOf(caller.arn) !== accountOf(call.resource)
    const isAllowed = isForeign
      ? isAllowedByOwn && theirs.some(says('Allow'))
      : isAllowedByOwn || isAllowedByResource
    return isAllowed ? 'allowed' : 'not_allowed'
  }

  return {
    arnOf: stack.arnOf,
    resolve: stack.resolve,
    judge,
    deadLetterQueueOf: (queue) => deadLetterQueueOf(stack, queue),
  }
}

function contextOf({ arnOf }: Deployed, { caller, leadingKeys, sourceArn, context }: Call): Context {
  const principal =
    caller.kind === 'role' ? arnOf(caller.id) : caller.kind === 'other' ? caller.arn : undefined
  return {
    'aws:SecureTransport': 'true',
    ...(principal && { 'aws:PrincipalArn': principal }),
    ...(leadingKeys && { 'dynamodb:LeadingKeys': leadingKeys }),
    ...(sourceArn && { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': accountOf(sourceArn) ?? '' }),
    ...context,
  }
}

/** Refuses to judge a statement with an element it does not know, such as `NotAction`. */
const KNOWN: ReadonlySet<string> = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'])

function isAbout(statement: Json, { action, resource }: Call): boolean {
  const unknown = Object.keys(Object(statement)).filter((key) => !KNOWN.has(key))
  if (unknown.length > 0) throw new Error(`Cannot judge a statement with ${unknown.join(', ')}`)
  const isAction = listOf(valueAt(statement, 'Action')).some((one) =>
    matchesWildcards(action.toLowerCase(), String(one).toLowerCase()),
  )
  return (
    isAction && listOf(valueAt(statement, 'Resource')).some((one) => matchesWildcards(resource, String(one)))
  )
}

function conditionsOf(statement: Json): Conditions {
  return (valueAt(statement, 'Condition') ?? {}) as Conditions
}

/** Whether a resource's statement is about the caller. */
function names(statement: Json, caller: Caller, context: Context): boolean {
  const principal = valueAt(statement, 'Principal')
  if (principal === '*') return true
  if (caller.kind === 'service') return listOf(valueAt(principal, 'Service')).includes(caller.name)
  const arn = String(context['aws:PrincipalArn'])
  return listOf(valueAt(principal, 'AWS')).some(
    (one) => one === '*' || one === arn || isAccount(String(one), arn),
  )
}

function isAccount(principal: string, arn: string): boolean {
  return [accountOf(arn), `arn:aws:iam::${accountOf(arn)}:root`].includes(principal)
}

/** An account as principal leaves it to that account's own policies. */
function isDelegation(statement: Json): boolean {
  const accounts = listOf(valueAt(statement, 'Principal.AWS')).map(String)
  return accounts.length > 0 && accounts.every((one) => /^\d{12}$|:root$/.test(one))
}

/** `undefined` for a bucket, whose ARN names no account: all of ours are in one. */
function accountOf(arn: string): string | undefined {
  return arn.split(':')[4] || '111122223333'
}

function identityPolicies(stack: Deployed): ReadonlyMap<string, readonly Json[]> {
  const statements = (policy: Json) => listOf(valueAt(policy, 'PolicyDocument.Statement'))
  const attached = stack.resources('AWS::IAM::RolePolicy')
  return new Map(
    stack.resources('AWS::IAM::Role').map(({ id, properties }) => {
      const inline = listOf(valueAt(properties, 'Policies')).flatMap(statements)
      const name = stack.resolve({ Ref: id })
      const others = attached.filter((one) => valueAt(one.properties, 'RoleName') === name)
      return [id, [...inline, ...others.flatMap((one) => statements(one.properties))]]
    }),
  )
}

type ResourcePolicy = { readonly arn: string; readonly statements: readonly Json[] }

/** The policies of queues, topics, the bucket, the bus, the table, keys, functions and logs, each with what it stands on. */
function resourcePolicies(stack: Deployed): readonly ResourcePolicy[] {
  const { resources, arnOf, resolve } = stack
  const documents = (type: string, on: string) =>
    resources(type).flatMap(({ properties }) =>
      listOf(valueAt(properties, on)).map((owner) => ({
        arn: ownerArn(stack, String(owner)),
        statements: listOf(valueAt(properties, 'PolicyDocument.Statement')),
      })),
    )
  const functions = resources('AWS::Lambda::Permission').map(({ properties }) => ({
    arn: String(valueAt(properties, 'FunctionName')),
    statements: [permission(properties)],
  }))
  const logs = resources('AWS::Logs::ResourcePolicy').map(({ properties }) => ({
    arn: '*',
    statements: listOf(valueAt(JSON.parse(String(valueAt(properties, 'PolicyDocument'))), 'Statement')),
  }))
  return [
    ...documents('AWS::SQS::QueuePolicy', 'Queues'),
    ...documents('AWS::SNS::TopicPolicy', 'Topics'),
    ...documents('AWS::S3::BucketPolicy', 'Bucket'),
    ...resources('AWS::Events::EventBusPolicy').map(({ properties }) => ({
      arn: ownerArn(stack, String(valueAt(properties, 'EventBusName'))),
      statements: listOf(valueAt(properties, 'Statement')),
    })),
    ...resources('AWS::DynamoDB::Table').map(({ id, properties }) => ({
      arn: arnOf(id),
      statements: listOf(valueAt(properties, 'ResourcePolicy.PolicyDocument.Statement')),
    })),
    ...resources('AWS::KMS::Key').map(({ id, properties }) => ({
      arn: arnOf(id),
      statements: listOf(resolve(valueAt(properties, 'KeyPolicy.Statement'))),
    })),
    ...functions,
    ...logs,
  ]
}

const OWNERS = ['AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::S3::Bucket', 'AWS::Events::EventBus']

/** A policy names its resource by what `Ref` gives. */
function ownerArn({ resources, resolve, arnOf }: Deployed, owner: string): string {
  const found = OWNERS.flatMap((type) => resources(type)).find(({ id }) => resolve({ Ref: id }) === owner)
  if (!found) throw new Error(`Cannot find the resource of a policy: "${owner}"`)
  return arnOf(found.id)
}

function permission(properties: Json): Json {
  const source = valueAt(properties, 'SourceArn')
  return {
    Effect: 'Allow',
    Principal: { Service: valueAt(properties, 'Principal') ?? null },
    Action: valueAt(properties, 'Action') ?? null,
    Resource: valueAt(properties, 'FunctionName') ?? null,
    ...(source !== undefined && { Condition: { ArnLike: { 'aws:SourceArn': source } } }),
  }
}

function deadLetterQueueOf({ resources, arnOf }: Deployed, queue: string): string | undefined {
  const queues = resources('AWS::SQS::Queue').map(({ id, properties }) => ({ arn: arnOf(id), properties }))
  const target = valueAt(
    queues.find(({ arn }) => arn === queue)?.properties,
    'RedrivePolicy.deadLetterTargetArn',
  )
  const allow = valueAt(queues.find(({ arn }) => arn === target)?.properties, 'RedriveAllowPolicy')
  const isAllowed = allow === undefined || listOf(valueAt(allow, 'sourceQueueArns')).includes(queue)
  return target !== undefined && isAllowed ? String(target) : undefined
}
