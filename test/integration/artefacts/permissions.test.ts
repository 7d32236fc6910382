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
    { action: 'retry', cases: [kase?.id], by: WHO.by },
    { action: 'release', cases: [kase?.id], rule: 'observing', ...WHO },
    { action: 'test_alert', by: WHO.by },
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

test('a warm removal asks AWS for what it needs and no more', async () => {
  await using stack = await startStack()
  await stack.departs('alan@example.com')
  await told(stack, 1)
  const before = stack.calls.length

  await stack.departs(GRACE)
  await told(stack, 2)

  const calls = stack.calls
    .slice(before)
    .filter(({ sender }) => sender.startsWith('AROALOCALDEPARTURES'))
    .filter(({ service }) => service !== 'sqs')
  expect(countsOf(calls.map(({ operation }) => operation))).toEqual({
    // Other cases of the person.
    Query: 1,
    // Pauses, stops and returns: before Atlas is asked, and once more before the intent.
    BatchGetItem: 2,
    // The case, and the lock.
    PutItem: 2,
    // Slot, intent, outcome, and that it was published.
    UpdateItem: 4,
    PutEvents: 1,
    // The lock.
    DeleteItem: 1,
  })
  await expectSound(stack, { [ORG]: ['alan@example.com', GRACE] })
})

testOcsf()

/** What an operator could not do, if anything. */
async function failureOf(operator: Stack['operator'], request: object): Promise<unknown> {
  const { functionError, payload } = await operator.invoke(request)
  const said = (payload ?? {}) as { readonly error?: unknown }
  return functionError ?? said.error
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  const grouped = Object.groupBy(names, (name) => name)
  return Object.fromEntries(Object.entries(grouped).map(([name, all = []]) => [name, all.length]))
}
