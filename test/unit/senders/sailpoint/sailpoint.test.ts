import { expect, test } from 'vitest'
import { readEvents } from '../../../../lib/senders/read-events.ts'
import { eventBridgeEnvelope } from '../../../fixtures/events.ts'
import { sailPointDeletion, sailPointLifecycle } from './events.ts'

const NOW = new Date('2026-11-16T18:16:00Z')
const CHANGED = 'idn:identity-attributes-changed'

const read = (detail: unknown, detailType = 'idn:identity-deleted', states: readonly string[] = []) =>
  readEvents(
    JSON.stringify(
      eventBridgeEnvelope(detail, {
        source: 'aws.partner/sailpoint.com/ceaf7121/idn/identity-deleted',
        detailType,
        id: 'bus-1',
        time: '2026-11-16T18:15:13Z',
      }),
    ),
    { onSuspend: 'ignore', oktaAppIds: [], sailPointLeaverStates: states },
    NOW,
  )

const ADA = {
  id: 'sailpoint:bus-1',
  source: 'sailpoint',
  username: 'ada@example.com',
  occurredAt: new Date('2026-11-16T18:15:13Z'),
}
const DEPARTURE = { kind: 'people', source: 'sailpoint', departures: [ADA], returns: [] }
const RETURN = { kind: 'people', source: 'sailpoint', departures: [], returns: [ADA] }
const OTHER_NAME = { identity: { name: 'Ada Lovelace' }, attributes: { email: 'ada@example.com' } }

test('fromSailPoint() reads a deleted identity as a departure, with the envelope’s id', () => {
  expect(read(sailPointDeletion())).toStrictEqual(DEPARTURE)
})

test.each([
  ['a configured state', sailPointLifecycle('active', 'terminated'), DEPARTURE],
  ['a configured state in another case', sailPointLifecycle('active', 'Terminated'), DEPARTURE],
  ['a configured state after a blank', sailPointLifecycle('active', ' terminated'), DEPARTURE],
  ['the other configured state', sailPointLifecycle('active', 'inactive'), DEPARTURE],
  ['a configured state, named by its email', sailPointLifecycle('a', 'terminated', OTHER_NAME), DEPARTURE],
  ['any other state, after a configured one', sailPointLifecycle('terminated', 'active'), RETURN],
])('fromSailPoint() reads a lifecycle state that became %s', (_, detail, reading) => {
  expect(read(detail, CHANGED, ['terminated', 'Inactive'])).toStrictEqual(reading)
})

test.each([
  [
    'two addresses',
    { identity: { name: 'ada@corp.example.com' }, attributes: { email: 'ada@example.com' } },
    ['ada@corp.example.com'],
  ],
  [
    'one address in two spellings',
    { identity: { name: 'ADA@example.com' }, attributes: { email: 'ada@example.com' } },
    undefined,
  ],
  [
    'an e-mail that changes too',
    {
      identity: { name: 'Ada' },
      attributes: { email: 'ada@example.com' },
      changes: [
        { attribute: 'email', oldValue: 'ada@old.example.com', newValue: 'ada@example.com' },
        { attribute: 'cloudLifecycleState', oldValue: 'active', newValue: 'terminated' },
      ],
    },
    ['ada@old.example.com'],
  ],
])('fromSailPoint() reads %s as names of one person', (_, more, aliases) => {
  const departure = { ...ADA, ...(aliases && { aliases }) }

  expect(read(sailPointLifecycle('active', 'terminated', more), CHANGED, ['terminated'])).toStrictEqual({
    ...DEPARTURE,
    departures: [departure],
  })
})

test('fromSailPoint() reads a return for each name of the person', () => {
  const more = { identity: { name: 'ada@corp.example.com' }, attributes: { email: 'ada@example.com' } }

  expect(read(sailPointLifecycle('terminated', 'active', more), CHANGED, ['terminated'])).toStrictEqual({
    ...RETURN,
    returns: [ADA, { ...ADA, username: 'ada@corp.example.com' }],
  })
})

test('fromSailPoint() says that a lifecycle change can mean a leaving while no state is configured', () => {
  expect(read(sailPointLifecycle('active', 'terminated'), CHANGED)).toStrictEqual({
    kind: 'ignored',
    source: 'sailpoint',
    why: 'SAILPOINT_LEFT_STATES is empty',
    mayMeanLeaving: true,
  })
})

test.each([
  [
    'a change between states of people who stay',
    sailPointLifecycle('prehire', 'active'),
    'no lifecycle state of a leaver',
  ],
  [
    'a change of something else',
    { ...sailPointLifecycle('', ''), changes: [{ attribute: 'department', newValue: 'terminated' }] },
    'not about leaving',
  ],
  [
    'a flag that is set again, and a last day that is taken back',
    {
      ...sailPointLifecycle('', ''),
      changes: [
        { attribute: 'accountEnabled', newValue: true },
        { attribute: 'inactive', newValue: 'false' },
        { attribute: 'terminationDate', newValue: null },
      ],
    },
    'not about leaving',
  ],
])('fromSailPoint() ignores %s', (_, detail, why) => {
  expect(read(detail, CHANGED, ['terminated'])).toStrictEqual({ kind: 'ignored', source: 'sailpoint', why })
})

test.each([
  ['a state that is removed', 'cloudLifecycleState', null],
  ['a state that nobody configured', 'cloudLifecycleState', 'terminated-at-once'],
  ['a configured state with a hidden character', 'cloudLifecycleState', 'garden​leave'],
  ['another attribute', 'identityState', 'INACTIVE_LONG_TERM'],
  ['a flag', 'inactive', true],
  ['a flag by another name', 'isDisabled', 'Yes'],
  ['a flag that is taken away', 'accountEnabled', false],
  ['a flag that is no longer set', 'active', '0'],
  ['a last day', 'terminationDate', '2026-11-29'],
  ['a last day by another name', 'last_day_of_work', '2026-11-29'],
  ['a blank state', 'cloudLifecycleState', ' '],
  ['a state that other companies use for leavers', 'cloudLifecycleState', 'offboarded'],
])('fromSailPoint() ignores %s, but says that it can mean a leaving', (_, attribute, newValue) => {
  const detail = { ...sailPointLifecycle('', ''), changes: [{ attribute, oldValue: 'active', newValue }] }

  expect(read(detail, CHANGED, ['gardenleave'])).toMatchObject({ kind: 'ignored', mayMeanLeaving: true })
})

test.each([null, '', 'deleted', 'inactiveLongTerm', 'archived', 'purged'])(
  'fromSailPoint() reads no return where a configured state becomes %j',
  (state) => {
    const reading = read(sailPointLifecycle('terminated', state), CHANGED, ['terminated'])

    expect(reading).toMatchObject({ kind: 'ignored', mayMeanLeaving: true })
  },
)

test.each([
  ['idn:identity-created', undefined],
  ['idn:account-created', undefined],
  ['idn:account-aggregation-completed', undefined],
  ['idn:machine-identity-deleted', undefined],
  ['idn:source-deleted', undefined],
  ['User Departed', true],
  ['identity-access-request-decision', true],
  ['idn:identity-lifecycle-state-changed', true],
  ['idn:account-deleted', true],
  ['idn:source-account-deleted', true],
  ['idn:native-change-account-deleted', true],
  ['IDENTITY_DELETED', true],
  ['IDN:IDENTITY-DELETED', true],
  ['idn:identity-attribute-changed', true],
])('fromSailPoint() ignores %s; can mean a leaving: %s', (detailType, mayMeanLeaving) => {
  const reading = read(sailPointDeletion(), detailType)

  expect(reading).toMatchObject({ kind: 'ignored', source: 'sailpoint' })
  expect(reading.kind === 'ignored' && reading.mayMeanLeaving).toBe(mayMeanLeaving)
})

test.each([
  ['no detail', undefined, '`attributes.email`'],
  ['no attributes', { attributes: null }, '`attributes.email`'],
  ['no email', { attributes: {} }, '`attributes.email`'],
  ['an email that is no text', sailPointDeletion(['ada@example.com']), '`attributes.email`'],
  ['a display name only', { identity: { name: 'Ada Lovelace' } }, '`attributes.email`'],
  ['a misspelt key', { attribute: { email: 'ada@example.com' } }, '`attribute` is unknown'],
])('fromSailPoint() calls a deletion with %s unreadable', (_, detail, reason) => {
  expect(read(detail)).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(reason) })
})

test('fromSailPoint() notices an address in a field that it does not read', () => {
  expect(read({ attributes: { Email: 'ada@example.com' } })).toMatchObject({ namesUsername: true })
})

test.each([
  ['no list of changes', { ...sailPointLifecycle('', ''), changes: {} }, '`changes`: expected a list'],
  [
    'changes of another shape',
    { ...sailPointLifecycle('', ''), changes: ['x'] },
    '`changes`: expected objects',
  ],
  ['a state that is a list', sailPointLifecycle('active', ['terminated']), '`changes.newValue`: expected'],
  [
    'a state that is an object',
    sailPointLifecycle({ name: 'x' }, { name: 'terminated' }),
    '`changes.newValue`',
  ],
  [
    'a misspelt key of the change',
    {
      ...sailPointLifecycle('', ''),
      changes: [{ attribute: 'cloudLifecycleState', new_value: 'terminated' }],
    },
    '`new_value` is unknown; did you mean `newValue`?',
  ],
  [
    'an attribute in another spelling',
    { ...sailPointLifecycle('', ''), changes: [{ attribute: 'LifecycleState', newValue: 'terminated' }] },
    '`changes.attribute`: expected cloudLifecycleState or lifecycleState',
  ],
  [
    'two changes of the state',
    {
      ...sailPointLifecycle('', ''),
      changes: [
        { attribute: 'cloudLifecycleState', oldValue: 'terminated', newValue: 'active' },
        { attribute: 'cloudLifecycleState', oldValue: 'active', newValue: 'terminated' },
      ],
    },
    '`changes`: expected one change of the lifecycle state',
  ],
  [
    'nobody named',
    sailPointLifecycle('active', 'terminated', { identity: { name: 'ada' } }),
    '`attributes.email`',
  ],
])('fromSailPoint() calls a lifecycle change with %s unreadable', (_, detail, reason) => {
  expect(read(detail, CHANGED, ['terminated'])).toMatchObject({
    kind: 'unreadable',
    reason: expect.stringContaining(reason),
  })
})
