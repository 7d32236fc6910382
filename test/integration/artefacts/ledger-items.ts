import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb'
import type { LocalAws } from '../../../infra/local/aws/local-aws.ts'
import type { Case } from '../../../lib/words/case.ts'
import type { Task } from '../../../lib/words/task.ts'
import { fromJson } from '../../../lib/words/with-instants.ts'

/** Every task in the ledger, whatever its kind. */
export async function allTasks(aws: LocalAws): Promise<readonly Task[]> {
  const items = await withTable(aws, (client) => allItems(client, aws.table))
  return items.filter(({ pk }) => /^(case|search|reference|proposal)#/.test(pk?.S ?? '')).map(toTask)
}

/** Every case in the ledger. */
export async function allCases(aws: LocalAws): Promise<readonly Case[]> {
  return (await allTasks(aws)).filter(({ kind }) => kind === 'case') as readonly Case[]
}

/** Every case that the ledger's own index counts as open. */
export async function openCases(aws: LocalAws): Promise<readonly Case[]> {
  const query = {
    TableName: aws.table,
    IndexName: 'due',
    KeyConditionExpression: 'dueKey = :kind',
    ExpressionAttributeValues: { ':kind': { S: 'case' } },
  }
  return await withTable(aws, async (client) => {
    const items: Item[] = []
    for await (const page of paginateQuery({ client }, query)) items.push(...(page.Items ?? []))
    return items.map(toTask) as readonly Case[]
  })
}

/** How many records have something left to publish. */
export async function outboxesOf(aws: LocalAws): Promise<number> {
  const items = await withTable(aws, (client) => allItems(client, aws.table))
  return items.filter(({ outboxKey }) => outboxKey).length
}

function toTask({ body, version }: Item): Task {
  return { ...(fromJson(body?.S ?? '') as Task), version: Number(version?.N) }
}

/** Instants that are compared with the clock: when a task is due, since when something is unpublished, until when a lock lasts. */
const WAITING = ['dueAt', 'outboxAt', 'until']

/**
 * Makes the ledger as old as if so much time had passed. A killed worker's lock lasts two minutes, an unpublished outcome is left
 * alone for one, a deferred case waits for 15 s at least, and a probe comes every five minutes: longer than a test may.
 */
export async function letTimePass(aws: LocalAws, ms: number): Promise<void> {
  await withTable(aws, async (client) => {
    const items = await allItems(client, aws.table)
    const waiting = items.filter((item) => WAITING.some((field) => field in item))
    const aged = waiting.map((item) => WAITING.reduce((older, field) => earlier(older, field, ms), item))
    await Promise.all(aged.map((Item) => client.send(new PutItemCommand({ TableName: aws.table, Item }))))
  })
}

type Item = Record<string, AttributeValue>

/** A table of a thousand cases is more than one page. */
async function allItems(client: DynamoDBClient, TableName: string): Promise<readonly Item[]> {
  const items: Item[] = []
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) items.push(...Items)
  return items
}

/** The body and the index's attribute say the same. */
function earlier(item: Item, field: string, ms: number): Item {
  const instant = item[field]?.S
  // A task that waits for a human is due at no instant, but behind every one.
  if (instant === undefined || instant === '9999') return item
  const moved = new Date(Date.parse(instant) - ms).toISOString()
  return { ...item, [field]: { S: moved }, body: { S: (item.body?.S ?? '').replaceAll(instant, moved) } }
}

async function withTable<T>({ env }: LocalAws, use: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const client = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    region: env.AWS_REGION ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  try {
    return await use(client)
  } finally {
    client.destroy()
  }
}
