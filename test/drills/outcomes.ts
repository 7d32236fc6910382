import { activeMember, later, OTHER_ORG } from '../support/cases.ts'
import { secretIdOf } from '../support/environment.ts'
import type { Drill } from './drill.ts'
import { ADA, DAY, HOUR, MINUTE, type Scene, ZOE } from './scene.ts'

const OWNER = activeMember({ orgRoles: ['ORG_OWNER'] })
const OLD_ADA = activeMember({ userId: '5e4bc367c6b0f41b00000003', status: 'PENDING' })
const TAGGED = activeMember({ username: 'ada+atlas@example.com' })
const PRIVILEGED = { settings: { holdOrgRoles: ['ORG_MEMBER'] } } as const
const FULL = { settings: { maxRemovalsPerDay: 0 } } as const
const OBSERVING = { settings: { mode: 'observe' } } as const
const PROTECTED = { settings: { protectedUsernames: [ADA.username] } } as const

const departs = (scene: Scene) => scene.departs()

async function renamed(scene: Scene): Promise<void> {
  const { world } = scene
  await scene.hourly()
  world.org().members = world
    .org()
    .members.map((member) =>
      member.userId === ADA.userId ? { ...member, username: 'lovelace@example.com' } : member,
    )
  await scene.hourly()
  await scene.departs()
}

/** Configured organizations, to which a deployment adds one. */
const places = () => ['32b6e34b3d91647abb20e7b8']

function deployedWith(orgIds: string[]): (scene: Scene) => void {
  return ({ world }) => {
    orgIds.push(OTHER_ORG)
    const { clientSecret } = world.org(OTHER_ORG)
    const secret = { clientId: 'mdb_sa_id_other', clientSecret, orgId: OTHER_ORG }
    world.aws.secrets.set(secretIdOf(OTHER_ORG), JSON.stringify(secret))
  }
}

async function elsewhere(scene: Scene): Promise<void> {
  scene.world.org().members = [ZOE]
  scene.world.org(OTHER_ORG).members = [ADA, ZOE]
  await scene.departs({ orgIds: [OTHER_ORG] })
}

const [BEFORE_DEPLOYMENT, NEVER_DEPLOYED] = [places(), places()]

/** Every outcome. */
export const OUTCOME_DRILLS: readonly Drill[] = [
  { row: 'removed', situation: departs, ends: 'out' },
  {
    row: 'already_absent',
    members: [],
    situation: departs,
    ends: 'out',
  },
  { row: 'would_remove', situation: (scene) => scene.departs({ dryRun: true }), ends: 'in' },
  {
    row: 'cancelled',
    when: 'and they did leave',
    async situation(scene) {
      await scene.departs({ effectiveAt: later(DAY) })
      await scene.comesBack({})
    },
    ends: 'out',
  },
  {
    row: 'scheduled',
    when: 'and they stay',
    situation: (scene) => scene.departs({ effectiveAt: later(DAY) }),
    ends: 'in',
  },
  {
    row: 'deferred',
    when: 'and Atlas is up again',
    async situation(scene) {
      scene.breaks({ status: 503, code: 'SERVICE_UNAVAILABLE' })
      await scene.departs()
      await scene.passing(2 * HOUR)
    },
    repair: (scene) => scene.repaired(),
    ends: 'out',
  },
  {
    row: 'unreadable',
    situation: (scene) => scene.says('{"kind":"departure","departure":{"usrname":"ada@example.com"}}'),
    learns: { USERNAME: ADA.username },
    ends: 'out',
  },
  { row: 'held: observing', when: 'they left', world: OBSERVING, situation: departs, ends: 'out' },
  { row: 'held: observing', when: 'they did not', way: 1, world: OBSERVING, situation: departs, ends: 'in' },
  {
    row: 'held: suspended',
    when: 'they left',
    situation: (scene) => scene.departs({ suspended: true }),
    ends: 'out',
  },
  {
    row: 'held: suspended',
    when: 'they did not',
    way: 1,
    situation: (scene) => scene.departs({ suspended: true }),
    ends: 'in',
  },
  { row: 'held: mass_removal', when: 'they left', world: FULL, situation: departs, ends: 'out' },
  { row: 'held: mass_removal', when: 'they did not', way: 1, world: FULL, situation: departs, ends: 'in' },
  {
    row: 'held: paused',
    when: 'by a pause of the organization',
    async situation(scene) {
      await scene.run('pause --org 32b6e34b3d91647abb20e7b8 --because HR-1042')
      await scene.departs()
    },
    ends: 'out',
  },
  {
    row: 'held: paused',
    when: 'by a pause of all',
    way: 1,
    async situation(scene) {
      await scene.run('pause --because HR-1042')
      await scene.departs()
    },
    ends: 'out',
  },
  { row: 'held: privileged', when: 'they left', world: PRIVILEGED, situation: departs, ends: 'out' },
  {
    row: 'held: privileged',
    when: 'they did not',
    way: 1,
    world: PRIVILEGED,
    situation: departs,
    ends: 'in',
  },
  {
    row: 'held: stale_event',
    when: 'they left',
    async situation(scene) {
      await scene.idle(4 * DAY)
      await scene.departs()
    },
    ends: 'out',
  },
  {
    row: 'held: stale_event',
    when: 'they did not',
    way: 1,
    async situation(scene) {
      await scene.idle(4 * DAY)
      await scene.departs()
    },
    ends: 'in',
  },
  {
    row: 'held: unresolved_employee',
    when: 'they left',
    situation: (scene) => scene.hrSays('deleted'),
    ends: 'out',
  },
  {
    row: 'held: unresolved_employee',
    when: 'they did not',
    way: 1,
    situation: (scene) => scene.hrSays('deleted'),
    ends: 'in',
  },
  {
    row: 'held: rejoined',
    when: 'they left',
    async situation(scene) {
      await scene.idle(MINUTE)
      await scene.comesBack({ source: 'hook/workday' })
      await scene.departs()
    },
    ends: 'out',
  },
  {
    row: 'held: rejoined',
    when: 'they are back',
    way: 1,
    async situation(scene) {
      await scene.idle(MINUTE)
      await scene.comesBack({ source: 'hook/workday' })
      await scene.departs()
    },
    ends: 'in',
  },
  {
    row: 'held: ambiguous_username',
    when: 'one of them left',
    members: [ADA, OLD_ADA],
    situation: departs,
    ends: 'out',
    also: ({ world }) => (world.org().members.includes(OLD_ADA) ? [] : ['the namesake is out']),
  },
  {
    row: 'held: ambiguous_username',
    when: 'whom the name hides is somebody else',
    way: 1,
    situation: (scene) => scene.departs({ username: `deleted-${ADA.username}` }),
    ends: 'in',
  },
  {
    row: 'held: ambiguous_username',
    when: 'nobody left',
    way: 2,
    members: [ADA, OLD_ADA],
    situation: departs,
    ends: 'in',
    also: ({ world }) => (world.org().members.includes(OLD_ADA) ? [] : ['the namesake is out']),
  },
  {
    row: 'held: possible_alias',
    when: 'it is the same person',
    person: TAGGED,
    situation: departs,
    ends: 'out',
  },
  {
    row: 'held: possible_alias',
    when: 'it is somebody else',
    way: 1,
    person: TAGGED,
    situation: departs,
    ends: 'in',
  },
  { row: 'held: renamed', when: 'it is the same person', situation: renamed, ends: 'out' },
  { row: 'held: renamed', when: 'it is somebody else', way: 1, situation: renamed, ends: 'in' },
  {
    row: 'held: conflicting_event',
    when: 'the second is true',
    async situation(scene) {
      await scene.departs({ effectiveAt: later(DAY) })
      await scene.departs()
    },
    ends: 'out',
  },
  {
    row: 'held: conflicting_event',
    when: 'the first is true',
    way: 1,
    async situation(scene) {
      await scene.departs({ effectiveAt: later(DAY) })
      await scene.departs()
    },
    ends: 'in',
    async also(scene) {
      await scene.passing(DAY)
      return scene.world.org().members.includes(ADA) ? ['the first departure did not take effect'] : []
    },
  },
  { row: 'refused: protected', world: PROTECTED, situation: departs, ends: 'in' },
  {
    row: 'refused: last_owner',
    person: OWNER,
    world: { settings: { holdOrgRoles: [] } },
    situation: departs,
    repair({ world }) {
      const { members } = world.org()
      world.org().members = members.map((one) => (one === ZOE ? { ...ZOE, orgRoles: ['ORG_OWNER'] } : one))
    },
    ends: 'out',
  },
  {
    row: 'refused: unknown_org',
    when: 'it is configured now',
    world: { orgIds: BEFORE_DEPLOYMENT },
    situation: elsewhere,
    repair: deployedWith(BEFORE_DEPLOYMENT),
    ends: 'out',
    also: ({ world }) => (world.org(OTHER_ORG).members.includes(ADA) ? ['the person is still in'] : []),
  },
  {
    row: 'refused: unknown_org',
    when: 'it is not ours',
    way: 1,
    world: { orgIds: NEVER_DEPLOYED },
    situation: elsewhere,
    ends: 'out',
    also: ({ world }) => (world.org(OTHER_ORG).members.includes(ADA) ? [] : ['the person is out']),
  },
  {
    row: 'refused: atlas_refused',
    async situation(scene) {
      scene.breaks({ operation: 'removeOrgUser', status: 400, code: 'CANNOT_MODIFY_CHARTS_USER' })
      await scene.departs()
    },
    repair: (scene) => scene.repaired(),
    ends: 'out',
  },
]
