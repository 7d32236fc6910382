import { ORG } from '../../support/cases.ts'
import { secretIdOf } from '../../support/environment.ts'
import type { Story } from '../story.ts'

const BOB = 'bob@example.com'
const DAY = 24 * 3_600_000

/** Outages in full length and a crowd: as stories elsewhere, but too long for faults at every place. */
export const LONG: readonly Story[] = [
  {
    name: 'credentials wrong for 5 whole days, two leavers',
    longFormOf: 'credentials wrong for 5 days',
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
    publishes: [
      'notice stopped_credential',
      'okta:evt-1 deferred (INVALID_CLIENT)',
      'okta:evt-2 deferred (INVALID_CLIENT)',
      'notice credential_restored',
      'okta:evt-1 removed (answered)',
      'okta:evt-2 removed (answered)',
    ],
  },
  {
    name: 'Atlas down for a whole day, two leavers',
    longFormOf: 'Atlas down for a day',
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.world.outages.add('atlas')
      stage.depart()
      stage.depart({ id: 'okta:evt-2', username: BOB })
      await stage.wait(DAY)
      stage.world.outages.delete('atlas')
    },
    publishes: [
      'okta:evt-1 deferred (ECONNRESET)',
      'okta:evt-2 deferred (ECONNRESET)',
      'okta:evt-1 removed (answered)',
      'okta:evt-2 removed (answered)',
    ],
  },
  {
    name: 'six leave at once, three may, four workers',
    longFormOf: 'three leave at once, two may',
    world: { settings: { maxRemovalsPerDay: 3 } },
    async play(stage) {
      for (const number of [1, 2, 3, 4, 5, 6]) {
        const username = `leaver-${number}@example.com`
        stage.member({ username })
        stage.depart({ id: `okta:evt-${number}`, username })
      }
    },
    notices: ['stopped_over_limit'],
    publishes: [
      'okta:evt-2 removed (answered)',
      'okta:evt-6 removed (answered)',
      'notice stopped_over_limit',
      'okta:evt-4 held: mass_removal',
      'okta:evt-5 removed (answered)',
      'okta:evt-3 held: mass_removal',
      'okta:evt-1 held: mass_removal',
    ],
    ends: Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((number) => [`okta:evt-${number}`, ['removed', 'held: mass_removal']]),
    ),
  },
]
