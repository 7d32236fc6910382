import { expect, test } from 'vitest'
import { renamedKey } from '../../../lib/core/absent.ts'
import { personKey } from '../../../lib/core/returns.ts'
import { pseudonymOf } from '../../../lib/words/forget.ts'
import { activeMember, later, ORG } from '../../support/cases.ts'
import { CLAIM, notices, onCallIn, passing, taken } from './on-call.ts'

const ADA = activeMember()
const FORGET = { action: 'forget', username: 'ADA@example.com', ...CLAIM }

test('forget() takes the name out of closed cases, searches and memories, and publishes the act without it', async () => {
  const { world, deps, tells, asks } = onCallIn({ settings: { leftovers: 'report' } }, [ADA])
  const { id } = await taken(world)
  await passing(world, 60_000)
  await world.time.run(
    deps.ledger.change(renamedKey(ORG, ADA.username), () => ({
      state: { userId: ADA.userId, username: ADA.username, at: later(1) },
    })),
  )
  const until = new Date(world.time.now().getTime() + 60_000).toISOString()
  await tells({ action: 'approve', usernames: [ADA.username], until, ...CLAIM })

  const answer = await tells(FORGET)
  await passing(world)

  const pseudonym = pseudonymOf(ADA.username)
  expect(answer).toMatchObject({ pseudonym, cases: [id], otherNames: [] })
  const bodies = world.table.items().map(({ body, keys }) => JSON.stringify([body, keys]))
  expect(bodies.filter((body) => /ada@example/i.test(body))).toEqual([])
  expect(world.tasks('search').map(({ subject }) => subject.username)).toEqual([pseudonym])
  expect(notices(world, 'forgotten')).toMatchObject([{ unmapped: { pseudonym, cases: 1 } }])
  expect(JSON.stringify(notices(world, 'forgotten'))).not.toMatch(/ada@/i)
  expect(await asks({ action: 'lookup', username: ADA.username })).toMatchObject({ cases: [] })
})

test('forget() refuses while a case is open', async () => {
  const { world, tells } = onCallIn({ settings: { mode: 'observe' } }, [ADA])
  const { id } = await taken(world)

  expect(await tells(FORGET)).toEqual({ error: `\`username\`: still open: ${id}` })
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
