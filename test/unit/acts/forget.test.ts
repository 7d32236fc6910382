import { describe, expect, test } from 'vitest'
import { renamedKey } from '../../../lib/core/absent.ts'
import { personKey } from '../../../lib/core/returns.ts'
import { employeeKey } from '../../../lib/senders/hr/reference-task.ts'
import { activeMember, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import type { IoCall, World } from '../../support/world.ts'
import { CLAIM, notices, onCallIn, passing, referred, taken } from './on-call.ts'

const ADA = activeMember()
const DAY_MS = 24 * 3_600_000
/** Lets so much time pass in which nobody works. */
const idle = ({ time }: World, ms: number) => time.run(time.wait(ms))
const FORGET = { action: 'forget', username: 'ADA@example.com', ...CLAIM }

test('forget() takes the name out of closed cases, searches and memories, and publishes the act without it', async () => {
  const { world, deps, tells, asks } = onCallIn({ settings: { leftovers: 'report' } }, [ADA])
  const { id } = await taken(world)
  await passing(world, 60_000)
  await idle(world, 30 * DAY_MS)
  await world.time.run(
    deps.ledger.change(renamedKey(ORG, ADA.username), () => ({
      state: { userId: ADA.userId, at: later(1) },
    })),
  )
  const until = new Date(world.time.now().getTime() + 60_000).toISOString()
  await tells({ action: 'approve', usernames: [ADA.username], until, ...CLAIM })

  const answer = await tells(FORGET)
  await passing(world)

  const { pseudonym } = answer
  expect(answer).toMatchObject({
    pseudonym: expect.stringMatching(/^forgotten-/),
    cases: [id],
    otherNames: [],
  })
  const bodies = world.table.items().map(({ body, keys }) => JSON.stringify([body, keys]))
  expect(bodies.filter((body) => /ada@example/i.test(body))).toEqual([])
  expect(world.tasks('search').map(({ subject }) => subject.username)).toEqual([pseudonym])
  expect(notices(world, 'forgotten')).toMatchObject([
    { unmapped: { pseudonym, cases: [expect.stringMatching(/^c-/)] } },
  ])
  expect(JSON.stringify(notices(world, 'forgotten'))).not.toMatch(/ada@/i)
  expect(await asks({ action: 'lookup', username: ADA.username })).toMatchObject({ cases: [] })
})

/** One call of the table fails, counted from `begin`, of the operator. `isOver`: there were not that many. */
function operatorFault(failsAt: number) {
  let calls = Number.NEGATIVE_INFINITY
  return {
    faultFor({ worker, service }: IoCall) {
      if (worker !== 'operator' || service !== 'table') return undefined
      calls += 1
      return calls === failsAt ? ({ kind: 'error', when: 'before' } as const) : undefined
    },
    begin: () => {
      calls = 0
    },
    end: () => {
      calls = Number.NEGATIVE_INFINITY
    },
    isOver: () => calls < failsAt,
  }
}

/** The pseudonyms of Ada in two organizations: the first try to forget her fails at one of its calls of the table, the next does not. */
async function pseudonymsAfter(failsAt: number) {
  const fault = operatorFault(failsAt)
  const { faultFor } = fault
  const { world, tells } = onCallIn({ faultFor, orgIds: [ORG, OTHER_ORG] }, [ADA])
  await taken(world)
  await idle(world, 30 * DAY_MS)
  fault.begin()
  await tells(FORGET).catch(() => undefined)
  const isOver = fault.isOver()
  fault.end()
  await tells(FORGET)
  return { isOver, people: new Set(world.cases().map(({ subject }) => subject.username)) }
}

test('forget() gives one person one pseudonym, also when done again after it failed anywhere', async () => {
  for (let failsAt = 1; ; failsAt += 1) {
    const { isOver, people } = await pseudonymsAfter(failsAt)
    expect({ failsAt, number: people.size }).toEqual({ failsAt, number: 1 })
    expect([...people][0]).toMatch(/^forgotten-/)
    if (isOver) break
  }
})

test('forget() keeps nothing by which a pseudonym or a departure could be guessed', async () => {
  const { world, tells } = onCallIn({}, [ADA])
  const { state } = await taken(world)
  await idle(world, 30 * DAY_MS)
  await tells(FORGET)
  await passing(world)

  const kept = JSON.stringify(world.table.items().map(({ body, keys }) => [body, keys]))
  expect(kept).not.toContain('salt')
  expect(kept).not.toContain(state.departure.id)
})

/** Whether HiBob's employee, who left, is forgotten after all: the first try fails at one of its calls of the table, the next does not. */
async function forgottenAfter(failsAt: number) {
  const fault = operatorFault(failsAt)
  const { faultFor } = fault
  const { world, tells } = onCallIn({ faultFor }, [ADA])
  world.hr.put({ id: '1', workEmail: ADA.username, state: 'left' })
  await referred(world, '1')
  const known = JSON.stringify(world.table.items().find(({ pk }) => pk === employeeKey('hr/hibob', '1')))
  expect([known.includes(ADA.username), world.outcomes()]).toEqual([true, ['removed']])

  await idle(world, 30 * DAY_MS)
  fault.begin()
  await tells(FORGET).catch(() => undefined)
  const isOver = fault.isOver()
  fault.end()
  await tells(FORGET)
  await passing(world)
  const bodies = world.table.items().map(({ pk, body, keys }) => [pk, JSON.stringify([body, keys])])
  return { isOver, naming: bodies.filter(([, body]) => /ada@example/i.test(body ?? '')).map(([pk]) => pk) }
}

test('forget() takes the name out of the memory of an employee, also when done again after it failed anywhere', async () => {
  for (let failsAt = 1; ; failsAt += 1) {
    const { isOver, naming } = await forgottenAfter(failsAt)
    expect({ failsAt, naming }).toEqual({ failsAt, naming: [] })
    if (isOver) break
  }
})

test('forget() refuses while a case is open', async () => {
  const { world, tells } = onCallIn({ settings: { mode: 'observe' } }, [ADA])
  const { id } = await taken(world)

  expect(await tells(FORGET)).toEqual({ error: `\`username\`: still open: ${id}` })
})

test('forget() refuses until every case has been closed for 30 days: a wrong removal must not be hidden at once', async () => {
  const { world, tells } = onCallIn({}, [ADA])
  const { id } = await taken(world)
  await idle(world, 29 * DAY_MS)
  const early = await tells(FORGET)
  await idle(world, DAY_MS)

  expect(early).toEqual({ error: `\`username\`: closed less than 30 days ago: ${id}` })
  expect(await tells(FORGET)).toHaveProperty('pseudonym')
})

test('forget() refuses within 14 days of a return', async () => {
  const { world, deps, tells } = onCallIn({}, [ADA])
  const returns = { okta: { id: 'okta:back', at: world.time.now() } }
  await world.time.run(deps.ledger.change(personKey(ADA.username), () => ({ state: { returns } })))

  expect(await tells(FORGET)).toEqual({ error: expect.stringContaining('came back within 14 days') })
})

test('forget() refuses while an event about the person waits to be published', async () => {
  const { world, tells } = onCallIn({}, [ADA])
  world.outages.add('bus')
  await taken(world)
  await idle(world, 30 * DAY_MS)

  expect(await tells(FORGET)).toEqual({ error: expect.stringContaining('not every event about this person') })
})

test.each([
  [{}, '`username`: the ledger knows nobody by this name'],
  [{ because: 'Ada@Example.com asked' }, '`because`: must not hold the name'],
  [{ username: '' }, '`username`: expected'],
])('forget() refuses %j', async (request, error) => {
  const { tells } = onCallIn()

  expect(await tells({ ...FORGET, ...request })).toEqual({ error: expect.stringContaining(error) })
})

describe('a legal hold', () => {
  const HOLD = { action: 'legal_hold', ...CLAIM }

  test.each([ADA.username, 'ada@old.example.com'])(
    'on %s keeps Ada from being forgotten until it is lifted',
    async (username) => {
      const { world, tells } = onCallIn({}, [ADA])
      await taken(world, { aliases: ['ada@old.example.com'] })
      await idle(world, 30 * DAY_MS)
      expect(await tells({ ...HOLD, username })).toEqual({ username, held: true, changed: true })
      expect(await tells({ ...HOLD, username })).toMatchObject({ changed: false })
      await passing(world)

      expect(await tells(FORGET)).toEqual({ error: expect.stringMatching(/legal hold since .*: HR-1042$/) })
      expect(await tells({ ...HOLD, username, lift: true })).toEqual({ username, held: false, changed: true })
      await passing(world)
      expect(await tells(FORGET)).toHaveProperty('pseudonym')
      for (const name of ['legal_hold_set', 'legal_hold_lifted'])
        expect(notices(world, name)).toMatchObject([
          {
            message: expect.stringMatching(username === ADA.username ? / \(c-.{20}\)\. By on-call\// : /By /),
            ...{ user: { name: username }, unmapped: { because: 'HR-1042' } },
          },
        ])
    },
  )

  test('is set by one person; lifting it takes two where acts do', async () => {
    const { world, tells } = onCallIn({ settings: { fourEyes: true } }, [ADA])
    await taken(world)

    expect(await tells({ ...HOLD, username: ADA.username })).toMatchObject({ held: true })
    expect(await tells({ ...HOLD, username: ADA.username, lift: true })).toHaveProperty('proposed')
    await passing(world)
    expect(notices(world, 'proposed')).toMatchObject([
      { message: expect.stringMatching(/^Proposed: legal hold lifted \(c-[a-f0-9]{20}\)\. By on-call/) },
    ])
  })

  test('comes too late once somebody is being forgotten', async () => {
    const { world, deps, tells } = onCallIn({}, [ADA])
    const forgetting = { name: 'forgotten-0a', salt: 's' }
    await world.time.run(
      deps.ledger.change(personKey(ADA.username), () => ({ state: { returns: {}, forgetting } })),
    )

    expect(await tells({ ...HOLD, username: ADA.username })).toEqual({
      error: '`username`: is being forgotten',
    })
  })
})
