import { expect, test } from 'vitest'
import { blocked } from '../../../lib/core/org-state.ts'
import { activeMember, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import type { WorldOptions } from '../../support/world.ts'
import { startDesk } from './desk.ts'

const ADA = activeMember({ teamIds: ['t1', 't2'] })
const OWNER = activeMember({
  userId: '5e4bc367c6b0f41b00000002',
  username: 'bob@example.com',
  orgRoles: ['ORG_OWNER'],
})

async function deskWith(options: WorldOptions = {}) {
  const desk = await startDesk({ settings: { holdOrgRoles: ['ORG_OWNER'] }, ...options })
  for (const orgId of options.orgIds ?? [ORG]) desk.world.org(orgId).members = [ADA, OWNER]
  return desk
}

test('`lookup` shows membership, roles, teams, and cases with their next step', async () => {
  await using desk = await deskWith()
  await desk.run('remove bob@example.com')

  const ada = await desk.run('lookup ADA@example.com')
  const bob = await desk.run('lookup bob@example.com')

  expect(ada.status).toBe(0)
  expect(ada.out).toMatch(/ACTIVE +ORG_MEMBER +2 +1\n/)
  expect(ada.out).toContain('No cases')
  expect(bob.out).toContain('1 case\n')
  expect(bob.out).toMatch(/next: .*release c-[0-9a-f]{20} --by you/)
})

test.each([
  { state: 'absent', members: [OWNER] },
  { state: 'several members match', members: [ADA, { ...ADA, userId: 'a'.repeat(24) }] },
  {
    state: 'absent, but also here: ada@old.example.com',
    members: [{ ...ADA, username: 'ada@old.example.com' }],
  },
])('`lookup` says that somebody is $state', async ({ state, members }) => {
  await using desk = await deskWith()
  desk.world.org().members = members

  expect(await desk.run('lookup ada@example.com')).toMatchObject({
    status: 0,
    out: expect.stringContaining(state),
  })
})

test('`lookup` exits 1 if an organization cannot be asked: that is no "absent"', async () => {
  await using desk = await deskWith({
    orgIds: [ORG, OTHER_ORG],
    faultFor: ({ operation }) =>
      operation === 'listOrgUsers' ? { kind: 'reply', reply: refusal(403, 'FORBIDDEN') } : undefined,
  })
  desk.world.aws.secrets.delete(`atlas/${OTHER_ORG}`)

  const { status, out } = await desk.run('lookup ada@example.com')

  expect(status).toBe(1)
  expect(out).toContain('cannot be asked: FORBIDDEN')
  expect(out).toContain(`secret atlas/${OTHER_ORG}`)
})

test('`cases` lists open cases, a kind of them, those named, or those since', async () => {
  await using desk = await deskWith()
  await desk.run('remove bob@example.com')
  await desk.run('remove ada@example.com')

  const open = await desk.run('cases')
  const [id = ''] = /c-[0-9a-f]{20}/.exec(open.out) ?? []

  expect(open.out).toContain('1 case')
  expect(open.out).toContain(OWNER.username)
  expect((await desk.run('cases --kind stale_event')).out).toBe('No cases')
  expect((await desk.run('cases --open --kind privileged')).out).toContain('1 case')
  expect((await desk.run('cases --since 7d')).out).toContain('2 cases')
  expect((await desk.run('cases --since 7d --kind removed')).out).toContain(ADA.username)
  expect((await desk.run(`cases ${id}`)).out).toContain(OWNER.username)
})

test('`cases` fits the terminal, and never cuts what has to be copied', async () => {
  await using desk = await deskWith()
  await desk.run('remove bob@example.com')

  const { out } = await desk.run('cases', { width: 80 })

  const rows = out.split('\n').filter((line) => !line.startsWith('    '))
  expect(Math.max(...rows.map((row) => [...row].length))).toBeLessThanOrEqual(80)
  expect(out).toMatch(/^c-[0-9a-f]{20} {2}bob/m)
  expect(out).toContain(ORG)
  expect(out).toContain('…')
})

test('`cases` shows control characters of a username as what they are', async () => {
  await using desk = await deskWith()
  desk.world.depart({
    id: 'okta:e-1',
    source: 'okta',
    username: 'a\u202eda@example.com',
    occurredAt: later(0),
  })
  await desk.run('status')

  const { out } = await desk.run('cases')

  expect(out).toContain('a\\u{202e}da@example.com')
  expect(out).not.toContain('\u202e')
})

test('`status` shows mode, limits, windows, open cases, the oldest, and the sources', async () => {
  await using desk = await deskWith()
  await desk.run('remove ada@example.com')
  await desk.run('remove bob@example.com')

  const { status, out, err } = await desk.run('status')

  expect({ status, err }).toEqual({ status: 0, err: '' })
  expect(out).toMatch(/^Mode {4}enforce\nPaused {2}no\nLimits {2}10 removals a day/)
  expect(out).toMatch(new RegExp(`${ORG} +1 +3 +2 +ok`))
  expect(out).toMatch(/held: privileged +1/)
  expect(out).toMatch(
    /Oldest open case: c-\w+, bob@example.com, held: privileged \(ORG_OWNER\), for \d+ s\n +next: /,
  )
  expect(out).toMatch(/operator +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +\d+ s/)
})

test('`status` of a quiet installation says so', async () => {
  await using desk = await deskWith()

  const { out } = await desk.run('status')

  expect(out).toContain('No open cases')
  expect(out).toContain('No source has sent anything yet')
})

test('`status` in observe mode says so loudly, in a table and beside JSON', async () => {
  await using desk = await deskWith({ settings: { mode: 'observe' } })

  const table = await desk.run('status')
  const json = await desk.run('status --json')

  expect(table.out).toMatch(/^Mode {4}OBSERVE: nobody is removed/)
  expect(table.err).toMatch(/^\*\*\* OBSERVE MODE: nobody is removed/)
  expect(json.err).toBe(table.err)
  expect(JSON.parse(json.out)).toMatchObject({ mode: 'observe', warning: expect.any(String) })
})

test('`status` shows what stops removals, and how to go on', async () => {
  await using desk = await deskWith({ orgIds: [ORG, OTHER_ORG], settings: { maxRemovalsPerDay: 0 } })
  desk.world.aws.secrets.delete(`atlas/${OTHER_ORG}`)
  const { ledger } = desk.world.worker().deps
  await desk.run(`remove ada@example.com --org ${ORG}`)
  await desk.world.time.run(ledger.changeOrg(ORG, (state) => blocked(state, 'USER_UNAUTHORIZED', later(0))))
  await desk.run(`pause --org ${ORG} --by grace --because drill`)
  await desk.run('pause --by grace --because fire')
  await desk.world.time.runUntil(later(10 * 60_000))

  const { out } = await desk.run('status')

  expect(out).toMatch(/^Paused {2}ALL, since \S+Z by grace: fire$/m)
  expect(out).toMatch(/PAUSED since \S+Z by grace: drill; LATCHED since \S+Z: over its limit; BLOCKED since/)
  expect(out).toContain('USER_UNAUTHORIZED, next probe now')
  expect(out).toContain(`next: resume --org ${ORG} --by you --because …`)
  expect(out).toContain('UNREADABLE: ')
})

test.each([
  'status',
  'cases',
  'cases --since 7d',
  'lookup ada@example.com',
  'remove ada@example.com --dry-run',
])('`%s --json` prints one JSON document with the exit status of the table', async (line) => {
  await using desk = await deskWith()

  const json = await desk.run(`${line} --json`)

  expect(JSON.parse(json.out)).toBeTypeOf('object')
  expect(json.status).toBe(0)
})
