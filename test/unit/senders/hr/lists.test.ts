import { describe, expect, test } from 'vitest'
import { BAMBOOHR } from '../../../../lib/senders/bamboohr/bamboohr.ts'
import { HIBOB } from '../../../../lib/senders/hibob/hibob.ts'
import { hrAsk } from '../../../../lib/senders/hr/ask.ts'
import type { HrReply } from '../../../../lib/senders/hr/transport.ts'

const NOW = new Date('2026-11-29T10:05:00Z')
const SINCE = '2026-11-22'
const page = (body: unknown): HrReply => ({ kind: 'reply', status: 200, headers: {}, body })
const busy: HrReply = { kind: 'reply', status: 429, headers: {}, body: undefined }

/** Answers with one reply after the other, and the last one for ever. */
function asking(...replies: readonly HrReply[]) {
  let asked = 0
  return hrAsk({
    origin: 'https://hr.example.com',
    credential: { company: 'acme', apiKey: 'k', id: 'SERVICE-1', token: 't' },
    tokens: new Map(),
    clock: { now: () => NOW, sleep: async () => undefined, random: () => 0.5 },
    deadline: new Date(NOW.getTime() + 60_000),
    transport: async () => replies[Math.min(asked++, replies.length - 1)] as HrReply,
  })
}

describe('the list of BambooHR', () => {
  const row = (employeeId: number, fields: object = {}) => ({
    ...{ employeeId, workEmail: 'ada@example.com', status: 'Active', employmentHistoryStatus: 'Full-Time' },
    ...{ terminationDate: null, ...fields },
  })
  const next = (after: number) => ({ _links: { next: { href: `/x?after=${after}` } } })

  test.each([
    ['terminated', { status: 'Inactive', employmentHistoryStatus: 'Terminated' }, ['recheck:undated']],
    [
      'inactive, and nothing says why',
      { status: 'Inactive', employmentHistoryStatus: '' },
      ['recheck:undated'],
    ],
    ['on leave', { status: 'Inactive', employmentHistoryStatus: 'Parental leave' }, []],
    ['active', { employmentHistoryStatus: 'Terminated' }, []],
    ['on garden leave', { employmentHistoryStatus: 'Garden leave' }, ['recheck:undated:garden_leave']],
  ])('finds without a date who is %s: %#', async (_, fields, ids) => {
    const leavers = await BAMBOOHR.leavers(asking(page({ data: [row(1, fields)] })), SINCE)

    expect('found' in leavers && leavers.found.map(({ id }) => id)).toEqual(ids)
    expect(leavers).not.toHaveProperty('failure')
  })

  test.each([
    ['a status that is hidden', { status: null }, 'FIELD_OMITTED_status'],
    ['a status that we do not know', { status: 'Terminated' }, 'STATUS_UNKNOWN'],
  ])('says so of %s, if there is no date either', async (_, fields, code) => {
    const data = [row(1, fields), row(2, { ...fields, terminationDate: '2026-11-28' })]

    expect(await BAMBOOHR.leavers(asking(page({ data })), SINCE)).toMatchObject({
      found: [{ employeeId: '2', id: 'recheck:2026-11-28' }],
      failure: { code },
    })
  })

  test('says so of a page that comes twice in place of another', async () => {
    const meta = { total: 4 }
    const first = { data: [row(1), row(2, { terminationDate: '2026-11-28' })], meta, ...next(2) }
    const leavers = await BAMBOOHR.leavers(asking(page(first), page({ ...first, _links: {} })), SINCE)

    expect(leavers).toMatchObject({ found: [{}, {}], failure: { code: 'LIST_TOO_SHORT' } })
  })

  test.each([
    ['429', busy, 'HTTP_429'],
    ['500', { ...busy, status: 500 }, 'HTTP_500'],
    ['404', { ...busy, status: 404 }, 'ANSWER_UNREADABLE'],
  ])('is no answer, if a later page is answered %s', async (_, reply, code) => {
    const first = page({ data: [row(1)], ...next(1) })

    expect(await BAMBOOHR.leavers(asking(first, reply), SINCE)).toMatchObject({ kind: 'silent', code })
  })
})

describe('the list of HiBob', () => {
  const row = (id: unknown, lifecycleStatus: unknown, terminationDate: unknown = null) => ({
    '/root/id': { value: id },
    '/internal/lifecycleStatus': { value: lifecycleStatus },
    '/internal/terminationDate': { value: terminationDate },
  })

  test('finds who is terminated without a date, and nobody on leave', async () => {
    const employees = [row('1', 'Terminated'), row('2', 'Long leave'), row('3', 'Employed')]

    expect(await HIBOB.leavers(asking(page({ employees })), SINCE)).toEqual({
      found: [{ id: 'recheck:undated', employeeId: '1', event: 'recheck', says: 'changed', state: 'left' }],
    })
  })

  test('says so of rows without an id or a status, and finds the others', async () => {
    for (const odd of [row(null, 'Terminated'), row('4', null), row('../4', 'Employed')])
      expect(
        await HIBOB.leavers(asking(page({ employees: [odd, row('1', 'Terminated', '2026-11-28')] })), SINCE),
      ).toMatchObject({ found: [{ employeeId: '1' }], failure: { needsHuman: true } })
  })
})
