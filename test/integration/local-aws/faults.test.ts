import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import type { Fault } from '../../../infra/local/aws/faults.ts'
import type { LocalAws } from '../../../infra/local/aws/local-aws.ts'
import {
  dynamoDbClient,
  eventsClient,
  localAws,
  receive,
  secretsClient,
  sqsClient,
} from './local-aws-fixture.ts'

const key = { pk: { S: 'case' } }
const put = (aws: LocalAws) =>
  dynamoDbClient(aws).send(new PutItemCommand({ TableName: aws.table, Item: key }))
const stored = async (aws: LocalAws) =>
  (await dynamoDbClient(aws).send(new GetItemCommand({ TableName: aws.table, Key: key }))).Item

const EFFECTS = [
  ['an error before applying', { kind: 'error', when: 'before' }, 'InternalServerError', undefined],
  ['an error after applying', { kind: 'error', when: 'after' }, 'InternalServerError', key],
  ['a reset before applying', { kind: 'reset', when: 'before' }, 'TimeoutError', undefined],
  ['a reset after applying', { kind: 'reset', when: 'after' }, 'TimeoutError', key],
  ['a throttle', { kind: 'throttle' }, 'ProvisionedThroughputExceededException', undefined],
] as const

test.for(EFFECTS)('faults.add() makes %s happen', async ([, effect, name, item]) => {
  await using aws = await localAws()
  aws.faults.add({ service: 'dynamodb', ...effect })

  await expect(put(aws)).rejects.toMatchObject({ name })

  expect(await stored(aws)).toEqual(item)
})

test('faults.add() lets `skip` calls of the operation pass and hits the next `times`', async () => {
  await using aws = await localAws()
  const fault: Fault = { service: 'dynamodb', operation: 'PutItem', kind: 'throttle', skip: 1, times: 2 }
  aws.faults.add(fault)

  const kept = []
  for (let call = 0; call < 4; call++) {
    await stored(aws)
    kept.push(
      await put(aws).then(
        () => true,
        () => false,
      ),
    )
  }

  expect(kept).toEqual([true, false, false, true])
})

test('faults.add() returns a function that takes the fault back', async () => {
  await using aws = await localAws()
  const takeBack = aws.faults.add({ service: 'dynamodb', kind: 'throttle', times: Infinity })
  await expect(put(aws)).rejects.toThrow()

  takeBack()

  await expect(put(aws)).resolves.toBeDefined()
})

test('faults.add() speaks the protocol of each service', async () => {
  await using aws = await localAws({ secrets: { owner: 'v1' } })
  for (const service of ['sqs', 'secrets_manager', 'eventbridge'] as const) {
    aws.faults.add({ service, kind: 'throttle' })
    aws.faults.add({ service, kind: 'error', when: 'before' })
  }
  const send = () =>
    sqsClient(aws).send(new SendMessageCommand({ QueueUrl: aws.queues.work.url, MessageBody: 'departure' }))
  const getSecret = () => secretsClient(aws).send(new GetSecretValueCommand({ SecretId: 'owner' }))
  const putEvents = () => eventsClient(aws).send(new PutEventsCommand({ Entries: [{ Source: 'x' }] }))

  await expect(send()).rejects.toMatchObject({ name: 'RequestThrottled' })
  await expect(send()).rejects.toMatchObject({ name: 'InternalError' })
  await expect(getSecret()).rejects.toMatchObject({ name: 'ThrottlingException' })
  await expect(getSecret()).rejects.toMatchObject({ name: 'InternalServiceError' })
  await expect(putEvents()).rejects.toMatchObject({ name: 'ThrottlingException' })
  await expect(putEvents()).rejects.toMatchObject({ name: 'InternalException' })
  expect(await receive(aws)).toEqual([])
})

test('delayMs and a delay fault hold the answer back', async () => {
  await using aws = await localAws({ delayMs: { dynamodb: 20 } })
  aws.faults.add({ service: 'dynamodb', kind: 'delay', delayMs: 30 })

  const before = performance.now()
  await put(aws)

  // Timers may fire up to a millisecond early.
  expect(performance.now() - before).toBeGreaterThanOrEqual(48)
})
