import type { EmulatorOptions } from '../../../infra/local/atlas/emulator.ts'
import type { SeedOrg } from '../../../infra/local/atlas/org.ts'
import { login, NOW, OWNER, READER, type Received, requestToken, send, start } from './client.ts'

type Caller = Awaited<ReturnType<typeof login>>
type Stage = {
  readonly emulator: Awaited<ReturnType<typeof start>>
  readonly get: Caller
  readonly seed: SeedOrg
  /** The first member: the only owner. */
  readonly userId: string
  advance(seconds: number): void
}
type Scene = {
  options?: Partial<EmulatorOptions>
  accessList?: string[]
  play(stage: Stage): Promise<Received>
}

const users = ({ seed }: Stage) => `/orgs/${seed.orgId}/users`
const invites = ({ seed }: Stage) => `/groups/${seed.projects?.[0]?.id}/invites`
const DELETE = { method: 'DELETE' }

/** How to bring about every recorded exchange, by its name. */
export const SCENES: Readonly<Record<string, Scene>> = {
  'digest-challenge-401': { play: ({ emulator }) => send(emulator, '/api/private/ipinfo') },
  'list-org-users-200': { play: (stage) => stage.get(users(stage)) },
  'list-org-users-200-page1-of-2': { play: (stage) => stage.get(`${users(stage)}?itemsPerPage=1`) },
  'list-orgs-200': { play: ({ get }) => get('/orgs') },
  'list-group-invites-200': { play: (stage) => stage.get(invites(stage)) },
  'delete-204': {
    play: (stage) => stage.get(`${invites(stage)}/${stage.seed.projects?.[0]?.invites?.[0]?.id}`, DELETE),
  },
  'not-found-404': { play: ({ get }) => get('/groups/111111111111111111111111/databaseUsers') },
  'not-acceptable-406': { play: (stage) => stage.get(users(stage), { headers: { Accept: '*/*' } }) },
  'rate-limited-429 (API)': { play: drained },
  'rate-limited-429 (token endpoint)': {
    options: { tokenRequestsPerMinute: 50 },
    play: async ({ emulator }) => {
      const replies = await Promise.all(Array.from({ length: 50 }, () => requestToken(emulator)))
      return replies.find(({ status }) => status === 429) ?? Promise.reject(new Error('never limited'))
    },
  },
  'token-200': { play: ({ emulator }) => requestToken(emulator) },
  'token-401-invalid_client': {
    play: ({ emulator }) => requestToken(emulator, { ...OWNER, clientSecret: 'wrong' }),
  },
  'token-500-server_error': {
    play: ({ emulator }) => {
      emulator.script({ on: { operation: 'createToken' }, status: 500 })
      return requestToken(emulator)
    },
  },
  'ip-not-allowed-403': { accessList: ['203.0.113.0/24'], play: (stage) => stage.get(users(stage)) },
  'org-requires-access-list-403': { accessList: [], play: (stage) => stage.get(users(stage)) },
  'last-owner-403': { play: (stage) => stage.get(`${users(stage)}/${stage.userId}`, DELETE) },
  'user-not-found-404': {
    play: (stage) => {
      stage.emulator.state.org(stage.seed.orgId).members.delete(stage.userId)
      return stage.get(`${users(stage)}/${stage.userId}`, DELETE)
    },
  },
  'user-not-in-org-404': {
    options: { removedUserCode: 'USER_NOT_IN_ORG' },
    play: async (stage) => {
      stage.emulator.state.join(stage.seed.orgId, {
        username: 'second@example.com',
        roles: { orgRoles: ['ORG_OWNER'] },
      })
      await stage.get(`${users(stage)}/${stage.userId}`, DELETE)
      return stage.get(`${users(stage)}/${stage.userId}`, DELETE)
    },
  },
  'not-authorized-401': {
    play: async (stage) => (await login(stage.emulator, READER))(`${users(stage)}/${stage.userId}`, DELETE),
  },
  'unexpected-500': {
    play: (stage) => {
      stage.emulator.script({ on: {}, status: 500 })
      return stage.get(users(stage))
    },
  },
}

/** Takes all 500 tokens of the users at noon, and asks again 5 seconds later. */
async function drained(stage: Stage) {
  await Promise.all(Array.from({ length: 500 }, () => stage.get(`${users(stage)}?itemsPerPage=1`)))
  stage.advance(5)
  return stage.get(users(stage))
}

/** Plays one scene in an emulator of its own. */
export async function provoke(scene: Scene, org: SeedOrg): Promise<{ reply: Received; url: string }> {
  let now = NOW
  const advance = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000)
  }
  const seed: SeedOrg = {
    ...org,
    serviceAccounts: [OWNER, READER],
    ...(scene.accessList && { accessList: scene.accessList }),
  }
  await using emulator = await start({ orgs: [seed], now: () => now, ...scene.options })
  const userId = seed.members[0]?.id ?? ''
  const reply = await scene.play({ emulator, get: await login(emulator), seed, userId, advance })
  return { reply, url: emulator.url }
}
