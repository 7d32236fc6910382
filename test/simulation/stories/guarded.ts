import { activeMember, later } from '../../support/cases.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'
import { resumeForGood } from './resume.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What guards hold, and what on-call and the sources do about it. */
export const GUARDED: readonly Story[] = [
  {
    name: 'a protected person',
    world: { settings: { protectedUsernames: [ADA] } },
    async play(stage) {
      stage.member()
      stage.depart()
    },
    publishes: ['okta:evt-1 refused: protected'],
    asks: 'nothing',
    stays: [ADA],
  },
  {
    name: 'an owner, released after 5 days',
    world: { settings: { holdOrgRoles: ['ORG_OWNER'] } },
    async play(stage) {
      stage.member({ username: BOB, orgRoles: ['ORG_OWNER'] })
      stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.depart()
      await stage.wait(5 * DAY)
      await stage.act({ action: 'release', cases: caseIds(stage) })
    },
    notices: ['released'],
    mayPublish: ['released'],
    publishes: [
      'okta:evt-1 held: privileged (ORG_OWNER) of ORG_OWNER',
      'notice released',
      'okta:evt-1 removed (answered) of ORG_OWNER',
    ],
    stays: [BOB],
  },
  {
    name: 'an owner whom one person proposes to release, and three sessions confirm at once',
    world: { settings: { holdOrgRoles: ['ORG_OWNER'], fourEyes: true } },
    async play(stage) {
      stage.member({ username: BOB, orgRoles: ['ORG_OWNER'] })
      stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.depart()
      await stage.wait(20 * MINUTE)
      await stage.act({ action: 'release', cases: caseIds(stage) })
      await stage.confirm('on-call', 'Eve', 'Grace')
    },
    notices: ['released'],
    mayPublish: ['released', 'proposed', 'confirmed', 'proposal_closed'],
    publishes: [
      'okta:evt-1 held: privileged (ORG_OWNER) of ORG_OWNER',
      'notice proposed',
      'notice confirmed',
      'notice released',
      'notice proposal_closed',
      'okta:evt-1 removed (answered) of ORG_OWNER',
    ],
    stays: [BOB],
  },
  {
    name: 'an owner who loses the role before the release',
    world: { settings: { holdOrgRoles: ['ORG_OWNER'] } },
    async play(stage) {
      stage.member({ username: BOB, orgRoles: ['ORG_OWNER'] })
      const ada = stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.depart()
      await stage.wait(20 * MINUTE)
      stage.change(ada, { orgRoles: ['ORG_MEMBER'] })
      await stage.act({ action: 'retry', cases: caseIds(stage) })
    },
    publishes: [
      'okta:evt-1 held: privileged (ORG_OWNER) of ORG_OWNER',
      'notice retried',
      'okta:evt-1 removed (answered)',
    ],
    stays: [BOB],
  },
  {
    name: 'cancelled while it is scheduled',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(DAY) })
      await stage.wait(HOUR)
      await stage.act({ action: 'cancel', cases: caseIds(stage) })
    },
    notices: ['cancelled_by_operator'],
    mayPublish: ['cancelled_by_operator'],
    publishes: ['okta:evt-1 scheduled', 'notice cancelled_by_operator', 'okta:evt-1 cancelled (simulated)'],
    asks: 'nothing',
    stays: [ADA],
  },
  {
    name: 'a limit of nobody',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async play(stage) {
      stage.member()
      stage.depart()
    },
    notices: ['stopped_over_limit'],
    publishes: ['notice stopped_over_limit', 'okta:evt-1 held: mass_removal'],
    stays: [ADA],
  },
  {
    name: 'announced by name',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async play(stage) {
      stage.member()
      await stage.act({ action: 'approve', usernames: [ADA], until: later(DAY).toISOString() })
      stage.depart()
    },
    notices: ['approved'],
    mayPublish: ['approved'],
    publishes: ['notice approved', 'okta:evt-1 removed (answered)'],
  },
  {
    name: 'two leave at once, one may',
    world: { settings: { maxRemovalsPerDay: 1 } },
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.depart()
      stage.depart({ id: 'okta:evt-2', username: BOB })
    },
    notices: ['stopped_over_limit'],
    publishes: [
      'notice stopped_over_limit',
      'okta:evt-1 held: mass_removal',
      'okta:evt-2 removed (answered)',
    ],
    ends: {
      'okta:evt-1': ['removed', 'held: mass_removal'],
      'okta:evt-2': ['removed', 'held: mass_removal'],
    },
  },
  {
    name: 'three leave at once, two may',
    world: { settings: { maxRemovalsPerDay: 2 } },
    async play(stage) {
      for (const number of [1, 2, 3]) {
        const username = `leaver-${number}@example.com`
        stage.member({ username })
        stage.depart({ id: `okta:evt-${number}`, username })
      }
    },
    notices: ['stopped_over_limit'],
    publishes: [
      'okta:evt-1 removed (answered)',
      'okta:evt-2 removed (answered)',
      'notice stopped_over_limit',
      'okta:evt-3 held: mass_removal',
    ],
    ends: Object.fromEntries(
      [1, 2, 3].map((number) => [`okta:evt-${number}`, ['removed', 'held: mass_removal']]),
    ),
  },
  {
    name: 'three of 84 are out, two more leave at once, five percent may',
    world: { settings: { maxRemovalsPerDay: 10, maxRemovalsPercent: 5 } },
    async before(stage) {
      for (let number = 1; number <= 84; number += 1) {
        const userId = `5e4bc367c6b0f41b00001${String(number).padStart(3, '0')}`
        stage.member({ userId, username: `member-${number}@example.com` })
      }
      // An invitation that has ended makes nobody a member.
      const ended = Array.from({ length: 20 }, (_, index) =>
        activeMember({ userId: `5e4bc367c6b0f41b000020${10 + index}`, status: 'INVITATION_EXPIRED' }),
      )
      stage.world.org().members.push(...ended)
      for (const number of [1, 2, 3]) departNumber(stage, number)
    },
    async play(stage) {
      for (const number of [4, 5]) departNumber(stage, number)
    },
    notices: ['stopped_over_limit'],
    publishes: [
      'okta:evt-1 removed (answered)',
      'okta:evt-2 removed (answered)',
      'okta:evt-3 removed (answered)',
      'okta:evt-5 removed (answered)',
      'notice stopped_over_limit',
      'okta:evt-4 held: mass_removal',
    ],
    ends: Object.fromEntries(
      [1, 2, 3, 4, 5].map((number) => [
        `okta:evt-${number}`,
        number < 4 ? ['removed'] : ['removed', 'held: mass_removal'],
      ]),
    ),
  },
  {
    name: 'paused and resumed',
    async play(stage) {
      stage.member()
      await stage.act({ action: 'pause' })
      stage.depart()
      await stage.wait(HOUR)
      await stage.act({ action: 'resume' })
    },
    notices: ['stopped_paused', 'resumed'],
    publishes: [
      'notice stopped_paused',
      'okta:evt-1 held: paused',
      'notice resumed',
      'okta:evt-1 removed (answered)',
    ],
  },
  {
    name: 'resumed while a worker still goes by the pause',
    async play(stage) {
      stage.member()
      await stage.act({ action: 'pause' })
      stage.depart()
      await stage.wait(200)
      await resumeForGood(stage)
    },
    notices: ['stopped_paused', 'resumed'],
    // On-call asks again for a pause that nobody answers, and both come, one of them after the resume.
    mayPublish: ['stopped_paused', 'resumed'],
    swept: 1,
    publishes: [
      'notice stopped_paused',
      'okta:evt-1 held: paused',
      'notice resumed',
      'okta:evt-1 removed (answered)',
    ],
  },
  {
    name: 'paused while somebody is being removed',
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.wait(500)
      await stage.act({ action: 'pause' })
      await stage.wait(HOUR)
      await stage.act({ action: 'resume' })
    },
    notices: ['stopped_paused', 'resumed'],
    publishes: ['okta:evt-1 removed (answered)', 'notice stopped_paused', 'notice resumed'],
  },
  {
    name: 'back by the word of the same source',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(5 * DAY) })
      await stage.wait(HOUR)
      stage.comeBack('okta', ADA)
    },
    notices: ['return_received'],
    publishes: [
      'okta:evt-1 scheduled',
      'notice return_received',
      'okta:evt-1 cancelled (the source says that the person is back)',
    ],
    stays: [ADA],
  },
  {
    name: 'back by the word of another source',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(5 * DAY) })
      await stage.wait(HOUR)
      stage.comeBack('hook/workday', ADA)
    },
    notices: ['return_received'],
    publishes: [
      'okta:evt-1 scheduled',
      'notice return_received',
      'okta:evt-1 held: rejoined (hook/workday says that the person is back)',
    ],
    stays: [ADA],
  },
  {
    name: 'back before the departure arrives',
    async play(stage) {
      stage.member()
      await stage.wait(HOUR)
      stage.comeBack('okta', ADA)
      await stage.wait(HOUR)
      stage.depart()
    },
    publishes: ['okta:evt-1 cancelled (the source says that the person is back)'],
    asks: 'nothing',
    stays: [ADA],
  },
  {
    name: 'removed by an alias, and compared with Atlas',
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
    publishes: ['okta:evt-1 removed (answered)', 'okta:evt-2 removed (answered)'],
  },
]

function departNumber(stage: Stage, number: number): void {
  stage.depart({ id: `okta:evt-${number}`, username: `member-${number}@example.com` })
}

function caseIds(stage: Stage): readonly string[] {
  return stage.cases().map(({ id }) => id)
}
