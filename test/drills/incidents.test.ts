import { expect, test } from 'vitest'
import { activeMember, later, ORG } from '../support/cases.ts'
import { secretIdOf } from '../support/environment.ts'
import { rowSays, sectionSays } from './runbook.ts'
import { ADA, type Alert, alertOf, DAY, HOUR, MINUTE, rowIn, type Scene, startScene, ZOE } from './scene.ts'
import { shownSteps, waysOut } from './ways-out.ts'

const OWNER = activeMember({
  userId: '5e4bc367c6b0f41b000000aa',
  username: 'otto@example.com',
  orgRoles: ['ORG_OWNER'],
})
const LEAVERS = [1, 2, 3, 4, 5].map((number) =>
  activeMember({ userId: `5e4bc367c6b0f41b0000001${number}`, username: `leaver-${number}@example.com` }),
)

function sceneOf(members: readonly (typeof ADA)[], options: Parameters<typeof startScene>[0] = {}): Scene {
  const scene = startScene(options)
  scene.world.org().members = [...members, ZOE]
  return scene
}

const present = (scene: Scene, orgId = ORG) =>
  scene.world
    .org(orgId)
    .members.map(({ username }) => username)
    .toSorted()

/** The last alert that wakes somebody. @throws if it is of another kind: nobody would look there */
function woken(scene: Scene, row: string): Alert {
  const alert = scene.alerts().findLast(({ severity_id }) => severity_id === 4)
  if (!alert || rowIn(alert) !== row)
    throw new Error(`Nobody is woken by "${row}", but by "${alert && rowIn(alert)}"`)
  return alert
}

/** Names that the page leaves open. */
type Known = Readonly<Record<string, string | undefined>>

/** Types commands as a page shows them. What stands in capitals comes from the alert, or from what was shown before. */
async function type(scene: Scene, commands: readonly string[], known: Known, files = {}): Promise<string> {
  let shown = ''
  for (const command of commands) {
    const filled = command.replace(
      /\b[A-Z]{3,}\b/g,
      (name) => known[name] ?? (name === 'WHY' ? 'HR-1042' : name),
    )
    const { status, out, err } = await scene.run(filled, { files })
    expect.soft(status, `${filled}: ${err}`).toBeLessThan(2)
    shown += `${out}\n`
  }
  return shown
}

/** The first way out that a row of the runbook offers. */
const wayOf = (row: string) => waysOut(rowSays(row)[0])[0] ?? []

test('a layoff: whoever was announced by name is out, everybody else waits for a human', async () => {
  const scene = sceneOf(LEAVERS, { settings: { maxRemovalsPerDay: 1 } })
  for (const [number, { username }] of LEAVERS.entries())
    await scene.departs({ id: `okta:evt-${number}`, username })
  const { cloud } = woken(scene, 'stopped_over_limit')
  const announced = LEAVERS.slice(0, 4).map(({ username }) => username)

  await type(scene, wayOf('stopped_over_limit'), { ORG: cloud.org?.uid }, { FILE: announced.join('\n') })
  await scene.passing(5 * MINUTE)

  expect(present(scene)).toEqual(['leaver-5@example.com', ZOE.username])
  const held = scene.world.cases().filter(({ closedAt }) => !closedAt)
  await type(scene, wayOf('held: mass_removal'), { CASE: held[0]?.id })
  await scene.passing(MINUTE)
  expect(present(scene)).toEqual([ZOE.username])
})

test('a layoff announced in advance passes the limit without a word to anybody', async () => {
  const scene = sceneOf(LEAVERS, { settings: { maxRemovalsPerDay: 1 } })
  const names = LEAVERS.map(({ username }) => username)

  const announce = rowSays('let an announced layoff pass the daily limit')
  await type(scene, announce, {}, { FILE: names.join('\n') })
  for (const [number, { username }] of LEAVERS.entries())
    await scene.departs({ id: `okta:evt-${number}`, username })

  expect(present(scene)).toEqual([ZOE.username])
  expect(scene.alerts().filter(({ severity_id }) => severity_id === 4)).toEqual([])
})

test('a wrong credential: one alert, one repair, and all who waited are out', async () => {
  const scene = sceneOf(LEAVERS)
  scene.world.org().clientSecret = 'mdb_sa_sk_rotated'
  for (const [number, { username }] of LEAVERS.slice(0, 3).entries())
    await scene.departs({ id: `okta:evt-${number}`, username })
  const alerts = scene.alerts().filter(({ severity_id }) => severity_id === 4)
  expect(alerts.map(rowIn)).toEqual(['stopped_credential'])

  replaceSecret(scene, 'mdb_sa_sk_rotated')
  await type(scene, wayOf('stopped_credential'), { ORG: alerts[0]?.cloud.org?.uid })
  await scene.passing(20 * MINUTE)

  expect(present(scene)).toEqual(['leaver-4@example.com', 'leaver-5@example.com', ZOE.username])
})

test('the wrong person was removed: the page gives the request that lets them back in, and nothing removes them again', async () => {
  const scene = sceneOf([ADA])
  await scene.departs()
  expect(present(scene)).toEqual([ZOE.username])

  const steps = sectionSays('The wrong person was removed')
  const caseId = scene.world.cases()[0]?.id
  const shown = await type(scene, steps.slice(0, 4), { USERNAME: ADA.username, CASE: caseId })
  const [, request = ''] = /<<'JSON'.*?\n(\{.*?^\})\nJSON$/ms.exec(shown) ?? []
  const body = JSON.parse(request)
  scene.joins({
    ...ADA,
    userId: '5e4bc367c6b0f41b00000009',
    username: body.username,
    orgRoles: body.roles.orgRoles,
    status: 'PENDING',
    invitationCreatedAt: scene.world.time.now(),
  })
  await scene.comesBack({})
  await scene.departs({ id: 'okta:evt-2', occurredAt: later(5_000) })
  await type(scene, rowSays('resume'), {})
  await scene.passing(HOUR)

  expect(await type(scene, steps.slice(3, 4), { CASE: caseId })).toContain('In Atlas now: PENDING')
  expect(body).toMatchObject({ username: ADA.username, roles: { orgRoles: ADA.orgRoles } })
  expect(await type(scene, steps.slice(-1), { USERNAME: ADA.username })).toContain('PENDING')
  expect(present(scene)).toEqual([ADA.username, ZOE.username])
  expect(steps.slice(0, 4).map((step) => step.split(' ')[0])).toEqual(['pause', 'lookup', 'case', 'restore'])
})

test('an owner leaves: held for a second look, and the last one only after somebody else is an owner', async () => {
  const scene = sceneOf([OWNER], { settings: { holdOrgRoles: ['ORG_OWNER'] } })
  await scene.departs({ username: OWNER.username })
  const held = woken(scene, 'held: privileged')
  await type(scene, wayOf('held: privileged'), { CASE: held.unmapped.case })
  await scene.passing(MINUTE)
  const refused = woken(scene, 'refused: last_owner')
  expect(present(scene)).toContain(OWNER.username)

  scene.world.org().members = [OWNER, { ...ZOE, orgRoles: ['ORG_OWNER'] }]
  await type(scene, wayOf('refused: last_owner'), { CASE: refused.unmapped.case })
  await scene.passing(MINUTE)

  expect(present(scene)).toEqual([ZOE.username])
})

test('an alias: the alert shows who may be meant, and the one who is meant is out', async () => {
  const scene = sceneOf([activeMember({ username: 'ada+atlas@example.com' })])
  await scene.departs()
  const { unmapped } = woken(scene, 'held: possible_alias')
  const candidates = unmapped.outcome?.kind === 'held' ? unmapped.outcome.candidates : []
  const look = await type(scene, ['case CASE'], { CASE: unmapped.case })
  expect(look).toContain('ada+atlas@example.com')

  await type(scene, wayOf('held: possible_alias'), { CASE: unmapped.case, USERID: candidates?.[0]?.userId })
  await scene.passing(MINUTE)

  expect(present(scene)).toEqual([ZOE.username])
})

test('a message on the DLQ: one alert, the person is removed by hand, a redrive does no harm', async () => {
  const scene = sceneOf([ADA])
  const body = '{"kind":"departure","departure":{"usrname":"ada@example.com"}}'
  await scene.says(body)
  woken(scene, 'unreadable')
  const alerts = scene.alerts().length
  const listed = await type(scene, ['dlq'], {})
  const [letter] = scene.world.aws.rejected

  await type(scene, wayOf('unreadable'), { USERNAME: ADA.username })
  await type(scene, rowSays('`WorkDeadLettersAlarm`'), { MESSAGE: letter?.id })
  await scene.passing(MINUTE)

  expect(listed).toContain('`usrname` is unknown; did you mean `username`?')
  expect(present(scene)).toEqual([ZOE.username])
  expect(scene.world.aws.rejected.map(({ id }) => id)).not.toContain(letter?.id)
  expect(scene.alerts().slice(alerts).map(rowIn)).toEqual(['removed', 'redriven'])
})

test('stop everything: not one more DELETE, nobody is lost, and one word lets all of them go', async () => {
  const scene = sceneOf(LEAVERS)
  await type(scene, rowSays('stop all removals now'), {})
  for (const [number, { username }] of LEAVERS.slice(0, 3).entries())
    await scene.departs({ id: `okta:evt-${number}`, username })
  await scene.passing(HOUR)
  expect(scene.world.deletions).toEqual([])

  const shown = await type(scene, ['status'], {})
  expect(shownSteps(shown)).toContain('resume --because WHY')
  await type(scene, rowSays('resume'), {})
  await scene.passing(5 * MINUTE)

  expect(present(scene)).toEqual(['leaver-4@example.com', 'leaver-5@example.com', ZOE.username])
})

test('a scheduled removal that was due and not made: the alarm’s row finds it, and a retry makes it', async () => {
  const scene = sceneOf([ADA])
  await scene.departs({ effectiveAt: later(HOUR) })
  await scene.idle(HOUR + 20 * MINUTE)

  const [look = '', retry = ''] = rowSays('OldestScheduledAlarm')
  const [caseId] = /c-[0-9a-f]{20}/.exec(await type(scene, [look], {})) ?? []
  await type(scene, [retry], { CASE: caseId })
  await scene.passing(MINUTE)

  expect(present(scene)).toEqual([ZOE.username])
})

test('orphans: who left without an event is found by the roster, and out', async () => {
  const scene = sceneOf([ADA])
  const files = { 'people.csv': `email\n${ZOE.username}\n` }
  const [list = '', remove = ''] = sectionSays('The orphans job failed')

  const found = await scene.run(list, { files })
  expect(found.status).toBe(1)
  expect(found.out).toContain(ADA.username)
  await type(scene, [remove.replace('--expect N', '--expect 1')], {}, files)
  await scene.passing(5 * MINUTE)

  expect(present(scene)).toEqual([ZOE.username])
  expect((await scene.run(list, { files })).status).toBe(0)
})

test('a leaked credential: somebody else’s removal stops the organization until the secret is another', async () => {
  const scene = sceneOf(LEAVERS)
  await scene.departs({ username: 'leaver-1@example.com' })
  const actor = `mdb_sa_id_${ORG}`
  const at = scene.world.time.now()
  scene.world.org().events.push({ type: 'REMOVED_FROM_ORG', at, username: 'cyd@example.com', actor })
  await scene.idle(20 * MINUTE)
  await scene.hourly()
  await scene.departs({ id: 'okta:evt-2', username: 'leaver-2@example.com' })
  const { cloud } = woken(scene, 'credential_misuse')
  expect(present(scene)).toContain('leaver-2@example.com')

  scene.world.org().clientSecret = 'mdb_sa_sk_rotated'
  replaceSecret(scene, 'mdb_sa_sk_rotated')
  await type(scene, wayOf('credential_misuse'), { ORG: cloud.org?.uid })
  await scene.passing(15 * MINUTE)

  expect(present(scene)).not.toContain('leaver-2@example.com')
  await scene.hourly()
  expect(scene.alerts().filter((alert) => rowIn(alert) === 'credential_misuse')).toHaveLength(1)
})

test('back by federation: the hourly list sees them, and they are out again', async () => {
  const scene = sceneOf([ADA])
  await scene.departs()
  await scene.idle(DAY)
  scene.joins({ ...ADA, userId: '5e4bc367c6b0f41b00000009' })
  await scene.hourly()
  const { user } = woken(scene, 'returned')

  await type(scene, wayOf('returned'), { USERNAME: user.name })
  await scene.passing(MINUTE)

  expect(present(scene)).toEqual([ZOE.username])
  expect(alertOf(scene, 'removed')?.user.name).toBe(ADA.username)
})

test('HR is down: alerts say so, nobody is removed on a guess, and the leaver is out once HR answers or a human does', async () => {
  const scene = sceneOf([ADA])
  scene.world.hr.refuses = 503
  await scene.hrSays('left')
  await scene.passing(8 * HOUR)
  woken(scene, 'hr_look_up_failing')
  const held = alertOf(scene, 'held: unresolved_employee')
  expect(held?.severity_id).toBe(4)
  expect(present(scene)).toContain(ADA.username)

  const shown = await type(scene, wayOf('hr_look_up_failing'), {})
  expect(shown).toMatch(/hr\/hibob cannot be asked since .*HTTP_503/)
  scene.world.hr.put({ id: '1', state: 'left' })
  scene.world.hr.refuses = undefined
  await type(scene, wayOf('held: unresolved_employee'), { CASE: held?.unmapped.case })
  await scene.passing(HOUR)

  expect(present(scene)).toEqual([ZOE.username])
  expect((await scene.run('status')).out).not.toContain('cannot be asked')
})

function replaceSecret({ world }: Scene, clientSecret: string): void {
  const secret = { clientId: `mdb_sa_id_${ORG}`, clientSecret, orgId: ORG }
  world.aws.secrets.set(secretIdOf(ORG), JSON.stringify(secret))
}
