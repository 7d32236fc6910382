import { describe, expect, test } from 'vitest'
import { type InvitationsState, invitationsKey } from '../../../lib/leftovers/invitations-end.ts'
import {
  ADA,
  type AtlasCall,
  DAY,
  DOWN,
  databaseUser,
  GONE,
  HOUR,
  INVITATION,
  idOf,
  later,
  ORG,
  project,
  type SearchWorld,
  searchWorld,
  T0,
} from './search-world.ts'

const KEY = invitationsKey(ORG)
const TWO = () => [
  project({ databaseUsers: [databaseUser(ADA)] }),
  project({ id: idOf(200), invitations: [] }),
]

function worldAfter(state?: InvitationsState, projects = TWO()): SearchWorld {
  const world = searchWorld({ projects })
  if (state) world.memories.set(KEY, { key: KEY, version: 1, sequence: 0, state })
  return world
}

function answering(answer: unknown, projectId?: string) {
  return (call: AtlasCall) =>
    call.operation === 'invitations' && (!projectId || call.projectId === projectId) ? answer : undefined
}

function remembered({ memories }: SearchWorld): unknown {
  return memories.get(KEY)?.state
}

function noticesOf({ published }: SearchWorld): readonly unknown[] {
  return published.map(({ detail }) => detail.status)
}

describe('the end of project invitations', () => {
  test('one project that says so is published as failed, and ends nothing', async () => {
    const world = worldAfter(undefined, [project(), project({ id: idOf(200), invitations: [] })])
    world.state.answer = answering(GONE, idOf(200))
    await world.finish()

    expect(world.found()).toMatchObject([
      { kind: 'project', id: idOf(200), action: 'failed', code: 'VERSION_GONE' },
      { kind: 'project_invitation', action: 'deleted' },
    ])
    expect(remembered(world)).toBeUndefined()
  })

  test('a first whole look is published as failed, and only raises a suspicion', async () => {
    const world = worldAfter()
    world.state.answer = answering(GONE)
    await world.finish()

    expect(world.found().map(({ kind, action }) => `${kind} ${action}`)).toEqual([
      'database_user reported',
      'project failed',
      'project failed',
    ])
    expect(remembered(world)).toEqual({ suspectedAt: T0 })
    expect(noticesOf(world)).toEqual(['leftovers'])
  })

  test('a second look within the hour says no more than the first', async () => {
    const world = worldAfter({ suspectedAt: later(-HOUR + 1) })
    world.state.answer = answering(GONE)
    await world.finish()

    expect(remembered(world)).toEqual({ suspectedAt: later(-HOUR + 1) })
  })

  test('a second whole look ends the step, says so once, and blames no project', async () => {
    const sunset = later(200 * DAY)
    const world = worldAfter({ suspectedAt: later(-HOUR), sunsetAt: sunset })
    world.state.answer = answering(GONE)
    await world.finish()

    expect(world.found().map(({ kind }) => kind)).toEqual(['database_user'])
    expect(remembered(world)).toEqual({
      suspectedAt: later(-HOUR),
      endedAt: T0,
      sunsetAt: sunset,
    })
    expect(noticesOf(world)).toEqual(['invitations_ended', 'leftovers'])
    expect(world.published[0]?.detail).toMatchObject({
      cloud: { org: { uid: ORG } },
      unmapped: { suspected_at: later(-HOUR), sunset },
    })
  })

  test.each([
    ['fails', DOWN],
    ['lists them', { kind: 'invitations', invitations: [] }],
  ])('a look in which one project %s is not whole', async (_, answer) => {
    const world = worldAfter({ suspectedAt: later(-HOUR) })
    world.state.answer = (call) => answering(answer, idOf(200))(call) ?? answering(GONE)(call)
    await world.attempt()

    expect(remembered(world)).not.toHaveProperty('endedAt')
    expect(noticesOf(world)).not.toContain('invitations_ended')
  })

  test('the rest of a search is no whole look', async () => {
    const world = worldAfter({ suspectedAt: later(-HOUR) })
    world.put({ ...world.task(), state: { ...world.task().state, done: [idOf(200)] } })
    world.state.answer = answering(GONE)
    await world.finish()

    expect(remembered(world)).toEqual({ suspectedAt: later(-HOUR) })
  })

  test('projects that are closed to us or gone say nothing about it', async () => {
    const closed = { kind: 'forbidden', code: 'NOT_IN_GROUP' }
    const all = worldAfter({ suspectedAt: later(-HOUR) })
    all.state.answer = answering(closed)
    await all.finish()
    expect(remembered(all)).toEqual({ suspectedAt: later(-HOUR) })

    const one = worldAfter({ suspectedAt: later(-HOUR) })
    one.state.answer = (call) => answering({ kind: 'no_project' }, idOf(200))(call) ?? answering(GONE)(call)
    await one.finish()
    expect(remembered(one)).toHaveProperty('endedAt', T0)
  })

  test('a look that sees a list takes the suspicion back', async () => {
    const world = worldAfter({ suspectedAt: later(-HOUR) })
    await world.finish()

    expect(remembered(world)).toEqual({})
    expect(world.deleted).toEqual([INVITATION.id])
  })

  test('the date in the header is remembered as it moves, and ends nothing by itself', async () => {
    const [past, next] = [later(-DAY), later(DAY)]
    const world = worldAfter({ sunsetAt: next })
    world.state.answer = answering({ kind: 'invitations', invitations: [], sunset: past })
    await world.finish()
    expect(remembered(world)).toEqual({ sunsetAt: past })

    const again = worldAfter({ sunsetAt: past })
    again.state.answer = answering({ kind: 'invitations', invitations: [], sunset: past })
    await again.finish()
    expect(again.asked('invitations')).toBe(2)
    expect(again.memories.get(KEY)?.version).toBe(1)
  })

  test('an end that another search found meanwhile is not found twice', async () => {
    const ended = { suspectedAt: later(-DAY), endedAt: later(-1) }
    const world = worldAfter({ suspectedAt: later(-DAY) })
    world.state.answer = (call) => {
      if (call.operation === 'invitations')
        world.memories.set(KEY, { key: KEY, version: 2, sequence: 1, state: ended })
      return answering(GONE)(call)
    }
    await world.finish()

    expect(remembered(world)).toEqual(ended)
    expect(noticesOf(world)).toEqual(['leftovers'])
    expect(world.found().map(({ kind }) => kind)).toEqual(['database_user'])
  })

  test('a memory that cannot be read ends nothing', async () => {
    const world = worldAfter()
    world.memories.set(KEY, { key: KEY, version: 1, sequence: 0, isUnreadable: true })
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
  })
})

describe('after the end', () => {
  const ENDED = { suspectedAt: later(-30 * DAY), endedAt: later(-29 * DAY) }

  test('every search asks again, and a project without a list is no finding', async () => {
    const world = worldAfter(ENDED)
    world.state.answer = answering(GONE)
    await world.finish()

    expect(world.asked('invitations')).toBe(2)
    expect(world.found().map(({ kind }) => kind)).toEqual(['database_user'])
    expect(remembered(world)).toEqual(ENDED)
    expect(noticesOf(world)).toEqual(['leftovers'])
  })

  test('a project that lists them again starts the search for them again, and that is published', async () => {
    const world = worldAfter({ ...ENDED, sunsetAt: later(DAY) })
    world.state.answer = answering(GONE, idOf(200))
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
    expect(world.found()).toContainEqual(expect.objectContaining({ id: idOf(200), code: 'VERSION_GONE' }))
    expect(remembered(world)).toEqual({ sunsetAt: later(DAY) })
    expect(noticesOf(world)).toEqual(['invitations_searched_again', 'leftovers'])
    expect(world.published[0]?.detail).toMatchObject({
      cloud: { org: { uid: ORG } },
      unmapped: { ended_at: ENDED.endedAt },
    })
  })

  test('an invitation that was about to be deleted before is published as failed', async () => {
    const world = worldAfter(ENDED)
    const intended = [{ projectId: idOf(100), id: INVITATION.id, createdAt: INVITATION.createdAt }]
    world.put({ ...world.task(), state: { ...world.task().state, intended } })
    world.state.answer = answering(GONE)
    await world.finish()

    expect(world.found()).toContainEqual(
      expect.objectContaining({ id: INVITATION.id, action: 'failed', code: 'VERSION_GONE' }),
    )
  })
})
