import { expect, test } from 'vitest'
import { ORG } from '../../support/cases.ts'
import { allCases } from './ledger-items.ts'
import { put } from './queue.ts'
import { answersTo } from './requests.ts'
import { expectSound, testOcsf } from './sound.ts'
import { eventOf, type Stack, startStack } from './stack.ts'
import { startTableRelay } from './table-relay.ts'
import { told } from './told.ts'

const REMOVED = { attempt: 1, kind: 'removed', evidence: 'answered' }

test('of a batch only the record whose case could not be recorded comes back, and is done then', async () => {
  await using table = await startTableRelay()
  await using stack = await startStack({
    listening: false,
    env: { AWS_ENDPOINT_URL_DYNAMODB: table.url },
    // Shortened from six minutes: it is when the queue brings a record back.
    visibilityTimeoutSeconds: 5,
  })
  table.leadTo(stack.aws.env.AWS_ENDPOINT_URL_DYNAMODB)
  table.fail('alan@example.com')
  await queueByWarmWorker(stack, 'grace@example.com')
  await put(stack.aws, 'events', eventOf('alan@example.com'), eventOf('edsger@example.com'))

  await stack.listen()
  expect(await told(stack, 2, 1)).toMatchObject([REMOVED, REMOVED])
  expect(stack.departures.pids()).toHaveLength(1)
  expect(new Set(undeliveredOf(stack)).size).toBe(1)
  expect((await allCases(stack.aws)).map(({ state }) => state.departure.username).sort()).toEqual([
    'edsger@example.com',
    'grace@example.com',
  ])

  table.heal()
  expect(await told(stack, 3)).toMatchObject([REMOVED, REMOVED, REMOVED])
  expect(stack.departures.logs.filter((line) => line.includes('"event":"received"'))).toHaveLength(3)
  expect(answersTo(stack, 'removeOrgUser')).toEqual([204, 204, 204])
  await expectSound(stack, { [ORG]: ['grace@example.com', 'alan@example.com', 'edsger@example.com'] })
})

testOcsf()

/** A direct invocation only queues; after it the worker is warm, and its start takes nothing of the visibility timeout. */
async function queueByWarmWorker({ departures }: Stack, username: string) {
  expect((await departures.invoke(eventOf(username))).functionError).toBeUndefined()
}

function undeliveredOf({ departures }: Stack): readonly string[] {
  return departures.logs
    .filter((line) => line.includes('"event":"undelivered"'))
    .map((line) => (JSON.parse(line) as { messageId: string }).messageId)
}
