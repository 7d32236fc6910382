import { describe, expect, test } from 'vitest'
import { readWork, type WorkSender } from '../../../lib/senders/read-work.ts'
import { eventBridgeEnvelope, oktaDeactivation, PUBLISHED, snsNotification } from '../../fixtures/events.ts'

const TASK = { kind: 'task', task: 'case', id: 'c-0123456789abcdef0123' } as const
const ADA = { username: 'ada@example.com', occurredAt: new Date(PUBLISHED) }
const SENDERS: readonly WorkSender[] = ['http', 'roster', 'sweep', 'departures', 'operator']

const said = (source: string, id = `${source}:1`) => ({ ...ADA, source, id })
const departure = (source: string, id?: string) =>
  JSON.stringify({ kind: 'departure', departure: said(source, id) })
const back = (source: string, id?: string) => JSON.stringify({ kind: 'return', return: said(source, id) })
const read = (body: string, sender: WorkSender, hookSpeaksAsOkta = false) =>
  readWork(body, sender, { onSuspend: 'ignore', oktaAppIds: [], hookSpeaksAsOkta })

const ALLOWED: Readonly<Record<WorkSender, readonly string[]>> = {
  http: ['scim/okta-prod', 'hook/workday', 'hr/bamboohr'],
  roster: ['roster/nightly.csv'],
  operator: ['operator'],
  sweep: [],
  departures: [],
}
const SOURCES = [
  ...Object.values(ALLOWED).flat(),
  'okta',
  'sailpoint',
  'auth0',
  'system',
  'sweep',
  'sns/leavers',
  'eventbridge/com.example.hr',
  'scim/',
  'scim/a:b',
  'hook/../okta',
  `hook/${'x'.repeat(32)}`,
  'hooks/x',
  'x/scim/y',
  'Operator',
  'roster/',
]
const MATRIX = SENDERS.flatMap((sender) => SOURCES.map((source) => [sender, source] as const))

test.each(MATRIX)('readWork() from %s, as `%s`', (sender, source) => {
  const isAllowed = ALLOWED[sender].includes(source)

  expect(read(departure(source), sender).kind).toBe(isAllowed ? 'people' : 'unreadable')
  expect(read(back(source), sender).kind).toBe(isAllowed || sender === 'departures' ? 'people' : 'unreadable')
})

test('readWork() reads a departure and a return whole', () => {
  expect(read(departure('hook/workday'), 'http')).toStrictEqual({
    kind: 'people',
    source: 'hook/workday',
    departures: [said('hook/workday')],
    returns: [],
  })
  expect(read(back('okta'), 'departures')).toStrictEqual({
    kind: 'people',
    source: 'okta',
    departures: [],
    returns: [said('okta')],
  })
})

test.each([
  ['http', false],
  ['roster', false],
  ['sweep', true],
  ['departures', true],
  ['operator', true],
] as const)('readWork() takes a task from %s: %s', (sender, isTaken) => {
  expect(read(JSON.stringify(TASK), sender)).toStrictEqual(
    isTaken ? TASK : { kind: 'unreadable', reason: `${sender}: may not queue a task`, namesUsername: false },
  )
})

test('readWork() takes a reference from http alone, and about an employee of an HR system', () => {
  const reference = {
    ...{ id: 'e-1', source: 'hr/hibob', employeeId: '3332883884017713237' },
    ...({ event: 'employee.left', says: 'left' } as const),
  }
  const body = (fields: object = {}) =>
    JSON.stringify({ kind: 'reference', reference: { ...reference, ...fields } })

  expect(read(body(), 'http')).toStrictEqual({ kind: 'reference', source: 'hr/hibob', reference })
  for (const sender of SENDERS.filter((one) => one !== 'http'))
    expect(read(body(), sender).kind).toBe('unreadable')
  for (const wrong of [
    { source: 'hook/hibob' },
    { source: 'hr/hi:bob' },
    { employeeId: '../1' },
    { employeeId: '1%2f2' },
    { employeeId: '1.2' },
    { employeeId: '' },
    { says: 'gone' },
    { missed: true },
  ])
    expect(read(body(wrong), 'http').kind).toBe('unreadable')
})

test('readWork() takes Okta from http where a hook key is declared to be Okta, and from nobody else', () => {
  expect(read(departure('okta'), 'http', true)).toMatchObject({ kind: 'people', source: 'okta' })
  expect(read(departure('sailpoint'), 'http', true).kind).toBe('unreadable')
  expect(read(departure('okta'), 'roster', true).kind).toBe('unreadable')
})

test.each(['okta:1', 'hook/workday2:1', '1', 'hook/workday'])(
  'readWork() refuses the id `%s` under a source that it does not begin with',
  (id) => {
    expect(read(departure('hook/workday', id), 'http')).toStrictEqual({
      kind: 'unreadable',
      reason: 'http: may not queue a departure with this source and id',
      namesUsername: true,
    })
  },
)

test('readWork() takes what http ignored of a source of its own, and from nobody else', () => {
  const ignored = (source: string) => ({ kind: 'ignored', source, why: 'ON_SUSPEND is `ignore`' })
  const readIgnored = (source: string, sender: WorkSender) => read(JSON.stringify(ignored(source)), sender)

  expect(readIgnored('hook/corp', 'http')).toEqual({ ...ignored('hook/corp'), mayMeanLeaving: true })
  expect(readIgnored('okta', 'http').kind).toBe('unreadable')
  expect(readIgnored('hook/corp', 'sweep').kind).toBe('unreadable')
})

test('readWork() takes what the sweep finds of a task from the sweep alone', () => {
  const unfinished = { kind: 'unfinished', task: 'reference', id: 'r-1' }
  const member = { userId: 'a'.repeat(24), username: 'ada@example.com', status: 'ACTIVE', orgRoles: [] }
  const present = { kind: 'present', id: 'c-1', notice: 'returned', member }

  for (const message of [unfinished, present])
    for (const sender of SENDERS) {
      const reading = read(JSON.stringify(message), sender)
      expect(reading).toEqual(sender === 'sweep' ? message : expect.objectContaining({ kind: 'unreadable' }))
    }
})

describe('readWork() takes nothing that we do not queue:', () => {
  test.each([
    ['nothing', ''],
    ['text', '"task"'],
    ['a canonical departure', JSON.stringify({ ...ADA, id: '1' })],
    ['an EventBridge event', JSON.stringify(eventBridgeEnvelope(oktaDeactivation()))],
    ['a notification', JSON.stringify(snsNotification({ kind: 'task', task: 'case', id: 'c-1' }))],
    ['the messages of version 0.1', JSON.stringify({ case: 'c-0123456789abcdef0123' })],
  ])('%s', (_, body) => {
    for (const sender of SENDERS) {
      expect(read(body, sender)).toMatchObject({
        kind: 'unreadable',
        reason: `${sender}: \`kind\`: expected one of task, unfinished, present, departure, return, reference, redriven, ignored, unreadable`,
      })
    }
  })
})

test('readWork() reads again what http could not read, and keeps what to have sent again', () => {
  const reported = (fields: object) =>
    JSON.stringify({
      kind: 'unreadable',
      source: 'hook/okta',
      reason: 'okta: too many',
      namesUsername: true,
      ...fields,
    })

  expect(read(reported({ replay: 'the last hour' }), 'http')).toStrictEqual({
    kind: 'unreadable',
    reason: 'okta: too many; have it sent again: the last hour',
    namesUsername: true,
  })
  expect(read(reported({ oktaEvent: {} }), 'http')).toMatchObject({ kind: 'unreadable', namesUsername: true })
  expect(read(reported({}), 'operator')).toMatchObject({
    kind: 'unreadable',
    reason: expect.stringContaining('operator'),
  })
})

test('readWork() takes in an event that http could not read once it can be read', () => {
  const oktaEvent = {
    uuid: 'evt-1',
    eventType: 'user.lifecycle.deactivate',
    published: '2026-11-16T18:15:12.862Z',
    outcome: { result: 'SUCCESS' },
    target: [{ type: 'User', alternateId: 'ada@example.com' }],
  }
  const body = (source: string) =>
    JSON.stringify({ kind: 'unreadable', source, reason: 'okta: no login', namesUsername: true, oktaEvent })

  expect(read(body('hook/okta'), 'http')).toMatchObject({ kind: 'people', source: 'hook/okta' })
  expect(read(body('okta'), 'http')).toMatchObject({ kind: 'unreadable' })
  expect(read(body('okta'), 'http', true)).toMatchObject({ kind: 'people', source: 'okta' })
})
