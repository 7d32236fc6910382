import { IncomingMessage, type Server, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import dynalite from 'dynalite'
import type { Call, Reply, Service } from './service.ts'

/** A table with string keys; every index carries the whole item. */
export type TableSchema = {
  readonly name: string
  readonly hashKey: string
  readonly indexes: readonly {
    readonly name: string
    readonly hash: string
    readonly range?: string
    /** What it holds beside keys. Default: all. */
    readonly attributes?: 'all' | readonly string[]
  }[]
}

/**
 * DynamoDB: dynalite with one table, in memory.
 *
 * Conditional writes and indexes are real; transactions, time to live and `ReturnValuesOnConditionCheckFailure` are not.
 */
export async function dynamoDb(table: TableSchema): Promise<Service> {
  const server = dynalite({ createTableMs: 0 })
  const request = (operation: string, input: unknown) =>
    call(server, { operation, body: JSON.stringify(input), headers: SIGNED })

  const created = await request('CreateTable', createTableInput(table))
  if (created.status !== 200) throw new Error(`Cannot create table "${table.name}": ${created.body}`)
  while (!(await request('DescribeTable', { TableName: table.name })).body.includes('"ACTIVE"'))
    await sleep(1)

  return (incoming) => call(server, incoming)
}

/** Hands the call to dynalite without a socket between: it never listens, so there is nothing to close. */
function call(server: Server, { operation, body, headers }: Pick<Call, 'operation' | 'body' | 'headers'>) {
  return new Promise<Reply>((resolve) => {
    const request = new IncomingMessage(new Socket())
    request.method = 'POST'
    request.url = '/'
    request.headers = { ...headers, 'x-amz-target': `DynamoDB_20120810.${operation}` }
    const response = new UnsentResponse(request, resolve)
    server.emit('request', request, response)
    request.push(body)
    request.push(null)
  })
}

class UnsentResponse extends ServerResponse {
  readonly #onEnd: (reply: Reply) => void

  constructor(request: IncomingMessage, onEnd: (reply: Reply) => void) {
    super(request)
    this.#onEnd = onEnd
  }

  override end(body?: unknown): this {
    this.#onEnd({ status: this.statusCode, headers: this.getHeaders(), body: String(body ?? '') })
    return this
  }
}

/** dynalite checks that a request is signed, not the signature. */
const SIGNED = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
  'x-amz-date': '20260101T000000Z',
}

function createTableInput({ name, hashKey, indexes }: TableSchema) {
  const keySchema = (hash: string, range?: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : []),
  ]
  const keys = new Set([hashKey, ...indexes.flatMap(({ hash, range }) => (range ? [hash, range] : [hash]))])
  const secondary = indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.hash, index.range),
    Projection:
      index.attributes === undefined || index.attributes === 'all'
        ? { ProjectionType: 'ALL' }
        : { ProjectionType: 'INCLUDE', NonKeyAttributes: index.attributes },
  }))
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(hashKey),
    AttributeDefinitions: [...keys].map((key) => ({ AttributeName: key, AttributeType: 'S' })),
    ...(secondary.length > 0 ? { GlobalSecondaryIndexes: secondary } : {}),
  }
}
