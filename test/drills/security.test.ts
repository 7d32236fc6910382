import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { describe, expect, test } from 'vitest'
import { verificationSecret } from '../../lib/aws/verification-secret.ts'
import { interpretHookSecret } from '../../lib/doors/hooks/hook-keys.ts'
import { interpretScimSecret } from '../../lib/doors/scim/tokens.ts'
import { idOf } from '../../lib/doors/scim/user.ts'
import type { Interpreted } from '../../lib/doors/secret-entries.ts'
import { OLD_SIGNING_KEY, openDesk, type Request, signature, TOKEN } from '../integration/http/desk.ts'
import { ORG } from '../support/cases.ts'
import { ADA, MINUTE } from './scene.ts'

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
    state.members.set(ORG, [ADA])
    const own = { ...deps, scim: { ...deps.scim, tokens: keys } }
    await send(deactivation(TOKEN), own)
    const [queued] = state.queued

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
