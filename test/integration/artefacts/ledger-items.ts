import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb'
import type { LocalAws } from '../../../infra/local/aws/local-aws.ts'
import { fromJson } from '../../../lib/aws/json.ts'
import type { Case } from '../../../lib/words/case.ts'

/** Every case in the ledger. */
export async function allCases(aws: LocalAws): Promise<readonly Case[]> {
  const items = await withTable(aws, (client) => allItems(client, aws.table))
  return items.filter(({ pk }) => pk?.S?.startsWith('case#')).map(toCase)
}

/** Every case that the ledger's own index counts as open. */
export async function openCases(aws: LocalAws): Promise<readonly Case[]> {
  const query = {
    TableName: aws.table,
    IndexName: 'open',
    KeyConditionExpression: 'openKey = :open',
    ExpressionAttributeValues: { ':open': { S: 'open' } },
  }
  return await withTable(aws, async (client) => {
    const items: Item[] = []
    for await (const page of paginateQuery({ client }, query)) items.push(...(page.Items ?? []))
    return items.map(toCase)
  })
}

function toCase({ body }: Item): Case {
  return fromJson(body?.S ?? '') as Case
}

/** Instants that are compared with the clock: of a case, of what it has not told yet, and of a lease. */
const WAITING = ['nextAttemptAt', 'unpublishedAt', 'until']

/**
 * Makes the ledger as old as if so much time had passed. A killed worker's lease lasts two minutes, an untold outcome is
 * left alone for one, and a deferred case waits for 15 s at least: longer than a test may.
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
  if (instant === undefined) return item
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
