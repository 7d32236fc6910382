import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mapsOf, toItem } from '../../../lib/aws/item-attributes.ts'
import { describeOutcome } from '../../../lib/words/outcome.ts'
import { fromJson } from '../../../lib/words/with-instants.ts'
import { ON_CALL, ORG, OTHER_ORG } from '../../support/cases.ts'
import { secretIdOf } from '../../support/environment.ts'
import { enqueue } from '../../support/in-memory-aws.ts'
import { createWorld, type World } from '../../support/world.ts'
import { nameOf, ORGS, type RecordedStack, SETTINGS } from './stack.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures')
const VERSIONS = readdirSync(FIXTURES).filter((name) => /^\d+\.\d+\.\d+$/.test(name))
const DAY = 24 * 3_600_000
const BOB = { arn: 'arn:aws:sts::111122223333:assumed-role/on-call-2/bob' }

function stackOf(version: string): RecordedStack {
  return fromJson(readFileSync(join(FIXTURES, version, 'stack.json'), 'utf8')) as RecordedStack
}

/** Puts this version's functions over what the other one left. */
function upgraded({ at, items, messages, members }: RecordedStack): World {
  const world = createWorld({
    orgIds: ORGS,
    settings: { ...SETTINGS, maxRemovalsPerDay: 100, maxRemovalsPercent: 100 },
    left: { at, items: items.map(toItem) },
  })
  for (const orgId of ORGS) world.org(orgId).members = [...(members[orgId] ?? [])]
  const secret = { clientId: `mdb_sa_id_${OTHER_ORG}`, clientSecret: 'mdb_sa_sk_rotated', orgId: OTHER_ORG }
  world.org(OTHER_ORG).clientSecret = secret.clientSecret
  world.aws.secrets.set(secretIdOf(OTHER_ORG), JSON.stringify(secret))
  for (const { body, by } of messages) enqueue(world.aws, body, at, by)
  return world
}

/** Who leaves in the end: those of the ledger, and those of whom a message alone says so. */
const LEAVERS = [
  ...[
    'alias',
    'credential',
    'events',
    'hr',
    'interrupted',
    'over-limit',
    'over-limit-2',
    'over-limit-3',
    'owner',
  ],
  ...['removed', 'scheduled', 'topic', 'work'],
]

/** How every case ended: person and outcome. */
const endsIn = (world: World) =>
  world.cases().map(({ state: { departure, outcome } }) => {
    return [departure.username.replace('@example.com', ''), outcome && describeOutcome(outcome)] as const
  })

describe.each(VERSIONS)('over a stack of %s this version', (version) => {
  test('finds every map that it adds to in every item: DynamoDB makes none', () => {
    const lacking = stackOf(version).items.filter((item) =>
      Object.keys(mapsOf()).some((name) => !(name in item)),
    )

    expect(lacking.map(({ pk }) => pk)).toEqual([])
  })

  test('takes every message, and publishes what that version left unpublished', async () => {
    const stack = stackOf(version)
    const left = stack.items.map(toItem).flatMap(({ outbox }) => Object.keys(outbox.effects))
    const world = upgraded(stack)
    await world.runUntil(new Date(stack.at.getTime() + DAY / 24))

    const published = world.aws.published.map(({ uid }) => uid)
    expect(left.length).toBeGreaterThan(0)
    expect(left.filter((uid) => !published.includes(uid))).toEqual([])
    expect(world.aws.rejected).toEqual([])
  })

  test('finishes what was open, by itself and by the acts that a human was asked for', async () => {
    const stack = stackOf(version)
    const world = upgraded(stack)
    const act = async (request: object, caller = BOB) => {
      const answer = await world.time.run(world.operate(request, caller))
      expect(answer).not.toHaveProperty('error')
      return answer
    }
    /** Needs two people: one who proposes, and another. */
    const agree = async (request: object) => {
      const { proposed: proposal } = (await act(request)) as { proposed?: string }
      await act({ action: 'confirm', proposal }, ON_CALL)
    }
    world.hr.put({ id: '7', workEmail: nameOf('hr'), state: 'left' } as never)
    await world.runUntil(new Date(stack.at.getTime() + DAY / 24))
    for (const { id } of world.tasks('proposal')) await act({ action: 'confirm', proposal: id })
    const alias = world
      .cases()
      .find(({ state }) => state.outcome?.kind === 'held' && state.outcome.candidates)
    const as = alias?.state.outcome?.kind === 'held' ? alias.state.outcome.candidates?.[0]?.userId : undefined
    expect(as).toBeDefined()
    await agree({ action: 'release', rule: 'possible_alias', cases: [alias?.id], as, because: 'HR-9' })
    await agree({ action: 'resume', orgId: ORG, because: 'HR-9' })
    await world.runUntil(new Date(stack.at.getTime() + DAY / 12))
    const { length: expected } = endsIn(world).filter(([, outcome]) => outcome === 'held: mass_removal')
    await agree({ action: 'release', rule: 'mass_removal', all: true, expect: expected, because: 'HR-9' })
    await world.runUntil(new Date(stack.at.getTime() + DAY / 8))
    await world.time.run(world.time.wait(3 * DAY))
    await world.runUntil(new Date(stack.at.getTime() + 3.2 * DAY))

    const ends = endsIn(world)
    const others = ends.filter(([, outcome]) => outcome !== 'removed')
    expect(Object.fromEntries(others)).toEqual({
      ...{ absent: 'already_absent', back: 'cancelled', 'dry-run': 'would_remove' },
    })
    const removed = new Set(ends.map(([name]) => name)).difference(new Set(others.map(([name]) => name)))
    expect([...removed].toSorted()).toEqual(LEAVERS)
    expect(world.org().members.map(({ username }) => username)).toEqual(
      ['dry-run', 'credential', 'back', 'interrupted', 'colleague', 'boss'].map(nameOf),
    )
    expect(world.tasks('proposal').filter(({ closedAt }) => !closedAt)).toEqual([])
  })
})
