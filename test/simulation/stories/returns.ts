import { later } from '../../support/cases.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function ids(stage: Stage): readonly string[] {
  return stage.cases().map(({ id }) => id)
}

/** People who come back, as sources tell it. */
export const RETURNS: readonly Story[] = [
  {
    name: 'back by the word of another source, and a human says that they left',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(DAY) })
      await stage.wait(HOUR)
      stage.comeBack('hook/workday', ADA)
      await stage.wait(2 * DAY)
      await stage.act({ action: 'release', cases: ids(stage) })
    },
    publishes: [
      'okta:evt-1 scheduled',
      'notice return_received',
      'okta:evt-1 held: rejoined (hook/workday says that the person is back)',
      'notice released',
      'okta:evt-1 removed (answered)',
    ],
    notices: ['return_received', 'released'],
    mayPublish: ['released'],
  },
  {
    name: 'back by the word of another source, and then of the own one',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(DAY) })
      await stage.wait(HOUR)
      stage.comeBack('hook/workday', ADA)
      await stage.wait(HOUR)
      stage.comeBack('okta', ADA)
    },
    publishes: [
      'okta:evt-1 scheduled',
      'notice return_received',
      'okta:evt-1 held: rejoined (hook/workday says that the person is back)',
      'notice return_received',
      'okta:evt-1 cancelled (the source says that the person is back)',
    ],
    asks: 'nothing',
    notices: ['return_received', 'return_received'],
    stays: [ADA],
  },
  {
    name: 'back, said three times by another source',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(DAY) })
      for (const hour of [1, 2, 3]) {
        await stage.until(later(hour * HOUR))
        stage.comeBack('hook/workday', ADA, { id: 'hook/workday:back' })
      }
    },
    publishes: [
      'okta:evt-1 scheduled',
      'notice return_received',
      'okta:evt-1 held: rejoined (hook/workday says that the person is back)',
    ],
    notices: ['return_received'],
    stays: [ADA],
  },
  {
    name: 'back while a human has yet to decide',
    world: { settings: { holdOrgRoles: ['ORG_OWNER'] } },
    async play(stage) {
      stage.member({ username: BOB, orgRoles: ['ORG_OWNER'] })
      stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.depart()
      await stage.held()
      stage.comeBack('okta', ADA)
    },
    publishes: [
      'okta:evt-1 held: privileged (ORG_OWNER) of ORG_OWNER',
      'notice return_received',
      'okta:evt-1 cancelled (the source says that the person is back) of ORG_OWNER',
    ],
    notices: ['return_received'],
    stays: [ADA, BOB],
  },
  {
    name: 'back, and the departure arrives 60 hours later',
    async play(stage) {
      stage.member()
      stage.comeBack('okta', ADA)
      await stage.wait(60 * HOUR)
      stage.depart({ occurredAt: later(-HOUR) })
    },
    publishes: ['okta:evt-1 cancelled (the source says that the person is back)'],
    asks: 'nothing',
    stays: [ADA],
  },
  {
    name: 'a departure of before the return arrives four days after it',
    async play(stage) {
      stage.member()
      stage.comeBack('okta', ADA)
      await stage.wait(4 * DAY)
      stage.depart({ occurredAt: later(-HOUR), effectiveAt: later(5 * DAY) })
    },
    publishes: ['okta:evt-1 held: rejoined (okta says that the person is back)'],
    asks: 'nothing',
    stays: [ADA],
  },
  {
    name: 'a return that is dated far ahead',
    async play(stage) {
      stage.member()
      stage.comeBack('okta', ADA, { occurredAt: later(30 * DAY) })
      await stage.wait(DAY)
      stage.depart({ occurredAt: later(DAY) })
    },
    publishes: ['okta:evt-1 removed (answered)'],
  },
  {
    name: 'the application is given again',
    async play(stage) {
      stage.member()
      stage.depart({ scope: 'app_assignment', effectiveAt: later(DAY) })
      stage.depart({ id: 'okta:evt-2', effectiveAt: later(2 * HOUR) })
      await stage.wait(HOUR)
      stage.comeBack('okta', ADA, { scope: 'app_assignment' })
    },
    swept: 1,
    publishes: [
      'okta:evt-1 scheduled',
      'okta:evt-2 scheduled',
      'okta:evt-1 cancelled (the source gave the person the application again)',
      'okta:evt-2 removed (answered)',
    ],
  },
  {
    name: 'back while a worker has the person in hand',
    async play(stage) {
      stage.member()
      stage.when('removeOrgUser', () => stage.comeBack('okta', ADA))
      stage.depart()
    },
    publishes: ['okta:evt-1 removed (answered)', 'notice return_received', 'notice removed_though_back'],
    mayPublish: ['return_received', 'removed_though_back'],
    ends: { 'okta:evt-1': ['removed', 'cancelled', 'held: rejoined'] },
  },
  {
    name: 'one event names one person, and its repetition says nothing new',
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.depart({ effectiveAt: later(DAY) })
      await stage.wait(HOUR)
      stage.depart({ id: 'okta:evt-2', occurredAt: later(HOUR), effectiveAt: later(DAY) })
    },
    swept: 1,
    publishes: ['okta:evt-1 scheduled', 'okta:evt-1 removed (answered)'],
    ends: {
      'okta:evt-1': ['removed', 'cancelled', 'already_absent'],
      'okta:evt-2': ['removed', 'already_absent'],
    },
    mayPublish: ['superseded'],
    stays: [BOB],
  },
  {
    name: 'the same once more, after a return in between',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(DAY) })
      await stage.wait(HOUR)
      stage.comeBack('hook/workday', ADA)
      await stage.wait(HOUR)
      stage.depart({ id: 'okta:evt-2', occurredAt: later(2 * HOUR), effectiveAt: later(DAY) })
    },
    swept: 1,
    publishes: [
      'okta:evt-1 scheduled',
      'notice return_received',
      'okta:evt-1 held: rejoined (hook/workday says that the person is back)',
      'okta:evt-2 scheduled',
      'okta:evt-2 removed (answered)',
    ],
    notices: ['return_received'],
  },
]
