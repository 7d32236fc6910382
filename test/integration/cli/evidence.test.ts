import { expect, test } from 'vitest'
import { activeMember, departure, later, openedCase } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import type { WorldOptions } from '../../support/world.ts'
import { startDesk } from './desk.ts'

const CLAIM = '--by eve@example.com --because asked'

async function deskAfterRemoval(options: WorldOptions = {}) {
  const desk = await startDesk(options)
  desk.world.org().members = [activeMember({ teamIds: ['0123456789abcdef01234567'] })]
  desk.world.depart(departure())
  await desk.world.runUntil(later(60_000))
  return desk
}

test('`report` tells the figures, and that Atlas says the same', async () => {
  await using desk = await deskAfterRemoval()

  const { status, out } = await desk.run('report --since 1d --slo 30m')

  expect(status).toBe(0)
  expect(out).toContain('1 departure, 1 case')
  expect(out).toMatch(/Time to revoke: p50 .* 1 of 1 within 30 min/)
  expect(out).toContain('No open cases')
  expect(out).toContain('Compared with Atlas: no differences')
})

test('`report` lists open cases and differences', async () => {
  await using desk = await deskAfterRemoval({ settings: { mode: 'observe' } })
  const actor = 'mallory@example.com'
  desk.world.org().events.push({ type: 'REMOVED_FROM_ORG', at: later(5), username: 'bob@example.com', actor })

  const { out } = await desk.run('report --since 1d')

  expect(out).toMatch(
    /1 open case, 0 beyond the target\nCASE.*\nc-[0-9a-f]{20} +ada@example.com +Held: observing/,
  )
  expect(out).toContain('bob@example.com removed by mallory@example.com')
})

test('`report` says whose removal it was if it was by our credential, and which Atlas does not know', async () => {
  await using desk = await deskAfterRemoval()
  const org = desk.world.org()
  const [ours] = org.events
  org.events = org.events.map((event) => ({ ...event, username: 'bob@example.com' }))
  await desk.world.time.runUntil(later(3_600_000))

  const { out } = await desk.run('report --since 1d')

  expect(ours).toBeDefined()
  expect(out).toContain('bob@example.com removed WITH OUR CREDENTIAL')
  expect(out).toMatch(/Atlas has no event of it: case c-[0-9a-f]{20} says removed/)
})

test('`report` exits 1 and says so if the events could not be read', async () => {
  await using desk = await deskAfterRemoval({
    faultFor: ({ operation }) =>
      operation === 'listOrgEvents' ? { kind: 'reply', reply: refusal(403, 'FORBIDDEN') } : undefined,
  })

  const { status, out } = await desk.run('report --since 1d')

  expect(status).toBe(1)
  expect(out).toContain('NOT COMPARED with Atlas')
})

test('`report --html` writes a page for its owner alone and tells the figures', async () => {
  await using desk = await deskAfterRemoval()
  const files: Record<string, string> = {}

  const { status, out, err } = await desk.run('report --since 1d --html out.html', { files })

  expect(status).toBe(0)
  expect(files['out.html']).toMatch(/^<!doctype html>[\s\S]*ada@example\.com/)
  expect(out).toContain('1 departure')
  expect(err).toContain('Written: out.html')
})

test('`report --csv` and `--json` print nothing but that', async () => {
  await using desk = await deskAfterRemoval()

  const csv = await desk.run('report --since 1d --csv')
  const json = await desk.run('report --since 1d --json')

  expect(csv.out).toMatch(/^"case","open"[^\n]*\n"c-[0-9a-f]{20}",false,"removed"[^\n]*$/)
  expect(JSON.parse(json.out)).toMatchObject({
    targetMs: 14_400_000,
    summary: { cases: 1 },
    rows: [{ username: 'ada@example.com' }],
  })
})

test.each([
  ['report', '--since is needed'],
  ['report --since 1d --slo soon', '--slo: expected a duration'],
  ['report --since 1d --csv --json', 'expected --csv or --json, not both'],
  ['report --since yesterday', '`since`: expected an ISO 8601 instant'],
  ['snapshot c-1', '`case`: expected'],
  ['snapshot', 'expected snapshot <case>'],
  ['forget ada@example.com', '--by is needed'],
])('`%s` is refused: %s', async (line, problem) => {
  await using desk = await startDesk()

  expect(await desk.run(line)).toMatchObject({ status: 2, err: expect.stringContaining(problem) })
})

test('`snapshot` prints the request that brings a person back, ready to be sent', async () => {
  await using desk = await deskAfterRemoval()
  const [kase] = desk.world.cases()

  const { status, out } = await desk.run(`snapshot ${kase?.id}`)

  expect(status).toBe(0)
  const [head, body = ''] = out.split(/\n\n(?=\{)/)
  expect(head).toMatch(/POST \/api\/atlas\/v2\/orgs\/[0-9a-f]{24}\/users\nAccept: application\/vnd/)
  expect(JSON.parse(body)).toMatchObject({
    username: 'ada@example.com',
    roles: { orgRoles: ['ORG_MEMBER'] },
    teamIds: ['0123456789abcdef01234567'],
  })
})

test('`snapshot` prints a body that a terminal does not act on, and warns if projects are missing', async () => {
  await using desk = await startDesk()
  const snapshot = { ...activeMember({ username: 'ad\u202ea@example.com' }), truncated: true }
  const kase = openedCase({ snapshot, nextAttemptAt: undefined })
  await desk.world.time.run(desk.world.worker().deps.ledger.record(kase))

  const { out, err } = await desk.run(`snapshot ${kase.id}`)

  expect(out).toContain('"username": "ad\\u202ea@example.com"')
  expect(err).toContain('the first 1000 projects only')
})

test('`forget` names the other names of the same person', async () => {
  await using desk = await startDesk()
  desk.world.depart(departure({ aliases: ['ada@old.example.com'] }))
  await desk.world.runUntil(later(60_000))

  const { out } = await desk.run(`forget ada@example.com ${CLAIM}`)

  expect(out).toContain('Also known as ada@old.example.com: forget these too')
})

test('`forget` asks first, and then says what still holds the person', async () => {
  await using desk = await deskAfterRemoval()

  const refused = await desk.run(`forget ada@example.com ${CLAIM}`, { says: 'n' })
  const done = await desk.run(`forget ada@example.com ${CLAIM}`, { says: 'y' })

  expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('Nothing was done') })
  expect(done.status).toBe(0)
  expect(done.asked[0]).toContain('Take ada@example.com out of all closed cases, for good?')
  expect(done.out).toMatch(/^Rewritten: 1 case; the person is forgotten-[0-9a-f]{20}/)
  expect(done.out).toContain('object lock')
})
