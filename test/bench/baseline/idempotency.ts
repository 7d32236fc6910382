import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'

const dynamoDb = new DynamoDBClient()
const TableName = 'idempotency'
const IN_PROGRESS_MS = 60_000
const KEEP_SECONDS = 86_400

/**
 * Does something once for each id and answers a repetition with the first result, by the two writes and with the condition that Powertools'
 * idempotency uses. That package and its batch processor are not among the project's dependencies.
 *
 * @throws while another invocation is at it
 */
export async function once<T>(id: string, act: () => Promise<T>): Promise<T> {
  const Key = { id: { S: id } }
  const now = Date.now()
  const expiration = String(Math.ceil(now / 1_000) + KEEP_SECONDS)
  try {
    await dynamoDb.send(
      new PutItemCommand({
        TableName,
        Item: {
          ...Key,
          status: { S: 'INPROGRESS' },
          expiration: { N: expiration },
          in_progress_expiration: { N: String(now + IN_PROGRESS_MS) },
        },
        ConditionExpression:
          'attribute_not_exists(#id) OR #expiration < :now OR (#status = :inProgress AND attribute_exists(#until) AND #until < :nowMs)',
        ExpressionAttributeNames: {
          '#id': 'id',
          '#expiration': 'expiration',
          '#status': 'status',
          '#until': 'in_progress_expiration',
        },
        ExpressionAttributeValues: {
          ':now': { N: String(Math.floor(now / 1_000)) },
          ':nowMs': { N: String(now) },
          ':inProgress': { S: 'INPROGRESS' },
        },
      }),
    )
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
    const { Item } = await dynamoDb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
    if (Item?.status?.S !== 'COMPLETED') throw new Error(`Cannot work on "${id}": in progress`)
    return JSON.parse(Item.data?.S ?? 'null') as T
  }
  const result = await act()
  await dynamoDb.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET #data = :data, #expiration = :expiration, #status = :status',
      ExpressionAttributeNames: { '#data': 'data', '#expiration': 'expiration', '#status': 'status' },
      ExpressionAttributeValues: {
        ':data': { S: JSON.stringify(result) },
        ':expiration': { N: expiration },
        ':status': { S: 'COMPLETED' },
      },
    }),
  )
  return result
}
