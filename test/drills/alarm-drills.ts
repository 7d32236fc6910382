import { type Json, valueAt } from '../../infra/check/template.ts'
import { verificationSecret } from '../../lib/aws/verification-secret.ts'
import { interpretHookSecret } from '../../lib/doors/hooks/hook-keys.ts'
import { noteTaken } from '../../lib/people/roster-summary.ts'
import { readEvents } from '../../lib/senders/read-events.ts'
import { measureRosters } from '../../lib/sweep/measure.ts'
import { openDesk, TOKEN } from '../integration/http/desk.ts'
import { later, ORG } from '../support/cases.ts'
import { countsLogEvent } from '../support/cloudwatch.ts'
import { secretIdOf } from '../support/environment.ts'
import { enqueue } from '../support/in-memory-aws.ts'
import { encodeWork } from '../support/work-message.ts'
import type { WorldOptions } from '../support/world.ts'
import { DAY, HOUR, MINUTE, ZOE } from './scene.ts'
import { STACK, TEMPLATE, type WatchedScene } from './watched-scene.ts'

/** What makes an alarm fire, and what ends it. */
export type AlarmDrill = {
  readonly alarm: string
  readonly when: string
  readonly world?: WorldOptions
  readonly trouble: (scene: WatchedScene) => Promise<void>
  readonly remedy: (scene: WatchedScene) => Promise<void>
  /** The same trouble, not yet large or long enough. */
  readonly almost?: (scene: WatchedScene) => Promise<void>
}

/** Long enough for every alarm with periods of five minutes to change its state. */
const SEEN_MS = 21 * MINUTE
const PRIVILEGED = { settings: { holdOrgRoles: ['ORG_MEMBER'] } } as const

/** Types a command about the one case there is. */
async function types(scene: WatchedScene, command: string): Promise<void> {
  const [kase] = scene.world.cases()
  await scene.run(command.replace('CASE', kase?.id ?? ''))
}

/** Lets hours pass, in each of which the comparison with Atlas is tried. */
async function hours(scene: WatchedScene, count: number): Promise<void> {
  for (let hour = 0; hour < count; hour += 1) {
    await scene.hourly().catch(() => undefined)
    await scene.idle(HOUR - SEEN_MS)
    await scene.passing(SEEN_MS)
  }
}

/** The http function reads the secret of hook keys, as it does every five minutes while requests come. */
async function readsHookKeys(scene: WatchedScene, secret: object): Promise<void> {
  const client = { send: async () => ({ SecretString: JSON.stringify(secret) }) } as never
  const clock = scene.world.time.clock()
  const options = { client, secretId: 'hooks', name: 'hooks', interpret: interpretHookSecret }
  const keys = verificationSecret({ ...options, clock, journal: { note: scene.note } })
  for (let requests = 0; requests < 6; requests += 1) {
    await keys.current()
    await scene.idle(5 * MINUTE)
  }
}

/** A SCIM client asks so often within an hour. */
async function asksScim(scene: WatchedScene, token: string, requests: number): Promise<void> {
  const { send, state } = openDesk()
  for (let request = 0; request < requests; request += 1) await send({ url: '/scim/v2/Users', token })
  for (const entry of state.journal) scene.note(entry)
  await scene.idle(HOUR)
}

function rosterHours(): number {
  return Number(valueAt(TEMPLATE.Parameters, 'RosterSilenceHours.Default'))
}

/** The sweep of a stack that expects a nightly file. */
async function measuresRosters(scene: WatchedScene): Promise<void> {
  const deps = { ...scene.world.worker().deps, journal: { note: scene.note }, rosters: ['workday'] }
  for (let minutes = 0; minutes < 25; minutes += 5) {
    const measured = measureRosters(deps)
    await scene.passing(5 * MINUTE)
    await measured
  }
}

const CANARY_SOURCE = String(valueAt(TEMPLATE.Resources.CanaryRule, 'Properties.EventPattern.source.0'))
const CANARY_METRIC = STACK.resolve(valueAt(TEMPLATE.Resources.CanaryMetric, 'Properties')) as Json

/** The schedule's event goes from the rule to the worker, and what is published of it to the audit log. */
async function canary(scene: WatchedScene): Promise<void> {
  const { world, points } = scene
  const [now, before] = [world.time.now(), world.aws.published.length]
  const detail = JSON.parse(String(valueAt(TEMPLATE.Resources.CanarySchedule, 'Properties.Target.Input')))
  const event = { id: `canary-${now.getTime()}`, source: CANARY_SOURCE, 'detail-type': 'User Departed' }
  const body = JSON.stringify({ ...event, time: now.toISOString(), detail })
  const reading = readEvents(body, { onSuspend: 'ignore', oktaAppIds: [] }, now)
  const departures = reading.kind === 'people' ? reading.departures : []
  for (const departure of departures) enqueue(world.aws, encodeWork({ kind: 'departure', departure }), now)
  await scene.passing(MINUTE)
  const logged = world.aws.published.slice(before).map(({ detail }) => ({ detail }) as unknown as Json)
  const counted = logged.filter((one) => countsLogEvent(String(valueAt(CANARY_METRIC, 'FilterPattern')), one))
  const metric = valueAt(CANARY_METRIC, 'MetricTransformations.0')
  for (const _ of counted)
    points.push({
      namespace: String(valueAt(metric, 'MetricNamespace')),
      name: String(valueAt(metric, 'MetricName')),
      dimensions: {},
      at: now,
      value: Number(valueAt(metric, 'MetricValue')),
    })
}

async function canaries(scene: WatchedScene, days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await canary(scene)
    await scene.idle(DAY - MINUTE)
  }
}

/** Alarms on what our own functions measure and count. */
export const ALARM_DRILLS: readonly AlarmDrill[] = [
  {
    alarm: 'OldestNewAlarm',
    when: 'the departures function dies at once',
    async trouble(scene) {
      scene.departures.dieAt = 'atlas'
      await scene.departs({ occurredAt: scene.world.time.now() })
      await scene.passing(15 * MINUTE + SEEN_MS)
    },
    async almost(scene) {
      scene.departures.dieAt = 'atlas'
      await scene.departs({ occurredAt: scene.world.time.now() })
      await scene.passing(10 * MINUTE)
    },
    async remedy(scene) {
      scene.departures.dieAt = undefined
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'OldestReferenceAlarm',
    when: 'HR does not answer',
    async trouble(scene) {
      scene.world.outages.add('hr')
      await scene.hrSays('left')
      await scene.passing(HOUR + SEEN_MS)
    },
    async almost(scene) {
      scene.world.outages.add('hr')
      await scene.hrSays('left')
      await scene.passing(HOUR - 2 * MINUTE)
    },
    async remedy(scene) {
      scene.world.outages.delete('hr')
      await scene.passing(20 * MINUTE + SEEN_MS)
    },
  },
  {
    alarm: 'OldestDeferredAlarm',
    when: 'Atlas is down',
    async trouble(scene) {
      scene.breaks({ status: 503, code: 'SERVICE_UNAVAILABLE' })
      await scene.departs()
      await scene.passing(HOUR + SEEN_MS)
    },
    async almost(scene) {
      scene.breaks({ status: 503, code: 'SERVICE_UNAVAILABLE' })
      await scene.departs()
      await scene.passing(HOUR - MINUTE)
    },
    async remedy(scene) {
      scene.repaired()
      await scene.passing(2 * SEEN_MS)
    },
  },
  {
    alarm: 'OldestScheduledAlarm',
    when: 'nobody works on what is due',
    async trouble(scene) {
      await scene.departs({ effectiveAt: later(HOUR) })
      scene.departures.dieAt = 'anything'
      await scene.passing(HOUR + SEEN_MS)
    },
    async almost(scene) {
      await scene.departs({ effectiveAt: later(DAY) })
      await scene.passing(HOUR)
    },
    async remedy(scene) {
      scene.departures.dieAt = undefined
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'OldestHeldAlarm',
    when: 'nobody decides',
    world: PRIVILEGED,
    async trouble(scene) {
      await scene.departs()
      await scene.idle(DAY)
      await scene.passing(SEEN_MS)
    },
    async almost(scene) {
      await scene.departs()
      await scene.idle(DAY - HOUR)
      await scene.passing(SEEN_MS)
    },
    async remedy(scene) {
      await types(scene, 'release CASE --because HR-1042')
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'OldestRefusedAlarm',
    when: 'nobody repairs the cause',
    world: { settings: { protectedUsernames: ['ada@*'] } },
    async trouble(scene) {
      await scene.departs()
      await scene.idle(DAY)
      await scene.passing(SEEN_MS)
    },
    async almost(scene) {
      await scene.departs()
      await scene.idle(DAY - HOUR)
      await scene.passing(SEEN_MS)
    },
    async remedy(scene) {
      await types(scene, 'cancel CASE --because HR-1042')
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'OrgStoppedAlarm',
    when: 'paused',
    async trouble(scene) {
      await scene.run('pause --because HR-1042')
      await scene.passing(SEEN_MS)
    },
    async remedy(scene) {
      await scene.run('resume --because HR-1042')
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'OrgStoppedAlarm',
    when: 'over its limit',
    world: { settings: { maxRemovalsPerDay: 0 } },
    async trouble(scene) {
      await scene.departs()
      await scene.passing(SEEN_MS)
    },
    async remedy(scene) {
      await scene.run(`resume --org ${ORG} --because HR-1042`)
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'OrgStoppedAlarm',
    when: 'its credential is refused',
    async trouble(scene) {
      scene.breaks({ status: 401, code: 'INVALID_CLIENT' })
      await scene.departs()
      await scene.passing(SEEN_MS)
    },
    async remedy(scene) {
      scene.repaired()
      await scene.run(`retry --org ${ORG}`)
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'OrgStoppedAlarm',
    when: 'not compared for three hours',
    async trouble(scene) {
      await hours(scene, 1)
      scene.breaks({ operation: 'listOrgUsers', status: 503, code: 'SERVICE_UNAVAILABLE' })
      await hours(scene, 4)
    },
    async almost(scene) {
      scene.breaks({ operation: 'listOrgUsers', status: 503, code: 'SERVICE_UNAVAILABLE' })
      await hours(scene, 1)
    },
    async remedy(scene) {
      scene.repaired()
      await hours(scene, 1)
    },
  },
  {
    alarm: 'UnreadableRowsAlarm',
    when: 'a member without an id',
    async trouble(scene) {
      const odd = { ...ZOE, userId: undefined as unknown as string, username: 'odd@example.com' }
      scene.world.org().members.push(odd)
      await hours(scene, 1)
      await scene.passing(SEEN_MS)
    },
    async remedy(scene) {
      scene.world.org().members.pop()
      await hours(scene, 1)
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'UnfinishedAlarm',
    when: 'the ledger does not answer',
    async trouble(scene) {
      scene.world.outages.add('table')
      await scene.departs()
      await scene.passing(HOUR)
    },
    async remedy(scene) {
      scene.world.outages.delete('table')
      await scene.passing(HOUR)
    },
  },
  {
    alarm: 'AuditBehindAlarm',
    when: 'the audit bus takes nothing',
    async trouble(scene) {
      scene.world.outages.add('bus')
      await scene.departs()
      await scene.passing(SEEN_MS)
    },
    async almost(scene) {
      scene.world.outages.add('bus')
      await scene.departs()
      await scene.passing(8 * MINUTE)
    },
    async remedy(scene) {
      scene.world.outages.delete('bus')
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'NoSweepAlarm',
    when: 'nobody sweeps',
    trouble: (scene) => scene.idle(16 * MINUTE),
    async almost(scene) {
      await scene.idle(4 * MINUTE)
      await scene.passing(SEEN_MS)
    },
    remedy: (scene) => scene.passing(SEEN_MS),
  },
  {
    alarm: 'RosterSilentAlarm',
    when: 'the nightly file does not come',
    async trouble(scene) {
      await measuresRosters(scene)
      await scene.idle(rosterHours() * HOUR)
      await measuresRosters(scene)
    },
    async almost(scene) {
      await measuresRosters(scene)
      await scene.idle((rosterHours() - 2) * HOUR)
      await measuresRosters(scene)
    },
    async remedy(scene) {
      const { ledger, clock } = scene.world.worker().deps
      const at = clock.now()
      const counts = { lines: 1, nameless: 0, left: 0, ahead: 0, leavers: 0, besideActive: 0 }
      const taken = {
        key: 'workday/a.csv',
        at,
        counts,
        unclear: 0,
        unclearKey: '',
        unclearNames: [],
        unsure: [],
        sparse: [],
      }
      const noted = noteTaken(ledger, 'workday', taken, at)
      await scene.passing(MINUTE)
      await noted
      await measuresRosters(scene)
    },
  },
  {
    alarm: 'SourceSilentAlarm',
    when: 'a stream broke off',
    async trouble(scene) {
      await scene.departs()
      await scene.idle(silenceDays() * DAY)
      await scene.passing(SEEN_MS)
    },
    async almost(scene) {
      await scene.departs()
      await scene.idle((silenceDays() - 1) * DAY)
      await scene.passing(SEEN_MS)
    },
    async remedy(scene) {
      await scene.departs({
        id: 'okta:evt-2',
        username: 'bob@example.com',
        occurredAt: scene.world.time.now(),
      })
      await scene.passing(SEEN_MS)
    },
  },
  {
    alarm: 'CredentialOldAlarm',
    when: 'nobody replaced the secret',
    async trouble(scene) {
      replaced(scene, oldestDays() + 1)
      await scene.departs()
      await scene.idle(DAY)
    },
    async almost(scene) {
      replaced(scene, oldestDays() - 1)
      await scene.departs()
      await scene.idle(DAY)
    },
    async remedy(scene) {
      replaced(scene, 0)
      await scene.departs({
        id: 'okta:evt-2',
        username: 'bob@example.com',
        occurredAt: scene.world.time.now(),
      })
      await scene.idle(DAY)
    },
  },
  {
    alarm: 'EntryRefusedAlarm',
    when: 'one key of the hooks is not understood',
    async trouble(scene) {
      await readsHookKeys(scene, { standard: { workday: ['whsec_short'] } })
    },
    async remedy(scene) {
      await readsHookKeys(scene, { standard: { workday: [`whsec_${'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'}`] } })
    },
  },
  {
    alarm: 'HttpDeniedAlarm',
    when: 'a directory comes with a token that has ended',
    trouble: (scene) => asksScim(scene, 'a-token-that-has-ended-0123456789', 5),
    almost: (scene) => asksScim(scene, 'a-token-that-has-ended-0123456789', 4),
    remedy: (scene) => asksScim(scene, TOKEN, 5),
  },
  {
    alarm: 'NoCanaryAlarm',
    when: 'nothing works on it',
    async trouble(scene) {
      await canaries(scene, 2)
      scene.departures.dieAt = 'anything'
      await canaries(scene, 2)
    },
    async almost(scene) {
      await canaries(scene, 4)
    },
    async remedy(scene) {
      scene.departures.dieAt = undefined
      await scene.passing(HOUR)
      await canaries(scene, 2)
    },
  },
]

function silenceDays(): number {
  return Number(STACK.resolve({ Ref: 'SilenceDays' }))
}

function oldestDays(): number {
  return Number(STACK.resolve({ Ref: 'CredentialMaxAgeDays' }))
}

function replaced({ world }: WatchedScene, daysAgo: number): void {
  world.aws.replacedAt.set(secretIdOf(ORG), new Date(world.time.now().getTime() - daysAgo * DAY))
}
