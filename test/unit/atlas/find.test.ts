import { expect, test } from 'vitest'
import type { Reply } from '../../../lib/atlas/transport.ts'
import {
  idOf,
  inMs,
  noReply,
  ORG,
  page,
  person,
  queryOf,
  refusal,
  reply,
  scriptedAtlas,
  VERSIONED,
} from './scripted.ts'

const ADA = person(1, 'ada@example.com')
const BOB = person(2, 'bob@example.com')
const OLD = person(3, 'ada@old.example.com')
const EXPIRED = person(5, 'ada@example.com', { orgMembershipStatus: 'INVITATION_EXPIRED' })
const NOBODY = page([])

test('find() finds in one request, asking for every status with the name encoded', async () => {
  const atlas = scriptedAtlas([page([ADA])])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'found', member: { userId: idOf(1), username: 'ada@example.com' } })
  expect(atlas.operations).toEqual(['token', 'listOrgUsers'])
  expect(queryOf(atlas.requests[1], 'username')).toEqual(['ada@example.com'])
  expect(queryOf(atlas.requests[1], 'itemsPerPage')).toEqual(['500'])
  expect(queryOf(atlas.requests[1], 'orgMembershipStatuses')).toEqual([
    'ACTIVE',
    'PENDING',
    'INVITATION_EXPIRED',
    'INVITATION_REJECTED',
  ])
})

test('find() says that nobody bears the name only after a complete unfiltered read, and reads it once a minute', async () => {
  const atlas = scriptedAtlas([NOBODY, page([BOB]), NOBODY, NOBODY, page([BOB])])
  const ask = () => atlas.members.find(ORG, ['ada@example.com'], inMs(atlas.clock, 60_000))

  const first = await ask()
  const second = await ask()
  atlas.clock.advance(60_000)
  const third = await ask()

  const none = { kind: 'none', list: { members: [{ username: 'bob@example.com' }], unreadable: [] } }
  expect([first, second, third]).toMatchObject([none, none, none])
  const filters = atlas.requests.slice(1).map((request) => queryOf(request, 'username').length)
  expect(filters).toEqual([1, 0, 1, 1, 0])
})

test('find() does not answer from the cached complete read when it must be fresh', async () => {
  const atlas = scriptedAtlas([NOBODY, page([BOB]), NOBODY, page([BOB])])

  await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)
  await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline, true)

  expect(atlas.left).toBe(0)
})

test.each([
  ['ignores the filter', [page([BOB, ADA])], 1],
  ['minds case', [NOBODY, page([BOB, { ...ADA, username: 'Ada@Example.com' }])], 1],
  ['ignores the filter and has only others', [page([BOB]), page([BOB])], undefined],
  ['answers with somebody else', [page([BOB]), page([BOB, ADA])], 1],
] as const)('find() finds the right person in an Atlas that %s', async (_, answers, id) => {
  const atlas = scriptedAtlas(answers)

  const lookup = await atlas.members.find(ORG, ['ADA@example.com'], atlas.deadline)

  expect(lookup).toMatchObject(id ? { kind: 'found', member: { userId: idOf(id) } } : { kind: 'none' })
  expect(atlas.left).toBe(0)
})

test.each([
  ['\u212Aim@example.com', 'kim@example.com'],
  ['kim\uFF20example.com', 'kim@example.com'],
  ['kim@example.com', '\u212Aim@example.com'],
  ['kim+atlas@example.com', 'kim atlas@example.com'],
  ['"kim"@example.com', 'kim@example.com'],
  ['kim%40example.com', 'kim@example.com'],
])('find() does not take %s for %s', async (wanted, other) => {
  const atlas = scriptedAtlas([page([person(1, other)]), page([person(1, other)])])

  const lookup = await atlas.members.find(ORG, [wanted], atlas.deadline)

  expect(lookup.kind).not.toBe('found')
})

test('find() asks for every given name, and tells several apart from one', async () => {
  const both = scriptedAtlas([page([ADA]), page([BOB])])
  const one = scriptedAtlas([NOBODY, page([BOB]), page([BOB])])
  const names = ['ada@example.com', 'bob@example.com']

  expect(await both.members.find(ORG, names, both.deadline)).toMatchObject({
    kind: 'several',
    members: names.map((username) => ({ username })),
  })
  expect(await one.members.find(ORG, names, one.deadline)).toMatchObject({
    kind: 'found',
    member: { userId: idOf(2) },
  })
})

test('find() takes one of several names that the filter shows for no proof that the others are nobody’s', async () => {
  const atlas = scriptedAtlas([NOBODY, page([OLD]), page([OLD, ADA])])
  const names = ['Ada@example.com', 'ada@old.example.com']

  expect(await atlas.members.find(ORG, names, atlas.deadline)).toMatchObject({ kind: 'several' })
})

test('find() by several names is content with an older complete read that shows nobody else', async () => {
  const atlas = scriptedAtlas([page([ADA]), NOBODY, page([ADA, BOB]), page([ADA]), NOBODY])
  const ask = () => atlas.members.find(ORG, ['ada@example.com', 'ada@old.example.com'], atlas.deadline)

  expect([await ask(), await ask()]).toMatchObject([{ kind: 'found' }, { kind: 'found' }])
  expect(atlas.left).toBe(0)
})

test.each([
  ['shows nobody', page([BOB]), 'found'],
  ['shows the other name alone', page([BOB, OLD]), 'several'],
] as const)(
  'find() by several names asks again for whom the filter showed, if the complete read %s',
  async (_, all, kind) => {
    const names = ['ada@example.com', 'ada@old.example.com']
    const here = scriptedAtlas([page([ADA]), NOBODY, all, page([ADA]), NOBODY])
    const gone = scriptedAtlas([page([ADA]), NOBODY, page([BOB]), NOBODY, NOBODY])

    expect((await here.members.find(ORG, names, here.deadline)).kind).toBe(kind)
    expect(await gone.members.find(ORG, names, gone.deadline)).toMatchObject({ kind: 'none' })
    expect([here.left, gone.left]).toEqual([0, 0])
  },
)

test('find() cannot say who it is if it cannot ask again for whom the filter showed', async () => {
  const atlas = scriptedAtlas([page([ADA]), NOBODY, page([BOB]), refusal(401, 'X'), refusal(401, 'X')])
  const names = ['ada@example.com', 'ada@old.example.com']

  expect(await atlas.members.find(ORG, names, atlas.deadline)).toMatchObject({ kind: 'failure' })
})

test('find() by several names reads all again where an older read shows one more', async () => {
  const atlas = scriptedAtlas([NOBODY, page([ADA, OLD]), page([ADA]), NOBODY, page([ADA])])
  await atlas.members.find(ORG, ['zoe@example.com'], atlas.deadline)
  const lookup = await atlas.members.find(ORG, ['ada@example.com', 'ada@old.example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'found', member: { userId: idOf(1) } })
  expect(atlas.left).toBe(0)
})

test('find() by one name shows everybody beside an invitation that ended, and nobody else beside one with access', async () => {
  const ended = { ...ADA, orgMembershipStatus: 'INVITATION_EXPIRED' }
  const beside = scriptedAtlas([page([ended]), page([ended, OLD])])
  const within = scriptedAtlas([page([ADA])])
  const ask = ({ members, deadline }: typeof beside) => members.find(ORG, ['ada@example.com'], deadline)

  expect(await ask(beside)).toMatchObject({
    kind: 'found',
    member: { status: 'INVITATION_EXPIRED' },
    list: { members: [{ userId: idOf(1) }, { userId: idOf(3) }], unreadable: [] },
  })
  expect(await ask(within)).not.toHaveProperty('list')
})

test('find() takes entries under one name for one person if one has access', async () => {
  const ended = person(9, 'ADA@example.com', { orgMembershipStatus: 'INVITATION_EXPIRED' })
  const atlas = scriptedAtlas([page([ended, ADA])])

  expect(await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)).toMatchObject({
    kind: 'found',
    member: { userId: idOf(1) },
    ended: [{ userId: idOf(9) }],
  })
})

test('find() tells two entries of one name apart from one', async () => {
  const atlas = scriptedAtlas([page([ADA, { ...BOB, username: 'ADA@example.com' }])])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({
    kind: 'several',
    members: [{ username: 'ada@example.com' }, { username: 'ADA@example.com' }],
  })
})

test('find() reads again when only the cached read shows the person', async () => {
  const atlas = scriptedAtlas([page([ADA, BOB]), NOBODY, page([BOB])])

  await atlas.members.all(ORG, atlas.deadline)
  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'none' })
  expect(atlas.left).toBe(0)
})

test('find() fails when the fresh read fails', async () => {
  const atlas = scriptedAtlas([page([ADA]), NOBODY, refusal(403, 'ACCESS_FORBIDDEN')])

  await atlas.members.all(ORG, atlas.deadline)
  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'failure', code: 'ACCESS_FORBIDDEN' })
})

test('find() reads the organization once for all who ask at the same time', async () => {
  const answer = ({ query }: { query?: readonly (readonly [string, string])[] }) =>
    query?.some(([name]) => name === 'username') ? NOBODY : page([BOB])
  const atlas = scriptedAtlas([answer, answer, answer, answer])
  const names = ['ada@example.com', 'eve@example.com', 'zoe@example.com']

  const lookups = await Promise.all(names.map((name) => atlas.members.find(ORG, [name], atlas.deadline)))

  expect(lookups.map(({ kind }) => kind)).toEqual(['none', 'none', 'none'])
  expect(atlas.operations).toEqual(['token', ...Array(4).fill('listOrgUsers')])
})

test.each([
  ['by the filter', [page([person(1, 'ada@example.com', { roles: undefined })])]],
  ['by the complete read', [NOBODY, page([person(1, 'Ada@example.com', { id: 'x' })])]],
  ['under another address', [NOBODY, page([person(1, 'ada@old.example.com', { id: 'x' })])]],
  ['without a username', [NOBODY, page([{ id: idOf(1) }])]],
  ['beside an invitation that ended', [page([EXPIRED]), page([EXPIRED, {}])]],
  ['beside a readable one', [page([ADA, person(4, 'ADA@example.com', { id: 'x' })])]],
])('find() judges nobody while the entry that may be theirs is unreadable: shown %s', async (_, answers) => {
  const atlas = scriptedAtlas(answers)

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toEqual({ kind: 'failure', reason: 'transient', code: 'UNREADABLE_ROW' })
})

test('find() is not kept from its answer by an unreadable entry of somebody else', async () => {
  const strange = person(4, 'eve@example.com', { id: 'x' })
  const absent = scriptedAtlas([NOBODY, page([strange, BOB])])
  const present = scriptedAtlas([page([ADA, strange, {}, null])])

  const none = await absent.members.find(ORG, ['ada@example.com'], absent.deadline)
  const found = await present.members.find(ORG, ['ada@example.com'], present.deadline)

  expect(none).toMatchObject({ kind: 'none', list: { unreadable: ['eve@example.com'] } })
  expect(found).toMatchObject({ kind: 'found', member: { userId: idOf(1) } })
})

test('find() finds a member whose status nobody knows', async () => {
  const atlas = scriptedAtlas([page([{ ...ADA, orgMembershipStatus: 'SOMETHING_NEW' }])])

  expect(await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)).toMatchObject({
    kind: 'found',
    member: { status: 'SOMETHING_NEW' },
  })
})

test('find() reads smaller pages from where it was when a body is too large', async () => {
  const huge = { ...reply(200, undefined, VERSIONED), truncated: true } as Reply
  const atlas = scriptedAtlas([
    NOBODY,
    page(crowd(1, 500), { next: true, totalCount: 520 }),
    huge,
    huge,
    page([...crowd(501, 519), lateAda()], { next: true, totalCount: 520 }),
    page([], { totalCount: 520 }),
  ])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'found', member: { userId: idOf(901) } })
  const asked = atlas.requests
    .slice(2)
    .map((request) => ['itemsPerPage', 'pageNum'].map((name) => queryOf(request, name)[0]))
  expect(asked).toEqual([
    ['500', '1'],
    ['500', '2'],
    ['100', '6'],
    ['20', '26'],
    ['20', '27'],
  ])
})

test('find() fails when even the smallest page is too large', async () => {
  const huge = { ...reply(200, undefined, VERSIONED), truncated: true } as Reply
  const atlas = scriptedAtlas([NOBODY, huge, huge, huge])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toEqual({ kind: 'failure', reason: 'transient', code: 'BODY_TOO_LARGE' })
})

test.each([refusal(400, 'INVALID_QUERY_PARAMETER'), refusal(404, 'USER_NOT_FOUND')])(
  'find() lets the complete read decide when Atlas refuses to filter by the name',
  async (answer) => {
    const service = person(7, 'build-robot')
    const atlas = scriptedAtlas([answer, page([BOB, service])])

    const lookup = await atlas.members.find(ORG, ['build-robot'], atlas.deadline)

    expect(lookup).toMatchObject({ kind: 'found', member: { userId: idOf(7) } })
  },
)

test.each([
  ['an unknown organization', refusal(404, 'ORG_NOT_FOUND'), 'credential', 'ORG_NOT_FOUND'],
  ['a 404 of a proxy', reply(404), 'transient', 'HTTP_404'],
  ['a reply of 2023', reply(200, { results: [] }), 'transient', 'UNEXPECTED_VERSION'],
  ['a filter that is forbidden', refusal(403, 'ACCESS_FORBIDDEN'), 'forbidden', 'ACCESS_FORBIDDEN'],
] as const)('find() never says absent for %s', async (_, answer, reason, code) => {
  const hinted = scriptedAtlas([answer])
  const complete = scriptedAtlas([NOBODY, answer])

  for (const atlas of [hinted, complete]) {
    const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)
    expect(lookup).toEqual({ kind: 'failure', reason, code })
  }
})

test('find() follows the pages of a large organization by number', async () => {
  const atlas = scriptedAtlas([
    NOBODY,
    page(crowd(1, 500), { next: true, totalCount: 501 }),
    page([{ ...ADA, username: 'Ada@example.com', id: idOf(900) }], { totalCount: 501 }),
  ])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'found', member: { userId: idOf(900) } })
  expect(atlas.requests.slice(2).flatMap((request) => queryOf(request, 'pageNum'))).toEqual(['1', '2'])
})

test.each([
  ['a full page without a link', list(crowd(1, 500), { links: [] }), list([lateAda()], { links: [] })],
  [
    'a short page with a link',
    page(crowd(1, 100), { next: true, totalCount: 101 }),
    page([lateAda()], { totalCount: 101 }),
  ],
  [
    'a short page without links that counts more',
    list(crowd(1, 100), { totalCount: 101 }),
    list([lateAda()], { totalCount: 101 }),
  ],
])('find() does not take %s for the last', async (_, first, last) => {
  const atlas = scriptedAtlas([NOBODY, first, last])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'found', member: { userId: idOf(901) } })
})

test('find() takes an empty page for the last, whatever Atlas counts', async () => {
  const atlas = scriptedAtlas([NOBODY, list([], { totalCount: 5 })])

  expect(await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)).toMatchObject({ kind: 'none' })
})

test.each([
  [
    'the count changed',
    [page(crowd(1, 500), { totalCount: 502 }), page(crowd(502, 502), { totalCount: 501 })],
  ],
  [
    'an entry came twice',
    [page(crowd(1, 500), { totalCount: 502 }), page(crowd(500, 501), { totalCount: 502 })],
  ],
])('find() reads again when %s while it read', async (_, torn) => {
  const whole = [page(crowd(1, 500), { totalCount: 501 }), page([lateAda()], { totalCount: 501 })]
  const atlas = scriptedAtlas([NOBODY, ...torn, ...torn, ...whole])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'found', member: { userId: idOf(901) } })
})

test('find() gives up on an organization that never stands still', async () => {
  const torn = [page(crowd(1, 500), { totalCount: 502 }), page([BOB], { totalCount: 501 })]
  const atlas = scriptedAtlas([NOBODY, ...torn, ...torn, ...torn])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toEqual({ kind: 'failure', reason: 'transient', code: 'INCOMPLETE_READ' })
  expect(atlas.left).toBe(0)
})

test.each([
  ['the first page again', page(crowd(1, 500), { next: true, totalCount: 900 })],
  ['pages that cannot be read', page([{}, {}], { next: true })],
])('find() does not read for ever when Atlas gives %s', async (_, answer) => {
  const atlas = scriptedAtlas([NOBODY, answer, answer])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toEqual({ kind: 'failure', reason: 'transient', code: 'INCOMPLETE_READ' })
  expect(atlas.left).toBe(0)
})

test('find() fails when a later page fails', async () => {
  const atlas = scriptedAtlas([NOBODY, page(crowd(1, 500)), ...Array(4).fill(noReply('ECONNRESET'))])

  const lookup = await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)

  expect(lookup).toEqual({ kind: 'failure', reason: 'transient', code: 'ECONNRESET' })
})

test('find() keeps the newer of two complete reads that overlap', async () => {
  let answerOld = (_: Reply) => {}
  const old = new Promise<Reply>((resolve) => {
    answerOld = resolve
  })
  const atlas = scriptedAtlas([NOBODY, () => old, NOBODY, page([BOB]), NOBODY])

  const first = atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)
  await new Promise((resolve) => setImmediate(resolve))
  atlas.clock.advance(1)
  await atlas.members.find(ORG, ['eve@example.com'], atlas.deadline, true)
  answerOld(page([person(5, 'zoe@example.com')]))
  await first
  const lookup = await atlas.members.find(ORG, ['zoe@example.com'], atlas.deadline)

  expect(lookup).toMatchObject({ kind: 'none' })
  expect(atlas.left).toBe(0)
})

function crowd(from: number, to: number) {
  return Array.from({ length: to - from + 1 }, (_, n) => person(from + n, `p${from + n}@example.com`))
}

function lateAda() {
  return person(901, 'Ada@Example.com')
}

function list(results: readonly unknown[], others: { links?: unknown; totalCount?: number }): Reply {
  return reply(200, { results, ...others }, VERSIONED)
}

test('find() takes a refused list for trouble, not for a refusal of the person', async () => {
  const gone = refusal(410, 'VERSION_GONE')
  const atlas = scriptedAtlas([gone, gone])

  expect(await atlas.members.find(ORG, ['ada@example.com'], atlas.deadline)).toEqual({
    kind: 'failure',
    reason: 'transient',
    code: 'VERSION_GONE',
  })
})
