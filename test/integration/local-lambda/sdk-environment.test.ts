import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { startLocalFunction } from '../../../infra/local/lambda/local-lambda.ts'
import { localAws } from '../local-aws/local-aws-fixture.ts'

const HANDLER = `
  import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
  import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
  import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
  import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'

  export async function handler({ queueUrl, table, auditBus }) {
    const entry = { EventBusName: auditBus, Source: 'test', DetailType: 'Test', Detail: '{}' }
    const answers = await Promise.all([
      new DynamoDBClient().send(new DescribeTableCommand({ TableName: table })),
      new EventBridgeClient().send(new PutEventsCommand({ Entries: [entry] })),
      new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: 'owner' })),
      new SQSClient().send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'departure' })),
    ])
    return answers.map(({ $metadata }) => $metadata.httpStatusCode)
  }`

/** SDK packages that are CommonJS inside want a `require`, which an ES module has not. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"

test('LocalAws.env is all that the SDK clients of a bundled function need', async () => {
  await using aws = await localAws({ secrets: { owner: 'v1' } })
  const codeDir = await mkdtemp(join(tmpdir(), 'local-lambda-'))
  await build({
    stdin: { contents: HANDLER, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: REQUIRE },
    outfile: join(codeDir, 'index.mjs'),
  })
  const { env, table, auditBus } = aws
  const queueUrl = aws.queues.work.url
  const spec = { name: 'sdk', codeDir, handler: 'index.handler', env, timeoutSeconds: 10, memoryMb: 256 }
  const lambda = await startLocalFunction(spec)

  const { payload } = await lambda.invoke({ queueUrl, table, auditBus })

  await lambda.close()
  await rm(codeDir, { recursive: true })
  expect(payload).toEqual([200, 200, 200, 200])
})
