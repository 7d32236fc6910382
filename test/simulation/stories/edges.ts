import type { AtlasRequest, Reply } from '../../../lib/atlas/transport.ts'
import { later, ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'
import { resumeForGood } from './resume.ts'

const ADA = 'ada@example.com'
const OLD_ADA = 'ada@old.example.com'
const BOB = 'bob@example.com'
const CYD = 'cyd@example.com'
const LOVELACE = 'lovelace@example.com'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const OTHER_ID = '5e4bc367c6b0f41b0000000a'
const UNHEARD_OF = refusal(403, 'NEVER_HEARD_OF')

function ids(stage: Stage, departureId = 'okta:evt-1'): readonly string[] {
  return stage.cases().flatMap(({ id, state }) => (state.departure.id === departureId ? [id] : []))
}

/** Faults can keep a message from its case for a while. */
async function opened(stage: Stage, departureId?: string): Promise<void> {
  while (ids(stage, departureId).length === 0) await stage.wait(MINUTE)
}

/** What lies just beside another story: half an hour before a window ends, another source, another member under the name. */
export const EDGES: readonly Story[] = [
  {
    name: 'let go, and said to be back once more before the removal',
    async play(stage) {
      stage.member()
      await stage.act({ action: 'pause', orgId: ORG })
      stage.depart()
      await stage.wait(10 * MINUTE)
      stage.comeBack('hook/workday', ADA)
      await stage.wait(10 * MINUTE)
      await opened(stage)
      await stage.act({ action: 'release', cases: ids(stage), rule: 'rejoined' })
      await stage.wait(MINUTE)
      stage.comeBack('hook/workday', ADA)
      // A return that two workers in a row could not record is delivered a third time by then.
      await stage.wait(HOUR)
      await stage.act({ action: 'resume', orgId: ORG })
    },
    publishes: [
      'notice stopped_paused',
      'okta:evt-1 held: paused',
      'notice return_received',
      'okta:evt-1 held: rejoined (hook/workday says that the person is back)',
      'notice released',
      'okta:evt-1 held: paused',
      'notice return_received',
      'okta:evt-1 held: rejoined (hook/workday says that the person is back)',
      'notice resumed',
    ],
    notices: ['stopped_paused', 'resumed'],
    mayPublish: ['stopped_paused', 'return_received', 'released'],
    ends: { 'okta:evt-1': ['held: rejoined'] },
    stays: [ADA],
  },
  {
    name: 'an owner is released, and another owner bears the name by then',
    world: { settings: { holdOrgRoles: ['ORG_OWNER'] } },
    async play(stage) {
      const ada = stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.depart()
      await stage.held()
      await stage.act({ action: 'pause', orgId: ORG })
      await stage.act({ action: 'release', cases: ids(stage), rule: 'privileged' })
      await stage.wait(MINUTE)
      stage.change(ada, { username: LOVELACE })
      stage.member({ userId: OTHER_ID, username: ADA, orgRoles: ['ORG_OWNER'] })
      await resumeForGood(stage, ORG)
    },
    publishes: [
      'okta:evt-1 held: privileged (ORG_OWNER) of ORG_OWNER',
      'notice stopped_paused',
      'notice released',
      'okta:evt-1 held: paused of ORG_OWNER',
      'notice resumed',
      'okta:evt-1 held: privileged (ORG_OWNER) of ORG_OWNER',
    ],
    notices: ['stopped_paused', 'released', 'resumed'],
    mayPublish: ['stopped_paused', 'released', 'resumed'],
    // A release that comes late is for whoever is held by then.
    ends: { 'okta:evt-1': ['held: privileged', 'removed'] },
    stays: [LOVELACE],
  },
  {
    name: 'a later date that was taken back',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(HOUR) })
      await stage.wait(MINUTE)
      stage.depart({ id: 'okta:evt-2', occurredAt: later(MINUTE), effectiveAt: later(2 * HOUR) })
      await stage.wait(10 * MINUTE)
      await opened(stage, 'okta:evt-2')
      await stage.act({ action: 'cancel', cases: ids(stage, 'okta:evt-2') })
    },
    swept: 1,
    publishes: [
      'okta:evt-1 scheduled',
      'okta:evt-2 scheduled',
      'notice cancelled_by_operator',
      'okta:evt-2 cancelled (simulated)',
      'okta:evt-1 removed (answered)',
    ],
    notices: ['cancelled_by_operator'],
    mayPublish: ['cancelled_by_operator'],
    ends: { 'okta:evt-1': ['removed'], 'okta:evt-2': ['cancelled'] },
  },
  {
    name: 'a later date by another source',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(10 * MINUTE) })
      await stage.wait(MINUTE)
      stage.depart({
        ...{ id: 'hook/workday:7', source: 'hook/workday' },
        ...{ occurredAt: later(MINUTE), effectiveAt: later(14 * MINUTE) },
      })
    },
    publishes: [
      'okta:evt-1 scheduled',
      'hook/workday:7 scheduled',
      'okta:evt-1 removed (answered)',
      'hook/workday:7 already_absent',
    ],
    ends: { 'okta:evt-1': ['removed', 'already_absent'], 'hook/workday:7': ['removed', 'already_absent'] },
  },
  {
    name: 'a dry run beyond the limit',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.depart()
      await stage.held()
      stage.depart({ id: 'okta:evt-2', username: BOB, dryRun: true })
    },
    publishes: ['notice stopped_over_limit', 'okta:evt-1 held: mass_removal', 'okta:evt-2 would_remove'],
    notices: ['stopped_over_limit'],
    ends: { 'okta:evt-1': ['held: mass_removal'], 'okta:evt-2': ['would_remove'] },
    stays: [ADA, BOB],
  },
  {
    name: 'the same event once more while Atlas wants to be left alone',
    async play(stage) {
      stage.member()
      untilThen(stage, later(2 * MINUTE), refusal(429, 'RATE_LIMITED', { 'retry-after': '90' }))
      const departure = stage.depart()
      await stage.wait(10 * SECOND)
      stage.world.depart(departure)
    },
    publishes: ['okta:evt-1 deferred (RATE_LIMITED)', 'okta:evt-1 removed (answered)'],
    asks: 'token, listOrgUsers ×3, removeOrgUser, getOrgUser',
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'removed by the own name, let in again, and named by an alias within minutes',
    async play(stage) {
      const ada = stage.member({ username: OLD_ADA })
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday', username: OLD_ADA })
      await stage.closed()
      // The index of a person's cases is behind by half a second.
      await stage.wait(SECOND)
      stage.member(ada, 'joined')
      stage.depart({ aliases: [OLD_ADA] })
    },
    publishes: ['hook/workday:7 removed (answered)', 'okta:evt-1 held: rejoined'],
    // What Atlas refused, and nobody looked at until she was back, is for a human to judge.
    ends: { 'hook/workday:7': ['removed', 'held: rejoined'], 'okta:evt-1': ['held: rejoined'] },
    stays: [OLD_ADA],
  },
  {
    name: 'let in by federation, and the event comes 20 minutes late',
    async play(stage) {
      await stage.until(later(10 * MINUTE))
      stage.member({}, 'joined')
      await stage.until(later(20 * MINUTE))
      stage.depart()
    },
    publishes: ['okta:evt-1 held: rejoined'],
    ends: { 'okta:evt-1': ['held: rejoined'] },
    stays: [ADA],
  },
  {
    name: 'the question after the removal is refused by a code that nobody knows',
    async play(stage) {
      stage.member()
      stage.answers('getOrgUser', UNHEARD_OF, UNHEARD_OF)
      stage.depart()
    },
    publishes: ['okta:evt-1 deferred (NEVER_HEARD_OF)', 'okta:evt-1 removed (answered)'],
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'one a day, and the third leaves half an hour too soon',
    world: { settings: { maxRemovalsPerDay: 1 } },
    async before(stage) {
      for (const username of [ADA, BOB, CYD]) stage.member({ username })
      stage.depart()
      await stage.wait(DAY + MINUTE)
      departNow(stage, 2, BOB)
    },
    async play(stage) {
      await stage.wait(DAY - HOUR / 2)
      departNow(stage, 3, CYD)
    },
    publishes: [
      'okta:evt-1 removed (answered)',
      'okta:evt-2 removed (answered)',
      'notice stopped_over_limit',
      'okta:evt-3 held: mass_removal',
    ],
    notices: ['stopped_over_limit'],
    ends: {
      ...{ 'okta:evt-1': ['removed'], 'okta:evt-2': ['removed'] },
      'okta:evt-3': ['held: mass_removal'],
    },
    stays: [CYD],
  },
  {
    name: 'removed without an answer, and back before anybody knows',
    async play(stage) {
      stage.member()
      untilThen(stage, later(3 * MINUTE), refusal(503, 'SERVICE_UNAVAILABLE'), 'removeOrgUser')
      stage.depart()
      await stage.wait(20 * SECOND)
      stage.comeBack('okta', ADA)
      const [said] = stage.truth.returns
      await stage.wait(HOUR)
      departNow(stage, 2, BOB)
      await stage.closed()
      // The same event once more.
      stage.comeBack('okta', ADA, said?.back)
    },
    publishes: [
      'okta:evt-1 deferred (SERVICE_UNAVAILABLE)',
      'notice return_received',
      'okta:evt-1 removed (inferred)',
      'notice removed_though_back',
      'okta:evt-2 already_absent',
    ],
    mayPublish: ['return_received', 'removed_though_back'],
    ends: {
      ...{ 'okta:evt-1': ['removed', 'cancelled', 'held: rejoined'] },
      ...{ 'okta:evt-2': ['already_absent'] },
    },
  },
  {
    name: 'two spellings of one leaver at once',
    async play(stage) {
      stage.member()
      stage.depart()
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday', username: 'Ada@Example.com' })
    },
    publishes: ['hook/workday:7 removed (answered)', 'okta:evt-1 already_absent'],
    ends: { 'okta:evt-1': ['removed', 'already_absent'], 'hook/workday:7': ['removed', 'already_absent'] },
  },
  {
    name: 'the credential is refused, and so is the first probe',
    async play(stage) {
      stage.member()
      stage.answers('listOrgUsers', ...Array(4).fill(refusal(401, 'USER_UNAUTHORIZED')))
      stage.depart()
    },
    publishes: [
      'notice stopped_credential',
      'okta:evt-1 deferred (USER_UNAUTHORIZED)',
      'notice credential_restored',
      'okta:evt-1 removed (answered)',
    ],
    // No `notices`: a worker that sleeps past its lock with the refusals in hand stops nobody, and nothing is lifted.
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'a message that names nobody comes twice',
    async play(stage) {
      stage.sendUnreadable('{"username": 7}')
      await stage.wait(MINUTE)
      stage.sendUnreadable('{"username": 7}')
    },
    publishes: [
      'unreadable: `kind`: expected one of task, unfinished, present, departure, return, reference, redriven, ignored, unreadable',
    ],
    ends: {},
  },
]

function departNow(stage: Stage, number: number, username: string): void {
  stage.depart({ id: `okta:evt-${number}`, username, occurredAt: stage.world.time.now() })
}

/** Atlas does what it is asked for, and answers so until an instant, from the first request of an operation on. */
function untilThen(
  { world }: Stage,
  until: Date,
  reply: Reply,
  from: AtlasRequest['operation'] = 'listOrgUsers',
): void {
  const { answer } = world.atlas
  let hasBegun = false
  world.atlas.answer = (request) => {
    hasBegun ||= request.operation === from
    const answered = answer(request)
    return hasBegun && world.time.now() <= until ? reply : answered
  }
}
