import { describe, expect, test } from 'vitest'
import { idFrom } from '../../../infra/local/atlas/member.ts'
import { offboard } from '../../../lib/core/offboard.ts'
import { deliver } from '../../../lib/core/receive.ts'
import { encodeMessage } from '../../../lib/senders/own-message.ts'
import { openCase } from '../../../lib/words/case.ts'
import type { Departure, Return } from '../../../lib/words/departure.ts'
import { activeMember, departure, later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { secretIdOf } from '../../support/environment.ts'
import { type AtlasProject, refusal } from '../../support/in-memory-atlas.ts'
import { createWorld, type World } from '../../support/world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const ADA = activeMember()
const OLD = activeMember({ username: 'ada@old.example.com' })
const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const OLD_TOO = { ...OLD, userId: '5e4bc367c6b0f41b0000000c' }
const OTHER_ID = '5e4bc367c6b0f41b0000000a'
const CLAIM = { by: 'op', because: 'ticket' }

function hence(world: World, ms: number): Date {
  return new Date(world.time.now().getTime() + ms)
}

async function leave(world: World, fields: Partial<Departure> = {}, ms = 10_000): Promise<void> {
  world.depart(departure(fields))
  await world.runUntil(hence(world, ms))
}

async function receive(world: World, body: string): Promise<void> {
  const event = { Records: [{ messageId: 'm', body }] }
  await world.time.run(deliver(world.worker().deps, event, hence(world, MINUTE)))
}

async function comeBack(world: World, fields: Partial<Return> = {}): Promise<void> {
  const back = {
    id: 'okta:back',
    source: 'okta',
    username: ADA.username,
    occurredAt: world.time.now(),
    ...fields,
  }
  await receive(world, encodeMessage({ kind: 'return', return: back }))
}

async function act(world: World, request: object, ms = MINUTE): Promise<void> {
  void world.operate({ ...CLAIM, ...request } as Parameters<World['operate']>[0])
  await world.runUntil(hence(world, ms))
}

function told(world: World, name: string) {
  return world.aws.published.filter(({ detail }) => detail.status === name)
}

function caseOf(world: World, id: string, orgId = ORG) {
  return world.cases().find((kase) => kase.orgId === orgId && kase.departure.id === id)
}

describe('the lookup', () => {
  test.each(['INVITATION_EXPIRED', 'INVITATION_REJECTED'] as const)(
    'sees the account of another address beside an invitation that is %s, until a human lets it go',
    async (status) => {
      const world = createWorld()
      const ended = activeMember({ status, invitationCreatedAt: later(-60 * DAY), userId: OTHER_ID })
      world.org().members = [ended, activeMember({ username: 'ada+atlas@example.com' }), BOB]
      await leave(world, {}, HOUR)
      expect(world.cases()[0]?.outcome).toMatchObject({
        kind: 'held',
        reason: 'possible_alias',
        detail: 'also here: ada+atlas@example.com',
      })

      await act(world, { action: 'release', cases: [world.cases()[0]?.id] })
      expect(world.cases()[0]?.outcome?.kind).toBe('removed')
      expect(world.org().members.map(({ username }) => username)).toEqual([
        'ada+atlas@example.com',
        BOB.username,
      ])
    },
  )

  test.each(['E0012345', 'mailto:ada@example.com', 'EXAMPLE\\ada'])(
    'does not call absent whom %s names, which is no name in Atlas, until a human says so',
    async (username) => {
      const world = createWorld()
      world.org().members = [ADA, BOB]
      await leave(world, { username })
      expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'ambiguous_username' })

      await act(world, { action: 'release', cases: [world.cases()[0]?.id] })
      expect(world.cases()[0]?.outcome?.kind).toBe('already_absent')
      expect(world.org().members).toEqual([ADA, BOB])
    },
  )

  test('knows somebody by an alias that is an address, whatever their own name is', async () => {
    const world = createWorld()
    world.org().members = [BOB]
    await leave(world, { username: 'E0012345', aliases: [ADA.username] })

    expect(world.cases()[0]?.outcome?.kind).toBe('already_absent')
  })

  test.each([
    ['found under another userId', [ADA, BOB], 'held'],
    ['there twice', [ADA, { ...ADA, userId: '5e4bc367c6b0f41b0000000b' }, BOB], 'held'],
    ['gone', [BOB], 'already_absent'],
  ])('asks again for whom a DELETE does not find: then %s', async (_, members, kind) => {
    let isFirst = true
    const world: World = createWorld({
      faultFor: ({ operation }) => {
        if (operation === 'removeOrgUser' && isFirst) {
          isFirst = false
          world.org().members = members
        }
        return undefined
      },
    })
    const invited = { ...ADA, status: 'PENDING', invitationCreatedAt: later(-DAY), userId: OTHER_ID } as const
    world.org().members = [invited, BOB]
    await leave(world, {}, 2_000)
    const changed = { kind: 'deferred', code: 'MEMBER_CHANGED' }
    expect(world.cases()[0]?.outcome).toMatchObject(kind === 'held' ? changed : { kind })

    await world.runUntil(hence(world, HOUR))
    expect(world.cases()[0]?.outcome?.kind).toBe(kind)
  })

  test('comes back if it cannot ask again for whom a DELETE did not find', async () => {
    let isSent = false
    const world: World = createWorld({
      faultFor: ({ operation }) => {
        if (operation === 'removeOrgUser') {
          isSent = true
          world.org().members = [BOB]
        }
        return isSent && operation === 'listOrgUsers'
          ? { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') }
          : undefined
      },
    })
    world.org().members = [ADA, BOB]
    await leave(world)

    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'deferred', code: 'SERVICE_UNAVAILABLE' })
  })

  test('sees a namesake who came after the removal that would explain an absence', async () => {
    const outcomes = async (joined: boolean, isDown = false) => {
      const world = createWorld({
        faultFor: ({ operation }) =>
          isDown && operation === 'listOrgEvents'
            ? { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') }
            : undefined,
      })
      const third = { ...BOB, username: 'ada@third.example.com' }
      world.org().members = joined ? [ADA, third] : [ADA, OLD_TOO, third]
      await leave(world)
      await world.time.runUntil(hence(world, DAY))
      if (joined) {
        world.org().members = [OLD_TOO, third]
        world.org().events.push({ type: 'JOINED_ORG', at: world.time.now(), username: OLD_TOO.username })
      }
      await leave(world, { id: 'okta:evt-2', occurredAt: hence(world, MINUTE) }, 2 * MINUTE)
      return caseOf(world, 'okta:evt-2')?.outcome?.kind
    }

    expect(await outcomes(true)).toBe('held')
    expect(await outcomes(false)).toBe('already_absent')
    expect(await outcomes(false, true)).toBe('deferred')
  })

  test('counts a join that Atlas tells of the one who did it alone, and no invitation by that one', async () => {
    const judged = async (type: string) => {
      const world = createWorld()
      world.org().members = [ADA, BOB]
      const { deps } = world.worker()
      const events = [{ id: 'e1', type, at: later(20 * MINUTE), actor: ADA.username }]
      const members = { ...deps.members, events: async () => ({ kind: 'events' as const, events }) }
      await world.time.runUntil(later(HOUR))
      const kase = openCase(departure(), ORG, { at: world.time.now(), stale: false })
      return (await world.time.run(offboard({ ...deps, members }, kase, hence(world, MINUTE)))).outcome?.kind
    }

    expect(await judged('JOINED_ORG')).toBe('held')
    expect(await judged('INVITED_TO_ORG')).toBe('removed')
  })
})

describe('a return', () => {
  test('counts for a departure of another source that arrives four days late and takes effect later', async () => {
    const world = createWorld()
    world.org().members = [ADA, BOB]
    const now = world.time.now()
    await comeBack(world)
    await world.time.runUntil(hence(world, 4 * DAY))
    const [occurredAt, effectiveAt] = [-HOUR, 5 * DAY].map((ms) => new Date(now.getTime() + ms))
    await leave(world, { id: 'sns/hr:1', source: 'sns/hr', occurredAt, effectiveAt }, 2 * DAY)

    expect(world.org().members).toEqual([ADA, BOB])
    expect(caseOf(world, 'sns/hr:1')?.outcome).toMatchObject({ kind: 'held', reason: 'rejoined' })
  })

  test('dated far in the future ends no departure of the next day, however often it is delivered', async () => {
    const world = createWorld()
    world.org().members = [ADA, BOB]
    const occurredAt = new Date('2062-01-01T00:00:00Z')
    await comeBack(world, { occurredAt })
    await world.time.runUntil(hence(world, DAY))
    await comeBack(world, { occurredAt })
    await leave(world, { id: 'okta:evt-9', occurredAt: world.time.now() })

    expect(world.org().members).toEqual([BOB])
    expect(told(world, 'return_received')).toHaveLength(1)
  })
})

describe('an application that is given again', () => {
  const lost = { unassigned: true } as const

  test('ends the open case of its loss, whether Atlas is down or a human has not decided', async () => {
    for (const holdOrgRoles of [[], ['ORG_MEMBER']]) {
      let isDown = true
      const world = createWorld({
        settings: { holdOrgRoles },
        faultFor: ({ operation }) =>
          isDown && operation === 'removeOrgUser'
            ? { kind: 'reply', reply: refusal(405, 'WRITES_NOT_ALLOWED_DURING_APP_UPGRADES') }
            : undefined,
      })
      world.org().members = [ADA, BOB]
      await leave(world, lost, 5 * MINUTE)
      await comeBack(world, { of: 'assignment' })
      await comeBack(world, { of: 'assignment' })
      isDown = false
      await world.runUntil(hence(world, HOUR))

      expect(world.org().members).toEqual([ADA, BOB])
      expect(told(world, 'cancelled')).toHaveLength(1)
      expect(world.cases()[0]?.outcome).toEqual({
        kind: 'cancelled',
        by: 'okta:back',
        because: 'the source gave the person the application again',
      })
    }
  })

  test('ends no case of another reason or another provider, and none that is newer', async () => {
    const world = createWorld({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    world.org().members = [ADA, BOB]
    await leave(world)
    await leave(world, { ...lost, id: 'hook/hr:1', source: 'hook/hr' })
    await leave(world, { ...lost, id: 'okta:evt-3', occurredAt: later(HOUR) })
    await comeBack(world, { of: 'assignment' })
    await world.runUntil(hence(world, HOUR))

    expect(world.cases().map(({ outcome }) => outcome?.kind)).toEqual(['held', 'held', 'held'])
    expect(told(world, 'return_received')).toEqual([])
  })

  test('is what ends it: that the person is back otherwise makes a human look, once', async () => {
    const world = createWorld({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    world.org().members = [ADA, BOB]
    await leave(world, lost)
    for (const id of ['okta:unsuspended', 'okta:unsuspended', 'okta:activated']) await comeBack(world, { id })
    await world.runUntil(hence(world, HOUR))
    expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'rejoined' })
    expect(world.cases()[0]?.closedAt).toBeUndefined()
    expect(world.outcomes()).toEqual(['held', 'held'])

    await comeBack(world, { of: 'assignment' })
    await world.runUntil(hence(world, MINUTE))
    expect(world.cases()[0]?.outcome?.kind).toBe('cancelled')
  })

  test('is told again when a worker has the case in hand', async () => {
    const world = createWorld({ settings: { holdOrgRoles: ['ORG_MEMBER'] } })
    world.org().members = [ADA, BOB]
    await leave(world, lost)
    const { ledger } = world.worker().deps
    const kase = world.cases()[0]
    if (kase) await world.time.run(ledger.lease(kase))
    await comeBack(world, { of: 'assignment' })
    await world.runUntil(hence(world, 10 * MINUTE))

    expect(world.cases()[0]?.outcome?.kind).toBe('cancelled')
  })
})

test('a departure behind an unreadable secret does not supersede one here, where it has a case that a human ended', async () => {
  const world = createWorld({ orgIds: [ORG, OTHER_ORG] })
  world.aws.secrets.delete(secretIdOf(OTHER_ORG))
  world.org().members = [ADA, BOB]
  const now = world.time.now()
  const at = (ms: number) => new Date(now.getTime() + ms)
  const source = 'hook/hr'
  await leave(world, { id: 'hook/hr:1', source, occurredAt: at(-MINUTE), effectiveAt: at(HOUR) })
  await leave(world, { id: 'hook/hr:2', source, occurredAt: at(0), effectiveAt: at(30 * DAY) })
  await act(world, { action: 'cancel', cases: [caseOf(world, 'hook/hr:2')?.id] }, 2 * HOUR)

  expect(caseOf(world, 'hook/hr:2')?.outcome?.kind).toBe('cancelled')
  expect(caseOf(world, 'hook/hr:1')?.outcome?.kind).toBe('removed')
})

test('a human can end a case whose account was renamed after the intent', async () => {
  let isDown = true
  const world = createWorld({
    faultFor: ({ operation }) =>
      isDown && operation === 'removeOrgUser'
        ? { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') }
        : undefined,
  })
  world.org().members = [ADA, BOB]
  await leave(world)
  world.org().members = [{ ...ADA, username: 'ada.lovelace@example.com' }, BOB]
  isDown = false
  await world.runUntil(later(10 * MINUTE))
  expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'held', reason: 'ambiguous_username' })

  await act(world, { action: 'cancel', cases: [world.cases()[0]?.id] })
  expect(world.cases()[0]?.outcome?.kind).toBe('cancelled')
  expect(world.org().members).toHaveLength(2)
})

test('what a person had before our DELETE is kept when they are let in again with less', async () => {
  let isFirst = true
  const world: World = createWorld({
    faultFor: ({ operation }) => {
      if (operation !== 'removeOrgUser' || !isFirst) return undefined
      isFirst = false
      return { kind: 'crash', when: 'after' }
    },
  })
  world.org().members = [{ ...ADA, orgRoles: ['ORG_BILLING_ADMIN'] }, BOB]
  await leave(world)
  world.org().members = [{ ...ADA, orgRoles: ['ORG_MEMBER'] }, BOB]
  world.org().events.push({ type: 'JOINED_ORG', at: world.time.now(), username: ADA.username })
  await world.runUntil(later(HOUR))
  expect(world.cases()[0]).toMatchObject({
    outcome: { kind: 'held', reason: 'rejoined' },
    snapshot: { orgRoles: ['ORG_BILLING_ADMIN'] },
  })

  await act(world, { action: 'release', cases: [world.cases()[0]?.id] })
  expect(world.cases()[0]).toMatchObject({
    outcome: { kind: 'removed' },
    snapshot: { orgRoles: ['ORG_MEMBER'] },
  })
})

test('what a person has when they are removed is what is kept, however long ago Atlas refused to', async () => {
  let isRefused = true
  const world = createWorld({
    faultFor: ({ operation }) =>
      isRefused && operation === 'removeOrgUser' ? { kind: 'reply', reply: refusal(400, 'X') } : undefined,
  })
  world.org().members = [ADA, BOB]
  await leave(world)
  expect(world.cases()[0]?.outcome).toMatchObject({ kind: 'refused' })
  world.org().members = [{ ...ADA, orgRoles: ['ORG_BILLING_ADMIN'] }, BOB]
  isRefused = false
  await act(world, { action: 'retry', cases: [world.cases()[0]?.id] })

  expect(world.cases()[0]).toMatchObject({
    outcome: { kind: 'removed' },
    snapshot: { orgRoles: ['ORG_BILLING_ADMIN'] },
  })
})

test('a pause is told once of a case, also where the sweep cannot read the organization’s secret', async () => {
  const world = createWorld({ orgIds: [ORG, OTHER_ORG] })
  for (const orgId of [ORG, OTHER_ORG]) world.org(orgId).members = [ADA, BOB]
  await act(world, { action: 'pause', orgId: OTHER_ORG })
  await leave(world)
  const kase = caseOf(world, 'okta:evt-1', OTHER_ORG)
  world.aws.secrets.delete(secretIdOf(OTHER_ORG))
  await world.runUntil(later(HOUR))

  expect(world.aws.published.filter(({ uid }) => uid.startsWith(`${kase?.id}/`))).toHaveLength(1)
})

describe('the comparison with Atlas', () => {
  test.each([
    ['by an alias', OLD, { aliases: [OLD.username] }, { ...OLD, userId: OTHER_ID }],
    ['by name', ADA, {}, ADA],
  ])('tells of whom was removed %s and is back', async (_, member, fields, back) => {
    const world = createWorld()
    world.org().members = [member, BOB]
    await leave(world, fields)
    world.org().members = [back, BOB]
    await world.runUntil(later(3 * HOUR))

    expect(told(world, 'returned')).toHaveLength(1)
  })

  test('tells of whom was forgotten and is back', async () => {
    const world = createWorld()
    world.org().members = [ADA, BOB]
    await leave(world, {}, 5 * MINUTE)
    await act(world, { action: 'forget', username: ADA.username }, 5 * MINUTE)
    expect(world.cases()[0]?.forgottenAt).toBeDefined()
    world.org().members = [ADA, BOB]
    await world.runUntil(later(3 * HOUR))

    expect(told(world, 'returned')).toHaveLength(1)
  })

  test('knows our own removal by an alias, though the sweep could not read Atlas for eight days', async () => {
    let isDown = false
    const world = createWorld({
      faultFor: ({ operation, role }) =>
        isDown && role === 'sweep' && operation === 'listOrgUsers'
          ? { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') }
          : undefined,
    })
    world.org().members = [OLD, BOB]
    await world.runUntil(later(10 * MINUTE))
    isDown = true
    await leave(world, { aliases: [OLD.username], occurredAt: world.time.now() })
    expect(world.org().members).toEqual([BOB])
    await world.time.runUntil(later(9 * DAY))
    isDown = false
    await world.runUntil(later(9 * DAY + 2 * HOUR))

    expect(told(world, 'credential_misuse')).toEqual([])
  })

  test('takes the end of an invitation for our work although the person was let in again before we saw it', async () => {
    let isFirst = true
    const world: World = createWorld({
      settings: { leftovers: 'clean' },
      faultFor: ({ operation }) => {
        if (operation !== 'deleteGroupInvite' || !isFirst) return undefined
        isFirst = false
        world.time.after(1_000, () => {
          world.org().members = [ADA, BOB]
        })
        return { kind: 'crash', when: 'after' }
      },
    })
    world.org().members = [BOB]
    world.org().projects = [project(1, { invites: [INVITATION] })]
    await leave(world, {}, 3 * HOUR)

    expect(world.atlas.uninvited).toHaveLength(1)
    expect(world.cases()[0]?.leftovers?.kind).toBe('looked')
    expect(told(world, 'credential_misuse')).toEqual([])
  })

  test('takes it for our work although it found no room among the findings', async () => {
    const world = createWorld({ settings: { leftovers: 'clean' } })
    world.org().members = [BOB]
    const closed = Array.from({ length: 400 }, (_, number) => project(number, { isClosed: true }))
    world.org().projects = [...closed, project(1_000, { invites: [INVITATION] })]
    await leave(world, {}, 3 * HOUR)

    expect(world.atlas.uninvited).toHaveLength(1)
    expect(told(world, 'credential_misuse')).toEqual([])
  })
})

const INVITATION = { id: idFrom('ada invited'), username: ADA.username, createdAt: later(-DAY) }

function project(number: number, fields: Partial<AtlasProject> = {}): AtlasProject {
  return {
    id: idFrom(`project ${number}`),
    name: `project ${number}`,
    invites: [],
    databaseUsers: [],
    ...fields,
  }
}
