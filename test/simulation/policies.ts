import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamoDbTable } from '../../lib/aws/dynamodb-table.ts'
import { placeOf } from '../../lib/aws/item-attributes.ts'
import type { IndexQuery, Table, Written } from '../../lib/aws/table.ts'
import { packagedTemplate } from '../integration/template/packaged-template.ts'
import { ORG, OTHER_ORG } from '../support/cases.ts'
import { secretIdOf } from '../support/environment.ts'
import type { IoCall } from '../support/faulty-io.ts'
import { policyDouble } from '../support/policy-double/policy-double.ts'
import { type Target, targetsOf } from '../support/policy-double/policy-gate.ts'

const orgs = [ORG, OTHER_ORG]
const double = policyDouble(
  await packagedTemplate(
    `orgs=${orgs.map((orgId) => `${orgId}=${secretIdOf(orgId, 'departures')}`).join()}`,
    `readOrgs=${orgs.map((orgId) => `${orgId}=${secretIdOf(orgId, 'sweep')}`).join()}`,
  ),
)

const ROLES = { departures: 'DeparturesRole', sweep: 'SweepRole', operator: 'OperatorRole' } as const
const QUEUES: Readonly<Record<string, string>> = {
  work: 'WorkQueue',
  'work-dlq': 'WorkDeadLetterQueue',
  'events-dlq': 'EventsDeadLetterQueue',
  'topic-dlq': 'TopicDeadLetterQueue',
}

/** Shape of a call → what its role may not do of it. */
const judged = new Map<string, readonly string[]>()

/** Judges calls by the packaged policies of each function's role. @returns what is refused, `dynamodb:PutItem by SweepRole (person#)` */
export async function refusedIn(calls: readonly IoCall[]): Promise<readonly string[]> {
  const refused = new Set<string>()
  for (const call of calls) for (const one of judged.get(keyOf(call)) ?? (await judge(call))) refused.add(one)
  return [...refused]
}

function keyOf(call: IoCall): string {
  return `${call.role} ${call.service} ${call.operation} ${shapeOf(call)}`
}

async function judge(call: IoCall): Promise<readonly string[]> {
  const caller = { kind: 'role', id: ROLES[call.role] } as const
  const refused = (await targetsIn(call))
    .filter((target) => double.judge({ ...target, caller }) !== 'allowed')
    .map(({ action, leadingKeys = [] }) => `${action} by ${caller.id} (${leadingKeys.map(kindOf).join()})`)
  judged.set(keyOf(call), refused)
  return refused
}

/** A key by its kind: what names a person or an organization counts no more. */
function kindOf(pk: string): string {
  return pk.replace(/#.*$/s, '#')
}

/** Everything of a call that a policy can tell apart. */
function shapeOf({ service, operation, input }: IoCall): string {
  if (service === 'atlas' || service === 'hr') return ''
  if (service !== 'table') {
    const { QueueUrl = '', SecretId = '' } = input as {
      readonly QueueUrl?: string
      readonly SecretId?: string
    }
    return QueueUrl + SecretId
  }
  if (operation === 'query') return (input as IndexQuery).index
  if (Array.isArray(input)) return [...new Set(input.map(kindOf))].join()
  if (typeof input === 'string') return kindOf(input)
  const { pk, keys = {}, expiresAt, adds, uids } = input as Partial<Written & { uids: readonly string[] }>
  const places = new Set([...Object.keys(adds?.effects ?? {}), ...(uids ?? [])].map(placeOf))
  return `${kindOf(pk ?? '')} ${Object.keys(keys).join()} ${expiresAt === undefined} ${[...places].join()}`
}

/** What the call is about, by the commands that the adapter really sends. */
async function targetsIn(call: IoCall): Promise<readonly Target[]> {
  const { arnOf } = double
  const input = call.input as { readonly QueueUrl: string; readonly SecretId: string }
  switch (call.service) {
    case 'bus':
      return [{ action: 'events:PutEvents', resource: arnOf('AuditBus') }]
    case 'queue':
      return [{ action: 'sqs:SendMessage', resource: arnOf(QUEUES[input.QueueUrl] ?? '') }]
    case 'secrets':
      return targetsOf({ service: 'secrets_manager', operation: 'GetSecretValue', input }, arnOf)
    case 'table':
      return (await commandsOf(call)).flatMap((command) =>
        targetsOf({ service: 'dynamodb', ...command }, arnOf),
      )
    case 'atlas':
    case 'hr':
      return []
  }
}

type Sent = { readonly operation: string; readonly input: object }

/** Has the real adapter make the call, to somebody who never answers sensibly. */
async function commandsOf({ operation, input }: IoCall): Promise<readonly Sent[]> {
  if (operation === 'query')
    return [{ operation: 'Query', input: { IndexName: (input as IndexQuery).index } }]
  const sent: Sent[] = []
  const send = async (command: {
    readonly constructor: { readonly name: string }
    readonly input: object
  }) => {
    sent.push({ operation: command.constructor.name.replace(/Command$/, ''), input: command.input })
    return {}
  }
  const table = dynamoDbTable({ client: { send } as unknown as DynamoDBClient, tableName: 'ledger' })
  await asked(table, operation, input).catch(() => undefined)
  return sent
}

function asked(table: Table, operation: string, input: unknown): Promise<unknown> {
  const item = input as Written
  switch (operation) {
    case 'get':
      return table.get(input as string)
    case 'getMany':
      return table.getMany(input as readonly string[])
    case 'insert':
      return table.insert(item)
    case 'insertLapsed':
      return table.insertLapsed(item, '')
    case 'update':
      return table.update(item)
    case 'remove':
      return table.remove(input as string, '')
    case 'takeOut':
      return table.takeOut(item.pk, (input as { readonly uids: readonly string[] }).uids, {
        mark: '',
        isWhole: true,
      })
    default:
      throw new Error(`Cannot judge "${operation}"`)
  }
}
