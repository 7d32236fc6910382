import { expect, test } from 'vitest'
import { checkCredential } from '../../../lib/core/check-credential.ts'
import { type OrgState, orgKey, orgStateIn } from '../../../lib/core/org-state.ts'
import type { Failure } from '../../../lib/core/ports.ts'
import { receive } from '../../../lib/core/receive.ts'
import { ORG } from '../../support/cases.ts'
import { HOUR, inMs, MINUTE, NOW, rig } from './rig.ts'

const REFUSED: Failure = { kind: 'failure', reason: 'credential', code: 'INVALID_CLIENT' }
const UNREADABLE: Failure = { kind: 'failure', reason: 'transient', code: 'SECRET_TIMEOUT' }
const GONE: Failure = { kind: 'failure', reason: 'credential', code: 'SECRET_DELETED' }

type Rig = ReturnType<typeof rig>

/** The message that a sweep sends every hour. */
async function check(it: Rig, answer: Failure | undefined, ms: number): Promise<OrgState> {
  it.now = inMs(ms)
  it.members = answer ? { probe: async () => answer } : {}
  const reading = { kind: 'task', task: 'check', id: ORG } as const
  const failed = await receive(it.deps, [{ id: 'm', body: '', channel: 'work', reading }], inMs(ms + MINUTE))
  expect(failed).toEqual([])
  const [memory] = await it.own.memories([orgKey(ORG)])
  return orgStateIn(memory as Parameters<typeof orgStateIn>[0])
}

const noticesOf = ({ published }: Rig) => published.map(({ detail }) => detail.status)

test('remembers when the credential last worked', async () => {
  const it = rig()

  expect((await check(it, undefined, 0)).credential).toEqual({ okAt: NOW, checkedAt: NOW })
  expect((await check(it, undefined, HOUR)).credential).toEqual({ okAt: inMs(HOUR), checkedAt: inMs(HOUR) })
  expect(it.published).toEqual([])
})

test('a refusal stops the organization and alerts once, and the first answer lifts that stop', async () => {
  const it = rig()
  await check(it, undefined, 0)
  const stopped = await check(it, REFUSED, HOUR)
  await check(it, REFUSED, 2 * HOUR)

  expect(stopped.stops).toMatchObject([{ kind: 'credential', code: 'INVALID_CLIENT', since: inMs(HOUR) }])
  expect(stopped.credential).toEqual({ okAt: NOW, checkedAt: inMs(HOUR), code: 'INVALID_CLIENT' })
  expect(noticesOf(it)).toEqual(['stopped_credential'])

  expect(await check(it, undefined, 3 * HOUR)).toMatchObject({
    stops: [],
    credential: { okAt: inMs(3 * HOUR) },
  })
  expect(noticesOf(it)).toEqual(['stopped_credential', 'credential_restored'])
})

test('a secret that cannot be read stops nobody, and is remembered since it last worked', async () => {
  const it = rig()
  await check(it, UNREADABLE, 0)

  expect(await check(it, UNREADABLE, HOUR)).toMatchObject({
    stops: [],
    credential: { okAt: NOW, code: 'SECRET_TIMEOUT' },
  })
  expect(it.published).toEqual([])
})

test('a deleted secret stops the organization and alerts, although a worker still has it; its actor is watched', async () => {
  const it = rig()
  const watched = await check(it, undefined, 0)
  it.deps.organizations.credential = async (_, __, isFresh) => (isFresh ? GONE : Promise.reject())
  const stopped = await check(it, undefined, HOUR)
  it.deps.organizations.credential = async () => ({ kind: 'credential', actor: 'mdb_sa_id_2' })

  expect(watched.actors).toEqual(['mdb_sa_id_1'])
  expect(stopped).toMatchObject({ stops: [{ code: 'SECRET_DELETED' }], credential: { okAt: NOW } })
  expect(await check(it, undefined, 2 * HOUR)).toMatchObject({
    stops: [],
    actors: ['mdb_sa_id_1', 'mdb_sa_id_2'],
  })
  expect(noticesOf(it)).toEqual(['stopped_credential', 'credential_restored'])
})

const stopWith = (code: string) => ({ kind: 'credential', since: NOW, code, nextProbeAt: inMs(1) }) as const
const OVER_LIMIT = { kind: 'over_limit', since: NOW } as const

test('a stop that only a removal can find is not lifted by a list of members, unless no case has tried it for an hour', async () => {
  const it = rig()
  const stops = [OVER_LIMIT, stopWith('NOT_ORG_OWNER')]
  await it.remember<OrgState>(orgKey(ORG), { stops, slots: {}, counts: [] })

  expect((await check(it, undefined, HOUR)).stops).toEqual(stops)
  expect((await check(it, undefined, HOUR + 1)).stops).toEqual([OVER_LIMIT])
  expect(noticesOf(it)).toEqual(['credential_restored'])
})

test('a stop of the check is lifted beside another stop, which stays', async () => {
  const it = rig()
  const credential = { okAt: NOW, code: 'INVALID_CLIENT' }
  await it.remember<OrgState>(orgKey(ORG), {
    ...{ stops: [OVER_LIMIT, stopWith('INVALID_CLIENT')], slots: {}, counts: [], credential },
  })

  expect((await check(it, undefined, HOUR)).stops).toEqual([OVER_LIMIT])
})

test('keeps three seconds for writing down what Atlas said', async () => {
  const it = rig()
  const ends: Date[] = []
  it.deps.organizations.credential = async (_, deadline) => {
    ends.push(deadline)
    return { kind: 'credential', actor: 'mdb_sa_id_1' }
  }
  it.members.probe = async (_, deadline) => {
    ends.push(deadline)
    return { kind: 'allowed' }
  }
  await checkCredential(it.deps, ORG, inMs(MINUTE))

  expect(ends).toEqual([inMs(57_000), inMs(57_000)])
})
