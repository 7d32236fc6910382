import { expect, test } from 'vitest'
import { ORG } from '../../support/cases.ts'
import { allTasks } from './ledger-items.ts'
import { expectSound, testOcsf } from './sound.ts'
import { type Stack, startStack } from './stack.ts'
import { rested, told } from './told.ts'

const GRACE = 'grace@example.com'
const WHO = { by: 'on-call@example.com', because: 'HR-2000' }

test('the sweep may do each of its jobs', async () => {
  await using stack = await startStack({ parameters: { Leftovers: 'report', Mode: 'observe' } })
  await stack.departs(GRACE)
  await told(stack, 1)

  for (const job of ['minute', 'hour', 'day'])
    expect({ job, ...(await stack.sweep.invoke({ job })) }).toMatchObject({ job, payload: null })

  expect([...stack.policies.allowed].filter((act) => act.endsWith('SweepRole')).length).toBeGreaterThan(5)
  await expectSound(stack)
})

test('the operators may do what on-call asks of them', async () => {
  await using stack = await startStack({ parameters: { Mode: 'observe' } })
  await stack.departs(GRACE)
  await told(stack, 1)
  const [kase] = await allTasks(stack.aws)
  const until = new Date(Date.now() + 3_600_000).toISOString()

  const changes = [
    { action: 'pause', ...WHO },
    { action: 'resume', ...WHO },
    { action: 'approve', usernames: ['alan@example.com'], until, ...WHO },
    { action: 'retry', cases: [kase?.id], ...WHO },
    { action: 'release', cases: [kase?.id], rule: 'observing', ...WHO },
    { action: 'test_alert', ...WHO },
  ]
  for (const request of changes) expect(await failureOf(stack.operator, request)).toBeUndefined()
  await told(stack, 2)
  const questions = [
    { action: 'status' },
    { action: 'cases', open: true },
    { action: 'case', case: kase?.id },
    { action: 'lookup', username: GRACE },
    { action: 'orphans' },
  ]
  for (const request of questions) expect(await failureOf(stack.operatorRead, request)).toBeUndefined()

  await expectSound(stack, { [ORG]: [GRACE] })
})

test('a search for leftovers may do what it does, and is a task of its own', async () => {
  await using stack = await startStack({ parameters: { Leftovers: 'report' } })

  await stack.departs(GRACE)
  await told(stack, 1)
  await rested(stack)

  const tasks = await allTasks(stack.aws)
  expect(tasks.map(({ kind, closedAt }) => ({ kind, isClosed: closedAt !== undefined }))).toEqual(
    expect.arrayContaining([
      { kind: 'case', isClosed: true },
      { kind: 'search', isClosed: true },
    ]),
  )
  expect(tasks).toHaveLength(2)
  await expectSound(stack, { [ORG]: [GRACE] })
})

test('a warm removal asks AWS ten times at most, six of them one after the other', async () => {
  await using stack = await startStack()
  await stack.departs('alan@example.com')
  await told(stack, 1)
  // What is asked at the same time arrives within less than what an answer takes.
  const answerMs = 60
  for (const service of ['dynamodb', 'eventbridge', 'secrets_manager'] as const)
    stack.aws.delayMs[service] = answerMs
  const before = stack.calls.length

  await stack.departs(GRACE)
  await told(stack, 2)

  const calls = stack.calls
    .slice(before)
    .filter(({ sender, service }) => sender.startsWith('AROALOCALDEPARTURES') && service !== 'sqs')
  const [first] = calls
  const shown = calls.map(
    ({ at, service, operation }) => `${Math.round(at - (first?.at ?? 0))} ms ${service} ${operation}`,
  )
  console.log(shown.join('\n'))
  expect(calls.length).toBeLessThanOrEqual(10)
  await expectSound(stack, { [ORG]: ['alan@example.com', GRACE] })
})

testOcsf()

/** What an operator could not do, if anything. */
async function failureOf(operator: Stack['operator'], request: object): Promise<unknown> {
  const { functionError, payload } = await operator.invoke(request)
  const said = (payload ?? {}) as { readonly error?: unknown }
  return functionError ?? said.error
}
