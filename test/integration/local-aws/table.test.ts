import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { dynamoDbClient, localAws } from './local-aws-fixture.ts'

test('startLocalAws() gives a table with conditional writes', async () => {
  await using aws = await localAws()
  const db = dynamoDbClient(aws)
  const once = (state: string) =>
    new PutItemCommand({
      TableName: aws.table,
      Item: { pk: { S: 'case' }, state: { S: state } },
      ConditionExpression: 'attribute_not_exists(pk)',
    })
  await db.send(once('open'))

  await expect(db.send(once('closed'))).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })

  const { Item } = await db.send(new GetItemCommand({ TableName: aws.table, Key: { pk: { S: 'case' } } }))
  expect(Item).toEqual({ pk: { S: 'case' }, state: { S: 'open' } })
})

test('startLocalAws() gives the table its indexes, in the order of their range key', async () => {
  await using aws = await localAws()
  const db = dynamoDbClient(aws)
  for (const dueAt of ['2026-11-03', '2026-11-01', '2026-11-02']) {
    const Item = { pk: { S: `case-${dueAt}` }, state: { S: 'open' }, dueAt: { S: dueAt } }
    await db.send(new PutItemCommand({ TableName: aws.table, Item }))
  }

  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: aws.table,
      IndexName: 'due',
      KeyConditionExpression: '#state = :open AND dueAt <= :now',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':open': { S: 'open' }, ':now': { S: '2026-11-02' } },
    }),
  )

  expect(Items.map(({ pk }) => pk?.S)).toEqual(['case-2026-11-01', 'case-2026-11-02'])
})
