import type { Departure } from '../../lib/words/departure.ts'
import { later, ORG, OTHER_ORG } from '../support/cases.ts'
import type { AtlasProject } from '../support/in-memory-atlas.ts'
import type { WorldOptions } from '../support/world.ts'
import { type Dice, diceOf } from './dice.ts'
import type { Stage } from './stage.ts'
import type { Story } from './story.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const PEOPLE = [
  'ada@example.com',
  'bob@example.com',
  'cyd@example.com',
  'ada+x@example.com',
  'eve@example.com',
]
const SOURCES = ['okta', 'hook/workday', 'sns/leavers']
/** Makes up a story: an installation, people, and what sources, people and on-call do, at any time. */
export function randomStory(seed: number): Story {
  const dice = diceOf(seed)
  const world = randomWorld(dice)
  return {
    name: `seed ${seed}`,
    world,
    async play(stage) {
      for (const orgId of world.orgIds ?? [])
        for (const username of PEOPLE)
          if (dice.chance(0.8)) stage.member({ username, orgRoles: [rolesOf(dice)] }, 'from_the_start', orgId)
      for (const orgId of world.orgIds ?? []) stage.world.org(orgId).projects = [projectOf(dice)]
      const acts = 2 + dice.below(7)
      await Promise.all(Array.from({ length: acts }, () => act(stage, dice)))
    },
  }
}

function projectOf(dice: Dice): AtlasProject {
  const invited = PEOPLE.filter(() => dice.chance(0.5))
  return {
    id: 'b0123456789abcdef0123456',
    name: 'payments',
    invites: invited.map((username, index) => ({
      id: `6a793f8ec0eb9e7a17716c0${index}`,
      username,
      createdAt: later(-DAY),
    })),
    databaseUsers: [],
  }
}

function rolesOf(dice: Dice): string {
  return dice.chance(0.15) ? 'ORG_OWNER' : 'ORG_MEMBER'
}

function randomWorld(dice: Dice): WorldOptions {
  return {
    orgIds: dice.chance(0.25) ? [ORG, OTHER_ORG] : [ORG],
    warm: dice.chance(0.8),
    sweepEveryMs: MINUTE,
    batchSize: dice.chance(0.5) ? 10 : 1,
    concurrency: 1 + dice.below(4),
    duplicates: dice.chance(0.3) ? 0.3 : 0,
    indexLagMs: dice.chance(0.5) ? dice.below(3 * SECOND) : 0,
    skewMs: dice.chance(0.3) ? SECOND : 0,
    settings: {
      leftovers: dice.oneOf(['off', 'off', 'report', 'clean']),
      maxRemovalsPerDay: dice.oneOf([0, 1, 2, 3, 10, 10, 10]),
      holdOrgRoles: dice.chance(0.5) ? ['ORG_OWNER'] : [],
      protectedUsernames: dice.chance(0.2) ? ['eve@example.com'] : [],
    },
  }
}

async function act(stage: Stage, dice: Dice): Promise<void> {
  const at = later(1_000 + dice.within(3 * DAY))
  const roll = dice.random()
  await stage.until(at)
  if (roll < 0.55) depart(stage, dice)
  else if (roll < 0.63) stage.comeBack(dice.oneOf(SOURCES), dice.oneOf(PEOPLE))
  else if (roll < 0.73) rejoin(stage, dice)
  else if (roll < 0.85) await outage(stage, dice)
  else await onCall(stage, dice)
}

function depart(stage: Stage, dice: Dice): void {
  const departures = stage.truth.departures.length
  const now = stage.world.time.now().getTime()
  const source = dice.oneOf(SOURCES)
  const occurredAt = new Date(now - (dice.chance(0.7) ? dice.below(5 * SECOND) : dice.within(5 * DAY)))
  const fields: Partial<Departure> = {
    id: `${source}:evt-${departures}`,
    source,
    username: dice.chance(0.2) ? dice.oneOf(PEOPLE).toUpperCase() : dice.oneOf(PEOPLE),
    occurredAt,
    ...(dice.chance(0.3) && { effectiveAt: new Date(now + dice.within(10 * DAY)) }),
    ...(dice.chance(0.1) && { aliases: [dice.oneOf(PEOPLE)] }),
    ...(dice.chance(0.05) && { dryRun: true }),
  }
  stage.depart(fields, 1 + (dice.chance(0.3) ? dice.below(4) : 0))
}

/** Whoever was removed comes back, by an invitation or a login. */
function rejoin(stage: Stage, dice: Dice): void {
  const out = stage.world.atlas.removed.filter(
    ({ orgId, member }) => stage.present(member.username, orgId) === undefined,
  )
  const one = out[dice.below(out.length)]
  if (one) stage.member(one.member, dice.chance(0.5) ? 'joined' : 'invited', one.orgId)
}

async function outage({ world }: Stage, dice: Dice): Promise<void> {
  const service = dice.oneOf(['atlas', 'table', 'bus', 'queue', 'secrets'] as const)
  world.outages.add(service)
  await world.time.wait(dice.within(6 * HOUR))
  world.outages.delete(service)
}

async function onCall(stage: Stage, dice: Dice): Promise<void> {
  const open = stage.cases().filter(({ closedAt }) => !closedAt)
  const cases = open.length > 0 ? [dice.oneOf(open).id] : []
  const action = dice.oneOf(['release', 'release', 'cancel', 'retry', 'pause', 'approve', 'sweep'] as const)
  switch (action) {
    case 'pause':
      await stage.act({ action })
      await stage.wait(dice.within(DAY))
      return await stage.act({ action: 'resume' })
    case 'approve':
      return await stage.act({
        action,
        usernames: [dice.oneOf(PEOPLE)],
        until: new Date(stage.world.time.now().getTime() + DAY).toISOString(),
      })
    case 'sweep':
      await stage.world.sweep().catch(() => undefined)
      return
    case 'release':
    case 'cancel':
    case 'retry':
      if (cases.length > 0) await stage.act({ action, cases })
      return
  }
}
