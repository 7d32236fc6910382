import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import type { Rule } from '../../../infra/local/aws/event-bridge.ts'
import type { LocalAws } from '../../../infra/local/aws/local-aws.ts'
import { eventsClient, localAws, receive } from './local-aws-fixture.ts'

const OKTA: Rule = {
  bus: 'aws.partner/okta.example.com/users',
  pattern: { source: [{ prefix: 'aws.partner/okta.example.com' }] },
  target: 'queue',
}

function outcome(aws: LocalAws, changes: PutEventsRequestEntry = {}): PutEventsRequestEntry {
  return {
    EventBusName: aws.auditBus,
    Source: 'atlas.offboarding',
    DetailType: 'Offboarding Outcome',
    Detail: '{"status_id":1}',
    ...changes,
  }
}

test.each(['no JSON', 'null', '{"Entries":5}', '{"Entries":[null]}'])(
  'a body that cannot be read is refused, and ends nothing: %s',
  async (body) => {
    await using aws = await localAws()
    const headers = { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' }
    const answer = await fetch(`${aws.env.AWS_ENDPOINT_URL_EVENTBRIDGE}/`, { method: 'POST', headers, body })

    expect([answer.status, await answer.json()]).toEqual([
      400,
      { __type: 'SerializationException', message: 'The request cannot be read' },
    ])
    const after = await eventsClient(aws).send(new PutEventsCommand({ Entries: [outcome(aws)] }))
    expect(after.FailedEntryCount).toBe(0)
  },
)

test('PutEvents keeps what it takes, with its bus, and tells the listeners', async () => {
  await using aws = await localAws()
  const heard: string[] = []
  aws.onEvent(({ id }) => heard.push(id))

  const Time = new Date('2026-11-30T17:00:00.750Z')
  const answer = await eventsClient(aws).send(new PutEventsCommand({ Entries: [outcome(aws, { Time })] }))

  expect(answer.FailedEntryCount).toBe(0)
  expect(heard).toEqual([answer.Entries?.[0]?.EventId])
  expect(aws.events).toEqual([
    {
      version: '0',
      id: heard[0],
      bus: aws.auditBus,
      source: 'atlas.offboarding',
      'detail-type': 'Offboarding Outcome',
      account: '000000000000',
      time: '2026-11-30T17:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: { status_id: 1 },
    },
  ])
})

test('PutEvents answers 200 with the failed entries that a fault scripts, and takes the others', async () => {
  await using aws = await localAws()
  aws.faults.add({ service: 'eventbridge', kind: 'failed_entries', indexes: [0], code: 'InternalFailure' })
  const Entries = [outcome(aws, { Detail: '{"n":0}' }), outcome(aws, { Detail: '{"n":1}' })]

  const answer = await eventsClient(aws).send(new PutEventsCommand({ Entries }))

  expect(answer.FailedEntryCount).toBe(1)
  expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual(['InternalFailure', undefined])
  expect(aws.events.map(({ detail }) => detail)).toEqual([{ n: 1 }])
})

test.for([
  ['no Detail', { Detail: undefined }, 'InvalidArgument'],
  ['a Detail that is no JSON', { Detail: 'ada' }, 'MalformedDetail'],
] as const)('PutEvents fails an entry with %s', async ([, changes, code]) => {
  await using aws = await localAws()

  const answer = await eventsClient(aws).send(new PutEventsCommand({ Entries: [outcome(aws, changes)] }))

  expect(answer.Entries?.[0]?.ErrorCode).toBe(code)
  expect(aws.events).toEqual([])
})

test.for([
  ['11 entries', 11, '{}'],
  ['more than 256 KB', 1, JSON.stringify({ filler: 'x'.repeat(256 * 1024) })],
] as const)('PutEvents refuses %s', async ([, count, Detail]) => {
  await using aws = await localAws()
  const Entries = Array.from({ length: count }, () => outcome(aws, { Detail }))

  const answer = eventsClient(aws).send(new PutEventsCommand({ Entries }))

  await expect(answer).rejects.toMatchObject({ name: 'ValidationException' })
  expect(aws.events).toEqual([])
})

test('PutEvents silently loses an event to a bus that does not exist', async () => {
  await using aws = await localAws()

  const Entries = [outcome(aws, { EventBusName: 'misspelt' })]
  const answer = await eventsClient(aws).send(new PutEventsCommand({ Entries }))

  expect(answer.Entries?.[0]?.EventId).toEqual(expect.any(String))
  expect(aws.events).toEqual([])
})

test('PutEvents delivers to the events queue what a rule of the bus matches', async () => {
  const pattern = { 'detail-type': ['User Departed'] }
  await using aws = await localAws({ rules: [{ bus: 'hr', pattern, target: 'queue' }] })
  const departed = { EventBusName: 'hr', DetailType: 'User Departed' }
  const Entries = [outcome(aws, departed), outcome(aws, { EventBusName: 'hr' }), outcome(aws)]

  await eventsClient(aws).send(new PutEventsCommand({ Entries }))

  const bodies = (await receive(aws, aws.queues.events.url)).map(({ Body }) => JSON.parse(Body ?? ''))
  expect(bodies.map((body) => body['detail-type'])).toEqual(['User Departed'])
})

test('putPartnerEvent() delivers the whole envelope to the events queue', async () => {
  await using aws = await localAws({ rules: [OKTA] })
  const event = {
    bus: OKTA.bus,
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    source: OKTA.bus,
    'detail-type': 'SystemLog',
    time: '2026-11-30T17:00:00Z',
    detail: { eventType: 'user.lifecycle.deactivate', target: [{ alternateId: 'ada@example.com' }] },
  }

  await aws.putPartnerEvent(event)
  await aws.putPartnerEvent({ ...event, bus: 'default' })

  const { bus: _, ...given } = event
  const bodies = (await receive(aws, aws.queues.events.url)).map(({ Body }) => JSON.parse(Body ?? ''))
  expect(bodies).toEqual([
    { version: '0', account: '000000000000', region: 'us-east-1', resources: [], ...given },
  ])
})
