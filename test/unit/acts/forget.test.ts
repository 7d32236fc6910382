import { describe, expect, test } from 'vitest'
import { evidenceOf } from '../../../lib/evidence/evidence.ts'
import { pseudonymOf } from '../../../lib/words/forget.ts'
import { activeMember, departure, later } from '../../support/cases.ts'
import { reportOf } from '../../support/evidence.ts'
import { createWorld, type World, type WorldOptions } from '../../support/world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const REQUEST = { action: 'forget', username: 'ADA@example.com', by: 'eve@example.com', because: 'request 7' }

async function removedAda(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options)
  world.org().members = [activeMember()]
  world.depart(departure({ reason: 'Ada left', requestedBy: 'boss-of-ada' }))
  await world.runUntil(later(MINUTE))
  return world
}

function operate(world: World, request: object): Promise<object> {
  return world.time.run(world.operate(request))
}

function textOf(world: World): string {
  return JSON.stringify(world.table.items().map(({ body, keys }) => [body, keys]))
}

describe('forget() and leftovers', () => {
  const LEFT = { kind: 'database_user', x509Type: 'MANAGED', databaseName: '$external' }

  test('takes the names of database users out as well', async () => {
    const world = createWorld({ settings: { leftovers: 'report' } })
    world.org().members = [activeMember()]
    const databaseUsers = [{ ...LEFT, username: 'CN=ada@example.com,O=Example' }]
    world.org().projects = [{ id: 'a'.repeat(24), name: 'payments', invites: [], databaseUsers }]
    world.depart(departure())
    await world.runUntil(later(MINUTE))
    expect(textOf(world)).toContain('CN=ada@example.com')

    expect(await operate(world, REQUEST)).toMatchObject({ cases: { length: 1 } })
    expect(textOf(world)).not.toMatch(/\bada\b/i)
    expect(world.cases()).toMatchObject([{ leftovers: { kind: 'looked', findings: { length: 1 } } }])
  })

  test('waits until they have been looked for', async () => {
    const world = createWorld({ settings: { leftovers: 'report' } })
    world.org().members = [activeMember()]
    world.depart(departure())
    await world.runUntil(later(2_500))

    expect(await operate(world, REQUEST)).toEqual({
      error: expect.stringMatching(/^`username`: leftovers are still looked for: c-[0-9a-f]{20}$/),
    })
  })
})

describe('forget()', () => {
  test('leaves no trace of the person in the ledger, and keeps the case', async () => {
    const world = await removedAda()
    const [before] = world.cases()

    const answered = await operate(world, REQUEST)

    expect(answered).toMatchObject({
      pseudonym: pseudonymOf('ada@example.com'),
      cases: [before?.id],
      otherNames: [],
    })
    expect(textOf(world)).not.toMatch(/\bada\b/i)
    expect(world.cases()).toMatchObject([{ id: before?.id, outcome: before?.outcome }])
  })

  test('names what still holds the person, and how long', async () => {
    const answered = await operate(await removedAda(), REQUEST)

    const { stillKept } = answered as { stillKept: { where: string; howLong: string }[] }
    const where = stillKept.map((kept) => kept.where).join('; ')
    for (const place of ['archive', 'log', 'dead-letter', 'backup']) expect(where).toContain(place)
    expect(stillKept.every(({ howLong }) => howLong !== '')).toBe(true)
  })

  test('is told to the audit trail without the name', async () => {
    const world = await removedAda()

    await operate(world, REQUEST)

    const told = world.aws.published.filter(({ detail }) => detail.status === 'forgotten')
    expect(told).toMatchObject([
      {
        detail: { unmapped: { notice: 'forgotten', by: 'eve@example.com', because: 'request 7', cases: 1 } },
      },
    ])
    expect(JSON.stringify(told)).not.toMatch(/\bada\b/i)
  })

  test('lets the item that bears the name expire', async () => {
    const world = await removedAda()
    const until = later(24 * HOUR).toISOString()
    const claim = { by: 'eve@example.com', because: 'batch' }
    await operate(world, { action: 'approve', usernames: ['ada@example.com'], until, ...claim })

    await operate(world, REQUEST)

    const item = world.table.items().find(({ pk }) => pk === 'person#ada@example.com')
    expect(item?.expiresAt).toBeLessThanOrEqual(Math.ceil(world.time.now().getTime() / 1_000))
  })

  test('done again it finds nobody', async () => {
    const world = await removedAda()
    await operate(world, REQUEST)

    expect(await operate(world, REQUEST)).toEqual({ error: '`username`: the ledger knows nobody so' })
  })

  test('refuses while a case is open', async () => {
    const world = await removedAda({ settings: { mode: 'observe' } })
    const [open] = world.cases()

    expect(await operate(world, REQUEST)).toEqual({ error: `\`username\`: still open: ${open?.id}` })
    expect(textOf(world)).toContain('ada@example.com')
  })

  test('refuses for 14 days after a return, because an older departure may still arrive', async () => {
    const world = await removedAda()
    const back = {
      id: 'okta:back',
      source: 'okta',
      username: 'ada@example.com',
      occurredAt: world.time.now(),
    }
    const { deps } = world.worker()
    await world.time.run(
      deps.ledger.changePerson(back.username, (state) => ({
        ...state,
        returns: { okta: { id: back.id, at: back.occurredAt } },
      })),
    )

    expect(await operate(world, REQUEST)).toEqual({ error: expect.stringContaining('within 14 days') })
    await world.time.runUntil(later(15 * 24 * HOUR))
    expect(await operate(world, REQUEST)).toMatchObject({ cases: { length: 1 } })
  })

  test('refuses while the audit trail has not taken everything', async () => {
    const world = await removedAda({
      faultFor: ({ service }) => (service === 'bus' ? { kind: 'partial' } : undefined),
    })

    expect(await operate(world, REQUEST)).toEqual({ error: expect.stringContaining('audit trail') })
  })

  test.each(['because', 'by'])('refuses to write the name down again in `%s`', async (field) => {
    const world = await removedAda()

    expect(await operate(world, { ...REQUEST, [field]: 'for Ada@Example.com' })).toEqual({
      error: '`because`: must not hold the name that is forgotten',
    })
  })

  test('refuses a request without a reason', async () => {
    expect(await operate(createWorld(), { ...REQUEST, because: '' })).toHaveProperty('error')
  })

  test('gives up on a case that others keep writing, and says so', async () => {
    const world = await removedAda()
    const { ledger } = world.worker().deps
    const overtaken = { ...ledger, save: async () => undefined }
    const { forget } = await import('../../../lib/acts/forget.ts')
    const deps = { ...world.worker().deps, ledger: overtaken }

    const work = forget(deps, REQUEST, { requestId: 'r-1', deadline: later(HOUR) })

    expect(await world.time.run(work)).toEqual({ error: expect.stringContaining('try again') })
  })
})

describe('after forget()', () => {
  test('the same departure, delivered again, is answered by its case', async () => {
    const world = await removedAda()
    await operate(world, REQUEST)

    world.depart(departure({ reason: 'Ada left', requestedBy: 'boss-of-ada' }))
    await world.runUntil(later(10 * MINUTE))

    expect(world.cases()).toHaveLength(1)
    expect(textOf(world)).not.toMatch(/\bada\b.*left/i)
  })

  test('the removal is no misuse of our credential, and no difference from Atlas', async () => {
    const world = await removedAda()
    await operate(world, REQUEST)
    await world.runUntil(later(3 * HOUR))

    const evidence = evidenceOf(await reportOf(world, later(-HOUR)), HOUR)

    expect(world.aws.published.map(({ detail }) => detail.status)).not.toContain('credential_misuse')
    expect(evidence).toMatchObject({ mismatches: [], uncompared: [], summary: { cases: 1 } })
  })
})
