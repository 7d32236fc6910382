import { answer, type ReaderDeps } from '../../lib/acts/operator.ts'
import type { ReportPage } from '../../lib/acts/report.ts'
import { type Evidence, evidenceOf } from '../../lib/evidence/evidence.ts'
import type { Feed } from '../../lib/evidence/mismatch.ts'
import { readReport } from '../../lib/evidence/pages.ts'
import type { Member } from '../../lib/words/member.ts'
import { activeMember, departure, later, ORG } from './cases.ts'
import { type AtlasProject, refusal } from './in-memory-atlas.ts'
import { createWorld, type World } from './world.ts'

const HOUR = 3_600_000
export const TARGET_MS = 4 * HOUR

/** What an attacker would like a report to do. */
export const HOSTILE = {
  script: '<script>document.title="owned"</script>@example.com',
  attribute: '"><img src=x onerror=alert(1)>@example.com',
  formula: '=HYPERLINK("https://example.com","click")',
  reason: "+cmd|' /C calc'!A0",
  bidi: 'ada\u202egpj.exe@example.com',
}

/** What the reading operator of a world has. */
export function readerOf(world: World): ReaderDeps {
  return { ...world.worker().deps, settings: world.settings }
}

/** Asks the reading operator, as the CLI does: what comes back has been JSON. */
export async function ask(world: World, request: object): Promise<object> {
  const deadline = new Date(world.time.now().getTime() + 30_000)
  const answered = await world.time.run(answer(readerOf(world), request, deadline))
  return JSON.parse(JSON.stringify(answered))
}

/** Reads a world's report to its end. */
export async function reportOf(world: World, since: Date): Promise<readonly ReportPage[]> {
  const read = await readReport(async (cursor) => {
    const answered = await ask(world, { action: 'report', since: since.toISOString(), cursor })
    if ('error' in answered) return { kind: 'refused', error: String(answered.error) }
    return { kind: 'answer', answer: answered }
  })
  if (read.kind !== 'pages') throw new Error(read.error)
  return read.pages
}

/** The evidence of a world that has gone through most of what can happen: 40 people left within four days. */
export async function eventfulEvidence(): Promise<{ readonly world: World; readonly evidence: Evidence }> {
  const world = await eventfulWorld()
  const pages = await reportOf(world, later(-80 * HOUR))
  return { world, evidence: evidenceOf(pages, TARGET_MS) }
}

/** Nobody can be removed for three hours of the second day; some are held, one is cancelled, one was removed by hand. */
async function eventfulWorld(): Promise<World> {
  let down = false
  const world = createWorld({
    settings: {
      maxRemovalsPerDay: 100,
      maxRemovalsPercent: 100,
      holdOrgRoles: ['ORG_OWNER'],
      leftovers: 'clean',
    },
    faultFor: ({ service, operation }) =>
      down && service === 'atlas' && operation !== 'token' ? UNAVAILABLE : undefined,
  })
  world.org().members = [...people(40), OWNER, OTHER_OWNER, BY_HAND]
  world.org().projects = projects(people(40))
  for (const [index, member] of people(40).entries()) leave(world, member, index)
  world.depart(departure({ id: 'okta:owner', username: OWNER.username }))
  world.depart(departure({ id: 'okta:never', username: HOSTILE.script, reason: HOSTILE.attribute }))
  world.depart(departure({ id: 'okta:bidi', username: HOSTILE.bidi, requestedBy: HOSTILE.formula }))

  await world.runUntil(later(24 * HOUR))
  down = true
  await world.runUntil(later(31 * HOUR))
  down = false
  removeByHand(world)
  await world.runUntil(later(36 * HOUR))
  await decide(world)
  await world.runUntil(later(60 * HOUR))
  return world
}

const UNAVAILABLE = { kind: 'reply', reply: refusal(503, 'SERVICE_UNAVAILABLE') } as const
const OWNER = activeMember({
  userId: '5e4bc367c6b0f41b0000f001',
  username: 'olga.owner@example.com',
  orgRoles: ['ORG_OWNER'],
})
const OTHER_OWNER = { ...OWNER, userId: '5e4bc367c6b0f41b0000f002', username: 'otto.owner@example.com' }
const BY_HAND = activeMember({ userId: '5e4bc367c6b0f41b0000f003', username: 'hanna.hand@example.com' })
const NAMES = ['ada', 'bea', 'carl', 'dora', 'emil', 'fay', 'gus', 'hal', 'ida', 'jon']

function people(number: number): readonly Member[] {
  return Array.from({ length: number }, (_, index) =>
    activeMember({
      userId: `5e4bc367c6b0f41b000000${index.toString(16).padStart(2, '0')}`,
      username: `${NAMES[index % NAMES.length]}.${Math.floor(index / NAMES.length)}@example.com`,
    }),
  )
}

/** Of those who leave some were invited to one project, some have database users in it; of another nobody tells anything. */
function projects(leavers: readonly Member[]): AtlasProject[] {
  const payments = {
    id: 'b0123456789abcdef0123456',
    name: HOSTILE.script,
    invites: leavers
      .slice(0, 3)
      .map(({ userId, username }) => ({ id: userId, username, createdAt: later(-HOUR) })),
    databaseUsers: leavers
      .slice(2, 6)
      .map(({ username }) => ({ username: `CN=${username},O=Example`, x509Type: 'MANAGED' })),
  }
  const closed = {
    id: 'b0123456789abcdef0123457',
    name: 'closed',
    invites: [],
    databaseUsers: [],
    isClosed: true,
  }
  return [payments, closed]
}

/** Some left long before anybody said so, some leave in days, most leave now; every seventh is announced by the HR system. */
function leave(world: World, { username }: Member, index: number): void {
  const late = index % 5 === 0 ? -index * HOUR : 0
  const effectiveAt = index % 3 === 1 ? later(index * 1.4 * HOUR) : undefined
  world.depart(
    departure({
      id: `okta:evt-${index}`,
      username,
      occurredAt: later(late),
      ...(effectiveAt && { effectiveAt }),
      ...(index % 7 === 0 && { reason: `HR-${1_000 + index}`, requestedBy: 'workday' }),
    }),
  )
}

function removeByHand(world: World): void {
  const org = world.org()
  org.members = org.members.filter(({ userId }) => userId !== BY_HAND.userId)
  const { username } = BY_HAND
  org.events.push({ type: 'REMOVED_FROM_ORG', at: world.time.now(), username, actor: OTHER_OWNER.username })
}

async function decide(world: World): Promise<void> {
  const caseOf = (name: string) =>
    world
      .cases()
      .filter(({ departure: { username } }) => username === name)
      .map(({ id }) => id)
  const claim = { by: 'oncall@example.com', because: 'checked with <HR>' }
  await world.time.run(world.operate({ action: 'release', cases: caseOf(OWNER.username), ...claim }))
  const scheduled = world.cases().find(({ outcome }) => outcome?.kind === 'scheduled')
  if (scheduled) await world.time.run(world.operate({ action: 'cancel', cases: [scheduled.id], ...claim }))
}

/** Feeds without a difference, for whoever tests something else. */
export function emptyFeed(since: Date, readAt: Date): Feed {
  return { kind: 'read', orgId: ORG, since, readAt, events: [] }
}
