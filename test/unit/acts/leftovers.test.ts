import { expect, test } from 'vitest'
import { idFrom } from '../../../infra/local/atlas/member.ts'
import { leftovers } from '../../../lib/acts/leftovers.ts'
import { INVITATIONS_END } from '../../../lib/core/org-state.ts'
import { activeMember, departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { secretIdOf } from '../../support/environment.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import { thirtyProjects } from '../../support/leftovers.ts'
import { createWorld, type WorldOptions } from '../../support/world.ts'
import { onCall, passing } from './on-call.ts'

const ASK = { action: 'leftovers', username: 'ADA@example.com' }
const DAY = 24 * 3_600_000

function worldOf(options: WorldOptions = {}) {
  const world = createWorld(options)
  world.org().members = [activeMember()]
  world.org().projects = thirtyProjects(later(-DAY))
  return world
}

type Told = {
  readonly organizations: readonly { readonly projects: number; readonly findings: readonly object[] }[]
}

test('leftovers() tells what there is, whoever is a member, and deletes nothing', async () => {
  const world = worldOf()

  const told = (await onCall(world).asks(ASK)) as unknown as Told

  expect(told).toMatchObject({ organizations: [{ kind: 'looked', orgId: ORG, projects: 30 }], cases: [] })
  expect(told.organizations[0]?.findings).toHaveLength(9)
  expect(world.atlas.uninvited).toEqual([])
  expect(world.org().members).toHaveLength(1)
})

test('leftovers() tells what the cases of the person came to', async () => {
  const world = worldOf({ settings: { leftovers: 'clean' } })
  world.depart(departure())
  await passing(world, 60_000)

  expect(await onCall(world).asks(ASK)).toMatchObject({
    organizations: [{ findings: { length: 6 } }],
    cases: [{ orgId: ORG, leftovers: { state: 'looked', deleted: 3, reported: 6, failed: 0 } }],
  })
})

test('leftovers() leaves out a case that never looked', async () => {
  const world = worldOf()
  world.depart(departure())
  await passing(world, 60_000)

  expect(await onCall(world).asks(ASK)).toMatchObject({ cases: [] })
})

test('leftovers() says which role is missing where the credential sees no project', async () => {
  const world = worldOf()
  world.org().projects = []

  expect(await onCall(world).asks(ASK)).toMatchObject({
    organizations: [
      {
        projects: 0,
        findings: [
          {
            kind: 'organization',
            action: 'failed',
            code: 'NO_PROJECT_VISIBLE',
            why: expect.stringContaining('Project Read Only'),
          },
        ],
      },
    ],
  })
})

test('leftovers() tells what could not be read, project by project and as a whole', async () => {
  const world = worldOf({ orgIds: [ORG, OTHER_ORG] })
  const { answer } = world.atlas
  const [first] = world.org().projects
  world.atlas.answer = (request) => {
    if (request.groupId === first?.id) return refusal(500, 'UNEXPECTED_ERROR')
    const isOther = request.orgId === OTHER_ORG && request.operation === 'getOrgGroups'
    return isOther ? refusal(404, 'ORG_NOT_FOUND') : answer(request)
  }

  expect(await onCall(world).asks(ASK)).toMatchObject({
    organizations: [
      {
        findings: expect.arrayContaining([
          expect.objectContaining({ kind: 'project', id: first?.id, code: 'UNEXPECTED_ERROR' }),
        ]),
      },
      { findings: [{ kind: 'organization', id: OTHER_ORG, projectId: '*', code: 'ORG_NOT_FOUND' }] },
    ],
  })
})

test('leftovers() answers in time of what it has read, however slow Atlas is', async () => {
  const world = createWorld({
    faultFor: ({ operation }) =>
      operation === 'listGroupInvites' ? { kind: 'timeout', when: 'before' } : undefined,
  })
  world.org().projects = thirtyProjects(later(-DAY))
  const deadline = new Date(world.time.now().getTime() + 30_000)

  const told = (await world.time.run(leftovers(world.worker().deps, ASK, deadline))) as unknown as Told

  expect(told.organizations[0]?.findings.length).toBeGreaterThan(0)
  expect(deadline.getTime() - world.time.now().getTime()).toBeGreaterThan(1_500)
})

test('leftovers() names a secret that cannot be read', async () => {
  const world = worldOf()
  world.aws.secrets.set(secretIdOf(ORG), 'nonsense')

  expect(await onCall(world).asks(ASK)).toMatchObject({
    organizations: [{ kind: 'unread', secretId: secretIdOf(ORG) }],
  })
})

test('leftovers() asks for no invitations after their sunset', async () => {
  const world = worldOf()
  await world.time.run(world.time.wait(INVITATIONS_END.getTime() - world.time.now().getTime()))

  const told = (await onCall(world).asks(ASK)) as unknown as Told
  expect(told.organizations[0]?.findings).toHaveLength(6)
  expect(world.calls.some(({ operation }) => operation === 'listGroupInvites')).toBe(false)
})

test('leftovers() wants to know of whom', async () => {
  expect(await onCall(worldOf()).asks({ action: 'leftovers' })).toEqual({
    error: expect.stringContaining('`username`'),
  })
})

test('a long list of cases counts leftovers without naming each', async () => {
  const world = worldOf({ settings: { leftovers: 'clean', maxRemovalsPerDay: 100, maxRemovalsPercent: 100 } })
  const people = Array.from({ length: 21 }, (_, index) =>
    activeMember({
      userId: idFrom(`p${index}`),
      username: index === 0 ? 'ada@example.com' : `p${index}@example.com`,
    }),
  )
  world.org().members = people
  for (const [index, { username }] of people.entries())
    world.depart(departure({ id: `okta:${index}`, username }))
  await passing(world, 10 * 60_000)

  const told = (await onCall(world).asks({
    action: 'cases',
    since: later(-DAY).toISOString(),
  })) as unknown as {
    readonly cases: readonly {
      readonly username: string
      readonly leftovers: { readonly deleted: number; readonly findings: readonly object[] }
    }[]
  }
  expect(told.cases).toHaveLength(21)
  expect(told.cases.find(({ username }) => username.startsWith('ada'))?.leftovers).toMatchObject({
    deleted: 3,
    findings: [],
  })
})
