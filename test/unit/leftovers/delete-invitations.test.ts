import { describe, expect, test } from 'vitest'
import { EVERYONE, orgKey } from '../../../lib/core/org-state.ts'
import { personKey } from '../../../lib/core/returns.ts'
import {
  ADA,
  type AtlasCall,
  closedCase,
  DAY,
  DOWN,
  GONE,
  HOUR,
  INVITATION,
  idOf,
  later,
  member,
  ORG,
  OTHERS,
  project,
  SECOND,
  type SearchWorld,
  searchWorld,
  T0,
} from './search-world.ts'

const RELEASE = { act: 'release', actor: 'arn:grace', because: 'asked', requestId: 'r' } as const
const PAUSED = { kind: 'paused', since: T0, because: 'x', actor: 'arn:grace' } as const
const OVER = { kind: 'over_limit', since: T0 } as const
const ORG_STATE = { slots: {}, counts: [] }

function remember({ memories }: SearchWorld, key: string, state: unknown): void {
  memories.set(key, { key, version: 1, sequence: 0, state })
}

function invitationIn(world: SearchWorld) {
  return world.found().find(({ kind }) => kind === 'project_invitation')
}

/** Answers the nth call of an operation and those after it. */
function from(nth: number, operation: AtlasCall['operation'], answer: (call: AtlasCall) => unknown) {
  let seen = 0
  return (call: AtlasCall) => {
    if (call.operation !== operation) return undefined
    seen += 1
    return seen >= nth ? answer(call) : undefined
  }
}

function expectKept(world: SearchWorld, reason: string): void {
  expect(world.asked('deleteInvitation')).toBe(0)
  expect(invitationIn(world)).toMatchObject({
    action: 'reported',
    why: `deprecated project invitation of 2026-11-28; kept: ${reason}`,
  })
}

describe('what keeps an invitation', () => {
  test.each([
    ['LEFTOVERS=report', { leftovers: 'report' }],
    ['observing', { mode: 'observe' }],
  ] as const)('%s, whatever was released, and nobody is looked up for it', async (reason, settings) => {
    const kase = { ...closedCase(), decisions: [{ ...RELEASE, rule: 'observing' as const, at: T0 }] }
    const world = searchWorld({ settings, kase })
    await world.finish()

    expectKept(world, reason)
    expect(world.asked('find')).toBe(0)
  })

  test('an account that is protected by now', async () => {
    const world = searchWorld({ settings: { protectedUsernames: ['a*@example.com'] } })
    await world.finish()

    expectKept(world, 'protected')
  })

  test('an organization that is configured no more', async () => {
    const world = searchWorld({ organizations: [] })
    await world.finish()

    expectKept(world, 'unknown_org')
  })

  test.each([
    ['a pause of all', EVERYONE, { stops: [PAUSED] }, 'paused'],
    ['a pause of the organization', orgKey(ORG), { ...ORG_STATE, stops: [PAUSED] }, 'paused'],
    ['too many removals', orgKey(ORG), { ...ORG_STATE, stops: [OVER] }, 'mass_removal'],
    [
      'a return by another source',
      personKey(ADA),
      { returns: { sailpoint: { id: 's:1', at: later(SECOND) } } },
      'rejoined',
    ],
    [
      'a return by its own source',
      personKey(ADA),
      { returns: { okta: { id: 'okta:2', at: later(0) } } },
      'cancelled',
    ],
  ])('%s', async (_, key, state, reason) => {
    const world = searchWorld()
    remember(world, key, state)
    await world.finish()

    expectKept(world, reason)
  })

  test.each([
    ['a return', personKey(ADA), { returns: { sailpoint: { id: 's:1', at: later(SECOND) } } }, 'rejoined'],
    ['a pause', EVERYONE, { stops: [PAUSED] }, 'paused'],
    ['a full window', orgKey(ORG), { ...ORG_STATE, stops: [OVER] }, 'mass_removal'],
  ])(
    '%s that comes while the projects are read, or the person is looked up',
    async (_, key, state, reason) => {
      for (const operation of ['databaseUsers', 'find'] as const) {
        const world = searchWorld()
        world.state.answer = (call) => {
          if (call.operation === operation) remember(world, key, state)
          return undefined
        }
        await world.finish()

        expectKept(world, reason)
      }
    },
  )

  test('what a human wanted cancelled after the removal was sent', async () => {
    const kase = { ...closedCase(), decisions: [{ ...RELEASE, act: 'cancel' as const, at: T0 }] }
    const world = searchWorld({ kase })
    await world.finish()

    expectKept(world, 'cancelled')
  })

  test.each([
    ['a member again', { kind: 'found', member: member(), ended: [] }],
    ['invited again', { kind: 'found', member: member({ status: 'PENDING' }), ended: [] }],
    ['two members by that name', { kind: 'several', members: [member(), member({ userId: idOf(2) })] }],
  ] as const)('a person who is %s', async (_, lookup) => {
    const world = searchWorld()
    world.state.lookup = lookup
    await world.finish()

    expectKept(world, 'rejoined')
  })

  test('nothing of an ended invitation to the organization', async () => {
    const world = searchWorld()
    world.state.lookup = { kind: 'found', member: member({ status: 'INVITATION_EXPIRED' }), ended: [] }
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
  })

  test('one that is newer than the leaving instant; an older one beside it is deleted', async () => {
    const newer = { ...INVITATION, id: idOf(902), createdAt: later(-4 * SECOND) }
    const world = searchWorld({ projects: [project({ invitations: [INVITATION, newer] })] })
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
    expect(world.found()).toMatchObject([
      { id: newer.id, action: 'reported', why: expect.stringContaining('kept: rejoined') },
      { id: INVITATION.id, action: 'deleted' },
    ])
  })

  test('nothing that came at the leaving instant itself', async () => {
    const world = searchWorld({
      projects: [project({ invitations: [{ ...INVITATION, createdAt: later(-5 * SECOND) }] })],
    })
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
  })

  test('a newer one that a human judged is deleted; one that came after their word is kept', async () => {
    const judged = { ...INVITATION, id: idOf(902), createdAt: later(-3 * SECOND) }
    const after = { ...INVITATION, id: idOf(903), createdAt: later(-SECOND) }
    const kase = {
      ...closedCase(),
      decisions: [{ ...RELEASE, rule: 'rejoined' as const, at: later(-2 * SECOND) }],
    }
    const world = searchWorld({ kase, projects: [project({ invitations: [judged, after] })] })
    await world.finish()

    expect(world.deleted).toEqual([judged.id])
  })

  test('a lookup that fails: nothing is deleted before it succeeds, and projects without invitations are done', async () => {
    const empty = project({ id: idOf(200), invitations: [OTHERS] })
    const world = searchWorld({ projects: [project(), empty] })
    world.state.answer = ({ operation }) => (operation === 'find' ? DOWN : undefined)
    await world.attempt()
    expect(world.asked('deleteInvitation')).toBe(0)
    expect(world.task().state).toMatchObject({ code: 'HTTP_503', done: [empty.id] })

    world.state.answer = () => undefined
    await world.finish()
    expect(world.deleted).toEqual([INVITATION.id])
  })
})

describe('the intent', () => {
  test('is in the ledger before the DELETE, due when the lock lapses', async () => {
    const world = searchWorld()
    const seen: unknown[] = []
    world.state.answer = ({ operation }) => {
      if (operation === 'deleteInvitation') seen.push(world.task())
      return undefined
    }
    await world.finish()

    expect(seen).toMatchObject([
      {
        dueAt: later(60 * SECOND),
        state: {
          mayHaveDeleted: true,
          intended: [{ projectId: idOf(100), id: INVITATION.id, createdAt: INVITATION.createdAt }],
        },
      },
    ])
  })

  test('that another worker overtook deletes nothing, and leaves the search as it is', async () => {
    const world = searchWorld()
    world.state.isOvertaken = true
    await world.attempt()

    expect(world.asked('deleteInvitation')).toBe(0)
    expect(world.task()).toMatchObject({ version: 1, state: { intended: [] } })
    expect(world.notes).toEqual([])
  })

  /** A worker that died after its intent, before or after the DELETE. */
  async function crashed(world: SearchWorld, hasDeleted: boolean): Promise<void> {
    world.state.answer = ({ operation }) => {
      if (operation !== 'deleteInvitation') return undefined
      if (hasDeleted) world.remove(idOf(100), INVITATION.id)
      throw new Error('killed')
    }
    await world.attempt()
    world.state.answer = () => undefined
  }

  test('of a worker that died before its DELETE is carried out', async () => {
    const world = searchWorld()
    await crashed(world, false)
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
    expect(world.found()).toMatchObject([{ id: INVITATION.id, action: 'deleted' }])
  })

  test('of a worker that died after its DELETE ends as deleted', async () => {
    const world = searchWorld()
    await crashed(world, true)
    await world.finish()

    expect(world.found()).toMatchObject([
      {
        action: 'deleted',
        why: expect.stringContaining('gone after a DELETE of ours, seen at a later look'),
      },
    ])
    expect(world.task().state.intended).toEqual([])
  })

  test('of a worker that died: of somebody who is a member again, the invitation may have been accepted', async () => {
    for (const settings of [{}, { leftovers: 'report' }, { mode: 'observe' }] as const) {
      const world = searchWorld()
      await crashed(world, true)
      world.state.settings = { ...world.state.settings, ...settings }
      world.state.lookup = { kind: 'found', member: member(), ended: [] }
      await world.finish()

      expect(world.found()).toMatchObject([
        { action: 'reported', why: expect.stringContaining('or accepted: the person is a member again') },
      ])
    }
  })

  test('is judged again: of somebody who came back meanwhile nothing is deleted', async () => {
    const world = searchWorld()
    await crashed(world, false)
    world.state.lookup = { kind: 'found', member: member(), ended: [] }
    await world.finish()

    expect(world.deleted).toEqual([])
    expect(world.found()).toMatchObject([
      { action: 'reported', why: expect.stringContaining('kept: rejoined') },
    ])
  })

  test.each([
    ['has no role there any more', { kind: 'forbidden', code: 'NOT_IN_GROUP' }, 'NOT_IN_GROUP'],
    ['is told that invitations ended', GONE, 'VERSION_GONE'],
  ])(
    'of a worker that died, in a project where our credential %s, is published as failed',
    async (_, answer, code) => {
      const world = searchWorld()
      await crashed(world, true)
      world.state.answer = ({ operation }) => (operation === 'invitations' ? answer : undefined)
      await world.finish()

      expect(invitationIn(world)).toMatchObject({ id: INVITATION.id, action: 'failed', code })
    },
  )

  test('in a project that is no longer listed is settled there', async () => {
    const world = searchWorld()
    await crashed(world, false)
    world.state.answer = ({ operation }) =>
      operation === 'list' ? { kind: 'projects', projects: [] } : undefined
    await world.finish()

    expect(world.deleted).toEqual([INVITATION.id])
    expect(invitationIn(world)).toMatchObject({ action: 'deleted', projectName: idOf(100) })
  })

  test('that nobody can settle for a day is published as failed', async () => {
    const world = searchWorld()
    await crashed(world, true)
    world.state.answer = ({ projectId }) => (projectId ? DOWN : undefined)
    await world.finish()

    expect(world.found()).toMatchObject([
      {
        kind: 'project_invitation',
        id: INVITATION.id,
        action: 'failed',
        code: 'HTTP_503',
        why: expect.stringContaining('nobody has seen what became of it'),
      },
      { kind: 'project', action: 'failed', code: 'HTTP_503' },
    ])
  })

  test('is kept while its project cannot be read and another one is about to be changed', async () => {
    const other = project({ id: idOf(200), invitations: [{ ...INVITATION, id: idOf(902) }] })
    const world = searchWorld({ projects: [project(), other] })
    world.state.answer = ({ projectId, operation }) =>
      projectId === other.id || operation === 'deleteInvitation' ? DOWN : undefined
    await world.attempt()
    world.state.answer = ({ projectId }) => (projectId === idOf(100) ? DOWN : undefined)
    await world.attempt()
    expect(world.task().state.intended.map(({ id }) => id)).toEqual([INVITATION.id])

    world.remove(idOf(100), INVITATION.id)
    world.state.answer = () => undefined
    await world.finish()
    expect(world.found().map(({ id, action }) => [id, action])).toEqual([
      [idOf(902), 'deleted'],
      [INVITATION.id, 'deleted'],
    ])
  })

  test('waits for a project that is to be read again anyway, and nobody is looked up for it', async () => {
    const world = searchWorld()
    world.state.answer = ({ operation }) => (operation === 'databaseUsers' ? DOWN : undefined)
    await world.attempt()

    expect(world.asked('find')).toBe(0)
    expect(world.deleted).toEqual([])
  })

  test('holds at most 500 invitations at a time; the others come with the next attempt', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) =>
      project({ id: idOf(index), invitations: [{ ...INVITATION, id: idOf(2_000 + index) }] }),
    )
    const world = searchWorld({ projects: [...many, project({ id: idOf(1_500), invitations: [] })].slice(1) })
    await world.attempt()
    expect(world.deleted).toHaveLength(500)
    expect(world.task().state).toMatchObject({ code: 'MORE_TO_DELETE' })
    expect(world.task().state.done).toHaveLength(501)

    await world.finish()
    expect(world.deleted).toHaveLength(999)
    expect(Buffer.byteLength(JSON.stringify(world.task()))).toBeLessThan(200_000)
  })
})

describe('the answer to a DELETE', () => {
  const REFUSED = { kind: 'failure', reason: 'refused', code: 'CANNOT_DELETE' }
  const FORBIDDEN = { kind: 'forbidden', code: 'ACCESS_FORBIDDEN' }
  const ABSENT = { kind: 'absent', code: 'INVALID_INVITATION_ID', mayHaveApplied: false }

  test.each([
    ['forbidden', FORBIDDEN],
    ['refused', REFUSED],
    ['ended', GONE],
  ])('%s, and the invitation is there: it failed, and the role is named', async (_, answer) => {
    const world = searchWorld()
    world.state.answer = ({ operation }) => (operation === 'deleteInvitation' ? answer : undefined)
    await world.finish()

    expect(invitationIn(world)).toMatchObject({
      action: 'failed',
      code: answer.code,
      why: expect.stringContaining('needs the role Project Owner here'),
    })
  })

  test.each([
    ['accepted', { kind: 'deleted' }],
    ['lost', DOWN],
    ['that it is not there', ABSENT],
    ['that the project is not there', { kind: 'no_project' }],
  ])('%s, and the invitation is there: it is retried', async (_, answer) => {
    const world = searchWorld()
    let isLazy = true
    world.state.answer = ({ operation }) => {
      if (operation !== 'deleteInvitation' || !isLazy) return undefined
      isLazy = false
      return answer
    }
    await world.attempt()
    expect(world.task().closedAt).toBeUndefined()

    await world.finish()
    expect(world.deleted).toEqual([INVITATION.id])
    expect(world.found()).toMatchObject([{ action: 'deleted' }])
  })

  /** Somebody else takes the invitation away just before our DELETE, which is answered so. */
  async function withdrawn(answer: unknown): Promise<SearchWorld> {
    const world = searchWorld()
    world.state.answer = ({ operation }) => {
      if (operation !== 'deleteInvitation') return undefined
      world.remove(idOf(100), INVITATION.id)
      return answer
    }
    await world.finish()
    return world
  }

  test.each([
    ['forbidden', FORBIDDEN],
    ['refused', REFUSED],
    ['ended', GONE],
    ['that it is not there', ABSENT],
  ])('%s, and the invitation is gone: nobody of us deleted it, and a human looks', async (_, answer) => {
    const world = await withdrawn(answer)

    expect(invitationIn(world)).toMatchObject({
      action: 'reported',
      code: answer.code,
      why: expect.stringContaining('withdrawn, or accepted'),
    })
  })

  test.each([
    ['accepted', { kind: 'deleted' }],
    ['lost', DOWN],
    ['that the project is not there', { kind: 'no_project' }],
    ['that it is not there, after a try whose answer was lost', { ...ABSENT, mayHaveApplied: true }],
  ])('%s, and the invitation is gone: we deleted it', async (_, answer) => {
    expect(invitationIn(await withdrawn(answer))).toMatchObject({ action: 'deleted' })
  })

  test('that it is not there, after an intent of an earlier attempt: we deleted it', async () => {
    const world = searchWorld()
    let tries = 0
    world.state.answer = ({ operation }) => {
      if (operation !== 'deleteInvitation') return undefined
      tries += 1
      if (tries === 1) throw new Error('killed')
      world.remove(idOf(100), INVITATION.id)
      return ABSENT
    }
    await world.finish()

    expect(invitationIn(world)).toMatchObject({ action: 'deleted' })
  })
})

describe('the confirmation', () => {
  test('that fails is retried, after the longest wait that Atlas asked for', async () => {
    const world = searchWorld()
    const confirming = from(2, 'invitations', () => DOWN)
    world.state.answer = (call) =>
      call.operation === 'deleteInvitation' ? { ...DOWN, retryAfterMs: 2 * HOUR } : confirming(call)
    await world.attempt()
    expect(world.task().dueAt).toEqual(later(2 * HOUR))

    world.state.answer = from(1, 'deleteInvitation', () => undefined)
    await world.finish()
    expect(world.found()).toMatchObject([{ action: 'deleted' }])
  })

  test('that fails after an accepted DELETE is retried, and finds it gone', async () => {
    const world = searchWorld()
    world.state.answer = from(2, 'invitations', () => DOWN)
    await world.attempt()
    expect(world.task().state).toMatchObject({ code: 'HTTP_503', intended: [{ id: INVITATION.id }] })

    world.state.answer = () => undefined
    await world.finish()
    expect(world.found()).toMatchObject([{ action: 'deleted' }])
    expect(world.asked('deleteInvitation')).toBe(1)
  })

  test.each([
    ['forbidden', { kind: 'forbidden', code: 'NOT_IN_GROUP' }],
    ['ended', GONE],
  ])('that is %s: nobody knows what became of it', async (_, answer) => {
    const world = searchWorld()
    world.state.answer = from(2, 'invitations', () => answer)
    await world.finish()

    expect(invitationIn(world)).toMatchObject({
      action: 'failed',
      code: answer.code,
      why: expect.stringContaining('Atlas no longer tells what became of it'),
    })
  })

  test('of a project that is gone: so is the invitation', async () => {
    const world = searchWorld()
    world.state.answer = from(2, 'invitations', () => ({ kind: 'no_project' }))
    await world.finish()

    expect(invitationIn(world)).toMatchObject({ action: 'deleted' })
  })

  test('of two invitations in one project is one read, and each ends as it did', async () => {
    const second = { ...INVITATION, id: idOf(902), createdAt: later(-2 * DAY) }
    const world = searchWorld({ projects: [project({ invitations: [INVITATION, second] })] })
    world.state.answer = ({ operation, id }) =>
      operation === 'deleteInvitation' && id === second.id
        ? { kind: 'forbidden', code: 'NOT_IN_GROUP' }
        : undefined
    await world.finish()

    expect(world.asked('invitations')).toBe(2)
    expect(world.found().map(({ id, action }) => [id, action])).toEqual([
      [second.id, 'failed'],
      [INVITATION.id, 'deleted'],
    ])
  })
})
