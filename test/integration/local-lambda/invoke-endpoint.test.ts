import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { startInvokeEndpoint } from '../../../infra/local/lambda/invoke-endpoint.ts'
import type { Invocable } from '../../../infra/local/lambda/local-lambda.ts'

const RESULT = { logs: [], requestId: '5f1c7a0e-9d0b-4f0e-8a52-2a1f0d5c1b3e', durationMs: 1 }
const echo: Invocable = { invoke: async (payload) => ({ ...RESULT, payload: { echo: payload } }) }

async function served(functions: Record<string, Invocable>) {
  const endpoint = await startInvokeEndpoint(functions)
  const client = new LambdaClient({
    endpoint: endpoint.env.AWS_ENDPOINT_URL_LAMBDA,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  return { client, env: endpoint.env, [Symbol.asyncDispose]: () => endpoint.close() }
}

test.for(['operator', 'arn:aws:lambda:us-east-1:000000000000:function:operator'])(
  'startInvokeEndpoint() answers an invocation of %s',
  async (FunctionName) => {
    await using endpoint = await served({ operator: echo })

    const answer = await endpoint.client.send(new InvokeCommand({ FunctionName, Payload: '{"act":"pause"}' }))

    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
    expect(answer.FunctionError).toBeUndefined()
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ echo: { act: 'pause' } })
  },
)

test('startInvokeEndpoint() marks a function error', async () => {
  const payload = { errorType: 'RangeError', errorMessage: 'too far' }
  const broken: Invocable = { invoke: async () => ({ ...RESULT, functionError: 'Unhandled', payload }) }
  await using endpoint = await served({ broken })

  const answer = await endpoint.client.send(new InvokeCommand({ FunctionName: 'broken' }))

  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
  expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual(payload)
})

test('startInvokeEndpoint() answers an Event invocation before the function ends', async () => {
  const running = Promise.withResolvers<typeof RESULT>()
  await using endpoint = await served({ slow: { invoke: () => running.promise } })

  const answer = await endpoint.client.send(
    new InvokeCommand({ FunctionName: 'slow', InvocationType: 'Event' }),
  )

  expect(answer.StatusCode).toBe(202)
  running.resolve(RESULT)
})

test('startInvokeEndpoint() answers the tail of the log when asked', async () => {
  const chatty: Invocable = { invoke: async () => ({ ...RESULT, logs: ['x'.repeat(5000), 'last line'] }) }
  await using endpoint = await served({ chatty })

  const answer = await endpoint.client.send(new InvokeCommand({ FunctionName: 'chatty', LogType: 'Tail' }))

  const tail = Buffer.from(answer.LogResult ?? '', 'base64').toString()
  expect(tail).toHaveLength(4096)
  expect(tail).toMatch(/x\nlast line$/)
})

test('startInvokeEndpoint() answers ResourceNotFoundException for an unknown function', async () => {
  await using endpoint = await served({})

  const answer = endpoint.client.send(new InvokeCommand({ FunctionName: 'operator' }))

  await expect(answer).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('startInvokeEndpoint() refuses a payload that is no JSON', async () => {
  await using endpoint = await served({
    operator: { invoke: () => Promise.reject(new Error('was invoked')) },
  })
  const url = new URL('/2015-03-31/functions/operator/invocations', endpoint.env.AWS_ENDPOINT_URL_LAMBDA)

  const answer = await fetch(url, { method: 'POST', body: 'no JSON' })

  expect(answer.status).toBe(400)
  expect(answer.headers.get('x-amzn-errortype')).toBe('InvalidRequestContentException')
})

test('startInvokeEndpoint() names what it does not serve', async () => {
  await using endpoint = await served({})

  const answer = await fetch(
    new URL('/2015-03-31/event-source-mappings/', endpoint.env.AWS_ENDPOINT_URL_LAMBDA),
  )

  expect(answer.status).toBe(501)
  expect(await answer.text()).toContain('No \\"GET /2015-03-31/event-source-mappings/\\" here')
})
