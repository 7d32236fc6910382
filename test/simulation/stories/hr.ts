import type { HrPerson } from '../../../infra/local/hr/people.ts'
import type { ReferenceSays } from '../../../lib/words/reference.ts'
import { recheckIdOf } from '../../../lib/words/reference.ts'
import { ORG } from '../../support/cases.ts'
import { enqueue } from '../../support/in-memory-aws.ts'
import { encodeWork } from '../../support/work-message.ts'
import type { Stage } from '../stage.ts'
import type { Story } from '../story.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const ADA = 'ada@example.com'
const SOURCE = 'hr/hibob'
/** Stories begin on 16 November, in the evening. */
const TOMORROW = '2026-11-17'
const DAY_AFTER = '2026-11-18'
const OUT = ['removed', 'already_absent']

/** Changes HiBob's record of Ada. */
function says({ world }: Stage, person: Partial<HrPerson>): void {
  world.hr.put({ id: '1', ...person })
}

/** Queues what HiBob's webhook was, and remembers that somebody may leave because of it. */
function event(
  { world, truth, options }: Stage,
  id: string,
  what: ReferenceSays,
  { copies = 1, username }: { readonly copies?: number; readonly username?: string } = {},
): void {
  const at = world.time.now()
  const reference = {
    id,
    source: SOURCE,
    employeeId: '1',
    event: what,
    says: what,
    ...(username && { username }),
  }
  const departure = { id: `${SOURCE}:${id}:1`, source: SOURCE, username: ADA, occurredAt: at }
  truth.departures.push({ departure, orgIds: options.orgIds ?? [ORG], at })
  for (let copy = 0; copy < copies; copy += 1)
    enqueue(world.aws, encodeWork({ kind: 'reference', reference }), at)
}

/** HR reports a leaver by name, does not answer for a while, and then does. */
async function whileSilent(stage: Stage, ms: number): Promise<void> {
  stage.member()
  says(stage, { state: 'left' })
  stage.world.outages.add('hr')
  event(stage, 'e-1', 'left', { username: ADA })
  await stage.wait(ms)
  stage.world.outages.delete('hr')
}

/** HR reports people by id, and is asked who they are, and once more before anybody is removed. */
export const HR: readonly Story[] = [
  {
    name: 'HR is asked who left',
    async play(stage) {
      stage.member()
      says(stage, { state: 'left' })
      event(stage, 'e-1', 'left')
    },
    publishes: ['hr/hibob:e-1:1 removed (answered)'],
    asks: 'token, listOrgUsers, removeOrgUser, getOrgUser',
  },
  {
    name: 'HR is down for a day',
    async play(stage) {
      stage.member()
      says(stage, { state: 'left' })
      stage.world.outages.add('hr')
      event(stage, 'e-1', 'left')
      await stage.wait(10 * SECOND)
      await stage.world.passOver(DAY)
      stage.world.outages.delete('hr')
    },
    publishes: ['hr/hibob:e-1:1 removed (answered)'],
  },
  {
    name: 'HR is down for five hours, and the event names the leaver',
    longFormOf: 'HR is down for a day',
    play: (stage) => whileSilent(stage, 5 * HOUR),
    publishes: [
      'notice hr_look_up_failing',
      'hr/hibob:e-1:1 held: unresolved_employee (HR cannot be asked (ECONNRESET))',
      'hr/hibob:e-1:1 removed (answered)',
    ],
  },
  {
    name: 'HR is down for three and a half hours, and the event names the leaver',
    longFormOf: 'HR is down for a day',
    play: (stage) => whileSilent(stage, 3.5 * HOUR),
    publishes: ['hr/hibob:e-1:1 removed (answered)'],
  },
  {
    name: 'an event of HR comes twice, and an older one after it',
    async play(stage) {
      stage.member()
      says(stage, { state: 'left' })
      event(stage, 'e-2', 'left', { copies: 2 })
      await stage.wait(10 * MINUTE)
      event(stage, 'e-1', 'changed')
    },
    publishes: ['hr/hibob:e-2:1 removed (answered)', 'hr/hibob:e-1:1 already_absent'],
    ends: { 'hr/hibob:e-2:1': OUT, 'hr/hibob:e-1:1': OUT },
  },
  {
    name: 'a leaving date moves in HR without a word',
    async play(stage) {
      stage.member()
      says(stage, { leavesOn: TOMORROW })
      event(stage, 'e-1', 'changed')
      await stage.wait(HOUR)
      says(stage, { leavesOn: DAY_AFTER })
      await stage.wait(DAY)
      says(stage, { state: 'left' })
    },
    swept: 2,
    publishes: ['hr/hibob:e-1:1 scheduled', 'hr/hibob:e-1:1 scheduled', 'hr/hibob:e-1:1 removed (answered)'],
  },
  {
    name: 'HR takes a leaving back at the last second',
    async play(stage) {
      stage.member()
      says(stage, { leavesOn: TOMORROW })
      event(stage, 'e-1', 'changed')
      await stage.wait(HOUR)
      stage.when('listOrgUsers', () =>
        stage.world.hr.people.set('1', { id: '1', workEmail: ADA, state: 'active' }),
      )
    },
    swept: 1,
    publishes: [
      'hr/hibob:e-1:1 scheduled',
      'hr/hibob:e-1:1 cancelled (taken back: HR shows no leaving date)',
    ],
    stays: [ADA],
  },
  {
    name: 'HR deletes the record of somebody whose leaving it took back in silence',
    async play(stage) {
      stage.member()
      says(stage, { leavesOn: TOMORROW })
      event(stage, 'e-1', 'changed')
      await stage.wait(HOUR)
      stage.world.hr.people.set('1', { id: '1', workEmail: ADA, state: 'active' })
      await stage.wait(DAY)
      stage.world.hr.people.clear()
      event(stage, 'e-2', 'deleted')
    },
    swept: 1,
    publishes: [
      'hr/hibob:e-1:1 scheduled',
      'hr/hibob:e-1:1 cancelled (taken back: HR shows no leaving date)',
      'hr/hibob:e-2:1 held: unresolved_employee',
    ],
    stays: [ADA],
  },
  {
    name: 'HR shows a leaver as active for hours of the last day',
    async play(stage) {
      stage.member()
      says(stage, { leavesOn: TOMORROW })
      event(stage, 'e-1', 'changed')
      await stage.wait(9 * HOUR)
      says(stage, { state: 'left' })
    },
    swept: 5,
    publishes: [
      'hr/hibob:e-1:1 scheduled',
      'hr/hibob:e-1:1 deferred (HR_STILL_ACTIVE)',
      'hr/hibob:e-1:1 removed (answered)',
    ],
  },
  {
    name: 'the event of a leaving is lost',
    async play(stage) {
      stage.member()
      says(stage, { state: 'left', leavesOn: '2026-11-15' })
      const { world, truth } = stage
      const at = world.time.now()
      const departure = {
        id: `${SOURCE}:recheck:2026-11-15:1`,
        source: SOURCE,
        username: ADA,
        occurredAt: at,
      }
      truth.departures.push({ departure, orgIds: [ORG], at })
      const id = recheckIdOf('hibob', at)
      enqueue(world.aws, encodeWork({ kind: 'task', task: 'reference', id }), at)
    },
    notices: ['missed_by_sender'],
    publishes: ['notice missed_by_sender', 'hr/hibob:recheck:2026-11-15:1 removed (answered)'],
  },
  {
    name: 'HR and the identity provider name one leaver',
    async play(stage) {
      stage.member()
      says(stage, { state: 'left' })
      event(stage, 'e-1', 'left')
      stage.depart()
    },
    publishes: ['okta:evt-1 removed (answered)', 'hr/hibob:e-1:1 already_absent'],
    ends: { 'hr/hibob:e-1:1': OUT, 'okta:evt-1': OUT },
  },
]
