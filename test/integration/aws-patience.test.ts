import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { AWS } from '../../lib/wire.ts'

test('a service that takes a request and never answers is given up, not waited for', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const client = new DynamoDBClient({
    ...AWS,
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: { ...AWS.requestHandler, requestTimeout: 50 },
  })

  await expect(client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'k' } } }))).rejects.toThrow(
    expect.objectContaining({ name: 'TimeoutError' }),
  )
  client.destroy()
  server.closeAllConnections()
  server.close()
})
