import { ORG } from '../../support/cases.ts'
import { secretIdOf } from '../../support/environment.ts'
import type { Scenario } from '../scenario.ts'

const BOB = 'bob@example.com'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Outages in full length, crowds, and the comparison with Atlas: too long for two faults at every place. */
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
