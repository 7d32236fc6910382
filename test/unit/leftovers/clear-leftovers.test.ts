import { describe, expect, test } from 'vitest'
import { NAMED, NEARLY_NAMED } from '../../../infra/local/atlas/leftovers-org.ts'
import { idFrom } from '../../../infra/local/atlas/member.ts'
import { INVITATIONS_END } from '../../../lib/core/org-state.ts'
import { clearLeftovers } from '../../../lib/leftovers/clear-leftovers.ts'
import type { Finding } from '../../../lib/leftovers/findings.ts'
import type { Case } from '../../../lib/words/case.ts'
import { activeMember, departure, later, ORG } from '../../support/cases.ts'
import { type AtlasProject, refusal } from '../../support/in-memory-atlas.ts'
import { thirtyProjects } from '../../support/leftovers.ts'
import { hasOcsfSchema, ocsfProblems } from '../../support/ocsf.ts'
import { createWorld, type Fault, type IoCall, type World, type WorldOptions } from '../../support/world.ts'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const ADA = activeMember()
const INVITATION = { id: idFrom('ada invited'), username: 'ADA@example.com', createdAt: later(-DAY) }
const OTHERS = { id: idFrom('bob invited'), username: 'bob@example.com', createdAt: later(-DAY) }

function project(fields: Partial<AtlasProject> = {}): AtlasProject {
  const databaseUsers = [{ username: ADA.username }, { username: 'service' }]
  return { id: idFrom('project'), name: 'payments', invites: [INVITATION, OTHERS], databaseUsers, ...fields }
}

/** A world that cleans, in which Ada is a member and invited to one project. */
function worldWith({ settings, ...options }: WorldOptions = {}, projects = [project()]): World {
  const world = createWorld({ compares: false, ...options, settings: { leftovers: 'clean', ...settings } })
  world.org().members = [ADA]
  world.org().projects = projects
  return world
}

function caseIn(world: World, index = 0): Case {
  const kase = inOrder(world)[index]
  if (!kase) throw new Error('no case')
  return kase
}

/** Dates in them are texts here. */
function inOrder(world: World): readonly Case[] {
  return world.cases().toSorted((one, other) => (String(one.receivedAt) < String(other.receivedAt) ? -1 : 1))
}

function foundIn({ leftovers }: Case): readonly Finding[] {
  return leftovers?.kind === 'looked' ? leftovers.findings : []
}

function toldIn(world: World) {
  return world.aws.published
    .filter(({ uid }) => uid.endsWith('/leftovers'))
    .map(({ uid, detail }) => ({ uid, detail, unmapped: detail.unmapped as Record<string, unknown> }))
}

function asked(world: World, operation: string): number {
  return world.calls.filter((call) => call.operation === operation).length
}

/** The nth call of an operation, and no other, goes wrong. */
function once(operation: string, fault: Fault, nth = 1): (call: IoCall) => Fault | undefined {
  let seen = 0
  return (call) => {
    if (call.operation !== operation) return undefined
    seen += 1
    return seen === nth ? fault : undefined
  }
}

const DOWN: Fault = { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') }

async function leave(world: World, ms = MINUTE, departed: Parameters<typeof departure>[0] = {}) {
  world.depart(departure(departed))
  await world.runUntil(new Date(world.time.now().getTime() + ms))
}

describe('clearLeftovers()', () => {
  test('deletes exactly the three invitations among thirty projects, and reports exactly the six database users', async () => {
    const world = worldWith({}, thirtyProjects(later(-DAY)))
    await leave(world)

    const found = foundIn(caseIn(world))
    expect(world.atlas.uninvited.map(({ username }) => username)).toEqual(Array(3).fill('ada@example.com'))
    expect(world.org().projects.flatMap(({ invites }) => invites)).toHaveLength(4)
    expect(found.filter(({ action }) => action === 'deleted')).toHaveLength(3)
    expect(found.filter(({ action }) => action === 'reported').map(({ id }) => id)).toEqual(
      NAMED.map(({ username }) => username),
    )
    expect(found).toHaveLength(9)
    expect(JSON.stringify(found)).not.toContain(NEARLY_NAMED[4].username)
  })

  test('asks at most once for the projects and twice for each, where there is nothing to delete', async () => {
    const nothing = thirtyProjects(later(0)).map((one) => ({ ...one, invites: [] }))
    const world = worldWith({}, nothing)
    await leave(world)

    const atlas = world.calls.filter(({ service, operation }) => service === 'atlas' && operation !== 'token')
    expect(atlas).toHaveLength(3 + 1 + 2 * 30)
  })

  test('comes after the removal, and changes nothing of its outcome', async () => {
    const [without, withThem] = [worldWith({ settings: { leftovers: 'off' } }), worldWith()]
    await leave(without)
    await leave(withThem)

    const ofAtlas = (world: World) =>
      world.calls.filter(({ service }) => service === 'atlas').map((call) => call.operation)
    expect(ofAtlas(withThem).slice(0, 4)).toEqual(ofAtlas(without))
    expect(caseIn(without).leftovers).toBeUndefined()
    for (const key of ['outcome', 'outcomeAt', 'closedAt', 'attempts', 'snapshot', 'intent'] as const)
      expect(caseIn(withThem)[key]).toEqual(caseIn(without)[key])
    expect(withThem.outcomes()).toEqual(['removed'])
  })

  test('tells what it came to as a second event of the case, once', async () => {
    const world = worldWith()
    await leave(world)

    const kase = caseIn(world)
    const [{ uid, detail, unmapped } = fail()] = toldIn(world)
    expect(uid).toBe(`${kase.id}/1/leftovers`)
    expect(detail).toMatchObject({
      activity_id: 99,
      type_uid: 300_599,
      status: 'leftovers',
      severity_id: 3,
      metadata: { uid, correlation_uid: 'okta:evt-1', event_code: 'leftovers' },
      user: { name: ADA.username, uid: ADA.userId },
    })
    expect(unmapped.leftovers).toEqual([
      {
        kind: 'database_user',
        id: ADA.username,
        project_id: idFrom('project'),
        why: 'its name is the username (database admin)',
        action: 'reported',
      },
      {
        kind: 'project_invitation',
        id: INVITATION.id,
        project_id: idFrom('project'),
        why: 'deprecated project invitation of 2026-11-15',
        action: 'deleted',
      },
    ])
    expect(toldIn(world)).toHaveLength(1)
  })

  test.skipIf(!hasOcsfSchema)('tells it in valid OCSF', async () => {
    const world = worldWith()
    await leave(world)

    expect(ocsfProblems(toldIn(world)[0]?.detail)).toEqual([])
  })

  test('tells that it looked even where nothing was found, and alerts nobody by it', async () => {
    const world = worldWith({}, [project({ invites: [OTHERS], databaseUsers: [] })])
    await leave(world)

    expect(toldIn(world)).toMatchObject([
      { detail: { status: 'leftovers_clear', severity_id: 1 }, unmapped: { leftovers: [], projects: 1 } },
    ])
  })

  test('looks after somebody who was absent already, too', async () => {
    const world = worldWith()
    world.org().members = []
    await leave(world)

    expect(caseIn(world).outcome).toEqual({ kind: 'already_absent' })
    expect(world.atlas.uninvited).toHaveLength(1)
  })

  test('finds what bears an alias', async () => {
    const alias = 'ada@old.example.com'
    const invites = [{ ...INVITATION, username: alias }]
    const world = worldWith({}, [project({ invites, databaseUsers: [{ username: alias }] })])
    await leave(world, MINUTE, { aliases: [alias] })

    expect(foundIn(caseIn(world)).map(({ action }) => action)).toEqual(['reported', 'deleted'])
    expect(asked(world, 'listGroupInvites')).toBe(2)
  })

  test.each([
    ['a dry run', {}, { dryRun: true }],
    ['LEFTOVERS=off', { leftovers: 'off' }, {}],
  ] as const)('does not look after %s', async (_, settings, departed) => {
    const world = worldWith({ settings })
    await leave(world, MINUTE, departed)

    expect(caseIn(world).leftovers).toBeUndefined()
    expect(asked(world, 'getOrgGroups')).toBe(0)
  })

  test('ends without a request once it is switched off', async () => {
    const world = worldWith()
    world.depart(departure())
    await world.runUntil(later(2_500))
    const { deps } = world.worker()
    const off = { ...deps, settings: { ...deps.settings, leftovers: 'off' as const } }
    await world.time.run(world.time.wait(MINUTE))
    await world.time.run(clearLeftovers(off, caseIn(world).id, later(2 * MINUTE)))

    expect(caseIn(world).leftovers).toMatchObject({ kind: 'settled' })
    expect(asked(world, 'getOrgGroups')).toBe(0)
  })

  test('tells what it did before it was switched off, and what it was about to do', async () => {
    const second = idFrom('second')
    const world = worldWith({ faultFor: once('deleteGroupInvite', { kind: 'crash', when: 'after' }, 2) }, [
      project({ databaseUsers: [] }),
      project({ id: second, databaseUsers: [], invites: [{ ...INVITATION, id: idFrom('other') }] }),
    ])
    let down = true
    const { answer } = world.atlas
    world.atlas.answer = (request) =>
      down && request.groupId === second ? refusal(503, 'SERVICE_UNAVAILABLE') : answer(request)
    await leave(world, 15 * SECOND)
    down = false
    await world.runUntil(later(MINUTE))
    const { deps } = world.worker()
    const off = { ...deps, settings: { ...deps.settings, leftovers: 'off' as const } }
    await world.time.run(world.time.wait(5 * MINUTE))
    await world.time.run(clearLeftovers(off, caseIn(world).id, later(10 * MINUTE)))

    expect(world.atlas.uninvited).toHaveLength(2)
    expect(foundIn(caseIn(world))).toMatchObject([
      { id: idFrom('other'), action: 'failed', code: 'LEFTOVERS_OFF' },
      { id: INVITATION.id, action: 'deleted' },
    ])
    expect(toldIn(world)).toHaveLength(1)
  })
})

describe('what keeps an invitation', () => {
  test.each([
    ['LEFTOVERS=report', { leftovers: 'report' }],
    ['protected', { protectedUsernames: ['a*@example.com'] }],
  ] as const)('%s', async (reason, settings) => {
    const world = worldWith({ settings })
    // Whom nobody may remove is not removed; but what was protected only afterwards must not be touched either.
    const removing = worldWith({ settings: { ...settings, protectedUsernames: [] } })
    await closedBy(removing, world)

    expectKept(removing, reason)
    expect(asked(removing, 'listOrgUsers')).toBe(1)
  })

  test('observing, whatever was released', async () => {
    const world = worldWith()
    const observing = worldWith({ settings: { mode: 'observe' } })
    await closedBy(world, observing)

    expectKept(world, 'observing')
  })

  test.each([['*'], [ORG]])('a pause of %s', async (orgId) => {
    const world = worldWith()
    await looking(world, async ({ deps }) => {
      await world.time.run(
        deps.ledger.changeOrg(orgId, (state) => ({
          ...state,
          paused: { by: 'grace', because: 'x', at: world.time.now() },
        })),
      )
    })

    expectKept(world, 'paused')
  })

  test('an organization that is latched', async () => {
    const world = worldWith()
    await looking(world, async ({ deps }) => {
      await world.time.run(deps.ledger.changeOrg(ORG, (state) => ({ ...state, latchedAt: world.time.now() })))
    })

    expectKept(world, 'mass_removal')
  })

  test('an event that was stale when it came, unless a human released it', async () => {
    const world = worldWith()
    await looking(world, ({ change }) => change((kase) => ({ ...kase, stale: true })))
    expectKept(world, 'stale_event')

    const released = worldWith()
    const release = {
      reason: 'stale_event',
      at: later(0),
      by: 'grace',
      because: 'x',
      requestId: 'r',
    } as const
    await looking(released, ({ change }) => change((kase) => ({ ...kase, stale: true, releases: [release] })))
    expect(released.atlas.uninvited).toHaveLength(1)
  })

  test('a human who asked for the case to be cancelled', async () => {
    const world = worldWith()
    const cancellation = { by: 'grace', because: 'hired again' }
    await looking(world, ({ change }) => change((kase) => ({ ...kase, cancellation })))

    expectKept(world, 'cancelled')
  })

  test('a return that is newer than the leaving instant', async () => {
    const world = worldWith()
    await looking(world, async ({ deps }) => {
      const returns = { okta: { id: 'okta:2', at: later(SECOND) } }
      await world.time.run(deps.ledger.changePerson(ADA.username, (state) => ({ ...state, returns })))
    })

    expectKept(world, 'rejoined')
  })

  test('an invitation that is newer than the leaving instant; an older one beside it is deleted', async () => {
    const newer = { ...INVITATION, id: idFrom('again'), createdAt: later(SECOND) }
    const world = worldWith({}, [project({ invites: [INVITATION, newer], databaseUsers: [] })])
    await leave(world)

    expect(world.atlas.uninvited.map(({ id }) => id)).toEqual([INVITATION.id])
    expect(foundIn(caseIn(world))).toMatchObject([
      { id: newer.id, action: 'reported', why: expect.stringContaining('kept: rejoined') },
      { id: INVITATION.id, action: 'deleted' },
    ])
  })

  test.each([
    ['a member again', [ADA]],
    ['invited again', [{ ...ADA, status: 'PENDING' as const, userId: idFrom('new') }]],
    ['two members by that name', [ADA, { ...ADA, userId: idFrom('new') }]],
  ])('a person who is %s', async (_, members) => {
    const world = worldWith()
    await looking(world, async () => {
      world.org().members = members
    })

    expectKept(world, 'rejoined')
  })

  test('nothing of an ended invitation to the organization, nor of somebody with a similar name', async () => {
    const world = worldWith()
    await looking(world, async () => {
      world.org().members = [{ ...ADA, status: 'INVITATION_EXPIRED' }]
    })
    expect(world.atlas.uninvited).toHaveLength(1)

    const similar = worldWith()
    await looking(similar, async () => {
      similar.org().members = [activeMember({ username: 'ada@elsewhere.example.com' })]
    })
    expect(similar.atlas.uninvited).toHaveLength(1)
  })

  test('a lookup that fails: nothing is deleted before it succeeds', async () => {
    const world = worldWith({ faultFor: twiceDown('listOrgUsers', 2) })
    await leave(world, 20 * SECOND)
    expect(world.atlas.uninvited).toEqual([])
    expect(caseIn(world).leftovers).toMatchObject({ kind: 'pending', code: 'SERVICE_UNAVAILABLE' })

    await world.runUntil(later(5 * MINUTE))
    expect(world.atlas.uninvited).toHaveLength(1)
  })
})

test('an organization that is told of the deletion takes it for ours: nothing is paused by it', async () => {
  const world = worldWith({ compares: true })
  world.org().members = []
  await leave(world, 3 * HOUR)

  expect(world.org().events).toMatchObject([{ type: 'ORG_INVITATION_DELETED' }])
  expect((await world.time.run(world.worker().deps.ledger.org(ORG))).paused).toBeUndefined()
  expect(world.aws.published.filter(({ detail }) => detail.status === 'credential_misuse')).toEqual([])
})

test('a removal of the person by our credential at the same time is no deletion of an invitation', async () => {
  const world = worldWith({ compares: true })
  world.org().members = []
  await leave(world, MINUTE)
  const [deletion = fail()] = world.org().events
  world.org().events.push({ ...deletion, type: 'REMOVED_FROM_ORG' })
  await world.runUntil(later(3 * HOUR))

  expect((await world.time.run(world.worker().deps.ledger.org(ORG))).paused).toMatchObject({ by: 'sweep' })
})

describe('a search that is interrupted', () => {
  test.each([
    ['the message is lost', once('SendMessageBatch', { kind: 'error', when: 'before' })],
    ['the worker dies before its first read', once('getOrgGroups', { kind: 'crash', when: 'before' })],
    ['the worker dies before the DELETE', once('deleteGroupInvite', { kind: 'crash', when: 'before' })],
    ['the worker dies after the DELETE', once('deleteGroupInvite', { kind: 'crash', when: 'after' })],
    ['the worker dies before it confirms', once('listGroupInvites', { kind: 'crash', when: 'before' }, 2)],
    ['the answer of the DELETE is lost', once('deleteGroupInvite', { kind: 'timeout', when: 'after' })],
    ['the confirmation fails', twiceDown('listGroupInvites', 2)],
    ['the DELETE fails', twiceDown('deleteGroupInvite', 1)],
    [
      'the DELETE and its confirmation fail',
      (() => {
        const [first, second] = [twiceDown('deleteGroupInvite', 1), twiceDown('listGroupInvites', 2)]
        return (call: IoCall) => first(call) ?? second(call)
      })(),
    ],
    [
      'Atlas takes no writes',
      once('deleteGroupInvite', {
        kind: 'reply',
        reply: refusal(405, 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES'),
      }),
    ],
    ['the audit bus takes nothing', once('PutEvents', { kind: 'error', when: 'before' }, 2)],
  ])('goes on when %s', async (_, faultFor) => {
    const world = worldWith({ faultFor })
    await leave(world, 20 * MINUTE)

    expect(world.atlas.uninvited).toHaveLength(1)
    expect(world.atlas.removed).toHaveLength(1)
    expect(
      foundIn(caseIn(world))
        .map(({ kind, action }) => `${kind} ${action}`)
        .toSorted(),
    ).toEqual(['database_user reported', 'project_invitation deleted'])
    expect(new Set(world.outcomes())).toEqual(new Set(['removed']))
    expect(new Set(toldIn(world).map(({ uid }) => uid)).size).toBe(1)
    expect(caseIn(world)).toMatchObject({ unpublished: [], notices: [] })
  })

  test.each([
    ['before the DELETE', 'before'],
    ['after the DELETE', 'after'],
  ] as const)(
    'calls nothing deleted of a person who is a member again, when the worker died %s',
    async (_, when) => {
      const world = worldWith({ faultFor: once('deleteGroupInvite', { kind: 'crash', when }) })
      const { answer } = world.atlas
      let reads = 0
      world.atlas.answer = (request) => {
        if (request.operation === 'listGroupInvites') reads += 1
        if (reads > 1) {
          for (const one of world.org().projects) one.invites = [OTHERS]
          world.org().members = [ADA]
        }
        return answer(request)
      }
      await leave(world, 20 * MINUTE)

      expect(foundIn(caseIn(world))).toContainEqual(
        expect.objectContaining({
          kind: 'project_invitation',
          action: 'reported',
          why: expect.stringContaining('member again'),
        }),
      )
      expect(toldIn(world)).toMatchObject([{ detail: { status: 'leftovers' } }])
    },
  )

  test('comes back if nobody can tell whether the person is a member again', async () => {
    const crash = once('deleteGroupInvite', { kind: 'crash', when: 'after' })
    let [isDown, failed] = [false, 0]
    const world = worldWith({
      faultFor: (call) => {
        const fault = crash(call)
        if (fault) isDown = true
        if (!isDown || call.operation !== 'listOrgUsers' || failed === 4) return fault
        failed += 1
        return DOWN
      },
    })
    await leave(world, 30 * MINUTE)

    expect(failed).toBe(4)
    expect(foundIn(caseIn(world))).toContainEqual(
      expect.objectContaining({ kind: 'project_invitation', action: 'deleted' }),
    )
    expect(toldIn(world)).toHaveLength(1)
  })

  test('reads again only the projects that it could not read', async () => {
    const projects = [project(), project({ id: idFrom('second'), invites: [], databaseUsers: [] })]
    const second = idFrom('second')
    const world = worldWith({}, projects)
    let down = true
    const { answer } = world.atlas
    world.atlas.answer = (request) =>
      down && request.groupId === second && request.operation === 'listGroupDatabaseUsers'
        ? refusal(503, 'SERVICE_UNAVAILABLE')
        : answer(request)
    await leave(world, 20 * SECOND)
    const pending = caseIn(world).leftovers
    down = false
    const before = asked(world, 'listGroupInvites')
    await world.runUntil(later(5 * MINUTE))

    expect(pending).toMatchObject({ kind: 'pending', done: [idFrom('project')] })
    expect(asked(world, 'listGroupInvites') - before).toBe(1)
    expect(caseIn(world).leftovers).toMatchObject({ kind: 'looked', projects: 2 })
  })

  test('keeps no more than an item of the ledger can hold while it goes on, and tells how many are left out', async () => {
    const databaseUsers = Array.from({ length: 400 }, (_, index) => ({
      username: `CN=${ADA.username},OU=${'x'.repeat(1_000)}${index}`,
      databaseName: '$external',
      x509Type: 'CUSTOMER',
    }))
    const second = idFrom('second')
    const world = worldWith({}, [project({ databaseUsers }), project({ id: second, databaseUsers: [] })])
    let down = true
    const { answer } = world.atlas
    world.atlas.answer = (request) =>
      down && request.groupId === second ? refusal(503, 'SERVICE_UNAVAILABLE') : answer(request)
    await leave(world)
    const pending = caseIn(world).leftovers
    down = false
    await world.runUntil(later(10 * MINUTE))

    expect(pending).toMatchObject({ kind: 'pending', done: [idFrom('project')] })
    expect(Buffer.byteLength(JSON.stringify(pending))).toBeLessThan(100_000)
    const { leftovers } = caseIn(world)
    expect(leftovers).toMatchObject({ kind: 'looked', projects: 2, more: expect.any(Number) })
    expect(foundIn(caseIn(world)).length + (leftovers?.kind === 'looked' ? (leftovers.more ?? 0) : 0)).toBe(
      402,
    )
  })

  test('is told as failed after a day without any progress', async () => {
    const world = worldWith({
      faultFor: ({ operation }) => (operation === 'getOrgGroups' ? DOWN : undefined),
    })
    await leave(world, 25 * HOUR)

    expect(caseIn(world).outcome?.kind).toBe('removed')
    expect(foundIn(caseIn(world))).toEqual([
      {
        kind: 'organization',
        id: ORG,
        projectId: '*',
        why: 'could not be looked at for a day; look at it by hand',
        action: 'failed',
        code: 'SERVICE_UNAVAILABLE',
      },
    ])
    expect(toldIn(world)).toMatchObject([{ detail: { severity_id: 4 } }])
  })

  test('tells of a DELETE that may be out, even if the project cannot be looked at for a day', async () => {
    const world = worldWith({ faultFor: once('deleteGroupInvite', { kind: 'crash', when: 'after' }) })
    const { answer } = world.atlas
    world.atlas.answer = (request) =>
      world.atlas.uninvited.length > 0 && request.groupId ? refusal(500, 'UNEXPECTED_ERROR') : answer(request)
    await leave(world, 26 * HOUR)

    expect(foundIn(caseIn(world))).toMatchObject([
      { kind: 'project_invitation', id: INVITATION.id, action: 'failed', code: 'UNEXPECTED_ERROR' },
      { kind: 'project', action: 'failed', code: 'UNEXPECTED_ERROR' },
    ])
  })

  test('tells the one project that stays unreadable as failed, and the others as they are', async () => {
    const world = worldWith({}, [project(), project({ id: idFrom('second') })])
    const { answer } = world.atlas
    world.atlas.answer = (request) =>
      request.groupId === idFrom('second') ? refusal(500, 'UNEXPECTED_ERROR') : answer(request)
    await leave(world, 26 * HOUR)

    expect(foundIn(caseIn(world)).map(({ kind, action }) => `${kind} ${action}`)).toEqual([
      'database_user reported',
      'project failed',
      'project_invitation deleted',
    ])
  })

  test('waits while the credential of the organization is refused, and blocks nobody itself', async () => {
    const world = worldWith()
    await looking(world, async ({ deps }) => {
      const block = { code: 'HTTP_403', since: later(0), nextProbeAt: later(DAY) }
      await world.time.run(deps.ledger.changeOrg(ORG, (state) => ({ ...state, block })))
    })

    expect(caseIn(world).leftovers).toMatchObject({ kind: 'pending', code: 'HTTP_403' })
    expect(asked(world, 'getOrgGroups')).toBe(0)
  })

  test('leaves a case alone that another worker has written meanwhile', async () => {
    const world = worldWith()
    const [one, other] = [world.worker('one'), world.worker('other')]
    world.depart(departure())
    await world.runUntil(later(2_500))
    await world.time.run(world.time.wait(MINUTE))
    const { id } = caseIn(world)
    const free = {
      ...other.deps,
      ledger: { ...other.deps.ledger, lease: async () => await freeLease(other.deps, id) },
    }
    await world.time.run(
      Promise.all([
        clearLeftovers(one.deps, id, later(3 * MINUTE)),
        clearLeftovers(free, id, later(3 * MINUTE)),
      ]),
    )

    expect(world.atlas.uninvited).toHaveLength(1)
    expect(asked(world, 'deleteGroupInvite')).toBe(1)
  })

  test('does nothing with too little time left, nor before it is due, nor for a case it does not know', async () => {
    const world = worldWith()
    world.depart(departure())
    await world.runUntil(later(2_500))
    const { deps } = world.worker()
    const { id } = caseIn(world)
    const soon = new Date(world.time.now().getTime() + SECOND)
    await world.time.run(clearLeftovers(deps, id, soon))
    await world.time.run(clearLeftovers(deps, 'c-unknown', later(HOUR)))

    expect(caseIn(world).leftovers?.kind).toBe('pending')
    expect(asked(world, 'getOrgGroups')).toBe(0)
  })
})

describe('what a project says', () => {
  test.each([
    [
      'nothing, having no role for us',
      () => refusal(401, 'USER_UNAUTHORIZED'),
      'Project Owner here to read invitations and database users',
      'USER_UNAUTHORIZED',
    ],
    [
      'only its database users',
      only('listGroupInvites', refusal(403, 'ACCESS_FORBIDDEN')),
      'Project Owner here to read invitations',
      'ACCESS_FORBIDDEN',
    ],
    [
      'only its invitations',
      only('listGroupDatabaseUsers', refusal(401, 'NOT_IN_GROUP')),
      'Project Read Only here to read database users',
      'NOT_IN_GROUP',
    ],
  ] as const)(
    '%s: one finding that names the role; the others go on, and the token is not renewed',
    async (_, wrong, why, code) => {
      const closed = idFrom('closed')
      const world = worldWith({}, [project({ id: closed, invites: [], databaseUsers: [] }), project()])
      const { answer } = world.atlas
      world.atlas.answer = (request) =>
        (request.groupId === closed &&
          (wrong as (request: { operation: string }) => ReturnType<typeof refusal> | undefined)(request)) ||
        answer(request)
      await leave(world)

      const found = foundIn(caseIn(world))
      expect(found.filter(({ projectId }) => projectId === closed)).toEqual([
        {
          kind: 'project',
          id: closed,
          projectId: closed,
          projectName: 'payments',
          why: expect.stringContaining(why),
          action: 'failed',
          code,
        },
      ])
      expect(found).toHaveLength(3)
      expect(world.atlas.uninvited).toHaveLength(1)
      expect(asked(world, 'token')).toBe(2)
      expect(await world.time.run(world.worker().deps.ledger.org(ORG))).not.toHaveProperty('block')
    },
  )

  test('that it is gone: nothing is left in it', async () => {
    const world = worldWith()
    const { answer } = world.atlas
    world.atlas.answer = (request) => (request.groupId ? refusal(404, 'GROUP_NOT_FOUND') : answer(request))
    await leave(world)

    expect(foundIn(caseIn(world))).toEqual([])
  })

  test.each([
    ['no permission', refusal(401, 'USER_UNAUTHORIZED'), 'USER_UNAUTHORIZED'],
    [
      'another kind of invitation',
      refusal(400, 'CANNOT_DELETE_GROUP_INVITATION'),
      'CANNOT_DELETE_GROUP_INVITATION',
    ],
  ])('of a DELETE: %s', async (_, reply, code) => {
    const world = worldWith()
    const { answer } = world.atlas
    world.atlas.answer = (request) => (request.operation === 'deleteGroupInvite' ? reply : answer(request))
    await leave(world)

    expect(foundIn(caseIn(world))).toContainEqual(
      expect.objectContaining({
        kind: 'project_invitation',
        action: 'failed',
        code,
        why: expect.stringContaining('Project Owner'),
      }),
    )
  })

  test('of a DELETE that there is no such invitation: it was withdrawn or accepted, and a human looks', async () => {
    const world = worldWith()
    const { answer } = world.atlas
    world.atlas.answer = (request) => {
      if (request.operation === 'deleteGroupInvite')
        for (const one of world.org().projects) one.invites = [OTHERS]
      return answer(request)
    }
    await leave(world)

    expect(foundIn(caseIn(world))).toContainEqual(
      expect.objectContaining({
        action: 'reported',
        code: 'INVALID_INVITATION_ID',
        why: expect.stringContaining('withdrawn, or accepted'),
      }),
    )
  })

  test.each([
    ['refuses us', refusal(403, 'ACCESS_FORBIDDEN')],
    ['refuses the request', refusal(400, 'CANNOT_DELETE_GROUP_INVITATION')],
    ['knows nothing of', refusal(404, 'RESOURCE_NOT_FOUND')],
  ])(
    'of a DELETE that it %s, of an invitation that is gone: nobody deleted it, and a human looks',
    async (_, reply) => {
      const world = worldWith()
      const { answer } = world.atlas
      world.atlas.answer = (request) => {
        if (request.operation !== 'deleteGroupInvite') return answer(request)
        for (const one of world.org().projects) one.invites = [OTHERS]
        return reply
      }
      await leave(world, 5 * MINUTE)

      expect(foundIn(caseIn(world))).toContainEqual(
        expect.objectContaining({
          kind: 'project_invitation',
          action: 'reported',
          why: expect.stringContaining('withdrawn, or accepted'),
        }),
      )
    },
  )

  test('that the invitation is still there after a DELETE: it comes back and deletes it again', async () => {
    const world = worldWith()
    const { answer } = world.atlas
    let isLazy = true
    world.atlas.answer = (request) => {
      if (request.operation !== 'deleteGroupInvite' || !isLazy) return answer(request)
      isLazy = false
      return { kind: 'reply', status: 204, headers: {}, body: undefined }
    }
    await leave(world, 5 * MINUTE)

    expect(world.atlas.uninvited).toHaveLength(1)
    expect(asked(world, 'deleteGroupInvite')).toBe(2)
  })

  test.each([
    ['loses the role', refusal(401, 'USER_UNAUTHORIZED'), 'failed'],
    ['sees the invitations end', refusal(410, 'VERSION_GONE'), 'failed'],
  ])('nothing more of a DELETE that was sent, because our credential %s', async (_, reply, action) => {
    const world = worldWith({ faultFor: once('deleteGroupInvite', { kind: 'crash', when: 'after' }) })
    const { answer } = world.atlas
    let reads = 0
    world.atlas.answer = (request) => {
      if (request.operation !== 'listGroupInvites') return answer(request)
      reads += 1
      return reads > 1 ? reply : answer(request)
    }
    await leave(world, 20 * MINUTE)

    expect(foundIn(caseIn(world))).toContainEqual(
      expect.objectContaining({ kind: 'project_invitation', id: INVITATION.id, action }),
    )
  })

  test('nothing more at the confirmation, because our credential loses the role', async () => {
    const world = worldWith()
    const { answer } = world.atlas
    let reads = 0
    world.atlas.answer = (request) => {
      if (request.operation !== 'listGroupInvites') return answer(request)
      reads += 1
      return reads > 1 ? refusal(401, 'USER_UNAUTHORIZED') : answer(request)
    }
    await leave(world, 20 * MINUTE)

    expect(foundIn(caseIn(world))).toContainEqual(
      expect.objectContaining({ kind: 'project_invitation', action: 'failed' }),
    )
  })

  test('that its database users have ended is no list without them', async () => {
    const world = worldWith()
    const { answer } = world.atlas
    world.atlas.answer = (request) =>
      request.operation === 'listGroupDatabaseUsers' ? refusal(410, 'VERSION_GONE') : answer(request)
    await leave(world)

    expect(caseIn(world).leftovers).toMatchObject({ kind: 'pending', code: 'VERSION_GONE' })
  })
})

describe('the sunset of project invitations', () => {
  test('on its day the step switches itself off and says so once', async () => {
    const leftAt = new Date(INVITATIONS_END.getTime() - SECOND)
    const world = worldWith()
    await world.time.run(world.time.wait(leftAt.getTime() - world.time.now().getTime()))
    await leave(world, 2 * MINUTE, { occurredAt: leftAt })
    world.org().members = [activeMember({ username: 'bob@example.com' })]
    await leave(world, 2 * MINUTE, { id: 'okta:evt-2', username: 'bob@example.com', occurredAt: leftAt })

    expect(asked(world, 'listGroupInvites')).toBe(0)
    expect(inOrder(world).map((kase) => foundIn(kase).map(({ kind }) => kind))).toEqual([
      ['database_user'],
      [],
    ])
    expect(world.aws.published.filter(({ uid }) => uid.endsWith('/invitations_ended'))).toHaveLength(1)
  })

  test('an Atlas that says so before is believed, and not asked again', async () => {
    const world = worldWith()
    const { answer } = world.atlas
    world.atlas.answer = (request) =>
      request.operation === 'listGroupInvites' ? refusal(410, 'VERSION_GONE') : answer(request)
    await leave(world)
    await leave(world, MINUTE, { id: 'okta:evt-2', username: 'bob@example.com' })

    expect(asked(world, 'listGroupInvites')).toBe(1)
    expect(world.aws.published.filter(({ uid }) => uid.endsWith('/invitations_ended'))).toHaveLength(1)
  })
})

describe('once per person and organization in 24 hours', () => {
  test('a later case of the same person is settled without a request, and points at the one that looked', async () => {
    const world = worldWith()
    await leave(world)
    const before = asked(world, 'getOrgGroups')
    await leave(world, MINUTE, { id: 'sailpoint:1', source: 'sailpoint' })

    const [first, second] = [caseIn(world, 0), caseIn(world, 1)]
    expect(second.outcome?.kind).toBe('already_absent')
    expect(second.leftovers).toMatchObject({ kind: 'settled', lookedBy: first.id })
    expect(asked(world, 'getOrgGroups')).toBe(before)
    expect(toldIn(world)[1]).toMatchObject({
      detail: { status: 'leftovers_clear' },
      unmapped: { leftovers: [], looked_by: first.id },
    })
  })

  test('two at once: one looks, the other waits for it', async () => {
    const world = worldWith({}, thirtyProjects(later(-DAY)))
    world.depart(departure())
    await leave(world, 2 * MINUTE, { id: 'sailpoint:1', source: 'sailpoint' })

    expect(
      world
        .cases()
        .map(({ leftovers }) => leftovers?.kind)
        .toSorted(),
    ).toEqual(['looked', 'settled'])
    expect(asked(world, 'listGroupDatabaseUsers')).toBe(30)
  })

  test.each([
    ['a day later', 25 * HOUR, {}, [] as const],
    ['under a name that nobody looked for', MINUTE, { aliases: ['ada@new.example.com'] }, [] as const],
    ['after a removal of its own', MINUTE, {}, [ADA] as const],
  ])('a case looks for itself %s', async (_, ms, departed, members) => {
    const world = worldWith()
    await leave(world, ms)
    world.org().members = [...members]
    await leave(world, MINUTE, { id: 'okta:evt-2', occurredAt: world.time.now(), ...departed })

    expect(caseIn(world, 1).leftovers?.kind).toBe('looked')
  })
})

function fail(): never {
  throw new Error('nothing was told')
}

function expectKept(world: World, reason: string): void {
  expect(world.atlas.uninvited).toEqual([])
  expect(foundIn(caseIn(world)).find(({ kind }) => kind === 'project_invitation')).toMatchObject({
    action: 'reported',
    why: expect.stringMatching(new RegExp(`kept: ${reason}$`)),
  })
}

type Looking = {
  readonly deps: ReturnType<World['worker']>['deps']
  change(by: (kase: Case) => Case): Promise<void>
}

/** Lets something happen between the closing of the case and the search. */
async function looking(world: World, meanwhile: (about: Looking) => Promise<void>): Promise<void> {
  world.depart(departure())
  await world.runUntil(later(2_500))
  const { deps } = world.worker()
  await meanwhile({
    deps,
    async change(by) {
      await world.time.run(
        (async () => {
          const kase = await deps.ledger.read(caseIn(world).id)
          if (kase) await deps.ledger.save(by(kase))
        })(),
      )
    },
  })
  await world.time.run(clearLeftovers(deps, caseIn(world).id, later(2 * MINUTE)))
}

/** Removes in one world, and lets a worker with another's settings look. */
async function closedBy(world: World, { settings }: World): Promise<void> {
  world.depart(departure())
  await world.runUntil(later(2_500))
  const { deps } = world.worker()
  await world.time.run(clearLeftovers({ ...deps, settings }, caseIn(world).id, later(2 * MINUTE)))
}

function only(operation: string, reply: ReturnType<typeof refusal>) {
  return (request: { readonly operation: string }) => (request.operation === operation ? reply : undefined)
}

/** From the nth call of an operation on it is down, for as many tries as one attempt makes. */
function twiceDown(operation: string, from: number): (call: IoCall) => Fault | undefined {
  let seen = 0
  return (call) => {
    if (call.operation !== operation) return undefined
    seen += 1
    return seen >= from && seen < from + 4 ? DOWN : undefined
  }
}

async function freeLease(deps: Looking['deps'], caseId: string) {
  const until = new Date(deps.clock.now().getTime() + MINUTE)
  return { kind: 'held', lease: { key: 'lease#none', owner: 'none', until, caseId } } as const
}
