import { later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { secretIdOf } from '../../support/environment.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const BOB = 'bob@example.com'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Removed from the one organization, and never in the other. */
const OUT = ['removed', 'already_absent']
/** Seed 1's departure is being worked on by then. */
const DYNAMODB_FAILS_AFTER_MS = 230

/** What others break, for long; the days on which nothing new happens are passed over. */
export const OUTAGES: readonly Scenario[] = [
  {
    name: 'two organizations, one secret unreadable',
    world: { orgIds: [ORG, OTHER_ORG] },
    async play(stage) {
      stage.member({}, 'from_the_start', OTHER_ORG)
      const repair = breakSecret(stage, OTHER_ORG)
      stage.depart()
      await stage.wait(5_000)
      repair()
    },
    ends: { 'okta:evt-1': OUT },
  },
  {
    name: 'credentials wrong for 5 days',
    async play(stage) {
      stage.member()
      const { secrets } = stage.world.aws
      stage.world.org().clientSecret = 'mdb_sa_sk_next'
      stage.depart()
      await stage.wait(10 * SECOND)
      await stage.passOver(5 * DAY)
      const text = secrets.get(secretIdOf(ORG)) ?? ''
      secrets.set(secretIdOf(ORG), text.replace('mdb_sa_sk_good', 'mdb_sa_sk_next'))
    },
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'Atlas down for a day',
    async play(stage) {
      stage.member()
      stage.world.outages.add('atlas')
      stage.depart()
      await stage.wait(20_000)
      await stage.passOver(DAY)
      stage.world.outages.delete('atlas')
    },
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'DynamoDB throttling for 5 minutes',
    async play(stage) {
      stage.member()
      stage.world.outages.add('table')
      stage.depart()
      await stage.wait(5 * MINUTE)
      stage.world.outages.delete('table')
    },
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'DynamoDB throttling in the middle of a removal',
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.wait(DYNAMODB_FAILS_AFTER_MS)
      stage.world.outages.add('table')
      await stage.wait(3 * MINUTE)
      stage.world.outages.delete('table')
    },
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'an upgrade of Atlas for a day, one may leave',
    mostFaults: 1,
    world: { settings: { maxRemovalsPerDay: 1 } },
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.world.org().isReadOnly = true
      stage.depart()
      await stage.wait(10_000)
      await stage.passOver(DAY - 10 * MINUTE)
      stage.world.org().isReadOnly = false
      await stage.wait(11 * MINUTE)
      stage.depart({ id: 'okta:evt-2', username: BOB, occurredAt: stage.world.time.now() })
    },
    ends: {
      'okta:evt-1': ['removed', 'held: mass_removal'],
      'okta:evt-2': ['removed', 'held: mass_removal'],
    },
  },
  {
    name: 'the bus takes nothing for an hour',
    async play(stage) {
      stage.member()
      stage.world.outages.add('bus')
      stage.depart({ effectiveAt: later(30_000) })
      await stage.wait(2 * MINUTE)
      await stage.passOver(HOUR)
      stage.world.outages.delete('bus')
    },
    ends: { 'okta:evt-1': ['removed'] },
  },
]

/** The same in full length, and crowds. */
export const LONG: readonly Scenario[] = [
  {
    name: 'credentials wrong for 5 whole days, two leavers',
    mostFaults: 0,
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      const { secrets } = stage.world.aws
      stage.world.org().clientSecret = 'mdb_sa_sk_next'
      stage.depart()
      stage.depart({ id: 'okta:evt-2', username: BOB })
      await stage.wait(5 * DAY)
      const text = secrets.get(secretIdOf(ORG)) ?? ''
      secrets.set(secretIdOf(ORG), text.replace('mdb_sa_sk_good', 'mdb_sa_sk_next'))
    },
    ends: { 'okta:evt-1': ['removed'], 'okta:evt-2': ['removed'] },
  },
  {
    name: 'Atlas down for a whole day, two leavers',
    mostFaults: 0,
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.world.outages.add('atlas')
      stage.depart()
      stage.depart({ id: 'okta:evt-2', username: BOB })
      await stage.wait(DAY)
      stage.world.outages.delete('atlas')
    },
    ends: { 'okta:evt-1': ['removed'], 'okta:evt-2': ['removed'] },
  },
  {
    name: 'six leave at once, three may, four workers',
    mostFaults: 1,
    world: { settings: { maxRemovalsPerDay: 3 } },
    async play(stage) {
      for (const number of [1, 2, 3, 4, 5, 6]) {
        const username = `leaver-${number}@example.com`
        stage.member({ username })
        stage.depart({ id: `okta:evt-${number}`, username })
      }
    },
    ends: Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((number) => [`okta:evt-${number}`, ['removed', 'held: mass_removal']]),
    ),
  },
  {
    name: 'five of 120 leave at once, five percent may',
    mostFaults: 1,
    world: { settings: { maxRemovalsPerDay: 10, maxRemovalsPercent: 5 } },
    async play(stage) {
      for (let number = 1; number <= 120; number += 1) {
        const userId = `5e4bc367c6b0f41b00001${String(number).padStart(3, '0')}`
        stage.member({ userId, username: `member-${number}@example.com` })
      }
      for (let number = 1; number <= 5; number += 1)
        stage.depart({ id: `okta:evt-${number}`, username: `member-${number}@example.com` })
    },
    ends: Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`okta:evt-${number}`, ['removed']])),
  },
  {
    name: 'removed by an alias, and compared with Atlas',
    mostFaults: 1,
    world: { compares: true },
    async play(stage) {
      stage.member({ username: BOB })
      stage.member({ username: 'ada@old.example.com' })
      stage.depart({ aliases: ['ada@old.example.com'] })
      await stage.wait(30 * MINUTE)
      await stage.world.sweep().catch(() => undefined)
      await stage.wait(2 * HOUR)
      await stage.world.sweep().catch(() => undefined)
      stage.depart({ id: 'okta:evt-2', username: BOB, occurredAt: stage.world.time.now() })
    },
    ends: { 'okta:evt-1': ['removed'], 'okta:evt-2': ['removed'] },
  },
]

function breakSecret({ world }: Stage, orgId: string): () => void {
  const { secrets } = world.aws
  const good = secrets.get(secretIdOf(orgId)) ?? ''
  secrets.set(secretIdOf(orgId), 'not JSON')
  return () => secrets.set(secretIdOf(orgId), good)
}
