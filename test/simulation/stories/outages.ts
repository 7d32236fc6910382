import { later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { secretIdOf } from '../../support/environment.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'

const BOB = 'bob@example.com'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Removed from the one organization, and never in the other. */
const OUT = ['removed', 'already_absent']
/** Seed 1's departure is being worked on by then. */
const DYNAMODB_FAILS_AFTER_MS = 125

/** What others break, for long; the days on which nothing new happens are passed over. */
export const OUTAGES: readonly Story[] = [
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
    publishes: [
      'okta:evt-1 deferred (SECRET_NOT_JSON)',
      'okta:evt-1 already_absent',
      'okta:evt-1 removed (answered)',
    ],
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
    publishes: [
      'notice stopped_credential',
      'okta:evt-1 deferred (INVALID_CLIENT)',
      'notice credential_restored',
      'okta:evt-1 removed (answered)',
    ],
  },
  {
    name: 'Atlas down for a day',
    async play(stage) {
      stage.member()
      stage.world.outages.add('atlas')
      stage.depart()
      await stage.wait(8 * SECOND)
      await stage.passOver(DAY)
      stage.world.outages.delete('atlas')
    },
    publishes: ['okta:evt-1 deferred (ECONNRESET)', 'okta:evt-1 removed (answered)'],
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
    publishes: ['okta:evt-1 removed (answered)'],
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
    swept: 1,
    publishes: ['okta:evt-1 removed (inferred)'],
  },
  {
    name: 'an upgrade of Atlas for a day, one may leave',
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
    notices: ['stopped_over_limit'],
    publishes: [
      'okta:evt-1 deferred (WRITES_NOT_ALLOWED_DURING_APP_UPGRADES)',
      'okta:evt-1 removed (answered)',
      'notice stopped_over_limit',
      'okta:evt-2 held: mass_removal',
    ],
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
    swept: 1,
    publishes: ['okta:evt-1 scheduled', 'okta:evt-1 removed (answered)'],
  },
]

function breakSecret({ world }: Stage, orgId: string): () => void {
  const { secrets } = world.aws
  const good = secrets.get(secretIdOf(orgId)) ?? ''
  secrets.set(secretIdOf(orgId), 'not JSON')
  return () => secrets.set(secretIdOf(orgId), good)
}
