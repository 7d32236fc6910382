import { expect, test } from 'vitest'
import { localFunction, logged } from './local-lambda-fixture.ts'

test('invoke() gives the handler the event and a Lambda context, and answers what it returns', async () => {
  await using lambda = await localFunction(`
    export const handler = async (event, context) => ({
      event,
      requestId: context.awsRequestId,
      arn: context.invokedFunctionArn,
      remainingMs: context.getRemainingTimeInMillis(),
      memory: context.memoryLimitInMB,
    })`)

  const { payload, ...result } = await lambda.invoke({ username: 'ada@example.com' })

  expect(payload).toEqual({
    event: { username: 'ada@example.com' },
    requestId: result.requestId,
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:departures',
    remainingMs: expect.toSatisfy((ms) => ms > 9_000 && ms <= 10_000),
    memory: '256',
  })
  expect(result).toMatchObject({ durationMs: expect.any(Number), initDurationMs: expect.any(Number) })
  expect(result).not.toHaveProperty('functionError')
})

test('invoke() runs the function in its own environment only', async () => {
  await using lambda = await localFunction('export const handler = async () => process.env', {
    env: { MODE: 'enforce' },
  })

  const { payload } = await lambda.invoke({})

  expect(payload).toMatchObject({
    MODE: 'enforce',
    AWS_LAMBDA_FUNCTION_NAME: 'departures',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  })
  expect(payload).not.toHaveProperty('HOME')
})

test('invoke() keeps the process warm: init happens once', async () => {
  await using lambda = await localFunction('let calls = 0; export const handler = async () => ++calls')

  const results = [await lambda.invoke({}), await lambda.invoke({})]

  expect(results.map(({ payload }) => payload)).toEqual([1, 2])
  expect(results.map(({ initDurationMs }) => initDurationMs !== undefined)).toEqual([true, false])
})

test('invoke() answers a handler that throws as Unhandled, and goes on with the same process', async () => {
  await using lambda = await localFunction(`
    let calls = 0
    export const handler = async () => {
      if (++calls === 1) throw new RangeError('too far')
      return calls
    }`)

  const thrown = await lambda.invoke({})
  const next = await lambda.invoke({})

  expect(thrown).toMatchObject({
    functionError: 'Unhandled',
    payload: { errorType: 'RangeError', errorMessage: 'too far' },
  })
  expect(next.payload).toBe(2)
})

test('invoke() answers the error of an init that failed, and initializes again the next time', async () => {
  await using lambda = await localFunction(`
    console.log('init ran')
    throw new TypeError('MODE is missing')`)

  const results = [await lambda.invoke({}), await lambda.invoke({})]

  for (const result of results) {
    expect(result).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'TypeError', errorMessage: 'MODE is missing' },
    })
  }
  expect(lambda.logs.filter((line) => line.includes('init ran'))).toHaveLength(2)
})

test('invoke() answers a function error when the bundle is not where it should be', async () => {
  await using lambda = await localFunction('', { codeDir: '/nonexistent' })

  const result = await lambda.invoke({})

  expect(result.functionError).toBe('Unhandled')
  expect(result.logs.join()).toContain('Cannot start "departures"')
})

test('invoke() kills the process at the time-out and starts another one next', async () => {
  await using lambda = await localFunction(
    `let calls = 0
    export const handler = ({ hang }) => hang ? new Promise((resolve) => setTimeout(resolve, 60_000)) : ++calls`,
    { timeoutSeconds: 0.5 },
  )
  await lambda.invoke({ hang: false })
  const [pid] = lambda.pids()

  const late = await lambda.invoke({ hang: true })
  const next = await lambda.invoke({ hang: false })

  expect(late).toMatchObject({
    functionError: 'Unhandled',
    payload: {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${late.requestId} Error: Task timed out after 0.50 seconds`,
    },
  })
  expect(late.logs.at(-1)).toContain('Task timed out after 0.50 seconds')
  expect(next.payload).toBe(1)
  expect(isRunning(pid)).toBe(false)
})

test('invoke() answers a process that exits as Runtime.ExitError and starts another one next', async () => {
  await using lambda = await localFunction(`
    let calls = 0
    export const handler = async ({ exit }) => exit ? process.exit(7) : ++calls`)
  await lambda.invoke({})

  const crashed = await lambda.invoke({ exit: true })
  const next = await lambda.invoke({})

  expect(crashed).toMatchObject({
    functionError: 'Unhandled',
    payload: {
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${crashed.requestId} Error: Runtime exited with error: exit status 7`,
    },
  })
  expect(next.payload).toBe(1)
})

test('kill() ends the running invocation in the middle', async () => {
  await using lambda = await localFunction(`
    export const handler = () => {
      console.log('working')
      return new Promise((resolve) => setTimeout(resolve, 60_000))
    }`)
  const invocation = lambda.invoke({})
  await logged(lambda, 'working')

  lambda.kill()

  expect(await invocation).toMatchObject({
    functionError: 'Unhandled',
    payload: { errorMessage: expect.stringContaining('Runtime exited with error: signal: killed') },
  })
})

test('freeze() stops the function where it is and thaw() lets it go on', async () => {
  await using lambda = await localFunction('let calls = 0; export const handler = async () => ++calls')
  await lambda.invoke({})

  lambda.freeze()
  let answered = false
  const invocation = lambda.invoke({}).finally(() => {
    answered = true
  })
  // A second function of the same kind, started and invoked from cold, is slower than a warm one that runs.
  await using other = await localFunction('export const handler = async () => 1')
  await other.invoke({})
  const answeredWhileFrozen = answered
  lambda.thaw()

  expect(answeredWhileFrozen).toBe(false)
  expect((await invocation).payload).toBe(2)
})

test('invoke() grows to `concurrency` processes and lets the others wait for one of them', async () => {
  await using lambda = await localFunction(
    `export const handler = async () => {
      console.log('working')
      await new Promise((resolve) => setTimeout(resolve, 100))
      return process.pid
    }`,
    { concurrency: 2 },
  )

  const results = await Promise.all([1, 2, 3, 4].map((n) => lambda.invoke({ n })))

  const pids = new Set(results.map(({ payload }) => payload))
  expect([...pids].sort()).toEqual([...lambda.pids()].sort())
  expect(pids.size).toBe(2)
})

test('invoke() answers the lines of its own invocation, in Lambda’s JSON', async () => {
  await using lambda = await localFunction(`
    console.log('during init')
    export const handler = async ({ n }) => console.log('removing', n)`)

  const first = await lambda.invoke({ n: 1 })
  const second = await lambda.invoke({ n: 2 })

  expect(first.logs.map((line) => JSON.parse(line).message)).toEqual(['during init', 'removing 1'])
  expect(second.logs.map((line) => JSON.parse(line))).toEqual([
    {
      timestamp: expect.any(String),
      level: 'INFO',
      requestId: second.requestId,
      message: 'removing 2',
    },
  ])
  expect(lambda.logs).toEqual([...first.logs, ...second.logs])
})

test('startLocalFunction() with `eager` initializes before the first invocation', async () => {
  await using lambda = await localFunction(
    "console.log('initialized'); export const handler = async () => 'done'",
    { eager: true },
  )

  await logged(lambda, 'initialized')

  expect((await lambda.invoke({})).payload).toBe('done')
})

test('close() ends the processes and the running invocation', async () => {
  await using lambda = await localFunction(`
    export const handler = () => {
      console.log('working')
      return new Promise((resolve) => setTimeout(resolve, 60_000))
    }`)
  const invocation = lambda.invoke({})
  await logged(lambda, 'working')
  const [pid] = lambda.pids()

  await lambda.close()

  expect((await invocation).functionError).toBe('Unhandled')
  expect(isRunning(pid)).toBe(false)
  await expect(lambda.invoke({})).rejects.toThrow('Cannot run a function that is closed')
})

function isRunning(pid: number | undefined): boolean {
  if (pid === undefined) throw new TypeError('No process to look at')
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
