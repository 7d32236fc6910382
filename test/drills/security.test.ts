import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { describe, expect, test } from 'vitest'
import { verificationSecret } from '../../lib/aws/verification-secret.ts'
import { interpretHookSecret } from '../../lib/doors/hooks/hook-keys.ts'
import { interpretScimSecret } from '../../lib/doors/scim/tokens.ts'
import { idOf } from '../../lib/doors/scim/user.ts'
import type { Interpreted } from '../../lib/doors/secret-entries.ts'
import { OLD_SIGNING_KEY, openDesk, type Request, signature, TOKEN } from '../integration/http/desk.ts'
import { activeMember, later } from '../support/cases.ts'
import { rowSays } from './runbook.ts'
import { ADA, HOUR, MINUTE, type Scene, startScene, ZOE } from './scene.ts'

const NEW_TOKEN = 'scim-token-for-tests-0009-abcdefgh'
const NEW_KEY = `whsec_${Buffer.from('a newer signing key of 32 bytes.').toString('base64')}`

/** The http function, which reads its secret as it is at the time. */
function doors<Keys extends object>(
  secret: object,
  interpret: (text: string) => Interpreted<Keys> | undefined,
) {
  const desk = openDesk()
  const now = { secret }
  const client = { send: async () => ({ SecretString: JSON.stringify(now.secret) }) }
  const keys = verificationSecret({
    ...{ secretId: 'any', name: 'any', interpret, journal: { note: () => undefined } },
    client: client as unknown as SecretsManagerClient,
    clock: { now: () => desk.state.now, sleep: async () => undefined, random: () => 0 },
  })
  return { ...desk, keys, replace: (next: object) => void Object.assign(now, { secret: next }) }
}

describe('a leaked SCIM token', () => {
  const deactivation = (token: string): Request => ({
    ...{ method: 'DELETE', url: `/scim/v2/Users/${idOf(ADA.username)}`, token },
  })

  test('is shown by the source of its departures, and refused within five minutes of being taken out', async () => {
    const { deps, send, state, keys, replace, later } = doors(
      { tokens: { entra: [TOKEN] } },
      interpretScimSecret,
    )
    state.members.set(ADA_ORG, [ADA])
    const own = { ...deps, scim: { ...deps.scim, tokens: keys } }
    await send(deactivation(TOKEN), own)
    const [queued] = state.queued
    expect(rowSays('a SCIM token leaked').join()).toContain('cancel CASE')

    replace({ tokens: { entra: [NEW_TOKEN] } })
    later(5 * MINUTE)
    const [leaked, fresh] = [await send(deactivation(TOKEN), own), await send(deactivation(NEW_TOKEN), own)]

    expect(queued).toMatchObject({ kind: 'departure', departure: { source: 'scim/entra' } })
    expect([leaked.status, fresh.status]).toEqual([401, 204])
    expect(state.journal.at(-2)).toMatchObject({ status: 401, network: '127.0.0.0/24' })
  })
})

describe('a leaked hook key', () => {
  test('counts beside the new one until it is taken out, and no longer', async () => {
    const both = { standard: { workday: [OLD_SIGNING_KEY, NEW_KEY] } }
    const { deps, send, state, keys, replace, later } = doors(both, interpretHookSecret)
    const own = { ...deps, hooks: { ...deps.hooks, keys } }
    const signed = async (key: string, id: string) => {
      const body = JSON.stringify({ username: ADA.username })
      const headers = { 'content-type': 'application/json', ...signature(body, state.now, id, key) }
      return (await send({ method: 'POST', url: '/hooks/standard', headers, body }, own)).status
    }
    const before = [await signed(OLD_SIGNING_KEY, 'm-1'), await signed(NEW_KEY, 'm-2')]

    replace({ standard: { workday: [NEW_KEY] } })
    later(5 * MINUTE)

    expect([before, await signed(OLD_SIGNING_KEY, 'm-3'), await signed(NEW_KEY, 'm-4')]).toEqual([
      [204, 204],
      401,
      204,
    ])
  })
})

const ADA_ORG = '32b6e34b3d91647abb20e7b8'
const BOB = { ...ADA, userId: '5e4bc367c6b0f41b000000bb', username: 'bob@example.com' }

/** Types what the row of an incident says, about the one open case. Looks and the guide's own lines are left out. */
async function typeRow(scene: Scene, row: string): Promise<readonly string[]> {
  const typed: string[] = []
  for (const command of rowSays(row).filter((one) => /^(?:pause|cancel|resume)\b/.test(one))) {
    const [open] = scene.world.cases().filter(({ closedAt }) => !closedAt)
    const filled = command
      .replace('CASE', open?.id ?? '')
      .replace('WHY', 'SEC-1')
      .replace('ORG', ADA_ORG)
    const { status, err } = await scene.run(filled)
    expect.soft(status, `${filled}: ${err}`).toBeLessThan(2)
    typed.push(filled.split(' ')[0] ?? '')
    await scene.passing(MINUTE)
  }
  return typed
}

const present = (scene: Scene) =>
  scene.world
    .org()
    .members.map(({ username }) => username)
    .toSorted()

test('a leaked owner secret: its use pauses the organization, and after its replacement leavers leave', async () => {
  const scene = startScene()
  scene.world.org().members = [ADA, BOB, ZOE]
  await scene.departs({ id: 'okta:bob', username: BOB.username })
  const at = scene.world.time.now()
  const actor = `mdb_sa_id_${ADA_ORG}`
  scene.world.org().events.push({ type: 'REMOVED_FROM_ORG', at, username: 'cyd@example.com', actor })
  await scene.idle(20 * MINUTE)
  await scene.hourly()
  await scene.departs()
  const whilePaused = present(scene)

  expect(await typeRow(scene, 'an owner secret leaked')).toEqual(['resume'])
  expect(scene.alerts().map(({ unmapped }) => unmapped.notice)).toContain('credential_misuse')
  expect([whilePaused, present(scene)]).toEqual([[ADA.username, ZOE.username], [ZOE.username]])
})

test('a malicious operator: the record says who released whom, and a removal that waits is stopped in time', async () => {
  const scene = startScene({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
  const bea = activeMember({ username: 'bea@example.com', userId: 'be'.repeat(12) })
  scene.world.org().members = [ADA, ZOE, bea]
  await scene.run(`remove ${bea.username} --because grudge`)
  const [held] = scene.world.cases()
  await scene.run(`release ${held?.id} --because grudge`)
  const released = scene.alerts().find(({ unmapped }) => unmapped.notice === 'released')
  expect(released).toMatchObject({
    user: { name: bea.username },
    unmapped: { case: held?.id, because: 'grudge' },
  })
  expect(JSON.stringify(released)).toContain('arn:aws:')

  const grudge = `remove ${ADA.username} --effective-at 1d --because grudge`
  expect(await scene.run(grudge)).toMatchObject({ status: 0 })

  expect(await typeRow(scene, 'a malicious operator')).toEqual(['pause', 'cancel', 'resume'])
  await scene.passing(25 * HOUR)

  expect(present(scene)).toEqual([ADA.username, ZOE.username])
})

test('a forged event: its case names the channel it came by, and is cancelled before its day', async () => {
  const scene = startScene()
  scene.world.org().members = [ADA, ZOE]
  await scene.departs({ id: 'sns/leavers:1', source: 'sns/leavers', effectiveAt: later(24 * HOUR) })
  const [kase] = scene.world.cases()
  const { out } = await scene.run(`case ${kase?.id}`)

  expect(await typeRow(scene, 'a forged event')).toEqual(['cancel'])
  await scene.passing(25 * HOUR)

  expect(out).toContain('sns/leavers')
  expect(present(scene)).toEqual([ADA.username, ZOE.username])
})
