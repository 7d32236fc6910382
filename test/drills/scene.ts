import type { QueueMessage } from '../../lib/core/ports.ts'
import { day } from '../../lib/sweep/day.ts'
import { hour } from '../../lib/sweep/hour.ts'
import type { Return } from '../../lib/words/departure.ts'
import type { Member } from '../../lib/words/member.ts'
import { describeOutcome, type Outcome } from '../../lib/words/outcome.ts'
import { type ReferenceSays, recheckIdOf } from '../../lib/words/reference.ts'
import { activeMember, departure, ORG } from '../support/cases.ts'
import { refusal } from '../support/in-memory-atlas.ts'
import { enqueue } from '../support/in-memory-aws.ts'
import { encodeWork } from '../support/work-message.ts'
import type { WorldOptions } from '../support/world.ts'
import { startDesk } from '../unit/acts/desk.ts'

const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const ADA = activeMember()
/** Nobody ever says that she leaves. */
export const ZOE = activeMember({ userId: '5e4bc367c6b0f41b000000ff', username: 'zoe@example.com' })

/** What a human gets to see of an event. */
export type Alert = {
  readonly message: string
  readonly severity_id: number
  readonly actor?: { readonly user: { readonly name: string } }
  readonly user: { readonly name: string; readonly uid?: string }
  readonly cloud: { readonly org?: { readonly uid: string } }
  readonly unmapped: {
    readonly notice?: string
    readonly outcome?: Outcome
    readonly case?: string
    readonly proposal?: string
    readonly next?: string
  }
}

/** How Atlas refuses until somebody repairs it. */
type Trouble = { readonly operation?: string; readonly status: number; readonly code: string }

export type Scene = ReturnType<typeof startScene>

/** One installation, on-call's desk before it, and everything that an incident is made of. */
export function startScene(options: WorldOptions = {}) {
  let trouble: Trouble | undefined
  const desk = startDesk({
    ...options,
    faultFor(call) {
      const isHit = call.service === 'atlas' && (trouble?.operation ?? call.operation) === call.operation
      return trouble && isHit
        ? { kind: 'reply', reply: refusal(trouble.status, trouble.code) }
        : options.faultFor?.(call)
    },
  })
  const { world } = desk
  const { time } = world
  const passing = async (ms: number) => await world.runUntil(new Date(time.now().getTime() + ms))
  /** A sweep, and what the departures function then does. */
  const sweepWith = async (job: typeof hour) => {
    await time.run(job(world.worker('sweep').deps, new Date(time.now().getTime() + MINUTE)))
    await passing(MINUTE)
  }

  const queues = async (message: QueueMessage) => {
    enqueue(world.aws, encodeWork(message), time.now())
    await passing(MINUTE)
  }

  return {
    ...desk,
    /** HiBob's webhook says something of Ada. */
    async hrSays(says: ReferenceSays) {
      const { username } = ADA
      const reference = { id: 'e-1', source: 'hr/hibob', employeeId: '1', event: says, says, username }
      await queues({ kind: 'reference', reference })
    },
    /** The daily check of HiBob. */
    hrIsChecked: async () =>
      await queues({ kind: 'task', task: 'reference', id: recheckIdOf('hibob', time.now()) }),
    alerts: () => world.aws.published.map(({ detail }) => detail as unknown as Alert),
    /** Lets workers and sweeps work for so long. */
    passing,
    /** The same, but nobody is at work. */
    idle: async (ms: number) => await time.run(time.wait(ms)),
    async departs(departed: Parameters<typeof departure>[0] = {}) {
      world.depart(departure(departed))
      await passing(30 * SECOND)
    },
    async comesBack(back: Partial<Return>) {
      const known = { id: 'back-1', source: 'okta', username: ADA.username, occurredAt: time.now(), ...back }
      enqueue(world.aws, encodeWork({ kind: 'return', return: known }), time.now())
      await passing(30 * SECOND)
    },
    /** A message of ours that names nobody, or says what must not be guessed. */
    async says(body: string) {
      enqueue(world.aws, body, time.now())
      await passing(30 * SECOND)
    },
    /** Puts somebody in, as an invitation or a login would. */
    joins(member: Member, orgId = ORG) {
      world.org(orgId).members.push(member)
      world.org(orgId).events.push({ type: 'JOINED_ORG', at: time.now(), username: member.username })
    },
    hourly: async () => await sweepWith(hour),
    daily: async () => await sweepWith(day as typeof hour),
    breaks(now: Trouble) {
      trouble = now
    },
    repaired() {
      trouble = undefined
    },
  }
}

/** The row of the catalogue that an event comes from. */
export function rowIn({ unmapped: { notice, outcome } }: Alert): string {
  if (outcome && !notice)
    return (outcome.kind as string) === 'unreadable' ? 'unreadable' : describeOutcome(outcome)
  return notice ?? ''
}

/** The last event of a row that was published. */
export function alertOf(scene: Scene, row: string): Alert | undefined {
  return scene.alerts().findLast((alert) => rowIn(alert) === row)
}
