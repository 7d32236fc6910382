import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Example, play, type Scripted } from './examples.ts'

const SECRET = 'the secret of a webhook'
const ADA = 'ada@example.com'
const TIMESTAMP = '1795946520'

/** What becomes of Ada: the outcomes of her cases, notices to humans, and whether she is still in. */
async function ends(example: Pick<Example, 'system' | 'headers' | 'body' | 'lookup_reply'>) {
  const { desk, status, cases } = await play({
    ...{ id: 'ada', secret: SECRET, meaning: 'departed', ...example },
    expect: { username: ADA, effectiveAt: null },
  })
  const outcomes = cases.map(({ state: { outcome } }) =>
    outcome && 'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome?.kind,
  )
  const effective = cases.map(({ state }) => state.departure.effectiveAt?.toISOString())
  const codes = JSON.stringify(desk.rig.published).match(/"code":"[^"]+"/g) ?? []
  return {
    status,
    outcomes,
    effective,
    codes,
    isIn: desk.rig.people.length === 1,
    rejected: desk.rig.rejected,
  }
}

const REMOVED = { outcomes: ['removed'], isIn: false }
const HELD = { outcomes: ['held: unresolved_employee'], isIn: true }
const NOTHING = { outcomes: [], isIn: true, codes: [] }
const asked = (code: string) => ({ outcomes: [], isIn: true, codes: [`"code":"${code}"`] })

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
    ['no work address', { workEmail: null }, HELD],
    ['an empty work address', { workEmail: ' ' }, HELD],
    ['something that is no address', { workEmail: 'ada' }, HELD],
    ['a date that nobody can read', { terminationDate: '11/28/2026' }, asked('DATE_UNREADABLE')],
    ['no status', { status: null }, asked('FIELD_OMITTED_status')],
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
    [403, REMOVED],
    [500, { outcomes: [], isIn: true }],
  ])('with a directory that answers %i', async (status, end) => {
    expect(
      await says({}, [{ request: 'GET /api/v1/employees/directory', status, json: null }]),
    ).toMatchObject(end)
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

describe('Personio', () => {
  const EVENT = {
    ...{ company_id: '90210', event_name: 'employment.terminated', occurred_at: '2026-12-01T00:00:07Z' },
    payload: { person: { id: '7001' }, employment: { id: 'e-1' } },
  }
  const headers = { authorization: SECRET }
  const employment = (status: string, date: string | null | undefined = null) => ({
    status,
    termination: { termination_date: date },
  })
  const LEFT = employment('INACTIVE', '2026-11-30')
  const asks = async (
    employments: unknown,
    body = JSON.stringify(EVENT),
    email: unknown = 'Ada@example.com',
  ) =>
    await ends({
      ...{ system: 'personio', headers, body },
      lookup_reply: [
        { request: 'GET /v2/persons/7001', status: 200, json: { id: '7001', email } },
        {
          request: 'GET /v2/persons/7001/employments',
          status: employments === undefined ? 404 : 200,
          json: { _data: employments },
        },
      ],
    })

  test.each([
    ['another letter case', [employment('inactive', '2026-11-30')], REMOVED],
    ['an older employment first', [employment('INACTIVE', '2020-01-31'), LEFT], REMOVED],
    ['an open employment after it', [LEFT, employment('ACTIVE')], NOTHING],
    ['an open employment before it', [employment('ACTIVE'), LEFT], NOTHING],
    ['a leave', [employment('LEAVE')], NOTHING],
    ['a date that nobody can read', [employment('INACTIVE', '30.11.2026')], asked('DATE_UNREADABLE')],
    ['a hidden date', [{ status: 'ACTIVE', termination: {} }], asked('FIELD_OMITTED_leaving_date')],
    [
      'a hidden date beside an old employment',
      [{ status: 'ACTIVE' }, LEFT],
      asked('FIELD_OMITTED_leaving_date'),
    ],
    ['a hidden status', [{ termination: null }], asked('FIELD_OMITTED_status')],
    ['no employment', [], HELD],
    ['employments that are gone', undefined, HELD],
  ])('with %s', async (_, employments, end) => {
    expect(await asks(employments)).toMatchObject(end)
  })

  test('counts the last end of several', async () => {
    expect(await asks([employment('INACTIVE', '2026-10-31'), LEFT])).toMatchObject({
      effective: ['2026-12-01T00:00:00.000Z'],
    })
  })

  test('uses no address but the person’s own', async () => {
    expect(await asks([LEFT], undefined, null)).toMatchObject(HELD)
  })

  test.each([
    ['a number as id', { person: { id: 7001 } }],
    ['the id by another name', { person_id: '7001' }],
  ])('sends %s', async (_, payload) => {
    expect(await asks([LEFT], JSON.stringify({ ...EVENT, payload }))).toMatchObject(REMOVED)
  })
})
