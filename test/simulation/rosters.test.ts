import fc from 'fast-check'
import { expect, test } from 'vitest'
import { takeRoster } from '../../lib/people/take-roster.ts'
import { comparisonKey } from '../../lib/sweep/comparison.ts'
import { readListed, writeList } from '../../lib/sweep/lists.ts'
import type { Case } from '../../lib/words/case.ts'
import { activeMember, ORG } from '../support/cases.ts'
import { BUCKET, objectCreated, WORKDAY } from '../support/roster-desk.ts'
import { DAY, HOUR, inMs, rig } from '../unit/core/rig.ts'

const PEOPLE = ['ada', 'bob', 'eve'].map((name, at) =>
  activeMember({ userId: `5e4bc367c6b0f41b0000000${at + 1}`, username: `${name}@example.com` }),
)
const NAMES = PEOPLE.map(({ username }) => username)

/** What HR says of a person in one night: there, gone since that day, or leaving in so many days. */
type Said = 'there' | 'left' | { readonly inDays: number }

/** One night: what HR says of each, and what goes wrong with the file. */
type Night = {
  readonly said: readonly Said[]
  readonly fate: 'arrives' | 'twice' | 'lost' | 'late' | 'cut' | 'dies'
}

const said: fc.Arbitrary<Said> = fc.oneof(
  { arbitrary: fc.constant('there' as const), weight: 3 },
  { arbitrary: fc.constant('left' as const), weight: 2 },
  { arbitrary: fc.record({ inDays: fc.integer({ min: 1, max: 3 }) }), weight: 1 },
)
const nights: fc.Arbitrary<readonly Night[]> = fc.array(
  fc.record({
    said: fc.tuple(said, said, said),
    fate: fc.constantFrom('arrives', 'arrives', 'twice', 'lost', 'late', 'cut', 'dies' as const),
  }),
  { minLength: 2, maxLength: 7 },
)

const dayOf = (at: Date, inDays = 0) => new Date(at.getTime() + inDays * DAY).toISOString().slice(0, 10)

function fileOf(of: readonly Said[], at: Date): string {
  const lines = of.map((one, index) => {
    const [status, date] =
      one === 'there'
        ? ['Active', '']
        : one === 'left'
          ? ['Terminated', dayOf(at)]
          : ['Active', dayOf(at, one.inDays)]
    return `W${index},${NAMES[index]},${status},${date}`
  })
  return ['Employee_ID,Email_-_Work,Worker_Status,Termination_Date', ...lines, ''].join('\n')
}

/** Plays the nights through the roster function and the core. @returns what was lost or wrong */
async function play(
  script: readonly Night[],
  spoil: (content: string) => string = (content) => content,
): Promise<readonly string[]> {
  const world = rig({ people: PEOPLE, settings: { holdOrgRoles: [] } })
  const { deps, own } = world
  const files = new Map<string, string>()
  const wrong: string[] = []
  let last: { readonly night: number; readonly said: readonly Said[]; readonly at: Date } | undefined
  let late: (() => Promise<void>) | undefined

  const roster = {
    ...{ ledger: own, queue: deps.queue, clock: deps.clock, journal: deps.journal },
    ...{ orgIds: [ORG], listed: (orgId: string) => readListed(own, orgId) },
    rosters: [{ ...WORKDAY, timeZone: 'UTC', accessEnds: 'day_begins' as const }],
    files: { bucket: BUCKET, open: async (_: string, version: string) => bytesOf(files.get(version) ?? '') },
  }

  /** A file is the last word from when it is taken until a newer one is. */
  async function drop(night: number, at: Date, of: readonly Said[], content = fileOf(of, at)) {
    files.set(`v${night}`, spoil(content))
    const event = objectCreated('workday/w.csv', `v${night}`, {
      time: at.toISOString(),
      sequencer: `${night + 10}`,
    })
    await takeRoster(roster, event)
    if (content === fileOf(of, at) && (!last || night > last.night)) last = { night, said: of, at }
  }

  function mayBeOut(name: string): boolean {
    const word = last?.said[NAMES.indexOf(name)]
    if (word === undefined || word === 'there') return false
    return word === 'left' || Date.parse(dayOf(last?.at ?? world.now, word.inDays)) <= world.now.getTime()
  }

  /** Workers take every message, the newest first, and every case that is due. */
  async function work() {
    const before = new Set(world.people.map(({ username }) => username))
    const messages = world.sent
      .splice(0)
      .map(({ message }) => message)
      .reverse()
    for (const message of messages) {
      if (message.kind === 'task') await world.again(message.id)
      if (message.kind === 'departure')
        await world.receive({
          kind: 'people',
          source: 'roster/workday',
          departures: [message.departure],
          returns: [],
        })
      if (message.kind === 'return')
        await world.receive({
          kind: 'people',
          source: 'roster/workday',
          departures: [],
          returns: [message.return],
        })
    }
    for await (const page of own.due('case', world.now)) for (const { id } of page) await world.again(id)
    const present = new Set(world.people.map(({ username }) => username))
    for (const name of before) if (!present.has(name) && !mayBeOut(name)) wrong.push(`${name} was removed`)
  }

  for (const [night, { said: of, fate }] of script.entries()) {
    world.now = inMs(night * DAY)
    const at = world.now
    await writeList(own, ORG, new Map(world.people.map(({ userId, username }) => [userId, username])))
    await own.change(comparisonKey(ORG), () => ({ state: { comparedUntil: at, listedAt: at } }))
    if (fate === 'late') late = () => drop(night, at, of)
    if (fate === 'cut') await drop(night, at, of, fileOf(of, at).slice(0, -3))
    if (fate === 'dies') {
      world.queueIsDown = true
      await drop(night, at, of).catch(() => undefined)
      world.queueIsDown = false
    }
    if (['arrives', 'twice', 'dies'].includes(fate)) await drop(night, at, of)
    if (fate === 'twice') await drop(night, at, of)
    await work()
    world.now = inMs(night * DAY + 12 * HOUR)
    if (fate !== 'late' && late) {
      await late()
      late = undefined
    }
    await work()
  }

  world.now = inMs(script.length * DAY)
  await work()
  const open = (await Promise.all(NAMES.map((name) => world.cases(name)))).flat() as readonly Case[]
  for (const { username } of world.people)
    if (
      mayBeOut(username) &&
      !open.some(({ subject, closedAt }) => subject.username === username && !closedAt)
    )
      wrong.push(`${username} is still in`)
  return wrong
}

async function* bytesOf(content: string) {
  yield Buffer.from(content)
}

test('a roster that flaps, with files twice, late, cut off, lost and half taken: nobody is lost, nobody is wrong', async () => {
  const property = fc.asyncProperty(nights, async (script) => {
    expect(await play(script)).toEqual([])
  })

  await fc.assert(property, { numRuns: 300, seed: 20261129 })
}, 300_000)

test('the checkers notice who is removed against the word of HR, and who is left in', async () => {
  const stays: Night = { said: ['there', 'there', 'there'], fate: 'arrives' }
  const leaves: Night = { said: ['left', 'there', 'there'], fate: 'arrives' }

  expect(await play([stays, stays], (text) => text.replace('Active,', 'Terminated,'))).toEqual([
    'ada@example.com was removed',
  ])
  expect(await play([stays, leaves], (text) => text.replace(/Terminated,.*/, 'Active,'))).toEqual([
    'ada@example.com is still in',
  ])
})
