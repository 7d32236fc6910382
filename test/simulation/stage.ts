import type { AtlasRequest, Reply } from '../../lib/atlas/transport.ts'
import type { Case } from '../../lib/words/case.ts'
import type { Departure, Return } from '../../lib/words/departure.ts'
import type { Member } from '../../lib/words/member.ts'
import type { HoldReason } from '../../lib/words/outcome.ts'
import { sameUsername } from '../../lib/words/username.ts'
import { activeMember, departure, ORG } from '../support/cases.ts'
import { enqueue, type Sender } from '../support/in-memory-aws.ts'
import { encodeWork } from '../support/work-message.ts'
import { createWorld, type IoCall, type World, type WorldOptions } from '../support/world.ts'
import type { NamedFault } from './faults.ts'
import { newTruth, type Truth } from './truth.ts'

/** Where a story plays: the world, what really happens in it, and the hands of those who make it happen. */
export type Stage = {
  readonly world: World
  readonly truth: Truth
  readonly options: WorldOptions
  /** The instants up to which the story waits. */
  readonly pending: readonly number[]
  /** The instants at which it went on. */
  readonly wentOn: readonly number[]
  wait(ms: number): Promise<void>
  until(instant: Date): Promise<void>
  /** Puts a member into an organization: there from the start, joined since, or invited. */
  member(fields?: Partial<Member>, how?: 'from_the_start' | 'joined' | 'invited', orgId?: string): Member
  /** Changes a member in place: another name, other roles. */
  change(member: Member, fields: Partial<Member>, orgId?: string): void
  depart(fields?: Partial<Departure>, copies?: number): Departure
  comeBack(source: string, username: string, fields?: Partial<Return>): void
  /** Gives Atlas's next answers to an operation, in order; after them it answers as ever. */
  answers(operation: AtlasRequest['operation'], ...replies: readonly Reply[]): void
  /** Does something when Atlas receives the next request of an operation, before it answers. */
  when(operation: AtlasRequest['operation'], happens: () => void): void
  /** @param by - whose channel it comes by; one of our functions sent it without */
  sendUnreadable(body: string, by?: Sender): void
  /** Puts a body on a channel of somebody else, and says what of it is true. */
  says(by: Sender, body: object, truly: { readonly departed?: Departure; readonly back?: Return }): void
  /** Asks on-call's function until it answers, as a human would, who gives up after a while. */
  act(request: Request): Promise<void>
  /** Several people confirm whatever is proposed, all at once, and again until it is carried out. */
  confirm(...names: readonly string[]): Promise<void>
  cases(): readonly Case[]
  /** Resolves when every departure has its case and a human must decide each open one; after a day in any case. */
  held(): Promise<void>
  /** Resolves when every case so far is closed; after a day in any case. */
  closed(): Promise<void>
  /** Nobody invokes any function for so long, once the departures have cases and no message is in hand: the days on which the same would happen again and again. */
  passOver(ms: number): Promise<void>
  /** Who bears a username in an organization now. */
  present(username: string, orgId?: string): Member | undefined
}

export type Placed = NamedFault & { readonly index: number }

/** One call and what went wrong with it. */
export type TracedCall = IoCall & {
  readonly at: Date
  readonly fault?: string
  /** The service failed whoever called it. */
  readonly isDown: boolean
  /** What could be seen of the world, where it was asked for. */
  readonly view?: number
}

/** What on-call asks for. */
type Request = {
  readonly action: 'release' | 'cancel' | 'retry' | 'pause' | 'resume' | 'approve'
  readonly cases?: readonly string[]
  /** What a release is for, where no case is held by the time. */
  readonly rule?: HoldReason
  readonly as?: string
  readonly absent?: true
  readonly orgId?: string
  readonly usernames?: readonly string[]
  readonly until?: string
}

const CLAIM = { by: 'on-call', because: 'simulated' }
const TRIES = 8
const TRY_AGAIN_MS = 45_000
const LOOK_MS = 5_000
const DAY_MS = 24 * 3_600_000

export function createStage(options: WorldOptions): Stage {
  const world = createWorld(options)
  const truth = newTruth()
  const { time, aws } = world
  const { orgIds = [ORG] } = options
  let members = 0
  let returns = 0
  const pending: number[] = []
  const wentOn: number[] = []

  async function wait(ms: number): Promise<void> {
    const at = time.now().getTime() + ms
    pending.push(at)
    await time.wait(ms)
    pending.splice(pending.indexOf(at), 1)
    wentOn.push(at)
  }

  /** A release names the rule that holds the case at this moment; nobody can release a pause. */
  function ruled(request: Request): object | undefined {
    if (request.action !== 'release') return request
    const held = world.cases().find(({ id }) => request.cases?.includes(id))?.state.outcome
    const rule = held?.kind === 'held' ? held.reason : (request.rule ?? 'observing')
    return rule === 'paused' ? undefined : { ...request, rule }
  }

  async function settled(isDone: (kase: Case) => boolean): Promise<void> {
    for (let waited = 0; waited < DAY_MS; waited += LOOK_MS) {
      const cases = world.cases()
      if (cases.length >= truth.departures.length && cases.every(isDone)) return
      await time.wait(LOOK_MS)
    }
  }

  return {
    world,
    truth,
    options,
    pending,
    wentOn,
    wait,
    until: (instant) => wait(instant.getTime() - time.now().getTime()),
    member(fields = {}, how = 'from_the_start', orgId = ORG) {
      members += 1
      const from = time.now()
      const numbered = activeMember({
        userId: `5e4bc367c6b0f41b000000${String(members).padStart(2, '0')}`,
        ...fields,
        ...(how === 'invited' && { status: 'PENDING', invitationCreatedAt: from }),
      })
      const org = world.org(orgId)
      org.members = [...org.members.filter(({ userId }) => userId !== numbered.userId), numbered]
      const { userId, username } = numbered
      truth.memberships.push({
        orgId,
        userId,
        username,
        from: how === 'from_the_start' ? new Date(0) : from,
        how,
      })
      if (how !== 'from_the_start')
        org.events.push({ type: how === 'invited' ? 'INVITED_TO_ORG' : 'JOINED_ORG', at: from, username })
      return numbered
    },
    change({ userId }, fields, orgId = ORG) {
      const org = world.org(orgId)
      org.members = org.members.map((one) => (one.userId === userId ? { ...one, ...fields } : one))
    },
    depart(fields = {}, copies = 1) {
      const asked = departure(fields)
      truth.departures.push({ departure: asked, orgIds: asked.orgIds ?? orgIds, at: time.now() })
      for (let copy = 0; copy < copies; copy += 1) world.depart(asked)
      return asked
    },
    comeBack(source, username, fields = {}) {
      returns += 1
      const back = { id: `${source}:return-${returns}`, source, username, occurredAt: time.now(), ...fields }
      truth.returns.push({ back, at: time.now() })
      enqueue(aws, encodeWork({ kind: 'return', return: back }), time.now())
    },
    answers(operation, ...replies) {
      const { atlas } = world
      const { answer } = atlas
      const waiting = [...replies]
      atlas.answer = (request) => (request.operation === operation && waiting.shift()) || answer(request)
    },
    when(operation, happens) {
      const { atlas } = world
      const { answer } = atlas
      let isNext = true
      atlas.answer = (request) => {
        if (isNext && request.operation === operation) {
          isNext = false
          happens()
        }
        return answer(request)
      }
    },
    sendUnreadable(body, by) {
      truth.unreadable.add(body)
      enqueue(aws, body, time.now(), by)
    },
    says(by, body, { departed, back }) {
      const at = time.now()
      if (departed) truth.departures.push({ departure: departed, orgIds, at })
      if (back) truth.returns.push({ back, at })
      enqueue(aws, JSON.stringify(body), at, by)
    },
    async act(request) {
      const begunAt = time.now()
      for (let tries = 0; tries < TRIES; tries += 1) {
        const asked = ruled(request)
        const answer =
          asked &&
          (await world.operate({ ...(request.action !== 'retry' && CLAIM), ...asked }).catch(() => undefined))
        if (answer && isDone(answer)) {
          truth.acts.push({ ...request, begunAt, at: time.now(), isAnswered: true })
          return
        }
        await time.wait(TRY_AGAIN_MS)
      }
      truth.acts.push({ ...request, begunAt, at: time.now(), isAnswered: false })
    },
    async confirm(...names) {
      const isOpen = () => world.tasks('proposal').filter(({ closedAt }) => !closedAt)
      const confirming = names.map(async (name) => {
        const caller = { arn: `arn:aws:sts::111122223333:assumed-role/${name}/session` }
        for (let tries = 0; tries < TRIES; tries += 1) {
          for (const { id: proposal } of isOpen())
            await world.operate({ action: 'confirm', proposal }, caller).catch(() => undefined)
          if (isOpen().length === 0) return
          await time.wait(TRY_AGAIN_MS)
        }
      })
      await Promise.all(confirming)
    },
    cases: () => world.cases(),
    held: () => settled(({ closedAt, dueAt }) => closedAt !== undefined || dueAt === undefined),
    closed: () => settled(({ closedAt }) => closedAt !== undefined),
    async passOver(ms) {
      const isInHand = () => world.aws.messages.some(({ receiveCount }) => receiveCount > 0)
      while (world.cases().length < truth.departures.length || isInHand()) await time.wait(TRY_AGAIN_MS)
      await world.passOver(ms)
    },
    present: (username, orgId = ORG) =>
      world.org(orgId).members.find((member) => sameUsername(member.username, username)),
  }
}

/** A wrong request is the story's mistake; a busy case is asked for again. */
function isDone(answer: object): boolean {
  if ('error' in answer) throw new Error(`Cannot act: ${String(answer.error)}`)
  // A resume names the cases that a worker had in hand.
  if ('busy' in answer && Array.isArray(answer.busy) && answer.busy.length > 0) return false
  const results = 'cases' in answer && Array.isArray(answer.cases) ? answer.cases : []
  return !results.some(({ result }: { result: string }) => ['busy', 'not_reached'].includes(result))
}
