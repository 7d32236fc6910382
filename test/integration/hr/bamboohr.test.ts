import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ADA, asked, ends, HELD, NOTHING, REMOVED, type Scripted, SECRET } from './examples.ts'

const TIMESTAMP = '1795946520'

describe('BambooHR', () => {
  const EVENT = {
    type: 'employee.updated',
    timestamp: '2026-11-29T10:02:00+0000',
    data: { companyId: '4100', employeeId: '201', changedFields: ['status'] },
  }
  const LEFT = {
    ...{ id: '201', workEmail: 'Ada@Example.com', homeEmail: 'ada@home.example.com' },
    ...{ status: 'Inactive', employmentHistoryStatus: 'Terminated', terminationDate: '2026-11-28' },
  }
  const reply = (json: unknown, status = 200): Scripted => ({
    ...{ request: 'GET /api/v1/employees/201', status, json },
  })
  const signed = (body: string, secret = SECRET) => ({
    'x-bamboohr-timestamp': TIMESTAMP,
    'x-bamboohr-signature': createHmac('sha256', secret).update(`${body}${TIMESTAMP}`).digest('hex'),
  })
  const says = async (row: object, more: readonly Scripted[] = []) => {
    const body = JSON.stringify(EVENT)
    const lookup_reply = [...more, reply({ ...LEFT, ...row })]
    return await ends({ system: 'bamboohr', headers: signed(body), body, lookup_reply })
  }
  const sends = async (body: string, headers: Readonly<Record<string, string>> = signed(body)) =>
    await ends({ system: 'bamboohr', headers, body, lookup_reply: reply(LEFT) })

  test.each([
    ['a number as id', { id: 201 }, REMOVED],
    ['another letter case', { status: 'INACTIVE', employmentHistoryStatus: 'terminated' }, REMOVED],
    ['a date with a time', { terminationDate: '2026-11-28T00:00:00+00:00' }, REMOVED],
    ['no date', { terminationDate: null }, REMOVED],
    ['a date alone', { employmentHistoryStatus: null }, REMOVED],
    ['a leave', { employmentHistoryStatus: 'Leave of Absence', terminationDate: '0000-00-00' }, NOTHING],
    ['a leave that is over', { status: 'Active', terminationDate: null }, NOTHING],
    ['a word of the company’s own', { employmentHistoryStatus: 'Elternzeit', terminationDate: null }, HELD],
    ['no word at all', { employmentHistoryStatus: '', terminationDate: '' }, HELD],
    [
      'a work address that is not ASCII',
      { workEmail: 'adä@example.com' },
      { outcomes: ['held: ambiguous_username'], isIn: true },
    ],
    ['no work address', { workEmail: null }, HELD],
    ['an empty work address', { workEmail: ' ' }, HELD],
    ['something that is no address', { workEmail: 'ada' }, HELD],
    ['a date that nobody can read', { terminationDate: '11/28/2026' }, asked('DATE_UNREADABLE')],
    ['the record of somebody else', { id: '202' }, asked('ANSWER_UNREADABLE')],
    ['a record of who knows whom', { id: { value: '202' } }, asked('ANSWER_UNREADABLE')],
    ['a record that does not say of whom', { id: undefined }, REMOVED],
    ['no status', { status: null }, asked('FIELD_OMITTED_status')],
    ['a status that we do not know', { status: 'Terminated' }, asked('STATUS_UNKNOWN')],
    ['a hidden date', { _restrictedFields: ['terminationDate'] }, asked('FIELD_OMITTED_terminationDate')],
    ['no field of a date', { terminationDate: undefined }, asked('FIELD_OMITTED_terminationDate')],
  ])('with %s', async (_, row, end) => {
    expect(await says(row)).toMatchObject(end)
  })

  test.each([
    ['a second record with the address', [{ id: '300', workEmail: ADA }], NOTHING],
    ['their own record', [{ id: 201, workEmail: ADA }], REMOVED],
    ['nobody with the address', [{ id: '300', workEmail: null }, 'odd'], REMOVED],
  ])('with %s in the directory', async (_, employees, end) => {
    const directory = { request: 'GET /api/v1/employees/directory', status: 200, json: { employees } }

    expect(await says({}, [directory])).toMatchObject(end)
  })

  test.each([
    [403, null, REMOVED],
    [404, null, REMOVED],
    [500, null, { outcomes: [], isIn: true }],
    [401, null, asked('HTTP_401')],
    [302, null, asked('HTTP_302')],
    [200, 'a page to log in', asked('ANSWER_UNREADABLE')],
    [200, { error: 'try later' }, asked('ANSWER_UNREADABLE')],
  ])('with a directory that answers %i and %j', async (status, json, end) => {
    expect(await says({}, [{ request: 'GET /api/v1/employees/directory', status, json }])).toMatchObject(end)
  })

  const JSON_BODY = JSON.stringify(EVENT)
  const FORM = `type=employee.updated&timestamp=x&data%5BemployeeId%5D=201&data%5BchangedFields%5D%5B0%5D=status`
  const OLD_FORM = 'employees%5B0%5D%5Bid%5D=201&employees%5B0%5D%5Baction%5D=Updated'
  const form = { 'content-type': 'Application/X-WWW-Form-Urlencoded;charset=UTF-8' }
  test.each([
    ['a number as id', JSON_BODY.replace('"201"', '201'), {}],
    ['keys in another order', JSON.stringify({ data: EVENT.data, type: EVENT.type }), {}],
    ['a byte order mark', `\ufeff${JSON_BODY}`, {}],
    ['JSON under the type of a form', JSON_BODY, form],
    ['a form', FORM, form],
    ['a form of the older kind', OLD_FORM, form],
    ['the older kind', '{"employees":[{"id":201,"action":"Updated","changedFields":["Status"]}]}', {}],
  ])('sends %s', async (_, body, headers) => {
    const end = await sends(body, { ...headers, ...signed(body) })

    expect([end.status, end]).toEqual([204, expect.objectContaining(REMOVED)])
  })

  test('costs one odd employee of a delivery, and no other', async () => {
    const employees = [{ id: '../1', action: 'Updated' }, null, { id: 201, action: 'Updated' }]
    const { status, rejected, ...end } = await sends(JSON.stringify({ employees }))

    expect([status, end]).toEqual([204, expect.objectContaining(REMOVED)])
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'hr/bamboohr: `employees`: expected an id and an action',
    ])
  })

  const hmac = (text: string) => createHmac('sha256', SECRET).update(text)
  test.each([
    ['another key', signed(JSON_BODY, 'another secret')],
    ['the body alone', { ...signed(JSON_BODY), 'x-bamboohr-signature': hmac(JSON_BODY).digest('hex') }],
    [
      'base64',
      { ...signed(JSON_BODY), 'x-bamboohr-signature': hmac(`${JSON_BODY}${TIMESTAMP}`).digest('base64') },
    ],
    ['another timestamp', { ...signed(JSON_BODY), 'x-bamboohr-timestamp': '1795946521' }],
    ['no timestamp', { 'x-bamboohr-signature': hmac(JSON_BODY).digest('hex') }],
    ['the key itself', { ...signed(JSON_BODY), 'x-bamboohr-signature': SECRET }],
  ])('proves nothing by %s', async (_, headers) => {
    expect(await sends(JSON_BODY, headers)).toMatchObject({ ...NOTHING, status: 401 })
  })
})
