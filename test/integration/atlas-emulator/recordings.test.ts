import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { exampleOrg } from '../../../infra/local/atlas/example-org.ts'
import type { SeedOrg } from '../../../infra/local/atlas/org.ts'
import { NOW, OWNER, type Received, send, startAsOwner } from './client.ts'

/** One recorded reply of the Atlas CLI's history. */
type Recording = {
  readonly operation: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** How the emulator is asked for what was recorded, and how its answer differs. */
type Replay = {
  /** Below `/api/atlas/v2`. */
  readonly path: string
  readonly isAnonymous?: true
  readonly org?: Partial<SeedOrg>
  /** Fields of the body that differ, and why. */
  readonly differs?: Readonly<Record<string, string>>
}

const SHARED = new URL('../../../../shared/atlas-recordings.json', import.meta.url)
const recordings: readonly Recording[] = existsSync(SHARED)
  ? JSON.parse(readFileSync(SHARED, 'utf8')).recordings
  : []

const CUT = 'the recorded list was cut to three rows, the count was not'
/** Headers that differ on every exchange, or say how the recorder was connected. */
const UNSTABLE = ['connection', 'ratelimit-remaining', 'www-authenticate']
const SERVED = new Map<string, (recording: Recording) => Replay>([
  ['GET_api_atlas_v2_orgs', () => ({ path: '/orgs' })],
  ['GET_api_atlas_v2_orgs_{id}', ({ body }) => ({ path: `/orgs/${Object(body).id}` })],
  ['GET_api_atlas_v2_orgs_{id}_users', usersReplay],
  ['GET_api_atlas_v2_orgs_{id}_events', eventsReplay],
  ['GET_api_atlas_v2_groups_{id}_invites', invitesReplay],
  ['GET_api_atlas_v2_groups_{id}_databaseUsers', databaseUsersReplay],
  // Whoever shows no credentials is challenged, whatever is asked for.
  [
    'GET_api_atlas_v2_groups_{id}_accessList 401',
    () => ({ path: '/groups/x/accessList', isAnonymous: true }),
  ],
])

describe.skipIf(recordings.length === 0)('recordings of the Atlas CLI (skipped without ../shared)', () => {
  const served = recordings.flatMap((recording) => {
    const replayOf =
      SERVED.get(`${recording.operation} ${recording.status}`) ?? SERVED.get(recording.operation)
    return replayOf ? [[recording.operation, recording, replayOf(recording)] as const] : []
  })
  const others = recordings.filter((recording) => !served.some(([, known]) => known === recording))

  test('every replay has its recording', () => {
    expect(new Set(served.map(([operation]) => operation)).size).toBe(SERVED.size)
  })

  test.each(served)('%s is answered as recorded, but for what is explained', async (_, recording, replay) => {
    const { reply, url } = await replayed(replay)

    expect(reply.status).toBe(recording.status)
    for (const [name, value] of Object.entries(recording.headers))
      if (!UNSTABLE.includes(name.toLowerCase()))
        expect([name, reply.headers[name.toLowerCase()]]).toEqual([name, value])
    const text = JSON.stringify(recording.body).replaceAll('http://localhost:8080', url)
    const { differs = {} } = replay
    expect(differencesOf(reply.json, JSON.parse(text))).toEqual(Object.keys(differs))
  })

  test.each(others.map(({ operation }) => operation))(
    '%s is not served, and says so by name',
    async (operation) => {
      await using atlas = await startAsOwner()
      const [method = '', path] = splitOf(operation)

      const { status, json } = await atlas.get(path, { method })

      expect({ status, errorCode: json.errorCode }).toEqual({ status: 501, errorCode: 'NOT_EMULATED' })
    },
  )
})

function usersReplay({ body }: Recording): Replay {
  const { results, links } = Object(body)
  const isFirstOfMany = links.length > 1
  const [self] = links
  const { pathname } = new URL(self.href)
  const members = isFirstOfMany ? [...results, { username: 'zoe@example.com' }] : results
  return {
    path: `${pathname.replace('/api/atlas/v2', '')}${isFirstOfMany ? '?itemsPerPage=1' : ''}`,
    org: { members },
    differs: { totalCount: CUT },
  }
}

function eventsReplay({ body }: Recording): Replay {
  const { results, links } = Object(body)
  const { pathname, searchParams } = new URL(links[0].href)
  const minDate = encodeURIComponent(searchParams.get('minDate') ?? '')
  const events = results.map(({ links: _, ...event }: { links: unknown }) => event).toReversed()
  return {
    path: `${pathname.replace('/api/atlas/v2', '')}?includeCount=false&minDate=${minDate}`,
    org: { events },
  }
}

function invitesReplay({ body }: Recording): Replay {
  const [{ groupId, groupName, ...invite }] = Object(body)
  return {
    path: `/groups/${groupId}/invites`,
    org: { projects: [{ id: groupId, name: groupName, invites: [invite] }] },
  }
}

function databaseUsersReplay({ body }: Recording): Replay {
  const { results } = Object(body)
  const [{ groupId: id }] = results
  const databaseUsers = results.map(({ groupId: _, links: __, ...user }: Record<string, unknown>) => user)
  return {
    path: `/groups/${id}/databaseUsers`,
    org: { projects: [{ id, name: 'recorded', databaseUsers }] },
    differs: { totalCount: CUT },
  }
}

/** Asks an emulator of the recorded organization. */
async function replayed({ path, isAnonymous, org }: Replay): Promise<{ reply: Received; url: string }> {
  const [{ id: orgId, name }] = Object(
    recordings.find(({ operation }) => operation === 'GET_api_atlas_v2_orgs')?.body,
  ).results
  const seed: SeedOrg = { ...exampleOrg(), orgId, name, serviceAccounts: [OWNER], ...org }
  await using atlas = await startAsOwner({ orgs: [seed], now: () => NOW })
  const { emulator } = atlas
  const reply = isAnonymous ? await send(emulator, `/api/atlas/v2${path}`) : await atlas.get(path)
  return { reply, url: emulator.url }
}

/** `GET_api_atlas_v2_orgs_{id}_teams` → `GET`, `/orgs/…/teams`. */
function splitOf(operation: string): [method: string, path: string] {
  const [method = '', ...rest] = operation.split('_')
  const path = rest.join('/').replace('api/atlas/v2', '').replaceAll('{id}', 'f'.repeat(24))
  return [method, path.replace(/\{\w+\}/g, 'x')]
}

/** Names the fields of two bodies that differ; where a list differs, the whole of it. */
function differencesOf(actual: unknown, expected: unknown): string[] {
  const names = new Set([...Object.keys(Object(actual)), ...Object.keys(Object(expected))])
  return [...names].filter(
    (name) => JSON.stringify(sorted(Object(actual)[name])) !== JSON.stringify(sorted(Object(expected)[name])),
  )
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  )
}
