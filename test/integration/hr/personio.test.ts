import { describe, expect, test } from 'vitest'
import { asked, ends, HELD, NOTHING, REMOVED, SECRET } from './examples.ts'

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
  const page = (request: string, json: object | null) => ({
    request: `GET /v2/persons/7001${request}`,
    status: 200,
    json,
  })
  const next = { _meta: { links: { next: { href: 'https://api.personio.de/v2/x?cursor=p2' } } } }
  const person = (id: string) => page('', { id, email: 'Ada@example.com' })
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
    ['a status that we do not know', [employment('TERMINATED')], asked('STATUS_UNKNOWN')],
    ['a list as end', [{ status: 'ACTIVE', termination: [LEFT.termination] }], asked('DATE_UNREADABLE')],
    ['a bare date as end', [{ status: 'INACTIVE', termination: '2026-11-30' }], REMOVED],
    ['the employment of another', [{ ...LEFT, person: { id: '7002' } }], asked('ANSWER_UNREADABLE')],
    ['their own employment', [{ ...LEFT, person: { id: 7001 } }], REMOVED],
    ['a full page and no next one', Array.from({ length: 50 }, () => LEFT), asked('NEXT_PAGE_UNREADABLE')],
    ['no employment', [], HELD],
    ['employments that are gone', undefined, HELD],
  ])('with %s', async (_, employments, end) => {
    expect(await asks(employments)).toMatchObject(end)
  })

  test.each([
    [
      'an open employment on the next page',
      [page('/employments?limit=50&cursor=p2', { _data: [employment('ACTIVE')] })],
      NOTHING,
    ],
    ['a next page that is empty', [page('/employments?limit=50&cursor=p2', { _data: [], ...next })], REMOVED],
    [
      'pages without end',
      [page('/employments?limit=50&cursor=p2', { _data: [LEFT], ...next })],
      asked('TOO_MANY_EMPLOYMENTS'),
    ],
    ['a next page that is gone', [], asked('ANSWER_UNREADABLE')],
  ])('with %s', async (_, more, end) => {
    const lookup_reply = [person('7001'), ...more, page('/employments', { _data: [LEFT], ...next })]

    expect(
      await ends({ system: 'personio', headers, body: JSON.stringify(EVENT), lookup_reply }),
    ).toMatchObject(end)
  })

  test.each([
    ['a bare link', '/v2/x?cursor=p2', NOTHING],
    ['a link of another kind', { href: '/v2/x?page=2' }, asked('NEXT_PAGE_UNREADABLE')],
    ['a link that is none', { href: 2 }, asked('NEXT_PAGE_UNREADABLE')],
    ['no link', { href: null }, REMOVED],
  ])('with %s to the next page', async (_, link, end) => {
    const lookup_reply = [
      ...[person('7001'), page('/employments?cursor=p2', { _data: [employment('ACTIVE')] })],
      page('/employments', { _data: [LEFT], _meta: { links: { next: link } } }),
    ]

    expect(
      await ends({ system: 'personio', headers, body: JSON.stringify(EVENT), lookup_reply }),
    ).toMatchObject(end)
  })

  test.each([
    ['null', page('', null)],
    ['a list', page('', [{ id: '7001', email: 'Ada@example.com' }])],
    ['nobody, beside employments', { ...page('', null), status: 404 }],
  ])('with %s as person', async (_, answer) => {
    const lookup_reply = [answer, page('/employments', { _data: [LEFT] })]

    expect(
      await ends({ system: 'personio', headers, body: JSON.stringify(EVENT), lookup_reply }),
    ).toMatchObject(asked('ANSWER_UNREADABLE'))
  })

  test.each([
    ['401', 401, {}, asked('HTTP_401')],
    ['a page to log in', 200, '', asked('ANSWER_UNREADABLE')],
    ['an error with status 200', 200, { errors: [] }, asked('ANSWER_UNREADABLE')],
    ['a filter that it does not know', 400, {}, REMOVED],
    ['an odd row', 200, { _data: ['odd'] }, asked('ANSWER_UNREADABLE')],
    ['a person without an id', 200, { _data: [{ email: 'Ada@example.com' }] }, asked('ANSWER_UNREADABLE')],
    ['an active person', 200, { _data: [{ id: '7003', email: 'Ada@example.com' }] }, NOTHING],
  ])('which answers the question who else has the address with %s', async (_, status, json, end) => {
    const lookup_reply = [
      ...[person('7001'), page('/employments', { _data: [LEFT] })],
      { request: 'GET /v2/persons', status, json },
    ]

    expect(
      await ends({ system: 'personio', headers, body: JSON.stringify(EVENT), lookup_reply }),
    ).toMatchObject(end)
  })

  test('with the record of somebody else', async () => {
    const lookup_reply = [person('7002'), page('/employments', { _data: [LEFT] })]

    expect(
      await ends({ system: 'personio', headers, body: JSON.stringify(EVENT), lookup_reply }),
    ).toMatchObject(asked('ANSWER_UNREADABLE'))
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
