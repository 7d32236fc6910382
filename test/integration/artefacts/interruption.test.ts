import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { ORG } from '../../support/cases.ts'
import { letTimePass } from './ledger-items.ts'
import { allQueued, put } from './queue.ts'
import { startRelay } from './relay.ts'
import { answersTo } from './requests.ts'
import { expectSound, testOcsf } from './sound.ts'
import { eventOf, type Stack, startStack } from './stack.ts'
import { swept } from './swept.ts'
import { told } from './told.ts'

/** Longer than a killed worker's lock (two minutes), and than a sweep lets a case be overdue. */
const THREE_MINUTES_MS = 180_000
const FOR_EVER_MS = 600_000

test.each([
  { name: 'applied', reset: 'after_applying', evidence: 'inferred', answers: [0] },
  { name: 'not applied', reset: 'before_applying', evidence: 'answered', answers: [0, 204] },
] as const)(
  'a worker killed in the middle of a DELETE that was $name is followed up by the sweep',
  async (killed) => {
    await using stack = await startStack()
    stack.atlas.script({ on: { operation: 'removeOrgUser' }, reset: killed.reset, delayMs: FOR_EVER_MS })
    await stack.departs('grace@example.com')
    await killDuringDelete(stack)

    await swept(stack)
    expect(await allQueued(stack.aws)).toEqual({ waiting: 0, received: 1 })
    await letTimePass(stack.aws, THREE_MINUTES_MS)
    await swept(stack)

    // The message that the dead worker had is still its own: the case came back by another.
    expect(await told(stack, 1, 1)).toMatchObject([
      { attempt: 1, kind: 'removed', evidence: killed.evidence },
    ])
    expect(answersTo(stack, 'removeOrgUser')).toEqual(killed.answers)
    await expectSound(stack, { [ORG]: ['grace@example.com'] })
  },
)

test('a worker killed in the middle of a DELETE is followed up by the redelivered message', async () => {
  await using stack = await startStack()
  const event = eventOf('grace@example.com')
  stack.atlas.script({ on: { operation: 'removeOrgUser' }, reset: 'after_applying', delayMs: FOR_EVER_MS })
  await put(stack.aws, 'events', event)
  await killDuringDelete(stack)

  await letTimePass(stack.aws, THREE_MINUTES_MS)
  // The queue brings it again after six minutes; to us it is the same body.
  await put(stack.aws, 'events', event)

  expect(await told(stack, 1, 1)).toMatchObject([{ attempt: 1, kind: 'removed', evidence: 'inferred' }])
  await expectSound(stack, { [ORG]: ['grace@example.com'] })
})

test('a thawed worker makes no request on a connection that died while it was frozen', async () => {
  await using relay = await startRelay()
  await using stack = await startStack({ parameters: { AtlasBaseUrl: relay.url } })
  relay.leadTo(stack.atlas.url)
  await stack.departs('grace@example.com')
  await told(stack, 1)
  stack.atlas.clearRequests()

  stack.departures.freeze()
  relay.silence()
  await stack.departs('alan@example.com')
  // A process that is stopped has no clock that a test could turn.
  await sleep(1_200)
  stack.departures.thaw()

  expect(await told(stack, 2)).toMatchObject([{ kind: 'removed' }, { kind: 'removed', evidence: 'answered' }])
  expect(stack.atlas.requests.map(({ status }) => status)).toEqual([200, 204, 404])
  expect(stack.departures.logs.filter((line) => line.includes('"event":"retry"'))).toEqual([])
  await expectSound(stack, { [ORG]: ['grace@example.com', 'alan@example.com'] })
})

testOcsf()

/** Kills the worker while Atlas has its DELETE and has not answered. */
async function killDuringDelete(stack: Stack) {
  await vi.waitFor(() => expect(answersTo(stack, 'removeOrgUser')).toEqual([0]), {
    timeout: 15_000,
    interval: 5,
  })
  stack.departures.kill()
}
