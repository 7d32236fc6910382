import { later } from '../../support/cases.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What guards hold, and what on-call and the sources do about it. */
export const GUARDED: readonly Scenario[] = [
  {
    name: 'a protected person',
    world: { settings: { protectedUsernames: [ADA] } },
    async play(stage) {
      stage.member()
      stage.depart()
    },
    ends: { 'okta:evt-1': ['refused: protected'] },
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
    ends: { 'okta:evt-1': ['removed'] },
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
    ends: { 'okta:evt-1': ['cancelled'] },
    stays: [ADA],
  },
  {
    name: 'a limit of nobody',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async play(stage) {
      stage.member()
      stage.depart()
    },
    ends: { 'okta:evt-1': ['held: mass_removal'] },
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
    ends: { 'okta:evt-1': ['removed'] },
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
    ends: {
      'okta:evt-1': ['removed', 'held: mass_removal'],
      'okta:evt-2': ['removed', 'held: mass_removal'],
    },
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
    ends: { 'okta:evt-1': ['removed'] },
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
    ends: { 'okta:evt-1': ['removed'] },
  },
  {
    name: 'back by the word of the same source',
    async play(stage) {
      stage.member()
      stage.depart({ effectiveAt: later(5 * DAY) })
      await stage.wait(HOUR)
      stage.comeBack('okta', ADA)
    },
    ends: { 'okta:evt-1': ['cancelled'] },
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
    ends: { 'okta:evt-1': ['held: rejoined'] },
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
    ends: { 'okta:evt-1': ['cancelled'] },
    stays: [ADA],
  },
]

function caseIds(stage: Stage): readonly string[] {
  return stage.cases().map(({ id }) => id)
}
