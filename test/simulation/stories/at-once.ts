import { later } from '../../support/cases.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'

const ADA = 'ada@example.com'
const OLD_ADA = 'ada@old.example.com'
const BOB = 'bob@example.com'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const PROJECT = 'b0123456789abcdef0123456'
const OUT = ['removed', 'already_absent']
/** A worker that thaws knows a member whom another has removed meanwhile: a human looks at that. */
const OUT_OR_HELD = [...OUT, 'held: rejoined']

/** Two at work on one person at the same time, as close to each other as messages come. */
export const AT_ONCE: readonly Story[] = [
  ...[1, 2_000].map(
    (ms): Story => ({
      name: `two sources for one leaver, ${ms} ms apart`,
      async play(stage) {
        stage.member()
        stage.depart()
        await stage.wait(ms)
        stage.depart({ id: 'hook/workday:7', source: 'hook/workday' })
      },
      publishes: ['okta:evt-1 removed (answered)', 'hook/workday:7 already_absent'],
      ends: { 'okta:evt-1': OUT, 'hook/workday:7': OUT },
    }),
  ),
  ...[1, 2_000].map(
    (ms): Story => ({
      name: `by an alias, and ${ms} ms later by the own name`,
      async play(stage) {
        stage.member({ username: OLD_ADA })
        byAlias(stage)
        await stage.wait(ms)
        byOwnName(stage)
      },
      publishes: ['okta:evt-1 removed (answered)', 'hook/workday:7 already_absent'],
      ends: { 'okta:evt-1': OUT_OR_HELD, 'hook/workday:7': OUT_OR_HELD },
    }),
  ),
  ...[0, 1, 2_000].map(
    (ms): Story => ({
      name: `by the own name, and ${ms} ms later by an alias`,
      async play(stage) {
        stage.member({ username: OLD_ADA })
        byOwnName(stage)
        if (ms > 0) await stage.wait(ms)
        byAlias(stage)
      },
      publishes: ['hook/workday:7 removed (answered)', 'okta:evt-1 already_absent'],
      ends: { 'okta:evt-1': OUT_OR_HELD, 'hook/workday:7': OUT_OR_HELD },
    }),
  ),
  {
    name: 'back at the moment of the departure, and a human would have to decide',
    world: { settings: { holdOrgRoles: ['ORG_OWNER'] } },
    async play(stage) {
      stage.member({ username: BOB, orgRoles: ['ORG_OWNER'] })
      stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.depart()
      stage.comeBack('okta', ADA)
    },
    publishes: ['okta:evt-1 cancelled (the source says that the person is back)'],
    mayPublish: ['return_received'],
    stays: [ADA, BOB],
  },
  {
    name: 'back half a second after the departure, and a human would have to decide',
    world: { settings: { holdOrgRoles: ['ORG_OWNER'] } },
    async play(stage) {
      stage.member({ username: BOB, orgRoles: ['ORG_OWNER'] })
      stage.member({ orgRoles: ['ORG_OWNER'] })
      stage.depart()
      await stage.wait(500)
      stage.comeBack('okta', ADA)
    },
    publishes: [
      'okta:evt-1 held: privileged (ORG_OWNER) of ORG_OWNER',
      'notice return_received',
      'okta:evt-1 cancelled (the source says that the person is back) of ORG_OWNER',
    ],
    mayPublish: ['return_received'],
    stays: [ADA, BOB],
  },
  {
    name: 'cancelled as soon as the case is known',
    async play(stage) {
      stage.member()
      stage.depart()
      await known(stage)
      await stage.act({ action: 'cancel', cases: ids(stage) })
    },
    publishes: ['okta:evt-1 removed (answered)'],
    mayPublish: ['cancelled_by_operator'],
    ends: { 'okta:evt-1': ['cancelled', 'removed'] },
  },
  {
    name: 'released by two humans at once',
    world: { settings: { mode: 'observe' } },
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.held()
      const release = () => stage.act({ action: 'release', cases: ids(stage) })
      await Promise.all([release(), release()])
    },
    publishes: ['okta:evt-1 held: observing', 'notice released', 'okta:evt-1 removed (answered)'],
    mayPublish: ['released'],
  },
  {
    name: 'paused at the moment of the departure',
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.act({ action: 'pause' })
      await stage.wait(HOUR)
      await stage.act({ action: 'resume' })
    },
    notices: ['stopped_paused', 'resumed'],
    mayPublish: ['stopped_paused', 'resumed'],
    publishes: [
      'notice stopped_paused',
      'okta:evt-1 held: paused',
      'notice resumed',
      'okta:evt-1 removed (answered)',
    ],
  },
  {
    name: 'a sweep while the case is worked on',
    async play(stage) {
      stage.member()
      stage.depart()
      for (const ms of [150, 100]) {
        await stage.wait(ms)
        stage.world.sweep().catch(() => undefined)
      }
    },
    publishes: ['okta:evt-1 removed (answered)'],
  },
  {
    name: 'back while somebody searches for what is left',
    world: { settings: { leftovers: 'clean' } },
    async play(stage) {
      stage.member()
      const createdAt = later(-24 * HOUR)
      const invites = [{ id: '6a793f8ec0eb9e7a17716c01', username: ADA, createdAt }]
      stage.world.org().projects = [{ id: PROJECT, name: 'payments', invites, databaseUsers: [] }]
      stage.when('getOrgGroups', () => stage.comeBack('okta', ADA))
      stage.depart()
    },
    publishes: ['okta:evt-1 removed (answered)', 'notice leftovers_clear'],
    mayPublish: ['return_received', 'leftovers_clear'],
    ends: { 'okta:evt-1': ['removed', 'cancelled', 'held: rejoined'] },
  },
]

function byAlias(stage: Stage): void {
  stage.depart({ aliases: [OLD_ADA] })
}

function byOwnName(stage: Stage): void {
  stage.depart({ id: 'hook/workday:7', source: 'hook/workday', username: OLD_ADA })
}

function ids(stage: Stage): readonly string[] {
  return stage.cases().map(({ id }) => id)
}

/** Waits until the departure has its case. */
async function known(stage: Stage): Promise<void> {
  for (let waited = 0; ids(stage).length === 0 && waited < HOUR; waited += 10) await stage.wait(10)
}
