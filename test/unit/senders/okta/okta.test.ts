import { describe, expect, test } from 'vitest'
import { fromOktaEvent } from '../../../../lib/senders/okta/okta.ts'
import type { IntakeSettings } from '../../../../lib/senders/reading.ts'
import { oktaDeactivation, oktaUser, PUBLISHED } from '../../../fixtures/events.ts'

const SETTINGS: IntakeSettings = { onSuspend: 'ignore', oktaAppIds: ['0oaatlas'] }
const ADA = {
  id: 'okta:ab62c0bc-2837-11eb-9823-9fb8f750c5a9',
  source: 'okta',
  username: 'ada@example.com',
  occurredAt: new Date(PUBLISHED),
}
const departureOf = (more = {}) => ({
  kind: 'people',
  source: 'okta',
  departures: [{ ...ADA, ...more }],
  returns: [],
})
const RETURN = { kind: 'people', source: 'okta', departures: [], returns: [ADA] }

test.each(['user.lifecycle.deactivate', 'user.lifecycle.delete.initiated'])(
  'fromOktaEvent() reads %s as a departure',
  (eventType) => {
    expect(fromOktaEvent(oktaDeactivation({ eventType }), SETTINGS)).toStrictEqual(departureOf())
  },
)

test.each(['user.lifecycle.unsuspend', 'user.lifecycle.reactivate', 'user.lifecycle.activate'])(
  'fromOktaEvent() reads %s as a return',
  (eventType) => {
    expect(fromOktaEvent(oktaDeactivation({ eventType }), SETTINGS)).toStrictEqual(RETURN)
  },
)

test.each([
  ['ignore', { kind: 'ignored', source: 'okta', why: 'ON_SUSPEND is `ignore`', mayMeanLeaving: true }],
  ['hold', departureOf({ suspended: true })],
  ['remove', departureOf()],
] as const)('fromOktaEvent() reads a suspension as ON_SUSPEND=%s says', (onSuspend, reading) => {
  const suspension = oktaDeactivation({ eventType: 'user.lifecycle.suspend' })

  expect(fromOktaEvent(suspension, { ...SETTINGS, onSuspend })).toStrictEqual(reading)
})

describe('fromOktaEvent() on an application taken away', () => {
  const unassignment = (target: readonly unknown[]) =>
    oktaDeactivation({ eventType: 'application.user_membership.remove', target })

  test('is a departure if the application leads to Atlas', () => {
    const event = unassignment([{ id: '0oaatlas', type: 'AppInstance' }, oktaUser()])

    expect(fromOktaEvent(event, SETTINGS)).toStrictEqual(departureOf({ scope: 'app_assignment' }))
  })

  test('is taken back by giving it again, and by no other application', () => {
    const assignment = (id: string) =>
      oktaDeactivation({
        eventType: 'application.user_membership.add',
        target: [{ id, type: 'AppInstance' }, oktaUser()],
      })

    expect(fromOktaEvent(assignment('0oaatlas'), SETTINGS)).toStrictEqual({
      ...RETURN,
      returns: [{ ...ADA, scope: 'app_assignment' }],
    })
    expect(fromOktaEvent(assignment('0oaother'), SETTINGS)).toMatchObject({ kind: 'ignored' })
  })

  describe('takes the name that the person has in the application beside the login', () => {
    const APP = { id: '0oaatlas', type: 'AppInstance', alternateId: 'MongoDB Atlas' }
    const appUser = (alternateId: unknown) => ({ id: '0ua1', type: 'AppUser', alternateId })
    const [ADA_CORP, BOB] = ['ada@corp.example.com', oktaUser('bob@example.com')]

    test.each([
      ['another address', [APP, appUser(ADA_CORP), oktaUser()], [ADA_CORP]],
      ['the login again', [APP, appUser('ADA@example.com'), oktaUser()], undefined],
      ['no address', [APP, appUser('ada'), appUser('unknown'), appUser(null), oktaUser()], undefined],
      ['beside two people', [APP, appUser(ADA_CORP), oktaUser(), BOB], undefined],
      ['of two applications', [APP, { ...APP, id: '0oaother' }, appUser(ADA_CORP), oktaUser()], undefined],
    ])('%s', (_, target, aliases) => {
      const reading = fromOktaEvent(unassignment(target), SETTINGS)

      expect(reading.kind === 'people' && reading.departures[0]).toMatchObject(ADA)
      expect(reading.kind === 'people' && reading.departures.map((one) => one.aliases)).toContainEqual(
        aliases,
      )
    })
  })

  test.each([['another application', [{ id: '0oaother', type: 'AppInstance' }, oktaUser()], SETTINGS]])(
    'is ignored for %s',
    (_, target, settings) => {
      expect(fromOktaEvent(unassignment(target), settings)).toStrictEqual({
        kind: 'ignored',
        source: 'okta',
        why: 'not an application of ours',
      })
    },
  )

  test.each([
    ['a target of another type', [{ id: '0oaatlas', type: 'AppUser' }, oktaUser()]],
    ['an id that is no text', [{ id: 7, type: 'AppInstance' }, oktaUser()]],
    ['the person alone', [oktaUser()]],
    ['no list', null],
  ])('can mean a leaving where no application is named: %s', (_, target) => {
    expect(fromOktaEvent(unassignment(target as never), SETTINGS)).toStrictEqual({
      kind: 'ignored',
      source: 'okta',
      why: 'no application is named',
      mayMeanLeaving: true,
    })
  })

  test('can mean a leaving while no application is configured', () => {
    const event = unassignment([{ id: '0oaatlas', type: 'AppInstance' }, oktaUser()])

    expect(fromOktaEvent(event, { ...SETTINGS, oktaAppIds: [] })).toStrictEqual({
      kind: 'ignored',
      source: 'okta',
      why: 'OKTA_APP_IDS is empty',
      mayMeanLeaving: true,
    })
  })
})

test.each(['application.user_membership.remove', 'application.provision.user.deactivate'])(
  'fromOktaEvent() counts %s apart for an id that is nearly one of OKTA_APP_IDS',
  (eventType) => {
    const target = [{ id: '0OAATLAS', type: 'AppInstance' }, oktaUser()]

    expect(fromOktaEvent(oktaDeactivation({ eventType, target }), SETTINGS)).toStrictEqual({
      kind: 'ignored',
      source: 'okta',
      why: 'its application is nearly one of OKTA_APP_IDS',
      mayMeanLeaving: true,
    })
  },
)

test('fromOktaEvent() speaks in the name of whoever brought the event', () => {
  const source = 'sns/leavers'

  expect(fromOktaEvent(oktaDeactivation(), SETTINGS, {}, source)).toStrictEqual({
    kind: 'people',
    source,
    departures: [{ ...ADA, source, id: 'sns/leavers:ab62c0bc-2837-11eb-9823-9fb8f750c5a9' }],
    returns: [],
  })
})

test('fromOktaEvent() reads at most 100 people', () => {
  const target = (count: number) => Array.from({ length: count }, (_, at) => oktaUser(`ada${at}@example.com`))

  expect(fromOktaEvent(oktaDeactivation({ target: target(100) }), SETTINGS)).toMatchObject({
    departures: { length: 100 },
  })
  expect(fromOktaEvent(oktaDeactivation({ target: target(101) }), SETTINGS)).toStrictEqual({
    kind: 'unreadable',
    reason: 'okta: `target.alternateId`: expected at most 100 people',
    namesUsername: true,
  })
})

test('fromOktaEvent() takes people by type, wherever they stand, and never the actor', () => {
  const target = [
    { id: '00g1', type: 'UserGroup', alternateId: 'everyone@example.com' },
    { id: '00a9', type: 'AppUser', alternateId: 'wrong-type@example.com' },
    null,
    oktaUser(),
  ]

  expect(fromOktaEvent(oktaDeactivation({ target }), SETTINGS)).toStrictEqual(departureOf())
})

test('fromOktaEvent() reads one event that names two people as two departures of one id', () => {
  const target = [oktaUser('ada@example.com'), oktaUser('bob@example.com')]

  expect(fromOktaEvent(oktaDeactivation({ target }), SETTINGS)).toStrictEqual({
    kind: 'people',
    source: 'okta',
    departures: [ADA, { ...ADA, username: 'bob@example.com' }],
    returns: [],
  })
})

test('fromOktaEvent() keeps the person it can read and tells of the one it cannot', () => {
  const bob = { ...oktaUser('bob@example.com'), type: 'user' }

  for (const other of [{ id: '00u2', type: 'User' }, bob, { ...bob, type: 'Users' }])
    expect(fromOktaEvent(oktaDeactivation({ target: [other, oktaUser()] }), SETTINGS)).toStrictEqual({
      ...departureOf(),
      unreadable: expect.stringContaining('`target.alternateId`'),
    })
})

test.each([
  ['no target', []],
  ['a target that is no list', null],
  ['no user among the targets', [{ id: '00g1', type: 'UserGroup', alternateId: 'ada@example.com' }]],
  ['a user without login', [{ id: '00u1', type: 'User' }]],
  ['a user whose login is null', [{ id: '00u1', type: 'User', alternateId: null }]],
  ['a user whose login Okta does not know', [oktaUser('unknown')]],
])('fromOktaEvent() calls a leaving event with %s unreadable', (_, target) => {
  const reading = fromOktaEvent(oktaDeactivation({ target }), SETTINGS)

  expect(reading).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining('target.alternateId') })
})

test.each(['FAILURE', 'SKIPPED', 'success', ''])('fromOktaEvent() ignores outcome "%s"', (result) => {
  expect(fromOktaEvent(oktaDeactivation({ result }), SETTINGS).kind).toBe('ignored')
})

test.each([
  ['FAILURE', undefined],
  ['SKIPPED', undefined],
  ['UNKNOWN', true],
  ['success', true],
])('fromOktaEvent() counts a leaving with outcome %s apart: %s', (result, mayMeanLeaving) => {
  const reading = fromOktaEvent(oktaDeactivation({ result }), SETTINGS)

  expect(reading.kind === 'ignored' && reading.mayMeanLeaving).toBe(mayMeanLeaving)
})

test('fromOktaEvent() sees an address where it does not look for one', () => {
  const target = [{ type: 'AppUser', alternateId: 'ada@example.com' }]

  expect(fromOktaEvent(oktaDeactivation({ target }), SETTINGS)).toMatchObject({ namesUsername: true })
})

test('fromOktaEvent() does not guess how a change ended', () => {
  const { outcome, ...event } = oktaDeactivation()

  expect(fromOktaEvent(event, SETTINGS)).toStrictEqual({
    kind: 'unreadable',
    reason: 'okta: `outcome`: expected an object with `result`',
    namesUsername: true,
  })
})

test.each(['user.session.start', 'user.lifecycle.create', ''])(
  'fromOktaEvent() ignores event type "%s"',
  (eventType) => {
    const why = 'not about leaving'

    expect(fromOktaEvent(oktaDeactivation({ eventType, target: null }), SETTINGS)).toStrictEqual({
      ...{ kind: 'ignored', source: 'okta', why },
    })
  },
)

test.each([
  ['user.lifecycle.deactivated', 'user.lifecycle.deactivate'],
  ['USER.LIFECYCLE.DEACTIVATE', 'user.lifecycle.deactivate'],
  ['user.lifecycle.suspend ', 'user.lifecycle.suspend'],
  ['User.Lifecycle.Unsuspend', 'user.lifecycle.unsuspend'],
])('fromOktaEvent() counts event type "%s" apart', (eventType, nearest) => {
  expect(fromOktaEvent(oktaDeactivation({ eventType }), SETTINGS)).toStrictEqual({
    kind: 'ignored',
    source: 'okta',
    why: `its \`eventType\` is nearly ${nearest}`,
    mayMeanLeaving: true,
  })
})

test.each([
  [null, 'okta: expected an Okta System Log event'],
  [[], 'okta: expected an Okta System Log event'],
  [{ eventType: 1 }, 'okta: `eventType`: expected an Okta event type'],
])('fromOktaEvent() calls %j unreadable', (event, reason) => {
  expect(fromOktaEvent(event, SETTINGS)).toStrictEqual({ kind: 'unreadable', reason, namesUsername: false })
})

test.each([
  ['user.lifecycle.delete.completed', 'ignored', undefined],
  ['group.user_membership.remove', 'ignored', undefined],
  ['user.lifecycle.expire', 'ignored', true],
  ['user.lifecycle.disable', 'ignored', true],
  ['user.lifecycle.archive', 'ignored', true],
  ['user.lifecycle.deactivate.v2', 'ignored', true],
  ['application.user_membership.revoke', 'ignored', true],
  ['application.provision.user.deactivate', 'ignored', true],
  ['system.import.user.delete', 'ignored', true],
  ['user.account.deactivate', 'ignored', true],
  ['core.user.config.user_deactivated', 'ignored', true],
  ['app.user_management.deprovision_user', 'ignored', true],
  ['user.account.privilege.revoke', 'ignored', undefined],
  ['user.mfa.factor.deactivate', 'ignored', undefined],
  ['user.lifecycle.password_mass_expiry', 'ignored', undefined],
])('fromOktaEvent() counts event type "%s" apart if it ends something', (eventType, kind, mayMeanLeaving) => {
  const of = (id: string) => {
    const target = [{ id, type: 'AppInstance' }, oktaUser()]
    return fromOktaEvent(oktaDeactivation({ eventType, target }), SETTINGS)
  }
  const reading = of('0oaatlas')

  expect(reading).toMatchObject({ kind })
  expect(reading.kind === 'ignored' && reading.mayMeanLeaving).toBe(mayMeanLeaving)
  expect(of('0oaother')).not.toHaveProperty('mayMeanLeaving')
})

test('fromOktaEvent() falls back to the envelope for an id and a time it cannot use', () => {
  const envelope = { id: 'bus-1', at: new Date('2026-11-16T18:15:13Z') }
  const event = oktaDeactivation({ uuid: '', published: 'yesterday' })

  expect(fromOktaEvent(event, SETTINGS, envelope)).toStrictEqual(
    departureOf({ id: 'okta:bus-1', occurredAt: envelope.at }),
  )
})

test.each([
  ['id', { uuid: 'a\u0000b' }],
  ['time', { published: '2026-11-16' }],
])('fromOktaEvent() calls an event without any %s unreadable', (what, facts) => {
  expect(fromOktaEvent(oktaDeactivation(facts), SETTINGS)).toStrictEqual({
    kind: 'unreadable',
    reason: `okta: expected the event or its envelope to have ${what === 'id' ? 'an id' : 'a time'}`,
    namesUsername: true,
  })
})
