import type { AtlasRequest, Reply } from '../../lib/atlas/transport.ts'
import { later } from '../support/cases.ts'
import { refusal } from '../support/in-memory-atlas.ts'
import { type Dice, diceOf } from './dice.ts'
import { type Run, run, type Violation } from './run.ts'
import type { Stage } from './stage.ts'
import type { Story } from './story.ts'

/** A day on which some of Atlas's answers are odd, beside the same day without. */
export type OddDay = {
  readonly seed: number
  /** Answers of Atlas, and those of them that were replaced. */
  readonly answers: number
  readonly replaced: number
  /** Median time from the departure to the removal of those whose own answers are all as ever, with and without the oddities. */
  readonly oddMs: number
  readonly plainMs: number
  readonly violations: readonly Violation[]
}

const DAY_MS = 24 * 3_600_000
const PEOPLE = 96
const RATE = 0.05
/** A message waits for a worker by chance: half of what it may wait. A deferral takes half a minute. */
const CHANCE_MS = 250
/** An answer about nobody in particular is about whoever left so shortly before. */
const CONCERNED_MS = 300_000

/** Plays a day of departures with one in twenty answers of Atlas replaced by an odd one. */
export async function oddDay(seed: number): Promise<OddDay> {
  const [odd, plain] = [newDay(seed, RATE), newDay(seed, 0)]
  const [played, before] = [await run(odd.story, seed, nothing), await run(plain.story, seed, nothing)]
  const oddMs = medianOf(waitsOf(played).flatMap(([name, ms]) => (odd.concerned.has(name) ? [] : [ms])))
  const plainMs = medianOf(waitsOf(before).map(([, ms]) => ms))
  const says = `the median time to revoke is ${oddMs} ms, without oddities ${plainMs} ms`
  const slower: readonly Violation[] = oddMs > plainMs + CHANCE_MS ? [{ checker: 'nobody_lost', says }] : []
  const { answers, replaced } = odd.count
  return {
    ...{ seed, answers, replaced, oddMs, plainMs },
    violations: [...played.violations, ...before.violations, ...slower],
  }
}

function nothing(): undefined {
  return undefined
}

function newDay(seed: number, rate: number) {
  const dice = diceOf(seed + 0x20000000)
  const concerned = new Set<string>()
  const count = { answers: 0, replaced: 0 }
  const story: Story = {
    name: `an odd day, seed ${seed}`,
    world: { sweepEveryMs: 60_000, settings: { maxRemovalsPerDay: PEOPLE, maxRemovalsPercent: 100 } },
    async play(stage) {
      const leaving = Array.from({ length: PEOPLE }, () => Math.floor(dice.random() * DAY_MS)).sort(
        (one, other) => one - other,
      )
      for (const index of leaving.keys()) stage.member({ userId: userIdOf(index), username: nameOf(index) })
      spoil(stage, diceOf(seed), rate, { concerned, count })
      for (const [index, ms] of leaving.entries()) {
        await stage.until(later(2_000 + ms))
        const occurredAt = stage.world.time.now()
        stage.depart({ id: `okta:evt-${index}`, username: nameOf(index), occurredAt })
      }
    },
  }
  return { story, concerned, count }
}

function nameOf(index: number): string {
  return `leaver-${index}@example.com`
}

function userIdOf(index: number): string {
  return `5e4bc367c6b0f41b0001${String(index).padStart(4, '0')}`
}

type Watched = {
  readonly concerned: Set<string>
  readonly count: { answers: number; replaced: number }
}

function spoil({ world, truth }: Stage, dice: Dice, rate: number, { concerned, count }: Watched): void {
  const { answer } = world.atlas
  world.atlas.answer = (request) => {
    count.answers += 1
    if (!dice.chance(rate)) return answer(request)
    const odd = dice.oneOf(ODDITIES[request.operation] ?? [BLOCKED])
    count.replaced += 1
    const name = namedIn(request)
    const since = world.time.now().getTime() - CONCERNED_MS
    const recent = truth.departures.flatMap(({ departure, at }) =>
      at.getTime() >= since ? [departure.username] : [],
    )
    for (const one of name ? [name] : recent) concerned.add(one)
    return odd(() => answer(request))
  }
}

/** Whom a request is about. */
function namedIn({ userId, query = [] }: AtlasRequest): string | undefined {
  if (userId !== undefined) return nameOf(Number(userId.slice(-4)))
  return query.find(([name]) => name === 'username')?.[1]
}

type Oddity = (asEver: () => Reply) => Reply

/** A proxy speaks in Atlas's place. */
const BLOCKED: Oddity = () => ({
  kind: 'reply',
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: undefined,
})
const GONE: Oddity = () => refusal(410, 'VERSION_GONE')
const LAST_OWNER: Oddity = () => refusal(403, 'CANNOT_DELETE_LAST_OWNER')
const UNLISTED: Oddity = () => refusal(403, 'SOMETHING_NEW_IS_FORBIDDEN')
/** A body over our limit; the smaller page that is asked for next is as ever. */
const TOO_LARGE: Oddity = (asEver) => ({ ...asEver(), body: undefined, truncated: true }) as Reply
const NO_BODY: Oddity = () => ({ kind: 'reply', status: 200, headers: {}, body: undefined })

/** A list with one row more that nobody can read: of an unknown status, without roles, without an id. */
const ROWS = [
  { id: '6a793f8ec0eb9e7a17716cff', username: 'x@example.com', orgMembershipStatus: 'SOMETHING_NEW' },
  { id: '6a793f8ec0eb9e7a17716cff', username: 'x@example.com', orgMembershipStatus: 'ACTIVE' },
  { username: 'x@example.com', orgMembershipStatus: 'ACTIVE', roles: { orgRoles: ['ORG_MEMBER'] } },
].map(
  (row): Oddity =>
    (asEver) => {
      const reply = asEver()
      if (reply.kind !== 'reply' || reply.status !== 200) return reply
      const { results, totalCount } = reply.body as {
        readonly results: object[]
        readonly totalCount: number
      }
      return { ...reply, body: { results: [...results, row], totalCount: totalCount + 1 } }
    },
)

const ODDITIES: Partial<Record<AtlasRequest['operation'], readonly Oddity[]>> = {
  token: [BLOCKED, NO_BODY, TOO_LARGE],
  listOrgUsers: [...ROWS, BLOCKED, NO_BODY, TOO_LARGE, GONE, UNLISTED],
  removeOrgUser: [LAST_OWNER, UNLISTED, BLOCKED, GONE],
  getOrgUser: [GONE, BLOCKED, NO_BODY, UNLISTED],
  listOrgEvents: [BLOCKED, NO_BODY, TOO_LARGE, GONE],
}

/** How long after the departure each person was out. */
function waitsOf({ played }: Run): readonly (readonly [string, number])[] {
  const at = new Map(played.removals.map((one) => [one.member.username, one.at.getTime()]))
  return played.truth.departures.flatMap(({ departure, at: saidAt }) => {
    const out = at.get(departure.username)
    return out === undefined ? [] : [[departure.username, out - saidAt.getTime()] as const]
  })
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN
}
