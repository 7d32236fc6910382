import { expect, test } from 'vitest'
import { type DeliverDeps, deliver } from '../../../lib/senders/deliver.ts'
import type { AuditEvent } from '../../../lib/words/audit-event.ts'
import {
  eventBridgeEnvelope,
  oktaDeactivation,
  snsInvocation,
  snsNotification,
  sqsRecord,
} from '../../fixtures/events.ts'

const DEADLINE = new Date('2026-11-16T18:17:00Z')
const ARN = 'arn:aws:sqs:us-east-1:123456789012'
const SEARCH = { kind: 'task', task: 'search', id: 's-1' }
const FAR_AHEAD = {
  kind: 'departure',
  departure: {
    ...{ id: 'scim/entra:1', source: 'scim/entra', username: 'ada@example.com' },
    ...{ occurredAt: '2026-11-16T18:15:12Z', effectiveAt: '2099-01-01T00:00:00Z' },
  },
}
const SESSION = eventBridgeEnvelope(oktaDeactivation({ eventType: 'user.session.start' }))

/** Everything that a delivery without a departure touches, and what it did. */
function parts() {
  const did: unknown[] = []
  const deps = {
    clock: { now: () => new Date('2026-11-16T18:16:00Z') },
    journal: { note: ({ event, source }: { event: string; source?: string }) => did.push([event, source]) },
    audit: { publish: async (events: readonly AuditEvent[]) => new Set(events.map(({ uid }) => uid)) },
    queue: {
      forward: async (...args: unknown[]) => did.push(['forward', ...args]),
      reject: async ({ channel }: { channel: string }, reason: string) =>
        did.push(['reject', channel, reason]),
    },
    ledger: { change: async () => ({ memory: {}, isChanged: false }) },
    attempts: { search: async (id: string) => did.push(['search', id]) },
    lastEventAt: new Map(),
    received: new Map(),
    intake: { onSuspend: 'ignore', oktaAppIds: [] },
    channels: new Map([
      [`${ARN}:events`, 'events'],
      [`${ARN}:topic`, 'topic'],
      [`${ARN}:work`, 'work'],
    ]),
    senderRoles: new Map([
      ['AROASWEEP', 'sweep'],
      ['AROAHTTP', 'http'],
      ['AROAOPERATOR', 'operator'],
      ['AROADEPARTURES', 'departures'],
    ]),
  } as unknown as DeliverDeps
  return { deps, did }
}

function batchOf(queue: string, body: unknown, senderId = 'AIDAX') {
  const record = sqsRecord(body)
  const attributes = { ...record.attributes, SenderId: senderId }
  return { Records: [{ ...record, attributes, eventSourceARN: `${ARN}:${queue}` }] }
}

test.each([
  ['an event by the events queue', batchOf('events', SESSION), ['ignored', 'okta']],
  ['the same by the topic queue', batchOf('topic', snsNotification(SESSION)), ['ignored', 'sns/leavers']],
  ['a task of the sweep', batchOf('work', SEARCH, 'AROASWEEP:session'), ['search', 's-1']],
])('deliver() reads %s by the reader of its channel', async (_, event, act) => {
  const { deps, did } = parts()

  expect(await deliver(deps, event, DEADLINE)).toStrictEqual({ batchItemFailures: [] })
  expect(did).toStrictEqual([act])
})

test.each([
  ['an event by the topic queue', batchOf('topic', SESSION), 'topic', 'expected an SNS notification'],
  ['a task by the events queue', batchOf('events', SEARCH), 'events', 'expected an EventBridge event'],
  [
    'a departure far ahead of http',
    batchOf('work', FAR_AHEAD, 'AROAHTTP:x'),
    'work',
    'scim/entra: expected an instant at most 400 days ahead',
  ],
  ['a task of http', batchOf('work', SEARCH, 'AROAHTTP:x'), 'work', 'http: may not queue a task'],
  [
    'a task of a stranger',
    batchOf('work', SEARCH, 'AROAX:sweep'),
    'work',
    'expected a message of one of our own functions',
  ],
  [
    'a task by a queue of somebody else',
    batchOf('other', SEARCH, 'AROASWEEP'),
    'work',
    'expected a queue of ours',
  ],
  [
    'a direct departure',
    { username: 'ada@example.com' },
    'events',
    'expected a batch of a queue, or an event that SNS or EventBridge brings',
  ],
])('deliver() lays %s aside', async (_, event, channel, reason) => {
  const { deps, did } = parts()

  expect(await deliver(deps, event, DEADLINE)).toStrictEqual({ batchItemFailures: [] })
  expect(did).toStrictEqual([
    ['reject', channel, reason],
    ['unreadable', undefined],
  ])
})

test.each([
  ['EventBridge', SESSION, 'events', [JSON.stringify(SESSION)]],
  ['SNS', snsInvocation('{}'), 'topic', [JSON.stringify(snsInvocation('{}').Records[0]?.Sns)]],
])('deliver() only queues what %s brings directly', async (_, event, channel, bodies) => {
  const { deps, did } = parts()

  await deliver(deps, event, DEADLINE)

  expect(did).toStrictEqual([['forward', channel, bodies]])
})

/** What `redrive` queues of a letter. */
const redriven = (channel: string, body: unknown, from: { senderId?: string; cameFrom?: string } = {}) => ({
  ...{ kind: 'redriven', channel, body: JSON.stringify(body) },
  ...from,
})
const MAY_NOT = ['reject', 'work', 'http: may not queue a task']

test.each([
  ['the bus', redriven('events', SESSION), ['ignored', 'okta']],
  ['the topic', redriven('topic', snsNotification(SESSION)), ['ignored', 'sns/leavers']],
  ['the sweep', redriven('work', SEARCH, { senderId: 'AROASWEEP:x' }), ['search', 's-1']],
  ['http', redriven('work', SEARCH, { senderId: 'AROAHTTP:x' }), MAY_NOT],
  [
    'the sweep, which we had put on the DLQ',
    redriven('work', SEARCH, { senderId: 'AROADEPARTURES:x', cameFrom: 'AROASWEEP:x' }),
    ['search', 's-1'],
  ],
  [
    'http, which says that it was the sweep',
    redriven('work', SEARCH, { senderId: 'AROAHTTP:x', cameFrom: 'AROASWEEP:x' }),
    MAY_NOT,
  ],
  [
    'the sweep, for the second time',
    redriven('work', redriven('work', SEARCH, { senderId: 'AROASWEEP:x' }), { senderId: 'AROAOPERATOR:x' }),
    ['search', 's-1'],
  ],
])('deliver() reads a dead letter of %s by the rules of its own channel', async (_, message, act) => {
  const { deps, did } = parts()

  await deliver(deps, batchOf('work', message, 'AROAOPERATOR:session'), DEADLINE)

  expect(did[0]).toStrictEqual(act)
})

test.each(['http', 'sweep'])('deliver() takes no dead letter from %s', async (name) => {
  const { deps, did } = parts()

  await deliver(deps, batchOf('work', redriven('events', SESSION), `AROA${name.toUpperCase()}:x`), DEADLINE)

  expect(did[0]).toStrictEqual(['reject', 'work', `${name}: may not redrive a message`])
})
