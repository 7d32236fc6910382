import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { carryOut } from '../../lib/acts/operator.ts'
import { idOf } from '../../lib/doors/scim/user.ts'
import { deadLetters, putAs } from '../integration/artefacts/queue.ts'
import { wholeStack } from '../integration/template/grants.ts'
import { packagedTemplate } from '../integration/template/packaged-template.ts'
import { activeMember, later, ORG } from '../support/cases.ts'
import { onCallIn, taken } from '../unit/acts/on-call.ts'
import { type IncidentStack, startIncidentStack } from './incident-stack.ts'
import { ADA, DAY, HOUR, MINUTE, startScene, ZOE } from './scene.ts'

// The attacks of the security review, by name. On the archive and the ledger: integrity.test.ts. With on-call's policy: policies.test.ts.

const victims = Array.from({ length: 25 }, (_, index) =>
  activeMember({ username: `v${index}@example.com`, userId: String(index).padStart(24, 'a') }),
)

test('approval with aliases: the approval covers the one leaver, and the limit stops what their aliases name', async () => {
  const scene = startScene({ settings: { maxRemovalsPerDay: 3 } })
  scene.world.org().members = [ADA, ZOE, ...victims]
  await scene.run('approve --usernames leavers.txt --until 2d --because HR-1042', {
    files: { 'leavers.txt': `${ADA.username}\n` },
  })
  await scene.departs({ id: 'okta:0' })
  for (const [index, { username }] of victims.entries())
    await scene.departs({ id: `okta:${index + 1}`, occurredAt: scene.world.time.now(), aliases: [username] })
  await scene.passing(2 * MINUTE)

  const left = scene.world.org().members
  expect(left).not.toContainEqual(ADA)
  expect(victims.length + 1 - left.length).toBeLessThanOrEqual(3)
  const approved = scene.world
    .cases()
    .filter(({ decisions }) => decisions.some(({ act }) => act === 'approve'))
  expect(approved.map(({ state }) => state.snapshot?.username)).toEqual([ADA.username])
  expect(scene.alerts().map(({ unmapped }) => unmapped.notice)).toContain('stopped_over_limit')
})

test('one person releasing a mass removal under FOUR_EYES with two sessions: nobody goes', async () => {
  const { world, tellsAs } = onCallIn({ settings: { fourEyes: true, maxRemovalsPerDay: 0 } }, [ADA])
  const { id } = await taken(world)
  const session = (name: string) => `arn:aws:sts::111122223333:assumed-role/OnCall/${name}`
  const request = { action: 'release', rule: 'mass_removal', cases: [id], because: 'x', by: 'ada' }

  const { proposed } = await tellsAs(session('ada'), request)
  const confirmed = await tellsAs(session('grace'), { action: 'confirm', proposal: proposed, by: 'grace' })
  await world.runUntil(new Date(world.time.now().getTime() + HOUR))

  expect(confirmed).toEqual({ error: expect.stringContaining('another person must confirm') })
  expect(world.org().members).toEqual([ADA])
})

test('the report says `unverified` of an act that nobody proved, and of a report that nobody proved to have made', async () => {
  const scene = startScene({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
  scene.world.org().members = [ADA, ZOE]
  await scene.departs()
  const { world } = scene
  const cases = world.cases().map(({ id }) => id)
  const release = { action: 'release', rule: 'privileged', cases, because: 'HR-1042', by: 'ada' }
  const invocation = { requestId: 'r-1', deadline: later(DAY) }
  await world.time.run(carryOut(world.worker('operator').deps, release, invocation))
  await scene.passing(2 * MINUTE)
  const files: Record<string, string> = {}
  await scene.run('report --since 5d --html report.html', { files })
  const { out } = await scene.run('report --since 5d --csv')

  expect(out).toContain('unverified as ""ada""')
  expect(files['report.html']).toMatch(/released \(privileged\) by unverified as (?:"|&quot;|&#34;)ada/)
  expect(files['report.html']).toMatch(/Made by<\/th><td><bdi>unverified</)
})

describe('on the local stack', () => {
  let stack: IncidentStack
  let before: readonly string[]
  beforeAll(async () => {
    stack = await startIncidentStack()
    before = stack.people()
  })
  afterAll(() => stack.close())
  const ALAN = 'alan@example.com'

  test('forged SNS return: what another source announced is held, not cancelled', async () => {
    const { putPartnerEvent, publish } = stack.aws
    const detail = { username: ALAN, effectiveAt: new Date(Date.now() + DAY) }
    await putPartnerEvent({ source: 'hr.example', 'detail-type': 'User Departed', detail })
    const { case: id } = await stack.settled('eventbridge/hr.example', ALAN, 'scheduled')

    const back = { type: 'user.returned', username: ALAN }
    await publish(JSON.stringify({ source: 'hr.example', 'detail-type': 'User Returned', detail: back }))
    await publish(JSON.stringify({ ...back, occurredAt: new Date(Date.now() + 1_000) }))

    await stack.settled('eventbridge/hr.example', ALAN, 'held')
    expect((await stack.run(`atlas-offboarding case ${id}`)).out).toContain('sns/offboarding-intake')
    await stack.run(`atlas-offboarding cancel ${id} --because "the end"`)
    expect(stack.people()).toEqual(before)
  })

  test('http speaking as operator: its message removes nobody, and lies on the DLQ', async () => {
    const departure = { id: 'operator:1', source: 'operator', username: ALAN, occurredAt: new Date() }

    await putAs(stack.aws, stack.aws.identityOf('http').env, 'work', { kind: 'departure', departure })

    const [letter] = await vi.waitFor(async () => {
      const letters = await deadLetters(stack.aws, 'work')
      expect(letters).toHaveLength(1)
      return letters
    }, 10_000)
    expect(letter?.reason).toBe('http: may not queue a departure with this source and id')
    expect(stack.people()).toEqual(before)
  })

  test('--by system: the record says who it was', async () => {
    await stack.run(`atlas-offboarding remove ${ALAN} --effective-at 1d --because x`)
    const { case: id } = await stack.settled('operator', ALAN, 'scheduled')

    await stack.run(`atlas-offboarding cancel ${id} --by system --because automatic --profile colleague`)

    const { outcome } = await stack.settled('operator', ALAN, 'cancelled')
    expect(outcome).toMatchObject({ by: stack.aws.profiles.colleague?.arn })
    expect(stack.alerts().findLast(({ unmapped }) => unmapped.notice === 'operator_acted')).toMatchObject({
      message: `cancel, 1 case (${id}). By colleague@example.com, who typed system.`,
    })
  })

  test('a forged caller in the payload: the request is refused', async () => {
    const { arn } = stack.aws.profiles.oncall ?? {}
    const pause = { action: 'pause', because: 'x' }
    const forged = [
      { ...pause, caller: { arn } },
      { ...pause, actor: arn },
      { signed: JSON.stringify(pause), proof: { authorization: 'x', 'x-amz-date': 'x' }, caller: { arn } },
      { signed: JSON.stringify(pause), proof: { authorization: `AWS4 ${arn}`, 'x-amz-date': 'x' } },
    ]

    for (const request of forged)
      expect((await stack.functions.operator.invoke(request)).payload).toHaveProperty('error')
    expect((await stack.run('atlas-offboarding status')).out).toMatch(/^Paused {2}no$/m)
  })

  test('a secret emptied: its token is refused', async () => {
    const asks = async () => {
      const headers = { authorization: `Bearer ${stack.callers.scimToken}` }
      return (await fetch(`${stack.http.url}/scim/v2/Users/${idOf(ALAN)}`, { headers })).status
    }
    expect(await asks()).toBe(200)

    await stack.putSecret('atlas-offboarding/scim', { tokens: [] })

    expect(await asks()).toBe(401)
  })
})

test('http writing an approval, or an event forged on the bus: denied', async () => {
  const { judge, arnOf } = wholeStack(await packagedTemplate())
  const caller = { kind: 'role', id: 'HttpRole' } as const
  const leadingKeys = [`person#${ADA.username}`, `case#${ORG}`, 'everyone#']
  const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLInsert'].flatMap((name) =>
    leadingKeys.map((key) =>
      judge({
        ...{ caller, action: `dynamodb:${name}`, resource: arnOf('LedgerTable') },
        leadingKeys: [key],
      }),
    ),
  )
  const puts = ['HttpRole', 'RosterRole', 'OperatorReadRole'].map((id) =>
    judge({ caller: { kind: 'role', id }, action: 'events:PutEvents', resource: arnOf('AuditBus') }),
  )

  expect([...writes, ...puts]).not.toContain('allowed')
})
