import { expect, test } from 'vitest'
import { readMessage } from '../../../../lib/senders/read-message.ts'
import { eventBridgeEnvelope, sailPointDeletion } from '../../../fixtures/events.ts'

const read = (detail: unknown, detailType = 'idn:identity-deleted') =>
  readMessage(
    JSON.stringify(
      eventBridgeEnvelope(detail, {
        source: 'aws.partner/sailpoint.com/ceaf7121/idn/identity-deleted',
        detailType,
        id: 'bus-1',
        time: '2026-11-16T18:15:13Z',
      }),
    ),
    { onSuspend: 'ignore', oktaAppIds: [] },
  )

test('fromSailPoint() reads a deleted identity as a departure under the id of its envelope', () => {
  expect(read(sailPointDeletion())).toStrictEqual({
    kind: 'people',
    source: 'sailpoint',
    departures: [
      {
        id: 'sailpoint:bus-1',
        source: 'sailpoint',
        username: 'ada@example.com',
        occurredAt: new Date('2026-11-16T18:15:13Z'),
      },
    ],
    returns: [],
  })
})

test.each(['idn:identity-created', 'idn:account-deleted', 'IDN:IDENTITY-DELETED'])(
  'fromSailPoint() ignores %s',
  (detailType) => {
    expect(read(sailPointDeletion(), detailType)).toMatchObject({ kind: 'ignored', source: 'sailpoint' })
  },
)

test.each([
  ['no detail', undefined],
  ['no attributes', { attributes: null }],
  ['no email', { attributes: {} }],
  ['an email that is no text', sailPointDeletion(['ada@example.com'])],
])('fromSailPoint() calls a deletion with %s unreadable', (_, detail) => {
  expect(read(detail)).toMatchObject({
    kind: 'unreadable',
    reason: expect.stringContaining('sailpoint: `attributes.email`'),
  })
})
