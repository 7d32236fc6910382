import { renamedKey } from '../../../lib/core/absent.ts'
import { later, ORG } from '../../support/cases.ts'
import { refusal } from '../../support/in-memory-atlas.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const ADA_ID = '5e4bc367c6b0f41b00000001'
const OTHER_ID = '5e4bc367c6b0f41b0000000a'
const DOWN = refusal(503, 'SERVICE_UNAVAILABLE')

function ids(stage: Stage): readonly string[] {
  return stage.cases().map(({ id }) => id)
}

/** Who is meant by a name that nobody bears, or that more than one does. */
export const ABSENCE: readonly Story[] = [
  {
    name: 'two with access bear one name, and a human says which',
    async play(stage) {
      stage.member()
      stage.member({ userId: OTHER_ID, status: 'PENDING', orgRoles: [] })
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', rule: 'possible_alias', cases: ids(stage), as: OTHER_ID })
    },
    publishes: [
      'okta:evt-1 held: ambiguous_username (ada@example.com, ada@example.com)',
      'notice released',
      'okta:evt-1 removed (answered)',
    ],
    asks: 'token, listOrgUsers ×3, removeOrgUser, getOrgUser',
    notices: ['released'],
    mayPublish: ['released'],
    stays: [ADA],
  },
  {
    name: 'a name and its alias are two people',
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.depart({ aliases: [BOB] })
    },
    publishes: ['okta:evt-1 held: ambiguous_username (ada@example.com, bob@example.com)'],
    asks: 'token, listOrgUsers ×4',
    stays: [ADA, BOB],
  },
  {
    name: 'a similar name is present, and a human says that it is them',
    async play(stage) {
      const { userId } = stage.member({ username: 'ada+atlas@example.com' })
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', rule: 'possible_alias', cases: ids(stage), as: userId })
    },
    publishes: [
      'okta:evt-1 held: possible_alias (ada+atlas@example.com)',
      'notice released',
      'okta:evt-1 removed (answered)',
    ],
    asks: 'token, listOrgUsers ×5, removeOrgUser, getOrgUser',
    notices: ['released'],
    mayPublish: ['released'],
  },
  {
    name: 'a similar name is present, and a human says that it is somebody else',
    async play(stage) {
      stage.member({ username: 'ada+atlas@example.com' })
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', rule: 'possible_alias', cases: ids(stage), absent: true })
    },
    publishes: [
      'okta:evt-1 held: possible_alias (ada+atlas@example.com)',
      'notice released',
      'okta:evt-1 already_absent',
    ],
    asks: 'token, listOrgUsers ×5',
    notices: ['released'],
    mayPublish: ['released'],
    stays: ['ada+atlas@example.com'],
  },
  {
    name: 'a similar name has access beside an ended invitation',
    async play(stage) {
      stage.member({ status: 'INVITATION_EXPIRED' })
      stage.member({ username: 'ada+atlas@example.com' })
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', rule: 'possible_alias', cases: ids(stage), absent: true })
    },
    publishes: [
      'okta:evt-1 held: possible_alias (ada+atlas@example.com)',
      'notice released',
      'okta:evt-1 removed (answered)',
    ],
    asks: 'token, listOrgUsers ×5, removeOrgUser, getOrgUser',
    notices: ['released'],
    mayPublish: ['released'],
    ends: { 'okta:evt-1': ['removed', 'already_absent'] },
    stays: ['ada+atlas@example.com'],
  },
  {
    name: 'the one whom a human named is gone by then',
    async play(stage) {
      stage.member({ username: 'ada+atlas@example.com' })
      stage.depart()
      await stage.held()
      stage.world.org().members = []
      await stage.act({ action: 'release', rule: 'possible_alias', cases: ids(stage), as: ADA_ID })
    },
    publishes: [
      'okta:evt-1 held: possible_alias (ada+atlas@example.com)',
      'notice released',
      'okta:evt-1 already_absent',
    ],
    notices: ['released'],
    mayPublish: ['released'],
  },
  {
    name: 'a name that no member can have',
    async play(stage) {
      stage.member({ username: BOB })
      stage.depart({ username: 'E0012345' })
    },
    publishes: ['okta:evt-1 held: ambiguous_username (no e-mail address, and Atlas knows people by theirs)'],
    asks: 'token, listOrgUsers ×2',
    stays: [BOB],
  },
  {
    name: 'a name that no member can have, and an alias that one could',
    async play(stage) {
      stage.member({ username: BOB })
      stage.depart({ username: 'E0012345', aliases: [ADA] })
    },
    publishes: ['okta:evt-1 already_absent'],
    stays: [BOB],
  },
  {
    name: 'a letter beyond ASCII',
    async play(stage) {
      stage.member({ username: 'aka@example.com' })
      stage.depart({ username: 'a\u212Aa@example.com' })
    },
    publishes: ['okta:evt-1 held: ambiguous_username (not plain ASCII)'],
    asks: 'nothing',
    stays: ['aka@example.com'],
  },
  {
    name: 'a decorated name, and the bare one is present',
    async play(stage) {
      stage.member()
      stage.depart({ username: 'deleted-ada@example.com' })
    },
    publishes: ['okta:evt-1 held: ambiguous_username (ada@example.com)'],
    asks: 'token, listOrgUsers ×4',
    stays: [ADA],
  },
  {
    name: 'a name that somebody else bore before',
    async before(stage) {
      stage.member({ userId: ADA_ID, username: 'lovelace@example.com' })
      stage.member({ userId: OTHER_ID, username: ADA })
      await remembers(stage, renamedKey(ORG, ADA), { userId: ADA_ID, at: later(-DAY) })
    },
    async play(stage) {
      stage.depart()
    },
    publishes: ['okta:evt-1 held: renamed (lovelace@example.com, ada@example.com)'],
    stays: ['lovelace@example.com', ADA],
  },
  {
    name: 'a name that its bearer has given up',
    async before(stage) {
      stage.member({ username: 'lovelace@example.com' })
      await remembers(stage, renamedKey(ORG, ADA), { userId: ADA_ID, at: later(-DAY) })
    },
    async play(stage) {
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', rule: 'possible_alias', cases: ids(stage), as: ADA_ID })
    },
    publishes: [
      'okta:evt-1 held: renamed (lovelace@example.com)',
      'notice released',
      'okta:evt-1 removed (answered)',
    ],
    asks: 'token, listOrgUsers ×5, removeOrgUser, getOrgUser',
    notices: ['released'],
    mayPublish: ['released'],
  },
  {
    name: 'a second departure, and a namesake who was there all the time',
    async play(stage) {
      stage.member()
      stage.member({ username: 'ada@third.example.com' })
      stage.depart()
      await stage.closed()
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday' })
    },
    publishes: ['okta:evt-1 removed (answered)', 'hook/workday:7 already_absent'],
    asks: 'token, listOrgUsers, removeOrgUser, getOrgUser, listOrgUsers ×2, listOrgEvents',
    // What the index does not show yet explains nothing.
    ends: {
      'okta:evt-1': ['removed'],
      'hook/workday:7': ['removed', 'already_absent', 'held: possible_alias'],
    },
    stays: ['ada@third.example.com'],
  },
  {
    name: 'a second departure, and a namesake who came since',
    async play(stage) {
      stage.member()
      stage.depart()
      await stage.closed()
      await stage.wait(2 * MINUTE)
      stage.member({ userId: OTHER_ID, username: 'ada@third.example.com' }, 'joined')
      await stage.closed()
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday' })
    },
    publishes: [
      'okta:evt-1 removed (answered)',
      'hook/workday:7 held: possible_alias (ada@third.example.com)',
    ],
    asks: 'token, listOrgUsers, removeOrgUser, getOrgUser, listOrgUsers ×2, listOrgEvents, listOrgUsers ×2, listOrgEvents',
    ends: {
      'okta:evt-1': ['removed', 'held: possible_alias'],
      'hook/workday:7': ['removed', 'held: possible_alias'],
    },
    stays: ['ada@third.example.com'],
  },
  {
    name: 'a second departure, and nobody tells whether the namesake came since',
    async play(stage) {
      stage.member()
      stage.member({ username: 'ada@third.example.com' })
      stage.depart()
      await stage.closed()
      stage.answers('listOrgEvents', DOWN, DOWN, DOWN, DOWN)
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday' })
    },
    publishes: [
      'okta:evt-1 removed (answered)',
      'hook/workday:7 deferred (SERVICE_UNAVAILABLE)',
      'hook/workday:7 already_absent',
    ],
    // What the index does not show yet explains nothing.
    ends: {
      'okta:evt-1': ['removed'],
      'hook/workday:7': ['removed', 'already_absent', 'held: possible_alias'],
    },
    stays: ['ada@third.example.com'],
  },
  {
    name: 'renamed after the intent, and a human ends the case',
    async play(stage) {
      const ada = stage.member()
      stage.answers('removeOrgUser', { kind: 'reply', status: 204, headers: {}, body: undefined })
      stage.when('getOrgUser', () => stage.change(ada, { username: 'lovelace@example.com' }))
      stage.depart()
      await stage.held()
      await stage.act({ action: 'cancel', cases: ids(stage) })
    },
    publishes: [
      'okta:evt-1 deferred (STILL_PRESENT)',
      'okta:evt-1 held: renamed (lovelace@example.com)',
      'notice cancelled_by_operator',
      'okta:evt-1 cancelled (simulated)',
    ],
    mayPublish: ['cancelled_by_operator'],
    ends: { 'okta:evt-1': ['cancelled', 'removed'] },
  },
  {
    name: 'two names of one member at once',
    async play(stage) {
      stage.member({ username: 'ada@old.example.com' })
      stage.depart({ aliases: ['ada@old.example.com'] })
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday', username: 'ada@old.example.com' })
    },
    publishes: ['okta:evt-1 already_absent', 'hook/workday:7 removed (answered)'],
    // A worker that thaws knows a member whom another has removed meanwhile: a human looks at that.
    ends: {
      'okta:evt-1': ['removed', 'already_absent', 'held: rejoined'],
      'hook/workday:7': ['removed', 'already_absent', 'held: rejoined'],
    },
  },
  {
    name: 'by an alias, and 220 ms later by the own name',
    async play(stage) {
      stage.member({ username: 'ada@old.example.com' })
      stage.depart({ aliases: ['ada@old.example.com'] })
      await stage.wait(220)
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday', username: 'ada@old.example.com' })
    },
    publishes: ['okta:evt-1 removed (answered)', 'hook/workday:7 already_absent'],
    // A worker that thaws knows a member whom another has removed meanwhile: a human looks at that.
    ends: {
      'okta:evt-1': ['removed', 'already_absent', 'held: rejoined'],
      'hook/workday:7': ['removed', 'already_absent', 'held: rejoined'],
    },
  },
  {
    name: 'a human names somebody who is protected',
    world: { settings: { protectedUsernames: ['ada@*.example.com'] } },
    async play(stage) {
      const { userId } = stage.member({ username: 'ada@break-glass.example.com' })
      stage.depart()
      await stage.held()
      await stage.act({ action: 'release', rule: 'possible_alias', cases: ids(stage), as: userId })
    },
    publishes: [
      'okta:evt-1 held: possible_alias (ada@break-glass.example.com)',
      'notice released',
      'okta:evt-1 refused: protected',
    ],
    asks: 'token, listOrgUsers ×5',
    notices: ['released'],
    mayPublish: ['released'],
    stays: ['ada@break-glass.example.com'],
  },
]

/** Writes what an earlier job of ours remembered. */
async function remembers(stage: Stage, pk: string, state: object): Promise<void> {
  const body = JSON.stringify({ sequence: 0, state })
  await stage.world.table.insert({ pk, version: 1, writeId: 'earlier', body, keys: {} })
}
