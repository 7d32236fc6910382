import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, onTestFinished, test } from 'vitest'
import { awsClient } from '../../lib/aws/client.ts'

const KEY = { pk: { S: 'person#ada@example.com' } }

async function getItem(listener: RequestListener, settings: object = {}): Promise<unknown> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const client = awsClient(DynamoDBClient, {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...settings,
  })
  onTestFinished(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  return client.send(new GetItemCommand({ TableName: 't', Key: KEY }))
}

function refusing(type: string, body: string): RequestListener {
  return (_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type })
    response.end(body)
  }
}

test('a service that takes a request and never answers is given up, not waited for', async () => {
  const settings = { requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true } }

  await expect(getItem(() => undefined, settings)).rejects.toMatchObject({ name: 'TimeoutError' })
})

test('three tries are over before a function is: each has a second to connect and three to be answered', async () => {
  const client = awsClient(DynamoDBClient, {
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  await client.send(new GetItemCommand({ TableName: 't', Key: KEY })).catch(() => undefined)

  const handler = client.config.requestHandler as { readonly httpHandlerConfigs?: () => object }
  expect(handler.httpHandlerConfigs?.()).toMatchObject({
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    throwOnRequestTimeout: true,
  })
  expect(await client.config.maxAttempts()).toBe(3)
  client.destroy()
})

test.each([
  {
    what: 'whose message quotes a key',
    type: 'ValidationException',
    body: JSON.stringify({ message: 'Item person#ada@example.com is too large' }),
    name: 'ValidationException',
  },
  {
    what: 'whose fields quote an item',
    type: 'ConditionalCheckFailedException',
    body: JSON.stringify({ message: 'The conditional request failed', Item: KEY }),
    name: 'ConditionalCheckFailedException',
  },
  {
    what: 'that is no JSON',
    type: 'InternalFailure',
    body: 'person#ada@example.com',
    name: 'SyntaxError',
  },
])('an answer of AWS $what is thrown by its name, and repeats nobody', async ({ type, body, name }) => {
  const error = await getItem(refusing(type, body)).catch((caught: unknown) => caught)

  expect(error).toMatchObject({ name, message: expect.stringContaining(`GetItemCommand: ${name}`) })
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('ada@')
})
