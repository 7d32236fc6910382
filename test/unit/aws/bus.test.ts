import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge'
import { mockClient } from 'aws-sdk-client-mock'
import { expect, test } from 'vitest'
import { eventBus } from '../../../lib/aws/bus.ts'
import type { AuditEvent } from '../../../lib/words/audit-event.ts'

const AT = new Date('2026-11-30T17:00:00Z')

test('publish() puts the whole event on the bus', async () => {
  const { trail, requests } = setUp()
  const event = { ...eventOf('c-1/1'), detail: { metadata: { uid: 'c-1/1' }, unmapped: { received_at: AT } } }

  const taken = await trail.publish([event])

  expect(taken).toEqual(new Set(['c-1/1']))
  expect(requests()).toEqual([
    {
      Entries: [
        {
          EventBusName: 'audit',
          Source: 'atlas.offboarding',
          DetailType: 'Offboarding Outcome',
          Time: AT,
          Detail: '{"metadata":{"uid":"c-1/1"},"unmapped":{"received_at":"2026-11-30T17:00:00.000Z"}}',
        },
      ],
    },
  ])
})

test('publish() of nothing asks nothing', async () => {
  const { trail, requests } = setUp()

  expect(await trail.publish([])).toEqual(new Set())
  expect(requests()).toEqual([])
})

test('publish() puts at most ten events in one request', async () => {
  const { trail, requests } = setUp()
  const events = Array.from({ length: 21 }, (_, n) => eventOf(`c-${n}/1`))

  const taken = await trail.publish(events)

  expect(taken).toEqual(new Set(events.map(({ uid }) => uid)))
  expect(requests().map(({ Entries }) => Entries?.length)).toEqual([10, 10, 1])
})

test('publish() keeps each request under 256 KB, counted in UTF-8', async () => {
  const { trail, requests } = setUp()
  const events = [1, 2, 3].map((n) => eventOf(`c-${n}/1`, { text: 'ü'.repeat(60_000) }))

  await trail.publish(events)

  expect(requests().map(({ Entries }) => Entries?.length)).toEqual([2, 1])
})

test('publish() leaves out every event that EventBridge failed, and only those', async () => {
  const { trail, bus } = setUp()
  const failed = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Slow down' }
  bus
    .on(PutEventsCommand)
    .resolves({ FailedEntryCount: 1, Entries: [{ EventId: 'e-1' }, failed, { EventId: 'e-3' }] })

  const taken = await trail.publish(['a', 'b', 'c'].map((uid) => eventOf(uid)))

  expect(taken).toEqual(new Set(['a', 'c']))
})

test.each([{ Entries: undefined }, { Entries: [] }, { Entries: [{}] }])(
  'publish() takes no event for taken without its id: %j',
  async (answer) => {
    const { trail, bus } = setUp()
    bus.on(PutEventsCommand).resolves(answer)

    expect(await trail.publish([eventOf('a')])).toEqual(new Set())
  },
)

test('publish() loses only the request that broke', async () => {
  const { trail, bus } = setUp()
  const events = Array.from({ length: 25 }, (_, n) => eventOf(`c-${n}`))
  const answer = (count: number) => ({ Entries: Array.from({ length: count }, () => ({ EventId: 'e' })) })
  bus
    .on(PutEventsCommand)
    .resolvesOnce(answer(10))
    .rejectsOnce(new Error('socket hang up'))
    .resolvesOnce(answer(5))

  const taken = await trail.publish(events)

  expect([...taken]).toEqual([...events.slice(0, 10), ...events.slice(20)].map(({ uid }) => uid))
})

test('publish() sends every event whole: its content was fixed before', async () => {
  const { trail, requests } = setUp()
  const large = eventOf('c-1/1', { text: 'x'.repeat(300_000) })

  await trail.publish([large, { ...large, detail: { text: 'x'.repeat(300_000) } }])

  expect(requests().map(({ Entries }) => Entries?.[0]?.Detail?.length)).toEqual([
    JSON.stringify(large.detail).length,
    300_011,
  ])
})

function eventOf(uid: string, unmapped: Record<string, unknown> = {}): AuditEvent {
  return { uid, detailType: 'Offboarding Outcome', at: AT, detail: { metadata: { uid }, unmapped } }
}

/** A bus that takes every event, until told otherwise. */
function setUp() {
  const client = new EventBridgeClient({ region: 'eu-west-1' })
  const bus = mockClient(client)
  bus.on(PutEventsCommand).callsFake(async ({ Entries = [] }: PutEventsCommandInput) => ({
    FailedEntryCount: 0,
    Entries: Entries.map((_, index) => ({ EventId: `e-${index}` })),
  }))
  const requests = () => bus.commandCalls(PutEventsCommand).map((call) => call.args[0].input)
  return { trail: eventBus({ client, busName: 'audit' }), bus, requests }
}
