import { expect, test } from 'vitest'
import { activeMember, later, ORG } from '../../support/cases.ts'
import { secretIdOf } from '../../support/environment.ts'
import { thirtyProjects } from '../../support/leftovers.ts'
import { startDesk } from './desk.ts'

const DAY = 24 * 3_600_000

async function deskWith(leftovers: 'off' | 'report' | 'clean' = 'clean') {
  const desk = await startDesk({ settings: { leftovers } })
  desk.world.org().members = [activeMember()]
  desk.world.org().projects = thirtyProjects(later(-DAY))
  return desk
}

test('`leftovers` lists what there is, each sort with what to do about it, and exits 1', async () => {
  await using desk = await deskWith()

  const { status, out } = await desk.run('leftovers ada@example.com')

  expect(status).toBe(1)
  expect(out).toContain(`Organization ${ORG}, 30 projects`)
  expect(out.match(/^reported {2}project invitation/gm)).toHaveLength(3)
  expect(out.match(/^reported {2}database user/gm)).toHaveLength(6)
  expect(out.match(/^ {4}next: /gm)).toHaveLength(2)
  expect(out).toContain('No case has looked for leftovers yet')
})

test('`leftovers` of a name that nothing bears exits 0', async () => {
  await using desk = await deskWith()

  expect(await desk.run('leftovers nobody@example.com')).toMatchObject({
    status: 0,
    out: expect.stringContaining('30 projects: nothing bears this name'),
  })
})

test('`leftovers` tells a role that is missing everywhere once, and a few projects one by one', async () => {
  await using desk = await deskWith()
  const { projects } = desk.world.org()
  for (const project of projects.slice(0, 4)) project.isClosed = true
  const many = await desk.run('leftovers nobody@example.com')
  for (const project of projects.slice(3, 4)) project.isClosed = false
  const few = await desk.run('leftovers nobody@example.com')

  expect(many.out).toMatch(
    /failed +project +4 projects +our credential needs the role Project Owner .*\(USER_UNAUTHORIZED\)/,
  )
  expect(many.out.match(/^failed/gm)).toHaveLength(1)
  expect(few.out.match(/^failed/gm)).toHaveLength(3)
})

test('`leftovers` says which secret cannot be read', async () => {
  await using desk = await deskWith()
  desk.world.aws.secrets.set(secretIdOf(ORG), 'nonsense')

  expect(await desk.run('leftovers ada@example.com')).toMatchObject({
    status: 1,
    out: expect.stringContaining(`Secret ${secretIdOf(ORG)} cannot be read`),
  })
})

test("`lookup` and `cases` show what became of a person's leftovers", async () => {
  await using desk = await deskWith()
  await desk.run('remove ada@example.com')
  const soon = await desk.run('cases --since 1d')
  const lookup = await desk.run('lookup ada@example.com')
  const cases = await desk.run('cases --since 1d')
  const again = await desk.run('leftovers ada@example.com')

  expect(soon.out).toContain('removed (answered)')
  for (const { out } of [lookup, cases]) {
    expect(out).toContain('leftovers: 3 deleted, 6 reported, 0 failed')
    expect(out.match(/^deleted {3}project invitation/gm)).toHaveLength(3)
    expect(out).toMatch(/Leftovers of c-[0-9a-f]{20}\n/)
  }
  expect(again.out).toMatch(/What its cases came to\nc-[0-9a-f]{20} {2}leftovers: 3 deleted/)
})

test('`report` tells them in every form', async () => {
  await using desk = await deskWith()
  await desk.run('remove ada@example.com')
  await desk.run('status')
  const csv = await desk.run('report --since 1d --csv')
  const json = await desk.run('report --since 1d --json')

  expect(csv.out).toContain('"leftovers: 3 deleted, 6 reported, 0 failed",3,6,0')
  const [row] = (JSON.parse(json.out) as { rows: { leftovers: { findings: object[] } }[] }).rows
  expect(row?.leftovers.findings).toHaveLength(9)
})
