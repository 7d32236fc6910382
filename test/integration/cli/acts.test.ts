import { expect, test } from 'vitest'
import { activeMember, ORG, OTHER_ORG } from '../../support/cases.ts'
import type { World, WorldOptions } from '../../support/world.ts'
import { startDesk } from './desk.ts'

const ADA = activeMember()
const OWNER = activeMember({
  userId: '5e4bc367c6b0f41b00000002',
  username: 'bob@example.com',
  orgRoles: ['ORG_OWNER'],
})
const EVE = activeMember({ userId: '5e4bc367c6b0f41b00000003', username: 'eve@example.com' })
const HOLD_OWNERS = { holdOrgRoles: ['ORG_OWNER'] }
const CLAIM = '--by grace --because HR-1042'
const UNKNOWN = `c-${'0'.repeat(20)}`

async function deskWith(options: WorldOptions = {}) {
  const desk = await startDesk({ settings: HOLD_OWNERS, ...options })
  for (const orgId of options.orgIds ?? [ORG]) desk.world.org(orgId).members = [ADA, OWNER, EVE]
  return desk
}

const staying = (world: World, orgId = ORG) => world.org(orgId).members.map(({ username }) => username)
const idOf = ({ out }: { readonly out: string }) => /c-[0-9a-f]{20}/.exec(out)?.[0] ?? ''

test('`remove` removes one person everywhere, exits 0, and shows one line per organization', async () => {
  await using desk = await deskWith({ orgIds: [ORG, OTHER_ORG] })

  const { status, out } = await desk.run('remove ada@example.com --by grace --reason HR-1042')

  expect(status).toBe(0)
  expect(out.match(/removed \(answered\)/g)).toHaveLength(2)
  expect([staying(desk.world), staying(desk.world, OTHER_ORG)]).toEqual([
    [OWNER.username, EVE.username],
    [OWNER.username, EVE.username],
  ])
  expect(desk.world.cases()[0]?.departure).toMatchObject({ requestedBy: 'grace', reason: 'HR-1042' })
})

test('`remove --org --alias` keeps to what is named', async () => {
  await using desk = await deskWith({ orgIds: [ORG, OTHER_ORG] })

  const { status } = await desk.run(`remove countess@example.com --alias ada@example.com --org ${OTHER_ORG}`)

  expect(status).toBe(0)
  expect(staying(desk.world)).toContain(ADA.username)
  expect(staying(desk.world, OTHER_ORG)).not.toContain(ADA.username)
})

test('`remove --dry-run` removes nobody and asks nobody', async () => {
  await using desk = await deskWith()

  const { status, out, asked } = await desk.run('remove ada@example.com --dry-run', { says: 'n' })

  expect({ status, asked }).toEqual({ status: 0, asked: [] })
  expect(out).toContain('would be removed (dry run)')
  expect(staying(desk.world)).toContain(ADA.username)
})

test.each([
  { says: 'y', status: 0, gone: true },
  { says: 'YES', status: 0, gone: true },
  { says: 'n', status: 1, gone: false },
  { says: '', status: 1, gone: false },
  { says: 'yesterday', status: 1, gone: false },
])('`remove` asks a human first: "$says"', async ({ says, status, gone }) => {
  await using desk = await deskWith()

  const ran = await desk.run('remove ada@example.com', { says })

  expect(ran).toMatchObject({ status, asked: ['Remove ada@example.com from every organization? [y/N] '] })
  expect(staying(desk.world).includes(ADA.username)).toBe(!gone)
})

test('`remove` of somebody held exits 1 and says what to type next', async () => {
  await using desk = await deskWith()

  const ran = await desk.run('remove bob@example.com --yes', { says: 'n' })

  expect(ran.status).toBe(1)
  expect(ran.asked).toEqual([])
  expect(ran.out).toContain('held: privileged (ORG_OWNER)')
  expect(ran.out).toContain(`release ${idOf(ran)} --by you --because …`)
})

test('`remove` in observe mode says loudly that nobody was removed', async () => {
  await using desk = await deskWith({ settings: { mode: 'observe' } })

  const { status, out, err } = await desk.run('remove ada@example.com')

  expect(status).toBe(1)
  expect(err).toMatch(/^\*\*\* OBSERVE MODE: nobody was removed/)
  expect(out).toContain('held: observing')
})

test('`release` shows the case, asks, and waits for how it ends', async () => {
  await using desk = await deskWith({ settings: { mode: 'observe' } })
  const id = idOf(await desk.run('remove ada@example.com'))

  const refused = await desk.run(`release ${id} ${CLAIM}`, { says: 'n' })
  const released = await desk.run(`release ${id} ${CLAIM}`, { says: 'y' })

  expect(refused).toMatchObject({ status: 1, asked: ['Release 1 case, so that people are removed? [y/N] '] })
  expect(refused.err).toContain(ADA.username)
  expect(released.status).toBe(0)
  expect(released.out).toContain('removed (answered)')
  expect(staying(desk.world)).not.toContain(ADA.username)
})

test('`release` of a case that another guard holds then exits 1 with the next step', async () => {
  await using desk = await deskWith({ settings: { mode: 'observe', ...HOLD_OWNERS } })
  const id = idOf(await desk.run('remove bob@example.com'))

  const { status, out } = await desk.run(`release ${id} ${CLAIM}`)

  expect(status).toBe(1)
  expect(out).toContain('held: privileged')
  expect(out).toContain(`release ${id}`)
})

test('`release --all` carries out as many as expected, and nothing if there are others', async () => {
  await using desk = await deskWith({ settings: { mode: 'observe' } })
  await desk.run('remove ada@example.com')
  await desk.run('remove eve@example.com')

  const wrong = await desk.run(`release --all --kind observing --expect 3 ${CLAIM}`)
  const before = staying(desk.world)
  const right = await desk.run(`release --all --kind observing --expect 2 ${CLAIM}`, { says: 'y' })

  expect(wrong).toMatchObject({
    status: 2,
    err: expect.stringContaining('2 cases are held for observing, not 3'),
  })
  expect(before).toEqual([ADA.username, OWNER.username, EVE.username])
  expect(right).toMatchObject({
    status: 0,
    asked: [expect.stringContaining('all 2 cases held for observing')],
  })
  expect(right.err).toContain(EVE.username)
  expect(staying(desk.world)).toEqual([OWNER.username])
})

test('`release --all` asks of a single case as of one', async () => {
  await using desk = await deskWith({ settings: { mode: 'observe' } })
  await desk.run('remove ada@example.com')

  const { asked } = await desk.run(`release --all --kind observing --expect 1 ${CLAIM}`, { says: 'n' })

  expect(asked).toEqual(['Release the 1 case held for observing, so that people are removed? [y/N] '])
})

test('`release --no-wait` answers at once', async () => {
  await using desk = await deskWith({ settings: { mode: 'observe' } })
  const id = idOf(await desk.run('remove ada@example.com'))

  expect(await desk.run(`release ${id} ${CLAIM} --no-wait`)).toMatchObject({
    status: 0,
    out: expect.stringContaining('released, not judged again yet'),
  })
})

test('`release` does not wait for ever', async () => {
  await using desk = await deskWith({ settings: { mode: 'observe' } })
  const id = idOf(await desk.run('remove ada@example.com'))
  desk.world.aws.messages.push = () => 0

  const { status, out } = await desk.run(`release ${id} ${CLAIM}`)

  expect(status).toBe(1)
  expect(out).toContain('the work goes on')
})

test('`cancel` ends a case, asks before, and tells of cases that there are not', async () => {
  await using desk = await deskWith()
  const id = idOf(await desk.run('remove bob@example.com'))

  const { status, out, asked } = await desk.run(`cancel ${id} ${UNKNOWN} ${CLAIM}`, { says: 'y' })

  expect(status).toBe(1)
  expect(asked).toEqual(['Cancel 2 cases, so that nobody is removed by them? [y/N] '])
  expect(out).toContain('cancelled by grace: HR-1042')
  expect(out).toContain('unknown: no such case')
  expect(staying(desk.world)).toContain(OWNER.username)
})

test('`cancel` of a person who is out already is told as what it is, and is no success', async () => {
  await using desk = await deskWith()
  const id = idOf(await desk.run('remove ada@example.com'))

  const { status, out } = await desk.run(`cancel ${id} ${CLAIM}`)

  expect(status).toBe(1)
  expect(out).toContain('already closed: removed')
})

test('`retry` judges a case again after the repair', async () => {
  await using desk = await deskWith()
  desk.world.org().clientSecret = 'mdb_sa_sk_new'
  const deferred = await desk.run('remove ada@example.com')
  desk.world.org().clientSecret = 'mdb_sa_sk_good'
  await desk.world.time.runUntil(new Date(desk.world.time.now().getTime() + 6 * 60_000))

  const { status, out } = await desk.run(`retry ${idOf(deferred)}`)

  expect(deferred.out).toMatch(/deferred: \w+, again in/)
  expect(deferred.out).toContain(`at once: retry ${idOf(deferred)}`)
  expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining('removed') })
})

test('`pause` stops removals without asking, `resume` asks and lets them go on', async () => {
  // With other waiting times a sweep comes in between, and judges the case again first.
  await using desk = await deskWith({ seed: 2 })

  const paused = await desk.run(`pause ${CLAIM}`, { says: 'n' })
  const held = await desk.run('remove ada@example.com')
  const resumed = await desk.run(`resume ${CLAIM}`, { says: 'y' })

  expect(paused).toMatchObject({ status: 0, asked: [] })
  expect(paused.out).toMatch(/^All organizations are paused since \S+Z by grace: HR-1042$/)
  expect(held.out).toContain('resume [--org …] --by you --because …')
  expect(resumed).toMatchObject({ status: 0, asked: ['Resume the removals of all organizations? [y/N] '] })
  expect(resumed.out).toBe('All organizations: resumed\n1 paused case judged again')
  expect(staying(desk.world)).not.toContain(ADA.username)
})

test('`resume --org` exits 1 while something is still stopped or held, and says how to go on', async () => {
  await using desk = await deskWith({ settings: { maxRemovalsPerDay: 0 } })
  await desk.run('remove ada@example.com')
  await desk.run(`pause ${CLAIM}`)

  const resumed = await desk.run(`resume --org ${ORG} ${CLAIM}`, { says: 'y' })

  expect(resumed).toMatchObject({ status: 1, asked: ['Resume the removals of one organization? [y/N] '] })
  expect(resumed.out).toContain('release --all --kind mass_removal --expect 1')
  expect(resumed.out).toContain('Still stopped: all; see status')
})

test('`pause --org` and a second `resume` say how it is', async () => {
  await using desk = await deskWith()

  expect((await desk.run(`pause --org ${ORG} ${CLAIM}`)).out).toContain(`Organization ${ORG} is paused since`)
  expect(await desk.run(`resume ${CLAIM}`)).toMatchObject({
    status: 0,
    out: `All organizations: nothing was paused or latched\nStill stopped: ${ORG}; see status`,
  })
})

test('`approve` takes names from a file, but for comments and empty lines', async () => {
  await using desk = await deskWith({ settings: { maxRemovalsPerDay: 0 } })
  const files = { leavers: '# batch of November\nada@example.com\r\n\n  eve@example.com\n' }

  const approved = await desk.run(`approve --usernames leavers --until 7d ${CLAIM}`, { files })

  expect(approved.out).toMatch(/^Announced 2 people until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  expect((await desk.run('remove eve@example.com')).status).toBe(0)
  expect((await desk.run('remove bob@example.com')).out).toContain('held: mass_removal')
})

test('`test-alert` says whether the audit bus took it', async () => {
  let down = false
  await using desk = await deskWith({
    faultFor: ({ service }) => (down && service === 'bus' ? { kind: 'partial' } : undefined),
  })

  expect(await desk.run('test-alert --by grace')).toMatchObject({
    status: 0,
    out: expect.stringContaining('Sent'),
  })
  down = true
  expect(await desk.run('test-alert --by grace')).toMatchObject({ status: 1 })
})

test('`status --test-alert` sends one alert, as whoever says so', async () => {
  await using desk = await deskWith()

  const sent = await desk.run('status --test-alert --by grace')

  expect(sent).toMatchObject({ status: 0, out: expect.stringMatching(/^Sent test_alert\//) })
  expect(desk.world.aws.published).toMatchObject([
    { detail: { metadata: { event_code: 'test_alert' }, unmapped: { by: 'grace' } } },
  ])
})

test.each([
  ['status --test-alert', '--by is needed'],
  ['status --by grace', '--by: only with --test-alert'],
])('`%s` is refused, and nobody is alerted', async (line, problem) => {
  await using desk = await deskWith()

  expect(await desk.run(line)).toMatchObject({ status: 2, err: expect.stringContaining(problem) })
  expect(desk.world.aws.published).toEqual([])
})
