import { describe, expect, test } from 'vitest'
import type { OrgState } from '../../../lib/core/org-state.ts'
import { orgKey } from '../../../lib/core/org-state.ts'
import { projectFinding } from '../../../lib/leftovers/findings.ts'
import {
  ADA,
  type AtlasCall,
  closedCase,
  DAY,
  DOWN,
  databaseUser,
  HOUR,
  INVITATION,
  idOf,
  later,
  MINUTE,
  member,
  ORG,
  OTHERS,
  project,
  SECOND,
  type SearchWorld,
  searchWorld,
  T0,
} from './search-world.ts'

const SECOND_PROJECT = project({ id: idOf(200), name: 'shipping', invitations: [], databaseUsers: [] })

/** Answers one operation, in one project or in all. */
function answering(operation: AtlasCall['operation'], answer: unknown, projectId?: string) {
  return (call: AtlasCall) =>
    call.operation === operation && (projectId === undefined || call.projectId === projectId)
      ? answer
      : undefined
}

function stopOrg({ memories }: SearchWorld, state: Partial<OrgState>): void {
  const key = orgKey(ORG)
  memories.set(key, { key, version: 1, sequence: 0, state: { stops: [], slots: {}, counts: [], ...state } })
}

const CREDENTIAL = { kind: 'credential', since: T0, code: 'HTTP_401', nextProbeAt: later(MINUTE) } as const

describe('search()', () => {
  test('deletes the invitation, reports the database user, and publishes both in one event', async () => {
    const world = searchWorld({ projects: [project({ databaseUsers: [databaseUser(ADA)] }), SECOND_PROJECT] })
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
    const invitation = {
      kind: 'project_invitation',
      id: INVITATION.id,
      why: 'deprecated project invitation of 2026-11-28',
      action: 'deleted',
    }
    const user = {
      kind: 'database_user',
      id: ADA,
      why: 'its name is the username (database admin)',
      action: 'reported',
    }
    const place = { projectId: idOf(100), projectName: 'payments' }
    expect(world.found()).toEqual([
      { ...user, ...place },
      { ...invitation, ...place },
    ])
    expect(world.published).toHaveLength(1)
    expect(world.published[0]).toMatchObject({
      uid: `${world.task().id}/0`,
      detailType: 'Offboarding Notice',
      detail: {
        status: 'leftovers',
        message: 'Access outlives the membership: 1 deleted, 1 reported, 0 failed',
        metadata: { correlation_uid: 'okta:evt-1', event_code: 'leftovers' },
        user: { name: ADA, uid: idOf(1) },
        cloud: { org: { uid: ORG } },
        unmapped: {
          case: world.kase.id,
          projects: 2,
          sequence: 0,
          leftovers: [
            { ...user, project_id: idOf(100) },
            { ...invitation, project_id: idOf(100) },
          ],
        },
      },
    })
  })

  test('keeps its progress, its end and that it may have deleted something', async () => {
    const world = searchWorld({ projects: [project(), SECOND_PROJECT] })
    await world.finish()

    expect(world.task()).toMatchObject({
      closedAt: T0,
      state: { done: [idOf(100), idOf(200)], intended: [], mayHaveDeleted: true },
    })
    expect(world.notes).toContainEqual({
      event: 'leftovers',
      caseId: world.kase.id,
      orgId: ORG,
      projects: 2,
      deleted: 1,
      reported: 0,
      failed: 0,
    })
  })

  test('publishes that nothing is left, too', async () => {
    const world = searchWorld({ projects: [project({ invitations: [OTHERS] })] })
    await world.finish()

    expect(world.published).toMatchObject([
      {
        detail: {
          status: 'leftovers_clear',
          message: 'No access outlives the membership: 0 deleted, 0 reported, 0 failed',
          unmapped: { leftovers: [], projects: 1 },
        },
      },
    ])
    expect(world.task().state.mayHaveDeleted).toBeUndefined()
  })

  test('asks once for the projects and twice for each, where there is nothing to delete', async () => {
    const projects = Array.from({ length: 30 }, (_, index) =>
      project({ id: idOf(index), invitations: [OTHERS] }),
    )
    const world = searchWorld({ projects })
    await world.finish()

    expect(world.calls).toHaveLength(1 + 2 * 30)
  })

  test('deletes every invitation among thirty projects, and asks nobody twice for what is done', async () => {
    const projects = Array.from({ length: 30 }, (_, index) =>
      project({ id: idOf(index), invitations: [{ ...INVITATION, id: idOf(1000 + index) }, OTHERS] }),
    )
    const world = searchWorld({ projects })
    await world.finish()

    expect(world.deleted).toHaveLength(30)
    expect(world.projects.every(({ invitations }) => invitations.length === 1)).toBe(true)
    expect(world.asked('find')).toBe(1)
  })

  test('names nobody in the event whom the snapshot does not know', async () => {
    const world = searchWorld({
      kase: closedCase({ outcome: { kind: 'already_absent' }, snapshot: undefined }),
    })
    await world.finish()

    expect(world.published[0]?.detail.user).toEqual({ name: ADA })
  })

  test('finds what bears an alias, or the name that the removed member bore', async () => {
    const names = ['ada@old.example.com', 'lovelace@example.com']
    const projects = [project({ invitations: [], databaseUsers: names.map(databaseUser) })]
    const snapshot = member({ username: 'lovelace@example.com' })
    const world = searchWorld({
      kase: closedCase({ snapshot }, { aliases: ['ada@old.example.com'] }),
      projects,
    })
    await world.finish()

    expect(world.found().map(({ id }) => id)).toEqual(names)
  })

  test('does not take a member whom nobody removed for the person', async () => {
    const projects = [project({ invitations: [], databaseUsers: [databaseUser('lovelace@example.com')] })]
    const snapshot = member({ username: 'lovelace@example.com' })
    const world = searchWorld({
      kase: closedCase({ outcome: { kind: 'already_absent' }, snapshot }),
      projects,
    })
    await world.finish()

    expect(world.found()).toEqual([])
  })

  test.each([
    ['switched off', (world: SearchWorld) => Object.assign(world.state.settings, { leftovers: 'off' })],
    ['the person was forgotten', (world: SearchWorld) => world.put(closedCase({ forgottenAt: T0 }))],
    ['its case is gone', (world: SearchWorld) => world.forgetCase()],
  ])('asks and publishes nothing once %s', async (_, happen) => {
    const world = searchWorld()
    happen(world)
    await world.finish()

    expect(world.task().state.skipped).toBe(true)
    expect(world.calls).toEqual([])
    expect(world.published).toEqual([])
  })

  test('switched off in the middle, publishes what was done and what was about to be done', async () => {
    const found = projectFinding({ id: idOf(300), name: 'old' }, 'why', 'HTTP_503')
    const intended = [{ projectId: idOf(100), id: INVITATION.id, createdAt: INVITATION.createdAt }]
    const world = searchWorld({ settings: { leftovers: 'off' } })
    const { state } = world.task()
    world.put({ ...world.task(), state: { ...state, done: [idOf(300)], findings: [found], intended } })
    await world.finish()

    expect(world.calls).toEqual([])
    expect(world.found()).toMatchObject([
      found,
      { id: INVITATION.id, action: 'failed', code: 'LEFTOVERS_OFF', projectName: idOf(100) },
    ])
    expect(world.published).toHaveLength(1)
  })

  test('asks Atlas nothing while another task tries the refused credential of the organization', async () => {
    const world = searchWorld()
    stopOrg(world, { stops: [CREDENTIAL] })
    await world.attempt()

    expect(world.task().state).toMatchObject({ code: 'HTTP_401' })
    expect(world.calls).toEqual([])
  })

  test('tries it when nobody else does, at most every 5 minutes, and waits however long it is refused', async () => {
    const world = searchWorld()
    stopOrg(world, { stops: [CREDENTIAL] })
    world.state.answer = answering('list', { ...DOWN, reason: 'credential', code: 'HTTP_401' })
    const { state } = world.task()
    world.put({ ...world.task(), state: { ...state, failingSince: later(-DAY) } })
    while (world.state.now < later(2 * DAY)) await world.attempt()

    expect(world.task().closedAt).toBeUndefined()
    expect(world.task().state.failingSince).toBeUndefined()
    expect(new Set(world.calls.map(({ operation }) => operation))).toEqual(new Set(['list']))
    expect(world.calls.length).toBeLessThanOrEqual((2 * DAY) / (5 * MINUTE))
  })

  test('lifts the stop once the credential works, and goes on', async () => {
    const world = searchWorld()
    stopOrg(world, { stops: [CREDENTIAL] })
    world.state.now = later(MINUTE)
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
    expect(world.published.map(({ detail }) => detail.status)).toContain('credential_restored')
  })

  test('a stop that is no matter of the credential lets it read', async () => {
    const world = searchWorld({ projects: [project({ invitations: [] })] })
    stopOrg(world, { stops: [{ kind: 'over_limit', since: T0 }] })
    await world.attempt()

    expect(world.task().closedAt).toEqual(T0)
  })
})

describe('what fails', () => {
  test('is retried with doubling waits, and never before Atlas said', async () => {
    const world = searchWorld()
    world.state.answer = answering('list', { ...DOWN, retryAfterMs: 10 * MINUTE })
    await world.attempt()
    expect(world.task()).toMatchObject({
      dueAt: later(10 * MINUTE),
      state: { code: 'HTTP_503', failingSince: T0 },
    })

    world.state.answer = answering('list', DOWN)
    await world.attempt()
    expect(world.task().dueAt).toEqual(later(10 * MINUTE + 45 * SECOND))
    expect(world.notes).toContainEqual(expect.objectContaining({ event: 'leftovers', code: 'HTTP_503' }))
    expect(world.published).toEqual([])
  })

  test('the list of projects: after a day the whole organization is published as failed', async () => {
    const world = searchWorld()
    world.state.answer = answering('list', DOWN)
    await world.finish()

    expect(world.state.now.getTime()).toBeGreaterThanOrEqual(later(DAY).getTime())
    expect(world.state.now.getTime()).toBeLessThan(later(DAY + HOUR).getTime())
    const why = 'could not be searched for a day; look at it by hand'
    expect(world.found()).toEqual([
      { kind: 'organization', id: ORG, projectId: '*', why, action: 'failed', code: 'HTTP_503' },
    ])
    expect(world.task().state.code).toBeUndefined()
  })

  test('one project: the others are done at once, and after a day it alone is published as failed', async () => {
    const world = searchWorld({ projects: [project(), SECOND_PROJECT] })
    world.state.answer = answering('databaseUsers', DOWN, SECOND_PROJECT.id)
    await world.attempt()
    expect(world.deleted).toEqual([INVITATION.id])
    expect(world.task()).toMatchObject({
      dueAt: later(22.5 * SECOND),
      state: { done: [idOf(100)], deferrals: 1 },
    })

    const before = world.asked('list')
    await world.finish()
    expect(world.calls.filter(({ projectId }) => projectId === idOf(100))).toHaveLength(4)
    expect(world.asked('list')).toBeGreaterThan(before)
    expect(world.found().map(({ kind, action }) => `${kind} ${action}`)).toEqual([
      'project failed',
      'project_invitation deleted',
    ])
  })

  test('progress starts the day and the waits again', async () => {
    const world = searchWorld({ projects: [project({ invitations: [] }), SECOND_PROJECT] })
    world.state.answer = answering('databaseUsers', DOWN)
    while (world.state.now < later(20 * HOUR)) await world.attempt()
    world.state.answer = answering('databaseUsers', DOWN, SECOND_PROJECT.id)
    await world.attempt()
    expect(world.task().state).toMatchObject({ deferrals: 1, failingSince: world.state.now })

    while (world.state.now < later(40 * HOUR)) await world.attempt()
    expect(world.task().closedAt).toBeUndefined()
  })

  test('of two failures in one project, the longer wait counts', async () => {
    const world = searchWorld()
    world.state.answer = ({ operation }) =>
      operation === 'invitations'
        ? { ...DOWN, retryAfterMs: 2 * MINUTE }
        : operation === 'databaseUsers'
          ? { ...DOWN, retryAfterMs: 3 * MINUTE }
          : undefined
    await world.attempt()

    expect(world.task().dueAt).toEqual(later(3 * MINUTE))
  })
})

describe('what a project says', () => {
  const OWNER = 'our credential needs the role Project Owner here to read invitations'

  test.each([
    ['invitations', 'databaseUsers', `${OWNER} and database users`],
    ['invitations', 'invitations', OWNER],
    [
      'databaseUsers',
      'databaseUsers',
      'our credential needs the role Project Read Only here to read database users',
    ],
  ] as const)('%s and %s forbidden: one finding that names the least role', async (one, other, why) => {
    const world = searchWorld({ projects: [SECOND_PROJECT, project()] })
    const isClosed = ({ operation }: AtlasCall) => operation === one || operation === other
    world.state.answer = (call) =>
      isClosed(call) && call.projectId === SECOND_PROJECT.id
        ? { kind: 'forbidden', code: 'NOT_IN_GROUP' }
        : undefined
    await world.finish()

    expect(world.found()).toHaveLength(2)
    expect(world.found()[0]).toEqual({
      kind: 'project',
      id: SECOND_PROJECT.id,
      projectId: SECOND_PROJECT.id,
      projectName: 'shipping',
      why,
      action: 'failed',
      code: 'NOT_IN_GROUP',
    })
    expect(world.deleted).toEqual([INVITATION.id])
  })

  test('that it is gone: nothing is left in it', async () => {
    const world = searchWorld()
    world.state.answer = ({ projectId }) => (projectId ? { kind: 'no_project' } : undefined)
    await world.finish()

    expect(world.found()).toEqual([])
  })

  test('that it no longer lists database users: it was not searched', async () => {
    const world = searchWorld()
    world.state.answer = answering('databaseUsers', { kind: 'ended', code: 'VERSION_GONE' })
    await world.finish()

    expect(world.found()[0]).toMatchObject({ kind: 'project', action: 'failed', code: 'VERSION_GONE' })
    expect(world.deleted).toEqual([INVITATION.id])
  })

  test('rows that nobody can read: they may be the person', async () => {
    const world = searchWorld()
    world.state.answer = ({ operation }) =>
      operation === 'invitations'
        ? { kind: 'invitations', invitations: [], unreadable: 1 }
        : operation === 'databaseUsers'
          ? { kind: 'database_users', users: [], unreadable: 2 }
          : undefined
    await world.finish()

    expect(world.found()).toMatchObject([
      { kind: 'project', action: 'failed', code: 'UNREADABLE_ROWS', why: '3 rows could not be read' },
    ])
  })
})

describe('bounds', () => {
  test('searches 1,000 projects, and says how many it did not', async () => {
    const projects = Array.from({ length: 1_001 }, (_, index) =>
      project({ id: idOf(index), invitations: [] }),
    )
    const world = searchWorld({ projects })
    const listed = projects.map(({ id, name }) => ({ id, name }))
    world.state.answer = answering('list', { kind: 'projects', projects: listed, unreadable: 2 })
    await world.finish()

    expect(world.asked('databaseUsers')).toBe(1_000)
    expect(world.found()).toEqual([
      {
        kind: 'organization',
        id: ORG,
        projectId: '*',
        why: '3 projects could not be searched: unreadable, or more than 1000',
        action: 'failed',
        code: 'PROJECTS_MISSED',
      },
    ])
  })

  test('says so as well if it gives up on a project', async () => {
    const world = searchWorld()
    world.state.answer = ({ operation }) =>
      operation === 'list'
        ? { kind: 'projects', projects: [project()], unreadable: 1 }
        : operation === 'databaseUsers'
          ? DOWN
          : undefined
    await world.finish()

    expect(world.found().map(({ code }) => code)).toEqual(['PROJECTS_MISSED', 'HTTP_503'])
  })

  test('keeps as many findings as the ledger holds, over several attempts, and counts the others', async () => {
    const users = Array.from({ length: 3_000 }, () => databaseUser(ADA))
    const world = searchWorld({
      projects: [
        project({ databaseUsers: users, invitations: [] }),
        { ...SECOND_PROJECT, databaseUsers: users },
      ],
    })
    world.state.answer = answering('databaseUsers', DOWN, SECOND_PROJECT.id)
    await world.attempt()
    expect(world.task().state.omitted).toBeGreaterThan(0)

    world.state.answer = () => undefined
    await world.finish()
    const { findings, omitted = 0 } = world.task().state
    expect(findings.length + omitted).toBe(6_000)
    expect(world.published[0]?.detail.unmapped).toMatchObject({ omitted })
    expect(Buffer.byteLength(JSON.stringify(world.published[0]))).toBeLessThan(256_000)
  })
})
