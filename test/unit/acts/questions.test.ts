import { describe, expect, test } from 'vitest'
import type { CasePage } from '../../../lib/acts/case-pages.ts'
import { pageOfCases } from '../../../lib/acts/case-pages.ts'
import type { MembersPage } from '../../../lib/acts/orphans/act.ts'
import { status } from '../../../lib/acts/status.ts'
import { renamedKey } from '../../../lib/core/absent.ts'
import type { Ledger } from '../../../lib/core/ledger.ts'
import type { CaseRow } from '../../../lib/evidence/rows.ts'
import { searchIdOf } from '../../../lib/leftovers/search-task.ts'
import type { Case } from '../../../lib/words/case.ts'
import { waitOf } from '../../../lib/words/wait.ts'
import { activeMember, later, ON_CALL, ORG, OTHER_ORG, openedCase } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { encodeWork } from '../../support/work-message.ts'
import { CLAIM, onCallIn, passing, referred, taken } from './on-call.ts'

const ADA = activeMember()
const BOB = activeMember({
  userId: '5e4bc367c6b0f41b00000002',
  username: 'bob@example.com',
  orgRoles: ['ORG_OWNER'],
})
const BOBS = { id: 'okta:evt-2', username: BOB.username }
const OWNERS = { settings: { holdOrgRoles: ['ORG_OWNER'] } }

test('status() tells mode, window, stops, open cases and sources', async () => {
  const { world, asks, tells } = onCallIn({ settings: { ...OWNERS.settings, maxRemovalsPerDay: 1 } }, [
    ADA,
    BOB,
  ])
  await taken(world)
  await tells({ action: 'pause', ...CLAIM })
  const { id } = await taken(world, BOBS)

  expect(await asks({ action: 'status' })).toMatchObject({
    mode: 'enforce',
    limits: { maxRemovalsPerDay: 1 },
    stops: [{ kind: 'paused', claimedBy: CLAIM.by }],
    orgs: [{ orgId: ORG, removals: 1, limit: 1, freeAt: expect.any(Date), stops: [] }],
    open: { total: 1, byOutcome: [{ outcome: 'held: paused', cases: 1 }], oldest: { case: id } },
  })
})

test('status() tells the rest where a DLQ cannot be counted, and says so', async () => {
  const { world, deps } = onCallIn()
  const counts = async () => ({ work: { unknown: 'AccessDenied' }, events: 2, topic: 0 })
  const own = { ...deps, deadLetters: { ...deps.deadLetters, counts } }
  const invocation = { requestId: 'r-1', deadline: later(60_000) }

  const told = await world.time.run(status.answer(own, { action: 'status' }, invocation))
  const shown = status.show?.(told, { now: later(0), width: undefined })

  expect(shown).toMatchObject({ status: 3, text: expect.stringContaining('No open cases') })
  expect(shown?.text).toContain(
    'The messages on the DLQ of the work queue could not be counted (AccessDenied)',
  )
  expect(shown?.text).toContain('\n2 messages on the DLQ of the events queue: ')
  expect(shown?.text).not.toContain('topic queue')
})

test('status() names an HR system that cannot be asked, why and since when, until it answers again', async () => {
  const { world, asks } = onCallIn()
  world.hr.put({ id: '1', state: 'active' })
  const before = world.time.now()
  expect(await asks({ action: 'status' })).toMatchObject({ hrFailures: [] })

  world.hr.refuses = 401
  await referred(world, '1')

  const { hrFailures } = await asks({ action: 'status' })
  expect(hrFailures).toEqual([{ source: 'hr/hibob', code: 'HTTP_401', since: expect.any(Date), waiting: 1 }])
  const [{ since }] = hrFailures as readonly [{ readonly since: Date }]
  expect([since >= before, since <= world.time.now()]).toEqual([true, true])

  world.hr.refuses = undefined
  await passing(world, 3_600_000)
  expect(await asks({ action: 'status' })).toMatchObject({ hrFailures: [] })
})

test('status() names an HR system that answers about others and not about one employee, alerted once', async () => {
  const { world, asks } = onCallIn()
  world.hr.put({ id: '1', state: 'left', leavesOn: 'soon' })
  world.hr.put({ id: '2', state: 'active' })
  await referred(world, '1')
  await referred(world, '2')
  await passing(world, 60_000)
  await referred(world, '3')

  expect(await asks({ action: 'status' })).toMatchObject({
    // HR does not show yet that the second one left, so that is asked again too.
    hrFailures: [{ source: 'hr/hibob', code: 'DATE_UNREADABLE', waiting: 2 }],
  })
  const alerts = world.aws.published.filter((event) => JSON.stringify(event).includes('hr_look_up_failing'))
  expect(alerts).toHaveLength(1)
})

test('dlq() says that a report is about somebody whom it does not name', async () => {
  const { world, asks } = onCallIn()
  const report = {
    kind: 'unreadable',
    source: 'hook/hr',
    reason: 'hook/hr: no',
    namesUsername: true,
  } as const
  const letter = { reason: report.reason, sentAt: world.time.now() }
  world.aws.rejected.push({ id: 'm-1', body: encodeWork(report), ...letter })
  world.aws.rejected.push({ id: 'm-2', body: encodeWork({ ...report, namesUsername: false }), ...letter })

  expect(await asks({ action: 'dlq' })).toMatchObject({
    letters: [{ namesUsername: true }, { namesUsername: false }],
  })
})

describe('cases()', () => {
  async function twoCases() {
    const onCall = onCallIn(OWNERS, [ADA, BOB])
    const ada = await taken(onCall.world)
    const bob = await taken(onCall.world, BOBS)
    const found = async (request: object) => {
      const answer = await onCall.asks({ action: 'cases', ...request })
      return (answer as CasePage<CaseRow>).rows.map((row) => row.case)
    }
    return { ...onCall, found, ada: ada.id, bob: bob.id, since: later(-1).toISOString() }
  }

  test('lists open cases, those received since an instant, or those named', async () => {
    const { found, ada, bob, since } = await twoCases()

    expect(await found({})).toEqual([bob])
    expect(await found({ since })).toEqual(expect.arrayContaining([ada, bob]))
    expect(await found({ cases: [ada] })).toEqual([ada])
    expect(await found({ cases: [ada], open: true })).toEqual([])
  })

  test('picks by kind, organization and person', async () => {
    const { found, ada, bob, since } = await twoCases()

    expect(await found({ kind: 'privileged' })).toEqual([bob])
    expect(await found({ kind: 'held' })).toEqual([bob])
    expect(await found({ kind: 'removed', since })).toEqual([ada])
    expect(await found({ orgId: OTHER_ORG, since })).toEqual([])
    expect(await found({ username: 'ADA@example.com', since })).toEqual([ada])
  })

  test('leaves out one of those named that cannot be read', async () => {
    const { world, found, ada, bob } = await twoCases()
    spoil(world, `case#${ada}`)

    expect(await found({ cases: [ada, bob] })).toEqual([bob])
  })

  test.each([
    [{ kind: 'removed' }, '`since`: needed for closed cases'],
    [{ since: '2026-11-30T00:00:00Z' }, '`since`: expected an instant within the last 400 days'],
    [{ since: '2020-01-01T00:00:00Z' }, '`since`: expected an instant within the last 400 days'],
    [{ kind: 'odd' }, '`kind`: expected one of new, scheduled'],
    [{ cursor: 'x' }, '`cursor`: expected'],
  ])('refuses %j', async (request, error) => {
    expect(await onCallIn().asks({ action: 'cases', ...request })).toEqual({
      error: expect.stringContaining(error),
    })
  })
})

describe('pageOfCases()', () => {
  const ALL = Array.from({ length: 12_001 }, (_, index) => openedCase({}, { id: `okta:${index}` }) as Case)

  /** Reads every page; `seconds` is what reading a hundred bodies takes. */
  async function pagesOf(wanted: object = {}, seconds = 0) {
    const read: number[] = []
    const byId = new Map(ALL.map((kase) => [kase.id, kase]))
    let now = later(0)
    const ledger = {
      async *waiting() {
        for (let from = 0; from < ALL.length; from += 1_000)
          yield ALL.slice(from, from + 1_000).map((kase) => ({ ...waitOf(kase), id: kase.id }))
      },
      async readMany(_: string, ids: readonly string[]) {
        read.push(ids.length)
        now = new Date(now.getTime() + seconds * 1_000)
        return ids.flatMap((id) => byId.get(id) ?? [])
      },
    } as unknown as Ledger
    const clock = { now: () => now, sleep: async () => undefined, random: () => 0 }
    const rowsOf = async (cases: readonly Case[]) => cases.map(({ id }) => ({ id }))
    const pages: CasePage<{ readonly id: string }>[] = []
    let cursor: string | undefined
    do {
      const deadline = new Date(now.getTime() + 60_000)
      const page = await pageOfCases({ ledger, clock }, { ...wanted, cursor, rowsOf, deadline })
      pages.push(page)
      cursor = page.next
    } while (cursor !== undefined)
    return { pages, read, ids: pages.flatMap(({ rows }) => rows.map(({ id }) => id)) }
  }

  test('gives every case once, page by page, and says how many there are more', async () => {
    const { pages, ids } = await pagesOf()

    expect(pages.map(({ rows }) => rows.length)).toEqual([5_000, 5_000, 2_001])
    expect(pages.map(({ more }) => more)).toEqual([7_001, 2_001, undefined])
    expect(ids.toSorted()).toEqual(ALL.map(({ id }) => id).sort())
  })

  test('reads the body of each case once, a hundred at a time, but for one page of a hundred at each cut', async () => {
    const { read } = await pagesOf()

    expect(Math.max(...read)).toBe(100)
    expect(read.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(ALL.length + 200)
  })

  test('reads no body of a case that is not wanted whatever it says', async () => {
    const mayBeWanted = ({ id }: { readonly id: string }) => id === ALL[7]?.id
    const { ids, read } = await pagesOf({ mayBeWanted })

    expect([ids, read]).toEqual([[ALL[7]?.id], [1]])
  })

  test('ends a page in time for the answer, and continues after it', async () => {
    const { pages, ids } = await pagesOf({}, 20)

    expect(pages[0]?.rows).toHaveLength(300)
    expect(ids.toSorted()).toEqual(ALL.map(({ id }) => id).sort())
  })
})

test('lookup() shows each of several who bear the name', async () => {
  const members = [ADA, { ...ADA, userId: 'a'.repeat(24) }]
  const { asks } = onCallIn({}, [...members, BOB])

  expect(await asks({ action: 'lookup', username: 'ada@example.com' })).toMatchObject({
    memberships: [{ orgId: ORG, kind: 'several', members: members.map(({ userId }) => ({ userId })) }],
  })
})

describe('lookup() calls nobody absent whom a departure would be held for:', () => {
  const LOVELACE = { ...ADA, username: 'lovelace@example.com' }
  const ask = async (username: string, members: readonly object[]) => {
    const { world, deps, asks } = onCallIn({}, members)
    const rename = { userId: ADA.userId, at: later(1) }
    await world.time.run(deps.ledger.change(renamedKey(ORG, 'ada@example.com'), () => ({ state: rename })))
    const { memberships } = await asks({ action: 'lookup', username })
    return memberships
  }
  const LIKE_LOVELACE = { userId: ADA.userId, username: LOVELACE.username, status: 'ACTIVE' }
  const NEW_ADA = { ...ADA, userId: 'a'.repeat(24) }

  test('the address inside a decorated name', async () => {
    expect(await ask('DEL_bob@example.com', [BOB])).toMatchObject([
      { kind: 'similar', members: [{ userId: BOB.userId }] },
    ])
  })

  test('somebody who had the name before', async () => {
    expect(await ask('ada@example.com', [LOVELACE])).toMatchObject([
      { kind: 'similar', members: [], renamed: [LIKE_LOVELACE] },
    ])
  })

  test('the same beside whoever has it now', async () => {
    expect(await ask('ada@example.com', [NEW_ADA, LOVELACE])).toMatchObject([
      { kind: 'member', members: [{ userId: NEW_ADA.userId }], renamed: [LIKE_LOVELACE] },
    ])
    expect(await ask('ada@example.com', [NEW_ADA])).toMatchObject([{ kind: 'member', renamed: [] }])
  })

  test('what is no address', async () => {
    expect(await ask('E0012345', [BOB])).toMatchObject([{ kind: 'unclear', members: [] }])
  })
})

test('report() gives cases with their searches, and at last what the organizations report', async () => {
  const { world, asks } = onCallIn({ settings: { leftovers: 'report' } }, [ADA, BOB])
  const { id } = await taken(world)
  await passing(world, 60_000)
  const request = { action: 'report', since: later(-1).toISOString() }

  const page = await asks(request)
  const last = await asks({ ...request, cursor: page.next })

  expect(page).toMatchObject({ next: 'events', rows: [{ case: id, leftovers: { case: id } }] })
  expect(last).toMatchObject({ rows: [], feeds: [{ kind: 'read', orgId: ORG }] })
  expect(last.next).toBeUndefined()
})

describe('orphans()', () => {
  test('tells who has access or is invited, with what a human decides by', async () => {
    const invited = activeMember({ ...BOB, status: 'PENDING', invitationCreatedAt: later(-1_000) })
    const ended = activeMember({
      userId: '5e4bc367c6b0f41b00000009',
      username: 'eve@example.com',
      status: 'INVITATION_EXPIRED',
    })
    const { world, asks } = onCallIn({ settings: { mode: 'observe', protectedUsernames: ['bob@*'] } }, [
      ADA,
      invited,
      ended,
    ])
    const { id } = await taken(world)

    expect(await asks({ action: 'orphans' })).toMatchObject({
      members: [
        { orgId: ORG, username: ADA.username, protected: false, underWay: { case: id } },
        { orgId: ORG, username: BOB.username, status: 'PENDING', protected: true },
      ],
    })
  })

  test('reads organization by organization, and says which cannot be read', async () => {
    const { asks } = onCallIn(
      {
        orgIds: [ORG, OTHER_ORG],
        faultFor: ({ operation, service }) =>
          service === 'atlas' && operation === 'listOrgUsers'
            ? { kind: 'reply', reply: refusal(403, 'FORBIDDEN') }
            : undefined,
      },
      [ADA],
    )
    const first = (await asks({ action: 'orphans' })) as MembersPage
    const second = (await asks({ action: 'orphans', cursor: first.next })) as MembersPage

    expect([first, second].map(({ notRead }) => notRead)).toEqual([
      { orgId: ORG, code: 'FORBIDDEN' },
      { orgId: OTHER_ORG, code: 'FORBIDDEN' },
    ])
    expect(second.next).toBeUndefined()
  })

  test.each([
    [{ orgIds: [OTHER_ORG] }, `\`orgIds\`: ${OTHER_ORG} is not configured`],
    [{ cursor: OTHER_ORG }, '`cursor`: the organizations are others now'],
  ])('refuses %j', async (request, error) => {
    expect(await onCallIn().asks({ action: 'orphans', ...request })).toEqual({
      error: expect.stringContaining(error),
    })
  })
})

describe('remove()', () => {
  const REMOVE = { action: 'remove', username: ADA.username, by: CLAIM.by, reason: 'HR-1' }

  test('queues an ordinary departure, and answers how it ended', async () => {
    const { world, tellsAmidWork } = onCallIn({}, [ADA])

    expect(await tellsAmidWork(REMOVE)).toMatchObject({
      pending: false,
      cases: [{ source: 'operator', requestedBy: ON_CALL.arn, reason: 'HR-1', outcome: { kind: 'removed' } }],
    })
    expect(world.org().members).toEqual([])
  })

  test('waits for one case of all organizations that are not configured', async () => {
    const orgIds = [ORG, 'a'.repeat(24), 'b'.repeat(24)]

    expect(await onCallIn({}, [ADA]).tellsAmidWork({ ...REMOVE, orgIds })).toMatchObject({
      pending: false,
      cases: [{}, {}],
    })
  })

  test('answers with the open case that it only repeats, and opens no other', async () => {
    const { world, tellsAmidWork } = onCallIn({ settings: { mode: 'observe' } }, [ADA])
    const first = await tellsAmidWork(REMOVE)
    const [held] = world.cases()

    const again = await tellsAmidWork(REMOVE, 5_000, 'another-request')

    expect(first).toMatchObject({ pending: false, cases: [{ case: held?.id }] })
    expect(again).toMatchObject({ pending: false, cases: [{ case: held?.id }] })
    expect(world.cases()).toHaveLength(1)
  })

  test.each([
    [{ dryRun: true }, {}, 'removed'],
    [{ effectiveAt: '2026-11-20T00:00:00Z' }, {}, 'held'],
    [{}, { aliases: ['zoe@example.com'] }, 'held'],
    [{}, {}, 'removed'],
    [{ occurredAt: '2026-11-16T19:00:00Z' }, { occurredAt: '2026-11-16T19:00:00Z' }, 'scheduled'],
  ])('takes the answer of %j under an id of its own for none of %j', async (first, second, kind) => {
    const { tellsAmidWork } = onCallIn({}, [ADA])
    await tellsAmidWork({ ...REMOVE, id: 'HR-1', ...first })

    expect(await tellsAmidWork({ ...REMOVE, id: 'HR-1', ...second }, 5_000, 'another-request')).toMatchObject(
      {
        ...{ pending: false, cases: [{ outcome: { kind } }] },
      },
    )
  })

  test('says that it is pending when the time runs out first', async () => {
    const { world, deps } = onCallIn({}, [ADA])
    const { carryOut } = await import('../../../lib/acts/operator.ts')
    const deadline = new Date(world.time.now().getTime() + 2_500)

    const answer = await world.time.run(carryOut(deps, REMOVE, { requestId: 'r-1', deadline }))

    expect(answer).toMatchObject({ pending: true, cases: [] })
  })

  test.each([
    [{ username: undefined }, '`username`'],
    [{ orgId: ORG }, '`orgId` is unknown; did you mean `orgIds`?'],
    [{ dry_run: true }, '`dry_run` is unknown; did you mean `dryRun`?'],
    [{ type: 'user.returned' }, '`type`'],
    [{ by: '' }, '`by`'],
  ])('refuses %j and queues nothing', async (request, error) => {
    const { world, tells } = onCallIn({}, [ADA])

    expect(await tells({ ...REMOVE, ...request })).toEqual({ error: expect.stringContaining(error) })
    await passing(world)
    expect(world.org().members).toEqual([ADA])
  })
})

test('report() gives a case without its search if that cannot be read', async () => {
  const { world, asks } = onCallIn({ settings: { leftovers: 'report' } }, [ADA, BOB])
  const { id } = await taken(world)
  await passing(world, 60_000)
  spoil(world, `search#${searchIdOf(id)}`)

  const { rows } = await asks({ action: 'report', since: later(-1).toISOString() })

  expect(rows).toMatchObject([{ case: id, outcome: { kind: 'removed' } }])
  expect(rows).not.toMatchObject([{ leftovers: {} }])
})

/** Leaves nothing of an item but its keys. */
function spoil({ table }: ReturnType<typeof onCallIn>['world'], key: string): void {
  Object.assign(table.items().find(({ pk }) => pk === key) ?? {}, { body: '{' })
}
