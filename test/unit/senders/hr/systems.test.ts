import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { BAMBOOHR_KEY, bambooHr } from '../../../../infra/local/hr/bamboohr.ts'
import type { HrCall, HrPeople, HrPerson, HrReply } from '../../../../infra/local/hr/people.ts'
import { PERSONIO_CLIENT, personio } from '../../../../infra/local/hr/personio.ts'
import { BAMBOOHR } from '../../../../lib/senders/bamboohr/bamboohr.ts'
import { hrAsk } from '../../../../lib/senders/hr/ask.ts'
import { PERSONIO } from '../../../../lib/senders/personio/personio.ts'

const NOW = new Date('2026-11-29T10:05:00Z')
const KEY = Buffer.from('the private key of a webhook')

/** Asks a double as the system's own reader does. */
function asking(double: (call: HrCall) => HrReply, credential: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const ask = hrAsk({
    ...{ origin: 'https://hr.example.com', credential, tokens: new Map() },
    ...{ clock: { now: () => NOW, sleep: async () => undefined, random: () => 0.5 } },
    deadline: new Date(NOW.getTime() + 60_000),
    transport: async (request) => {
      asked.push(`${request.method} ${request.path.split('?')[0]}`)
      return { kind: 'reply', ...double(request) }
    },
  })
  return { ask, asked }
}

const person = (fields: Partial<HrPerson> = {}): HrPerson => ({
  ...{ id: '201', workEmail: 'ana@example.com', privateEmail: 'ana@home.example.com', state: 'active' },
  ...fields,
})

function peopleWith(...people: readonly HrPerson[]): HrPeople {
  return new Map(people.map((one) => [one.id, one]))
}

describe('BambooHR', () => {
  const lookUp = async (fields: Partial<HrPerson> = {}, id = '201') =>
    await BAMBOOHR.lookUp(asking(bambooHr(peopleWith(person(fields))), { ...BAMBOOHR_KEY }).ask, id)

  test('shows no private address', async () => {
    expect(await lookUp({ workEmail: null, state: 'left' })).toMatchObject({ workEmail: undefined })
  })

  test('knows who is gone, and which company it is', async () => {
    expect(await lookUp({}, '999')).toEqual({ kind: 'gone' })
    const { ask, asked } = asking(bambooHr(new Map()), { company: '../x', apiKey: 'k' })
    expect(await BAMBOOHR.lookUp(ask, '201')).toMatchObject({ code: 'HR_COMPANY_UNREADABLE' })
    expect(asked).toEqual([])
  })

  test.each([
    ['Inactive', 'Parental Leave', '2026-11-28', 'left'],
    ['Active', 'Terminated', '2026-12-31', 'employed'],
    ['Active', 'Garden Leave', '2026-12-31', 'garden_leave'],
    ['Inactive', 'Garden Leave', null, 'garden_leave'],
    ['Inactive', 'Garden Leave', '2026-11-28', 'left'],
  ])('status %s, %s, until %s: %s', async (status, employmentHistoryStatus, terminationDate, state) => {
    const body = { workEmail: 'a@example.com', status, employmentHistoryStatus, terminationDate }
    const { ask } = asking(() => ({ status: 200, headers: {}, body }), { ...BAMBOOHR_KEY })

    expect(await BAMBOOHR.lookUp(ask, '201')).toMatchObject({ state })
  })

  test('takes an address that is left out for no answer', async () => {
    const { ask } = asking(() => ({ status: 200, headers: {}, body: { status: 'Active' } }), {
      ...BAMBOOHR_KEY,
    })

    expect(await BAMBOOHR.lookUp(ask, '201')).toMatchObject({ code: 'FIELD_OMITTED_workEmail' })
  })

  test('lists leavers of all pages', async () => {
    const many = Array.from({ length: 120 }, (_, at) =>
      person({ id: String(at), state: 'left', leavesOn: at < 100 ? '2026-11-28' : '2026-01-01' }),
    )
    const { ask, asked } = asking(bambooHr(peopleWith(...many)), { ...BAMBOOHR_KEY })

    const leavers = await BAMBOOHR.leavers(ask, '2026-11-22')
    expect('found' in leavers && leavers.found).toHaveLength(100)
    expect(asked).toHaveLength(3)
  })

  test('says that a list does not end', async () => {
    const page = { data: [{ employeeId: 1, terminationDate: '2026-11-28' }], _links: { next: '/x?after=1' } }
    const { ask, asked } = asking(() => ({ status: 200, headers: {}, body: page }), { ...BAMBOOHR_KEY })

    expect(await BAMBOOHR.leavers(ask, '2026-11-22')).toMatchObject({ failure: { code: 'TOO_MANY_PAGES' } })
    expect(asked).toHaveLength(500)
  })

  test.each([
    ['a link that cannot be read', { _links: { next: 'https://x.example.com/2' } }, 'NEXT_PAGE_UNREADABLE'],
    ['fewer than it counted', { meta: { total: 3 } }, 'LIST_TOO_SHORT'],
    [
      'an odd row',
      { data: [{ employeeId: 1, terminationDate: '2026-11-28' }, 'odd'] },
      'FIELD_OMITTED_terminationDate',
    ],
  ])('says that a list has %s', async (_, more, code) => {
    const page = { data: [{ employeeId: 1, terminationDate: '2026-11-28' }], ...more }
    const { ask } = asking(() => ({ status: 200, headers: {}, body: page }), { ...BAMBOOHR_KEY })

    expect(await BAMBOOHR.leavers(ask, '2026-11-22')).toMatchObject({
      found: [{ employeeId: '1' }],
      failure: { code },
    })
  })

  const body = Buffer.from('{"type":"employee.updated"}')
  const sent = (seconds: number) => ({
    body,
    headers: {
      'x-bamboohr-timestamp': String(seconds),
      'x-bamboohr-signature': createHmac('sha256', KEY).update(`${body}${seconds}`).digest('hex'),
    },
  })
  const now = NOW.getTime() / 1_000

  test.each([
    ['of now', sent(now), true],
    ['repeated for the last time', sent(now - 155 * 60), true],
    ['older than any repetition', sent(now - 4 * 3_600), false],
    ['of a clock that is four minutes ahead', sent(now + 240), true],
    ['ahead', sent(now + 600), false],
  ])('takes a signature %s: %#', (_, hook, isTaken) => {
    expect(BAMBOOHR.isSignedBy(hook, KEY, NOW)).toBe(isTaken)
  })

  test('reads what happened to whom, and checks the id', () => {
    const employees = [
      { id: 1, action: 'Updated', changedFields: ['Status'] },
      { id: '2', action: 'Deleted' },
    ]

    expect(BAMBOOHR.read({ employees })).toEqual([
      { employeeId: '1', event: 'Updated', says: 'back' },
      { employeeId: '2', event: 'Deleted', says: 'deleted' },
    ])
    for (const body of [{ type: 'employee.updated', data: { employeeId: '2/../1' } }, { employees: [] }])
      expect(BAMBOOHR.read(body)).toEqual([expect.stringMatching(/expected an id/)])
    expect(BAMBOOHR.read({ employees: [], type: 'employee.deleted', data: { employeeId: 3 } })).toMatchObject(
      [{ employeeId: '3', says: 'deleted' }],
    )
  })
})

describe('Personio', () => {
  const credential = { ...PERSONIO_CLIENT }
  const lookUp = async (fields: Partial<HrPerson> = {}) =>
    await PERSONIO.lookUp(asking(personio(peopleWith(person(fields))), credential).ask, '201')

  test.each([
    ['an employee', {}, { state: 'employed', leavesOn: undefined, hasOtherEmployment: false }],
    ['a leaver without a date', { state: 'left' }, { state: 'left', leavesOn: undefined }],
    ['a date that lies ahead', { leavesOn: '2026-12-31' }, { state: 'employed', leavesOn: '2026-12-31' }],
  ] as const)('shows %s', async (_, fields, shown) => {
    expect(await lookUp(fields)).toMatchObject({ kind: 'employee', workEmail: 'ana@example.com', ...shown })
  })

  test('mints one token for many questions', async () => {
    const { ask, asked } = asking(personio(peopleWith(person())), credential)
    await PERSONIO.leavers(ask, '2026-11-22')
    await PERSONIO.lookUp(ask, '201')

    expect(asked.filter((one) => one === 'POST /v2/auth/token')).toHaveLength(1)
  })

  test('says that a replay does not end', async () => {
    const page = { _data: [], _meta: { links: { next: { href: '/x?cursor=1' } } } }
    const { ask } = asking(
      ({ path }) => ({
        status: 200,
        headers: {},
        body: path.includes('auth') ? { access_token: 't' } : page,
      }),
      credential,
    )

    expect(await PERSONIO.leavers(ask, '2026-11-22')).toMatchObject({ failure: { code: 'TOO_MANY_EVENTS' } })
  })

  test('says that a replay goes on where it cannot follow, and keeps what is of no readable time', async () => {
    const sent = {
      event_name: 'employment.terminated',
      occurred_at: 1_795_910_407,
      payload: { person_id: 7 },
    }
    const page = { _data: [sent, 'odd'], _meta: { links: { next: { href: '/x?page=2' } } } }
    const { ask } = asking(
      ({ path }) => ({
        ...{ status: 200, headers: {} },
        body: path.includes('auth') ? { access_token: 't' } : page,
      }),
      credential,
    )

    expect(await PERSONIO.leavers(ask, '2026-11-22')).toEqual({
      found: PERSONIO.read(sent),
      failure: { kind: 'silent', code: 'NEXT_PAGE_UNREADABLE', needsHuman: true },
    })
  })

  test('replays events under the ids by which they were delivered', async () => {
    const sent = {
      event_name: 'employment.terminated',
      occurred_at: '2026-11-28T00:00:07Z',
      payload: { person: { id: 7 }, employment: { id: 'e-1' } },
    }
    const old = { ...sent, occurred_at: '2026-11-01T00:00:07Z' }
    const { ask } = asking(personio(new Map(), [sent, old, { event_name: 'x' }]), credential)
    const leavers = await PERSONIO.leavers(ask, '2026-11-22')

    expect(leavers).toEqual({
      found: PERSONIO.read(sent),
      failure: { kind: 'silent', code: 'EVENT_UNREADABLE', needsHuman: true },
    })
    expect(leavers).toMatchObject({ found: [{ employeeId: '7', says: 'left' }] })
  })

  test.each([
    ['Bearer the token', 'Bearer the token', true],
    ['Bearer another', 'Bearer the token', false],
    [undefined, 'Bearer the token', false],
  ])('takes %j for %j: %s', (authorization, key, isTaken) => {
    const hook = { headers: { authorization }, body: Buffer.from('') }
    expect(PERSONIO.isSignedBy(hook, Buffer.from(key), NOW)).toBe(isTaken)
  })
})
