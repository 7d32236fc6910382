import { operate } from '../../lib/acts/operator.ts'
import { noteRefused, noteTaken } from '../../lib/people/roster-summary.ts'
import type { Proved } from '../../lib/words/signed-act.ts'
import { activeMember, later, ORG } from '../support/cases.ts'
import type { AtlasProject } from '../support/in-memory-atlas.ts'
import type { Drill } from './drill.ts'
import { ADA, alertOf, DAY, HOUR, MINUTE, type Scene, ZOE } from './scene.ts'

const BOB = activeMember({ userId: '5e4bc367c6b0f41b00000002', username: 'bob@example.com' })
const ADA_AGAIN = activeMember({ userId: '5e4bc367c6b0f41b00000009' })
const BOBS = { id: 'okta:evt-2', username: BOB.username }
const PRIVILEGED = { settings: { holdOrgRoles: ['ORG_MEMBER'] } } as const
const TWO_PEOPLE = { settings: { ...PRIVILEGED.settings, fourEyes: true } } as const
const REPORTS = { settings: { leftovers: 'report' } } as const
const PAUSE_ORG = `pause --org ${ORG} --because HR-1042`
const PAUSE_ALL = 'pause --because HR-1042'

/** Types a command about the one case there is. */
async function types(scene: Scene, command: string): Promise<void> {
  const [kase] = scene.world.cases()
  await scene.run(command.replace('CASE', kase?.id ?? ''))
}

async function pausedBy(scene: Scene, pause: string): Promise<void> {
  await scene.departs({ effectiveAt: later(MINUTE) })
  await scene.run(pause)
  await scene.passing(2 * MINUTE)
}

/** What the writing function does when STS says this of its caller. */
function invoke({ world }: Scene, act: object, says: Proved): Promise<object> {
  const { deps } = world.worker('operator')
  const deadline = new Date(world.time.now().getTime() + MINUTE)
  const self = { functionName: 'atlas-offboarding-prod-operator', accountId: '111122223333' }
  const body = { signed: JSON.stringify(act), proof: { authorization: 'x', 'x-amz-date': 'x' } }
  return operate({ ...deps, callers: async () => says }, body, { requestId: 'r-1', deadline, self })
}

const EVE = { arn: 'arn:aws:sts::111122223333:assumed-role/Deploy/eve' }

async function asSomebodyElse(scene: Scene, act: object): Promise<void> {
  await scene.world.time.run(invoke(scene, act, { kind: 'proved', caller: EVE }))
}

function releaseOfAll({ world }: Scene): object {
  const cases = world.cases().map(({ id }) => id)
  return { action: 'release', rule: 'privileged', cases, because: 'HR-1042' }
}

const leavesNow = (scene: Scene) => scene.departs({ occurredAt: scene.world.time.now() })

async function aDayLater(scene: Scene): Promise<void> {
  await scene.idle(DAY + MINUTE)
  await scene.daily()
}

function project(...usernames: readonly string[]): AtlasProject {
  const invites = usernames.map((username, index) => ({
    id: `6a793f8ec0eb9e7a17716c0${index}`,
    username,
    createdAt: later(-DAY),
  }))
  return { id: 'b0123456789abcdef0123456', name: 'payments', invites, databaseUsers: [] }
}

async function invitationsEnd(scene: Scene): Promise<void> {
  scene.world.org().projects = [project()]
  scene.world.org().hasEndedInvitations = true
  await scene.departs(BOBS)
  await scene.passing(2 * HOUR)
  await scene.departs()
}

/** Every notice. */
export const NOTICE_DRILLS: readonly Drill[] = [
  {
    row: 'stopped_credential',
    async situation(scene) {
      scene.breaks({ status: 401, code: 'INVALID_CLIENT' })
      await scene.departs()
      await scene.passing(2 * HOUR + MINUTE)
    },
    repair: (scene) => scene.repaired(),
    ends: 'out',
  },
  {
    row: 'stopped_over_limit',
    when: 'it was announced',
    world: { settings: { maxRemovalsPerDay: 1 } },
    members: [ADA, BOB],
    async situation(scene) {
      await scene.departs(BOBS)
      await scene.departs()
    },
    files: { FILE: 'ada@example.com\n' },
    ends: 'out',
  },
  {
    row: 'stopped_paused',
    when: 'one organization',
    situation: (scene) => pausedBy(scene, PAUSE_ORG),
    ends: 'out',
  },
  {
    row: 'stopped_paused',
    when: 'all of them',
    situation: (scene) => pausedBy(scene, PAUSE_ALL),
    ends: 'out',
  },
  {
    row: 'credential_restored',
    async situation(scene) {
      scene.breaks({ status: 401, code: 'INVALID_CLIENT' })
      await scene.departs()
      scene.repaired()
      await scene.passing(10 * MINUTE)
    },
    ends: 'out',
  },
  {
    row: 'resumed',
    async situation(scene) {
      await pausedBy(scene, PAUSE_ALL)
      await scene.run('resume --because HR-1042')
    },
    ends: 'out',
  },
  {
    row: 'credential_misuse',
    members: [ADA, BOB],
    async situation(scene) {
      await scene.departs(BOBS)
      const actor = `mdb_sa_id_${ORG}`
      scene.world.org().events.push({
        type: 'REMOVED_FROM_ORG',
        at: scene.world.time.now(),
        username: 'cyd@example.com',
        actor,
      })
      await scene.idle(20 * MINUTE)
      await scene.hourly()
      await scene.departs()
    },
    ends: 'out',
  },
  {
    row: 'unverified_act',
    async situation(scene) {
      const act = { action: 'remove', username: ADA.username, reason: 'HR-1042' }
      const done = invoke(scene, act, { kind: 'unasked' })
      await scene.passing(MINUTE)
      await scene.world.time.run(done)
    },
    ends: 'out',
  },
  {
    row: 'operator_acted',
    world: PRIVILEGED,
    async situation(scene) {
      await scene.departs()
      await asSomebodyElse(scene, releaseOfAll(scene))
    },
    ends: 'out',
  },
  {
    row: 'proposed',
    world: TWO_PEOPLE,
    async situation(scene) {
      await scene.departs()
      await asSomebodyElse(scene, releaseOfAll(scene))
    },
    ends: 'out',
  },
  {
    row: 'confirmed',
    world: TWO_PEOPLE,
    async situation(scene) {
      await scene.departs()
      await asSomebodyElse(scene, releaseOfAll(scene))
      await scene.run(`confirm ${alertOf(scene, 'proposed')?.unmapped.proposal}`)
    },
    ends: 'out',
  },
  {
    row: 'broke_glass',
    world: TWO_PEOPLE,
    async situation(scene) {
      await scene.departs()
      await asSomebodyElse(scene, { ...releaseOfAll(scene), breakGlass: 'nobody answers' })
    },
    ends: 'out',
    async also(scene) {
      const alerts = () => scene.alerts().filter(({ unmapped }) => unmapped.notice === 'broke_glass').length
      const before = alerts()
      await scene.passing(3 * HOUR)
      return alerts() > before ? ['it still alerts'] : []
    },
  },
  {
    row: 'proposal_closed',
    world: TWO_PEOPLE,
    async situation(scene) {
      await scene.departs()
      await asSomebodyElse(scene, releaseOfAll(scene))
      await scene.passing(DAY + HOUR)
    },
    ends: 'in',
  },
  {
    row: 'returned',
    when: 'and they may not be back',
    async situation(scene) {
      await scene.departs()
      await scene.idle(MINUTE)
      scene.joins(ADA_AGAIN)
      await scene.hourly()
    },
    members: [ADA],
    person: ADA_AGAIN,
    ends: 'out',
  },
  {
    row: 'absent_but_present',
    when: 'invited since',
    members: [],
    async situation(scene) {
      await scene.departs()
      await scene.hourly()
      await scene.idle(MINUTE)
      scene.joins(ADA)
      await scene.hourly()
    },
    ends: 'out',
  },
  {
    row: 'removed_though_back',
    async situation(scene) {
      const before = scene.world.time.now()
      await scene.departs({ occurredAt: before })
      await scene.comesBack({ occurredAt: new Date(before.getTime() + 1) })
    },
    async afterwards(scene) {
      scene.joins(ADA)
    },
    ends: 'in',
  },
  {
    row: 'restored',
    person: ADA_AGAIN,
    members: [ADA],
    async situation(scene) {
      await leavesNow(scene)
      scene.joins(ADA_AGAIN)
      await types(scene, 'restore CASE')
    },
    async afterwards(scene) {
      await scene.hourly()
    },
    ends: 'in',
    also: (scene) => (alertOf(scene, 'returned') ? ['it alerts of who was restored'] : []),
  },
  {
    row: 'absent_but_present',
    when: 'renamed since',
    members: [],
    async situation(scene) {
      scene.joins({ ...ADA, username: 'countess@example.com' })
      await scene.hourly()
      await scene.departs({ username: 'ada@example.org' })
      await scene.departs({ id: 'okta:evt-3', username: 'countess@example.net' })
      await scene.idle(MINUTE)
      scene.joins({ ...ADA, userId: '5e4bc367c6b0f41b00000009', username: 'ada@example.com' })
      await scene.hourly()
    },
    person: { ...ADA, userId: '5e4bc367c6b0f41b00000009' },
    ends: 'out',
  },
  {
    row: 'return_received',
    async situation(scene) {
      await scene.departs({ effectiveAt: later(DAY) })
      await scene.comesBack({})
    },
    ends: 'in',
    async also(scene) {
      await scene.passing(2 * DAY)
      return scene.world.org().members.includes(ADA) ? [] : ['the person is out']
    },
  },
  {
    row: 'superseded',
    async situation(scene) {
      await scene.departs({ effectiveAt: later(HOUR) })
      await scene.departs({ id: 'okta:evt-2', occurredAt: later(MINUTE), effectiveAt: later(DAY) })
      await scene.passing(2 * HOUR)
    },
    ends: 'in',
    async also(scene) {
      await scene.passing(DAY)
      return scene.world.org().members.includes(ADA) ? ['the new date did not take effect'] : []
    },
  },
  {
    row: 'hr_look_up_failing',
    async situation(scene) {
      scene.world.hr.refuses = 403
      await scene.hrSays('left')
    },
    repair(scene) {
      scene.world.hr.put({ id: '1', state: 'left' })
      scene.world.hr.refuses = undefined
    },
    ends: 'out',
  },
  {
    row: 'missed_by_sender',
    async situation(scene) {
      scene.world.hr.put({ id: '1', state: 'left', leavesOn: '2026-11-15' })
      await scene.hrIsChecked()
    },
    ends: 'out',
  },
  {
    row: 'clock_ahead',
    async situation(scene) {
      await scene.departs({ occurredAt: later(HOUR) })
      await scene.passing(2 * HOUR)
    },
    ends: 'out',
  },
  {
    row: 'unlisted_code',
    async situation(scene) {
      scene.breaks({ operation: 'removeOrgUser', status: 403, code: 'MOON_IS_FULL' })
      await scene.departs()
    },
    repair: (scene) => scene.repaired(),
    ends: 'out',
  },
  {
    row: 'approved',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async situation(scene) {
      await scene.run('approve --usernames FILE --until 2d --because HR-1042', {
        files: { FILE: `${ADA.username}\n` },
      })
      await scene.departs()
    },
    ends: 'out',
  },
  {
    row: 'released',
    world: PRIVILEGED,
    async situation(scene) {
      await scene.departs()
      await types(scene, 'release CASE --because HR-1042')
    },
    ends: 'out',
  },
  {
    row: 'cancelled_by_operator',
    world: PRIVILEGED,
    async situation(scene) {
      await scene.departs()
      await types(scene, 'cancel CASE --because HR-1042')
    },
    ends: 'in',
  },
  {
    row: 'retried',
    async situation(scene) {
      scene.breaks({ status: 503, code: 'SERVICE_UNAVAILABLE' })
      await scene.departs()
      scene.repaired()
      await types(scene, 'retry CASE')
    },
    ends: 'out',
  },
  {
    row: 'observing_digest',
    world: { settings: { mode: 'observe' } },
    async situation(scene) {
      await scene.departs()
      await scene.daily()
    },
    ends: 'out',
  },
  {
    row: 'still_open',
    when: 'a case',
    world: PRIVILEGED,
    async situation(scene) {
      await scene.departs()
      await aDayLater(scene)
    },
    ends: 'out',
  },
  {
    row: 'still_open',
    when: 'a pause of one organization',
    async situation(scene) {
      await scene.run(PAUSE_ORG)
      await aDayLater(scene)
    },
    afterwards: leavesNow,
    ends: 'out',
  },
  {
    row: 'still_open',
    when: 'a pause of all',
    async situation(scene) {
      await scene.run(PAUSE_ALL)
      await aDayLater(scene)
    },
    afterwards: leavesNow,
    ends: 'out',
  },
  {
    row: 'leftovers',
    world: REPORTS,
    async situation(scene) {
      scene.world.org().projects = [project(ADA.username)]
      await scene.departs()
      await scene.passing(2 * MINUTE)
    },
    ends: 'out',
    async also(scene) {
      const { unmapped } = alertOf(scene, 'leftovers') ?? { unmapped: {} }
      const shown = (await scene.run(`case ${'case' in unmapped ? unmapped.case : ''}`)).out
      scene.world.org().projects = [project()]
      const after = (await scene.run(`leftovers ${ADA.username}`)).out
      return [
        ...(/payments/.test(shown) ? [] : ['the case does not name the project']),
        ...(/Nothing|no access|none/i.test(after) ? [] : [`it is still listed: ${after}`]),
      ]
    },
  },
  {
    row: 'leftovers_clear',
    world: REPORTS,
    async situation(scene) {
      scene.world.org().projects = [project(ZOE.username)]
      await scene.departs()
      await scene.passing(2 * MINUTE)
    },
    ends: 'out',
  },
  { row: 'invitations_ended', world: REPORTS, members: [ADA, BOB], situation: invitationsEnd, ends: 'out' },
  {
    row: 'invitations_searched_again',
    world: REPORTS,
    members: [ADA, BOB],
    async situation(scene) {
      await invitationsEnd(scene)
      scene.world.org().hasEndedInvitations = false
      await scene.idle(8 * DAY)
      await scene.departs({
        id: 'okta:evt-3',
        username: 'cyd@example.com',
        occurredAt: scene.world.time.now(),
      })
      await scene.passing(5 * MINUTE)
    },
    ends: 'out',
  },
  {
    row: 'manifest',
    async situation(scene) {
      await scene.departs()
      await aDayLater(scene)
    },
    ends: 'out',
  },
  {
    row: 'settings_changed',
    async situation(scene) {
      await scene.departs()
      await scene.passing(2 * MINUTE)
      Object.assign(scene.world.settings, { maxRemovalsPerDay: 99 })
      await scene.departs(BOBS)
    },
    ends: 'out',
  },
  {
    row: 'forgotten',
    async situation(scene) {
      await scene.departs()
      await scene.idle(30 * DAY)
      await scene.run(`forget ${ADA.username} --because HR-1042`)
    },
    ends: 'out',
    also: ({ world }) =>
      JSON.stringify(world.table.items()).includes(ADA.username) ? ['the ledger knows them'] : [],
  },
  {
    row: 'legal_hold_set',
    async situation(scene) {
      await scene.departs()
      await scene.run(`legal-hold ${ADA.username} --because HR-1042`)
    },
    ends: 'out',
  },
  {
    row: 'legal_hold_lifted',
    async situation(scene) {
      await scene.departs()
      await scene.run(`legal-hold ${ADA.username} --because HR-1042`)
      await scene.run(`legal-hold ${ADA.username} --lift --because HR-1042`)
    },
    ends: 'out',
  },
  {
    row: 'roster_refused',
    async situation(scene) {
      const { ledger, clock } = scene.world.worker().deps
      const file = { key: 'workday/a.csv', version: 'v1', sequencer: '01', at: clock.now() }
      const noted = noteRefused(ledger, 'workday', file, { why: 'it names nobody', now: clock.now() })
      await scene.passing(3 * MINUTE)
      await noted
    },
    // HR exports the file again.
    afterwards: (scene) => leavesNow(scene),
    ends: 'out',
  },
  {
    row: 'roster_unclear',
    async situation(scene) {
      const { ledger, clock } = scene.world.worker().deps
      const counts = { lines: 1, nameless: 0, left: 0, ahead: 0, leavers: 0, besideActive: 0 }
      const file = { key: 'workday/a.csv', at: clock.now(), counts, unclear: 1, unclearKey: '1' }
      const noted = noteTaken(
        ledger,
        'workday',
        { ...file, unclearNames: [ADA.username], unsure: [], sparse: [] },
        clock.now(),
      )
      await scene.passing(3 * MINUTE)
      await noted
    },
    learns: { USERNAME: ADA.username },
    ends: 'out',
  },
  {
    row: 'redriven',
    async situation(scene) {
      await scene.says('{"kind":"departure","departure":{"usrname":"ada@example.com"}}')
      await scene.run(`redrive ${scene.world.aws.rejected[0]?.id} --because HR-1042`)
      await scene.passing(MINUTE)
    },
    ends: 'in',
  },
  {
    row: 'test_alert',
    situation: async (scene) => void (await scene.run('test-alert')),
    members: [],
    ends: 'out',
  },
]
