import { EVERYONE, orgKey } from '../../../lib/core/org-state.ts'
import { personKey } from '../../../lib/core/returns.ts'
import { later, ORG, OTHER_ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'
import { resumeForGood } from './resume.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const CYD = 'cyd@example.com'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const HELD_OR_OUT = ['removed', 'held: mass_removal']

function ids(stage: Stage): readonly string[] {
  return stage.cases().map(({ id }) => id)
}

function held(stage: Stage): readonly string[] {
  return stage.cases().flatMap(({ id, closedAt }) => (closedAt ? [] : [id]))
}

/** What holds a case, or a whole organization, and how it continues. */
export const STOPS: readonly Story[] = [
  {
    name: 'observe mode, and a release',
    world: { settings: { mode: 'observe' } },
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', cases: ids(stage) })
    },
    publishes: ['okta:evt-1 held: observing', 'notice released', 'okta:evt-1 removed (answered)'],
    asks: 'token, listOrgUsers, removeOrgUser, getOrgUser',
    notices: ['released'],
    mayPublish: ['released'],
  },
  {
    name: 'a dry run in observe mode',
    world: { settings: { mode: 'observe' } },
    async play(stage) {
      stage.member()
      stage.depart({ dryRun: true })
    },
    publishes: ['okta:evt-1 would_remove'],
    stays: [ADA],
  },
  {
    name: 'only suspended, and a release',
    async play(stage) {
      stage.member()
      stage.depart({ suspended: true })
      await stage.held()
      await stage.act({ action: 'release', cases: ids(stage) })
    },
    publishes: ['okta:evt-1 held: suspended', 'notice released', 'okta:evt-1 removed (answered)'],
    notices: ['released'],
    mayPublish: ['released'],
  },
  {
    name: 'an old event, and a release',
    async play(stage) {
      stage.member()
      await stage.until(later(4 * DAY))
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', cases: ids(stage) })
    },
    publishes: ['okta:evt-1 held: stale_event', 'notice released', 'okta:evt-1 removed (answered)'],
    notices: ['released'],
    mayPublish: ['released'],
  },
  {
    name: 'an organization that nobody configured',
    async play(stage) {
      stage.member()
      stage.depart({ orgIds: [ORG, OTHER_ORG, '9e0bb5c1a3d2f4e6b8a70c5e'] })
    },
    publishes: [
      'okta:evt-1 refused: unknown_org (9e0bb5c1a3d2f4e6b8a70c5d, 9e0bb5c1a3d2f4e6b8a70c5e)',
      'okta:evt-1 removed (answered)',
    ],
    ends: { 'okta:evt-1': ['removed', 'refused: unknown_org'] },
  },
  {
    name: 'a clock that is ahead',
    async play(stage) {
      stage.member()
      stage.depart({ occurredAt: later(HOUR) })
      stage.depart({ id: 'okta:evt-2', username: BOB, occurredAt: later(2 * HOUR) })
    },
    swept: 2,
    publishes: [
      'notice clock_ahead',
      'okta:evt-2 scheduled',
      'okta:evt-1 scheduled',
      'okta:evt-1 removed (answered)',
      'okta:evt-2 already_absent',
    ],
    notices: ['clock_ahead'],
  },
  {
    name: 'a release of one beyond the limit',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', cases: ids(stage) })
    },
    publishes: [
      'notice stopped_over_limit',
      'okta:evt-1 held: mass_removal',
      'notice released',
      'okta:evt-1 removed (answered)',
    ],
    notices: ['stopped_over_limit', 'released'],
    mayPublish: ['released'],
  },
  {
    name: 'over the limit, and resumed a day later',
    world: { settings: { maxRemovalsPerDay: 1 } },
    async before(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.depart()
    },
    async play(stage) {
      stage.depart({ id: 'okta:evt-2', username: BOB, occurredAt: stage.world.time.now() })
      await stage.wait(DAY)
      await stage.act({ action: 'resume', orgId: ORG })
      await stage.act({ action: 'release', cases: held(stage) })
    },
    publishes: [
      'okta:evt-1 removed (answered)',
      'notice stopped_over_limit',
      'okta:evt-2 held: mass_removal',
      'notice resumed',
      'notice released',
      'okta:evt-2 removed (answered)',
    ],
    notices: ['stopped_over_limit', 'resumed', 'released'],
    mayPublish: ['released'],
  },
  {
    name: 'announced, and the announcement has lapsed',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async play(stage) {
      stage.member()
      await stage.act({ action: 'approve', usernames: [ADA], until: later(HOUR).toISOString() })
      await stage.until(later(2 * HOUR))
      stage.depart()
    },
    publishes: ['notice approved', 'notice stopped_over_limit', 'okta:evt-1 held: mass_removal'],
    notices: ['approved', 'stopped_over_limit'],
    mayPublish: ['approved'],
    stays: [ADA],
  },
  {
    name: 'announced once, and named a second time',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async play(stage) {
      const ada = stage.member()
      await stage.act({ action: 'approve', usernames: [ADA], until: later(2 * DAY).toISOString() })
      stage.depart()
      await stage.wait(HOUR)
      if (!stage.present(ADA)) stage.member(ada, 'joined')
      await stage.wait(HOUR)
      stage.depart({ id: 'okta:evt-2', occurredAt: stage.world.time.now() })
    },
    publishes: [
      'notice approved',
      'okta:evt-1 removed (answered)',
      'notice stopped_over_limit',
      'okta:evt-2 held: mass_removal',
    ],
    notices: ['approved'],
    mayPublish: ['approved', 'stopped_over_limit'],
    ends: {
      'okta:evt-1': ['removed', 'held: rejoined', 'held: mass_removal'],
      'okta:evt-2': ['held: mass_removal', 'removed', 'already_absent'],
    },
  },
  {
    name: 'announced under one name, found by another',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async play(stage) {
      stage.member({ username: BOB })
      await stage.act({ action: 'approve', usernames: [ADA], until: later(DAY).toISOString() })
      stage.depart({ aliases: [BOB] })
    },
    publishes: ['notice approved', 'notice stopped_over_limit', 'okta:evt-1 held: mass_removal'],
    notices: ['approved', 'stopped_over_limit'],
    mayPublish: ['approved'],
    stays: [BOB],
  },
  {
    name: 'Atlas keeps the first, and the slot goes to the second',
    world: { settings: { maxRemovalsPerDay: 1 } },
    async play(stage) {
      stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.member({ username: BOB })
      stage.depart()
      await stage.wait(5 * MINUTE)
      stage.depart({ id: 'okta:evt-2', username: BOB })
    },
    publishes: [
      'okta:evt-1 refused: last_owner (CANNOT_DELETE_LAST_ADMIN) of ORG_OWNER',
      'okta:evt-2 removed (answered)',
    ],
    mayPublish: ['stopped_over_limit'],
    ends: { 'okta:evt-1': ['refused: last_owner', 'held: mass_removal'], 'okta:evt-2': HELD_OR_OUT },
    stays: [ADA],
  },
  {
    name: 'the members cannot be counted',
    world: { settings: { maxRemovalsPerDay: 10, maxRemovalsPercent: 5 } },
    async before(stage) {
      for (const number of [1, 2, 3, 4]) {
        const username = `leaver-${number}@example.com`
        stage.member({ username })
        if (number < 4) stage.depart({ id: `okta:evt-${number}`, username })
      }
    },
    async play(stage) {
      stage.when('listOrgUsers', () =>
        stage.answers('listOrgUsers', ...Array(5).fill(refusal(503, 'SERVICE_UNAVAILABLE'))),
      )
      stage.depart({ id: 'okta:evt-4', username: 'leaver-4@example.com' })
    },
    publishes: [
      'okta:evt-1 removed (answered)',
      'okta:evt-2 removed (answered)',
      'okta:evt-3 removed (answered)',
      'okta:evt-4 deferred (SERVICE_UNAVAILABLE)',
      'notice stopped_over_limit',
      'okta:evt-4 held: mass_removal',
    ],
    notices: ['stopped_over_limit'],
    ends: {
      ...Object.fromEntries([1, 2, 3].map((number) => [`okta:evt-${number}`, ['removed']])),
      'okta:evt-4': ['held: mass_removal'],
    },
  },
  {
    name: 'paused in one organization of two',
    world: { orgIds: [ORG, OTHER_ORG] },
    async play(stage) {
      stage.member()
      stage.member({}, 'from_the_start', OTHER_ORG)
      await stage.act({ action: 'pause', orgId: ORG })
      stage.depart()
      await stage.wait(MINUTE)
      await resumeForGood(stage, ORG)
    },
    publishes: [
      'notice stopped_paused',
      'okta:evt-1 held: paused',
      'okta:evt-1 removed (answered)',
      'notice resumed',
      'okta:evt-1 removed (answered)',
    ],
    notices: ['stopped_paused', 'resumed'],
    // On-call asks again for a pause that nobody answers, and both come.
    mayPublish: ['stopped_paused', 'resumed'],
  },
  {
    name: 'paused between lookup and intent',
    async play(stage) {
      stage.member()
      stage.when('listOrgUsers', () => void insert(stage, EVERYONE, PAUSED))
      stage.depart()
      await stage.wait(HOUR)
      await stage.act({ action: 'resume' })
    },
    publishes: ['okta:evt-1 held: paused', 'notice resumed', 'okta:evt-1 removed (answered)'],
    notices: ['resumed'],
  },
  {
    name: 'the credential is refused, and two wait for one probe',
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.answers('listOrgUsers', ...Array(2).fill(refusal(401, 'USER_UNAUTHORIZED')))
      stage.depart()
      await stage.wait(10 * SECOND)
      stage.depart({ id: 'okta:evt-2', username: BOB })
    },
    publishes: [
      'notice stopped_credential',
      'okta:evt-1 deferred (USER_UNAUTHORIZED)',
      'okta:evt-2 deferred (USER_UNAUTHORIZED)',
      'notice credential_restored',
      'okta:evt-2 removed (answered)',
      'okta:evt-1 removed (answered)',
    ],
  },
  {
    name: 'the rate limit is nearly used up',
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.member({ username: CYD })
      lowWater(stage, later(2 * MINUTE))
      stage.depart()
      await stage.wait(5 * SECOND)
      stage.depart({ id: 'okta:evt-2', username: BOB })
      stage.depart({ id: 'okta:evt-3', username: CYD })
    },
    publishes: [
      'okta:evt-1 removed (answered)',
      'okta:evt-3 deferred (RATE_LIMIT_NEAR)',
      'okta:evt-2 deferred (RATE_LIMIT_NEAR)',
      'okta:evt-3 removed (answered)',
      'okta:evt-2 removed (answered)',
    ],
  },
  {
    name: 'few requests are left for an hour, and nobody waits for longer than minutes',
    async play(stage) {
      stage.member()
      for (const username of [BOB, CYD]) stage.member({ username })
      lowWater(stage, later(HOUR))
      stage.depart()
      await stage.wait(5 * SECOND)
      stage.depart({ id: 'okta:evt-2', username: BOB })
      stage.depart({ id: 'okta:evt-3', username: CYD })
      await stage.wait(10 * MINUTE)
      for (const username of [BOB, CYD]) stage.comeBack('okta', username)
    },
    publishes: [
      'okta:evt-1 removed (answered)',
      'okta:evt-3 deferred (RATE_LIMIT_NEAR)',
      'okta:evt-2 deferred (RATE_LIMIT_NEAR)',
      'okta:evt-3 removed (answered)',
      'okta:evt-2 removed (answered)',
    ],
    mayPublish: ['return_received', 'removed_though_back'],
    ends: {
      'okta:evt-1': ['removed'],
      'okta:evt-2': ['removed', 'cancelled'],
      'okta:evt-3': ['removed', 'cancelled'],
    },
  },
  {
    name: 'the memory of the organization is unreadable',
    async before(stage) {
      await spoil(stage, orgKey(ORG))
    },
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.wait(MINUTE)
      await stage.act({ action: 'resume', orgId: ORG })
      if (held(stage).length > 0) await stage.act({ action: 'retry', cases: held(stage) })
    },
    publishes: [
      'okta:evt-1 held: mass_removal',
      'notice resumed',
      'notice retried',
      'okta:evt-1 removed (answered)',
    ],
    notices: ['resumed'],
  },
  {
    name: 'the memory of all pauses is unreadable',
    async before(stage) {
      await spoil(stage, EVERYONE)
    },
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.wait(MINUTE)
      await stage.act({ action: 'resume' })
    },
    publishes: ['okta:evt-1 held: paused', 'notice resumed', 'okta:evt-1 removed (answered)'],
    notices: ['resumed'],
  },
  {
    name: 'the memory of the person is unreadable for minutes',
    async before(stage) {
      await spoil(stage, personKey(ADA))
    },
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.wait(4 * MINUTE)
      await stage.world.table.remove(personKey(ADA), 'earlier')
    },
    swept: 2,
    publishes: ['okta:evt-1 removed (answered)'],
  },
]

const PAUSED = JSON.stringify({
  sequence: 0,
  state: { stops: [{ kind: 'paused', since: later(0), because: 'simulated', actor: 'system' }] },
})

/** An item that says nothing which anybody could read. */
async function spoil(stage: Stage, pk: string): Promise<void> {
  await insert(stage, pk, '{')
}

async function insert({ world }: Stage, pk: string, body: string): Promise<void> {
  await world.table.insert({ pk, version: 1, writeId: 'earlier', body, keys: {} })
}

/** Atlas says with each answer that few requests are left, until an instant. */
function lowWater({ world }: Stage, until: Date): void {
  const { answer } = world.atlas
  world.atlas.answer = (request) => {
    const reply = answer(request)
    if (reply.kind !== 'reply' || world.time.now() > until) return reply
    return { ...reply, headers: { ...reply.headers, 'ratelimit-remaining': '50' } }
  }
}
