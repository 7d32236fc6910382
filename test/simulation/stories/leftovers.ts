import { later } from '../../support/cases.ts'
import type { AtlasProject } from '../../support/in-memory-atlas.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'

const ADA = 'ada@example.com'
const BOB = 'bob@example.com'
const PROJECT = 'b0123456789abcdef0123456'
const ADA_INVITED = '6a793f8ec0eb9e7a17716c01'
const BOB_INVITED = '6a793f8ec0eb9e7a17716c02'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const CLEAN = { settings: { leftovers: 'clean' } } as const

/** What outlives a membership: one project is enough for every way in which a search can go wrong. */
export const LEFTOVERS: readonly Story[] = [
  {
    name: 'one leaver and a project that invites them',
    world: CLEAN,
    async play(stage) {
      stage.member()
      stage.member({ username: BOB })
      stage.world.org().projects = [projectOf()]
      stage.depart()
    },
    publishes: ['okta:evt-1 removed (answered)', 'notice leftovers'],
    stays: [BOB],
    isSolo: true,
  },
  {
    name: 'nobody there, and a project that invites them',
    world: CLEAN,
    async play(stage) {
      stage.world.org().projects = [projectOf()]
      stage.depart()
    },
    publishes: ['okta:evt-1 already_absent', 'notice leftovers'],
    isSolo: true,
  },
  {
    name: 'back before anybody looks for what is left',
    world: CLEAN,
    async play(stage) {
      const ada = stage.member()
      stage.world.org().projects = [projectOf()]
      stage.depart()
      const answerAgain = letProjectsWait(stage)
      await gone(stage)
      await stage.wait(MINUTE)
      if (!stage.present(ADA)) stage.member(ada, 'joined')
      answerAgain()
    },
    publishes: ['okta:evt-1 removed (answered)', 'notice leftovers'],
    ends: { 'okta:evt-1': ['removed', 'held: rejoined'] },
  },
  {
    name: 'paused before anybody looks for what is left',
    world: CLEAN,
    async play(stage) {
      stage.member()
      stage.world.org().projects = [projectOf()]
      stage.depart()
      const answerAgain = letProjectsWait(stage)
      await gone(stage)
      await stage.act({ action: 'pause' })
      answerAgain()
      await stage.wait(HOUR)
      await stage.act({ action: 'resume' })
    },
    notices: ['stopped_paused', 'resumed'],
    publishes: [
      'okta:evt-1 removed (answered)',
      'notice stopped_paused',
      'notice leftovers',
      'notice resumed',
    ],
  },
  {
    name: 'two sources, one search',
    world: CLEAN,
    async play(stage) {
      stage.member()
      stage.world.org().projects = [projectOf()]
      stage.depart()
      stage.depart({ id: 'hook/workday:7', source: 'hook/workday' })
    },
    publishes: [
      'hook/workday:7 removed (answered)',
      'notice leftovers',
      'okta:evt-1 already_absent',
      'notice leftovers',
    ],
    ends: {
      'okta:evt-1': ['removed', 'already_absent'],
      'hook/workday:7': ['removed', 'already_absent'],
    },
  },
  {
    name: 'what is left is to be reported, and nothing else',
    world: { settings: { leftovers: 'report' } },
    async play(stage) {
      stage.world.org().projects = [projectOf()]
      stage.depart()
    },
    publishes: ['okta:evt-1 already_absent', 'notice leftovers'],
    asks: 'token, listOrgUsers ×2, getOrgGroups, listGroupInvites, listGroupDatabaseUsers',
    ends: { 'okta:evt-1': ['already_absent'] },
  },
  {
    name: 'gone, and invited to a project after the leaving',
    world: CLEAN,
    async play(stage) {
      stage.world.org().projects = [projectOf(later(SECOND / 2))]
      stage.depart()
    },
    publishes: ['okta:evt-1 already_absent', 'notice leftovers'],
    asks: 'token, listOrgUsers ×2, getOrgGroups, listGroupInvites, listGroupDatabaseUsers, listOrgUsers ×2',
    ends: { 'okta:evt-1': ['already_absent'] },
  },
]

function projectOf(createdAt = later(-24 * HOUR)): AtlasProject {
  return {
    id: PROJECT,
    name: 'payments',
    invites: [
      { id: ADA_INVITED, username: ADA, createdAt },
      { id: BOB_INVITED, username: BOB, createdAt },
    ],
    databaseUsers: [{ username: ADA }],
  }
}

/** Waits until Ada is out; a fault may leave her in until on-call asks again. */
async function gone(stage: Stage): Promise<void> {
  for (let waited = 0; stage.present(ADA) && waited < 30 * MINUTE; waited += SECOND) await stage.wait(SECOND)
}

/** Whoever asks for the projects is told to come back in four minutes. @returns what ends that */
function letProjectsWait({ world }: Stage): () => void {
  const { answer } = world.atlas
  world.atlas.answer = (request) =>
    request.operation === 'getOrgGroups'
      ? { kind: 'reply', status: 503, headers: { 'retry-after': '240' }, body: undefined }
      : answer(request)
  return () => {
    world.atlas.answer = answer
  }
}
