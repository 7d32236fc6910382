import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { asked, ends, HELD, NOTHING, REMOVED, SECRET } from './examples.ts'

describe('HiBob', () => {
  const ID = '3332883884017713237'
  const event = (data: object = {}, type = 'employee.left') =>
    JSON.stringify({ companyId: 1, type, triggeredAt: '2026-11-30T10:00:03.120455', version: 'v2', data })
  const signed = (body: string) => ({
    'bob-signature': createHmac('sha512', SECRET).update(body).digest('base64'),
  })
  const LEFT = {
    ...{ '/root/id': { value: ID }, '/root/email': { value: 'ADA@example.com' } },
    '/internal/status': { value: 'Inactive' },
    '/internal/lifecycleStatus': { value: 'Terminated' },
    '/internal/terminationDate': { value: '2026-11-30' },
  }
  const NULLS = {
    ...{ '/root/email': { value: null }, '/internal/status': { value: null } },
    ...{ '/internal/lifecycleStatus': { value: null }, '/internal/terminationDate': { value: null } },
  }
  const sends = async (body: string, row: object = {}, ...others: readonly object[]) =>
    await ends({
      ...{ system: 'hibob', headers: signed(body), body },
      lookup_reply: {
        request: 'POST /v1/people/search',
        status: 200,
        json: { employees: [...others, { ...LEFT, ...row }] },
      },
    })
  const BODY = event({ employeeId: ID })

  test.each([
    ['another letter case', { '/internal/lifecycleStatus': { value: ' terminated' } }, REMOVED],
    ['bare values', { '/internal/terminationDate': '2026-11-30' }, REMOVED],
    ['no date', { '/internal/terminationDate': { value: null } }, REMOVED],
    ['a leave', { '/internal/lifecycleStatus': { value: 'Sabbatical 2026' } }, { isIn: true }],
    ['no work address', { '/root/email': { value: null } }, HELD],
    ['a hidden status', { '/internal/lifecycleStatus': undefined }, { isIn: true }],
    ['null for every field', NULLS, asked('FIELD_OMITTED_internal.lifecycleStatus')],
    [
      'no text as status',
      { '/internal/lifecycleStatus': {} },
      asked('FIELD_OMITTED_internal.lifecycleStatus'),
    ],
    [
      'a date that nobody can read',
      { '/internal/terminationDate': { value: '30/11/2026' } },
      asked('DATE_UNREADABLE'),
    ],
    ['a hidden id', { '/root/id': undefined }, asked('FIELD_OMITTED_root.id')],
    ['somebody else', { '/root/id': { value: '1' } }, asked('ANSWER_UNREADABLE')],
  ])('with %s', async (_, row, end) => {
    expect(await sends(BODY, row)).toMatchObject({ status: 204, ...end })
  })

  test.each([
    ['an open second record', { '/internal/lifecycleStatus': { value: 'Employed' } }, NOTHING],
    ['a second record on leave', { '/internal/lifecycleStatus': { value: 'Parental leave' } }, NOTHING],
    ['a closed second record', {}, REMOVED],
    ['another person’s record', { '/root/email': { value: 'bob@example.com' } }, REMOVED],
  ])('with %s', async (_, row, end) => {
    const other = {
      ...LEFT,
      '/root/id': { value: '77' },
      '/internal/lifecycleStatus': { value: 'Terminated' },
      ...row,
    }

    expect(await sends(BODY, {}, other)).toMatchObject(end)
  })

  test.each([undefined, { value: null }, { value: 'n/a' }, [{ value: 'ada@example.com' }]])(
    'with a second record whose address is %j',
    async (email) => {
      const other = { ...LEFT, '/root/id': { value: '77' }, '/root/email': email }

      expect(await sends(BODY, {}, other)).toMatchObject(asked('FIELD_OMITTED_root.email'))
    },
  )

  test('with a row that is none', async () => {
    const request = 'POST /v1/people/search'
    const lookup_reply = { request, status: 200, json: { employees: ['odd'] } }

    expect(await ends({ system: 'hibob', headers: signed(BODY), body: BODY, lookup_reply })).toMatchObject(
      asked('FIELD_OMITTED_root.id'),
    )
  })

  test.each([
    ['a number as id, digit for digit', BODY.replace(`"${ID}"`, ID)],
    ['an event in another letter case', BODY.replace('employee.left', 'Employee.Left')],
    [
      'what the event is not called for',
      event({ employeeId: ID, fieldUpdatesIds: [{ id: 'x' }] }, 'employee.updated'),
    ],
  ])('sends %s', async (_, body) => {
    expect(await sends(body)).toMatchObject(REMOVED)
  })

  test.each(['Ping test', ' "Ping test"\n', '{"text":"Ping test"}', '{ "text" : "Ping test" }'])(
    'tries a new webhook with %j',
    async (body) => {
      const { status, ...end } = await ends({ system: 'hibob', headers: {}, body, lookup_reply: null })
      expect([status, end]).toEqual([204, expect.objectContaining(NOTHING)])
    },
  )
})
