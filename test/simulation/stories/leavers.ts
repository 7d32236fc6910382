import { later } from '../../support/cases.ts'
import type { Story } from '../story.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Two ways to say that somebody is out, who was removed in the course of it. */
const OUT = ['removed', 'already_absent']

/** People who leave, as sources tell it: once, twice, too late, ahead of time. */
export const LEAVERS: readonly Story[] = [
  {
    name: 'one leaver',
    world: { hasServed: false },
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.depart()
    },
    publishes: ['okta:evt-1 removed (answered)'],
    asks: 'token, listOrgUsers, removeOrgUser, getOrgUser',
    stays: [BOB],
    isSolo: true,
  },
  {
    name: 'nobody there',
    async play(stage) {
      stage.member({ username: BOB })
      stage.depart()
    },
    publishes: ['okta:evt-1 already_absent'],
    asks: 'token, listOrgUsers ×2',
    stays: [BOB],
    isSolo: true,
  },
  {
    name: 'two sources for one leaver',
    async play(stage) {
      stage.member()
      stage.depart()
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday' })
    },
    publishes: ['hook/workday:7 removed (answered)', 'okta:evt-1 already_absent'],
    asks: 'token, listOrgUsers, removeOrgUser, getOrgUser, listOrgUsers ×2',
    ends: { 'okta:evt-1': OUT, 'hook/workday:7': OUT },
  },
  {
    name: 'the same event five times',
    world: { batchSize: 5 },
    async play(stage) {
      stage.member()
      stage.depart({}, 5)
    },
    publishes: ['okta:evt-1 removed (answered)'],
    asks: 'token, listOrgUsers, removeOrgUser, getOrgUser',
  },
  {
    name: 'leave, return, leave',
    async play(stage) {
      const ada = stage.member()
      stage.depart()
      await stage.wait(DAY)
      stage.member(ada, 'joined')
      await stage.wait(DAY)
      stage.depart({ id: 'okta:evt-2', occurredAt: stage.world.time.now() })
    },
    // What Atlas refused, and nobody looked at until she was back, is for a human to judge.
    publishes: ['okta:evt-1 removed (answered)', 'okta:evt-2 removed (answered)'],
    ends: { 'okta:evt-1': ['removed', 'held: rejoined'], 'okta:evt-2': ['removed'] },
  },
  {
    name: 'left and invited again before an old event arrives',
    async play(stage) {
      await stage.until(later(DAY))
      stage.member({}, 'invited')
      await stage.wait(HOUR)
      stage.depart()
    },
    publishes: ['okta:evt-1 held: rejoined'],
    stays: [ADA],
  },
  {
    name: 'left and let in by federation before an old event arrives',
    async play(stage) {
      await stage.until(later(DAY))
      stage.member({}, 'joined')
      await stage.wait(HOUR)
      stage.depart()
    },
    publishes: ['okta:evt-1 held: rejoined'],
    stays: [ADA],
  },
  {
    name: 'an event four days late',
    async play(stage) {
      stage.member()
      await stage.until(later(4 * DAY))
      stage.depart()
    },
    publishes: ['okta:evt-1 held: stale_event'],
    asks: 'nothing',
    stays: [ADA],
  },
  {
    name: 'scheduled 60 days out',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(60 * DAY) })
    },
    swept: 1,
    publishes: ['okta:evt-1 scheduled', 'okta:evt-1 removed (answered)'],
  },
  {
    name: 'scheduled 40 seconds out',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(40_000) })
    },
    publishes: ['okta:evt-1 scheduled', 'okta:evt-1 removed (answered)'],
  },
  {
    name: 'superseded by a later date',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(14 * MINUTE) })
      await stage.wait(MINUTE / 2)
      stage.depart({ id: 'okta:evt-2', occurredAt: later(MINUTE / 2), effectiveAt: later(15 * MINUTE) })
    },
    mayPublish: ['superseded'],
    publishes: [
      'okta:evt-1 scheduled',
      'okta:evt-2 scheduled',
      'okta:evt-1 cancelled (superseded by case CASE)',
      'notice superseded',
      'okta:evt-2 removed (answered)',
    ],
    ends: { 'okta:evt-1': ['cancelled', 'already_absent'], 'okta:evt-2': ['removed'] },
  },
  {
    name: 'one id, two different dates',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(5 * MINUTE) })
      await stage.wait(MINUTE / 2)
      stage.depart({ effectiveAt: later(10 * MINUTE) })
    },
    publishes: [
      'okta:evt-1 scheduled',
      'okta:evt-1 held: conflicting_event',
      'okta:evt-1 removed (answered)',
    ],
    ends: { 'okta:evt-1': ['removed', 'held: conflicting_event'] },
  },
  {
    name: 'one id, three contents',
    async play(stage) {
      stage.member()
      for (const minutes of [20, 40, 60]) {
        stage.depart({ effectiveAt: later(minutes * MINUTE) })
        await stage.wait(MINUTE / 2)
      }
    },
    swept: 1,
    publishes: [
      'okta:evt-1 scheduled',
      'okta:evt-1 held: conflicting_event',
      'okta:evt-1 held: conflicting_event',
      'okta:evt-1 removed (answered)',
    ],
    ends: { 'okta:evt-1': ['removed', 'held: conflicting_event'] },
  },
  {
    name: 'a dry run',
    async play(stage) {
      stage.member()
      stage.depart({ dryRun: true })
    },
    publishes: ['okta:evt-1 would_remove'],
    asks: 'token, listOrgUsers',
    stays: [ADA],
  },
  {
    name: 'a message that names nobody',
    async play(stage) {
      stage.sendUnreadable('{"username": 7}')
    },
    publishes: [
      'unreadable: `kind`: expected one of task, unfinished, present, departure, return, reference, redriven, ignored, unreadable',
    ],
  },
]
