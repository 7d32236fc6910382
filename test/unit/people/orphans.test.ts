import { describe, expect, test } from 'vitest'
import {
  comparison,
  coverageOf,
  departureOf,
  leaversOf,
  type Membership,
  remainderOf,
  tickOff,
  uncovered,
} from '../../../lib/people/orphans.ts'
import { ORG, OTHER_ORG } from '../../support/cases.ts'

function membership(username: string, fields: Partial<Membership> = {}): Membership {
  return { orgId: ORG, username, protected: false, ...fields }
}

function compared(members: readonly string[], roster: readonly (readonly string[])[]) {
  const found = comparison(members.map((username) => membership(username)))
  for (const names of roster) tickOff(found, names)
  return found
}

function namesIn(members: readonly string[], roster: readonly string[]) {
  const { orphans, nearMatches } = remainderOf(
    compared(
      members,
      roster.map((name) => [name]),
    ),
  )
  return {
    orphans: orphans.map(({ username }) => username),
    nearMatches: nearMatches.map(({ username, similar }) => [username, ...similar]),
  }
}

describe('remainderOf()', () => {
  test.each([
    ['the same', 'ada@example.com', 'ada@example.com'],
    ['the same but for ASCII case', 'ADA@example.com', 'ada@Example.com'],
    ['the same with its tag', 'ada+ci@example.com', 'ADA+ci@example.com'],
    ['not ASCII, and the same', 'jos\u00e9@example.com', 'jos\u00e9@example.com'],
  ])('leaves nobody of a member who is on the roster: %s', (_, member, listed) => {
    expect(namesIn([member], [listed])).toEqual({ orphans: [], nearMatches: [] })
  })

  test.each([
    ['nobody like it', 'ada@example.com', 'bob@example.com'],
    ['a longer domain', 'ada@example.com', 'not-ada@example.com'],
    ['another composition of a letter', 'jos\u00e9@example.com', 'jose\u0301@example.com'],
    ['the Kelvin sign', 'kim@example.com', '\u212aim@example.com'],
    ['no mailbox', '@example.com', '@example.org'],
    ['no mailbox but a tag', '+ci@example.com', '+cd@example.com'],
  ])('finds an orphan where the roster has %s', (_, member, listed) => {
    expect(namesIn([member], [listed])).toEqual({ orphans: [member], nearMatches: [] })
  })

  test.each([
    ['another domain', 'ada@example.com', 'ada@old.example.com'],
    ['a domain that begins the same', 'ada@example.com', 'ada@example.com.evil.org'],
    ['a tag less', 'ada+ci@example.com', 'ada@example.com'],
    ['a tag more', 'ada@example.com', 'ada+work@example.com'],
    ['another tag', 'ada+ci@example.com', 'ada+cd@example.com'],
    ['the local part alone', 'ada@example.com', 'ada'],
  ])('finds a near match where the roster has %s', (_, member, listed) => {
    expect(namesIn([member], [listed])).toEqual({ orphans: [], nearMatches: [[member, listed]] })
  })

  test('tells a person and their look-alike apart, and names what is like the latter', () => {
    const found = namesIn(['ada@example.com', 'ada+ci@example.com'], ['Ada@example.com'])

    expect(found).toEqual({ orphans: [], nearMatches: [['ada+ci@example.com', 'ada@example.com']] })
  })

  test('ticks a member off by any name on the line', () => {
    const found = compared(['ada@example.com'], [['u1', 'ada@example.com']])

    expect(remainderOf(found)).toEqual({ orphans: [], nearMatches: [], protected: [] })
  })

  test('names three look-alikes at most, each once', () => {
    const roster = ['a', 'b', 'b', 'B', 'c', 'd', 'e'].map((domain) => `ada@${domain}.example.com`)

    expect(namesIn(['ada@example.com'], roster).nearMatches).toEqual([
      ['ada@example.com', 'ada@a.example.com', 'ada@b.example.com', 'ada@c.example.com'],
    ])
  })

  test('finds a person in each organization, and protected ones apart', () => {
    const ada = membership('ada@example.com')
    const root = membership('root@example.com', { protected: true })
    const found = comparison([ada, { ...ada, orgId: OTHER_ORG }, root])
    tickOff(found, ['root@example.org'])

    expect(remainderOf(found)).toEqual({
      orphans: [
        { ...ada, similar: [] },
        { ...ada, orgId: OTHER_ORG, similar: [] },
      ],
      nearMatches: [],
      protected: [{ ...root, similar: ['root@example.org'] }],
    })
  })

  test('keeps no more of 100,000 roster lines than the members are worth', () => {
    const members = Array.from({ length: 1_000 }, (_, index) => `person.${index}@example.com`)
    const found = comparison(members.map((username) => membership(username)))

    let lines = 0
    for (const names of longRoster(100_000)) {
      tickOff(found, names)
      lines += 1
    }

    const kept = [...found.similar.values()].flat()
    expect(lines).toBe(100_000)
    expect(found.covered.size).toBe(500)
    expect(found.wanted.size).toBe(1_000)
    expect(found.similar.size).toBe(1_000)
    expect(kept.length).toBeLessThanOrEqual(4 * 1_000)
    expect(remainderOf(found).orphans).toHaveLength(0)
    expect(remainderOf(found).nearMatches).toHaveLength(500)
  })
})

/** Half of the members; everybody under a hundred other domains; nobody twice. */
function* longRoster(lines: number): Generator<readonly string[]> {
  for (let line = 0; line < lines; line += 1) {
    const person = line % 1_000
    const domain =
      line < 1_000 && person % 2 === 0 ? 'example.com' : `d${Math.floor(line / 1_000)}.example.com`
    yield [`person.${person}@${domain}`]
  }
}

describe('coverageOf()', () => {
  test('counts people once, in every organization and in all, protected ones aside', () => {
    const found = comparison([
      membership('ada@example.com'),
      membership('ADA@example.com', { orgId: OTHER_ORG }),
      membership('bob@example.com', { orgId: OTHER_ORG }),
      membership('root@example.com', { orgId: OTHER_ORG, protected: true }),
    ])
    tickOff(found, ['ada@example.com', 'root@example.com'])

    expect(coverageOf(found)).toEqual({
      all: { people: 2, covered: 1 },
      byOrg: [
        { orgId: ORG, people: 1, covered: 1 },
        { orgId: OTHER_ORG, people: 2, covered: 1 },
      ],
    })
  })
})

describe('uncovered()', () => {
  const byOrg = (people: number, covered: number) => ({ orgId: ORG, people, covered })
  const all = { people: 100, covered: 90 }

  test.each([
    ['half of all', { all: { people: 4, covered: 2 }, byOrg: [] }],
    ['nobody of nobody', { all: { people: 0, covered: 0 }, byOrg: [byOrg(0, 0)] }],
    ['half of an organization', { all, byOrg: [byOrg(4, 2)] }],
    ['nobody of an organization of three', { all, byOrg: [byOrg(3, 0)] }],
  ])('takes a roster that has %s', (_, coverage) => {
    expect(uncovered(coverage)).toBeUndefined()
  })

  test.each([
    ['less than half of all', { people: 5, covered: 2 }, []],
    ['nobody of one', { people: 1, covered: 0 }, [byOrg(1, 0)]],
  ])('refuses a roster that has %s', (_, thin, orgs) => {
    expect(uncovered({ all: thin, byOrg: orgs })).toEqual(thin)
  })

  test('refuses a roster that has less than half of one organization of four', () => {
    expect(uncovered({ all, byOrg: [byOrg(96, 89), byOrg(4, 1)] })).toEqual(byOrg(4, 1))
  })
})

describe('leaversOf()', () => {
  test('puts a person together by ASCII case, with all their organizations', () => {
    const orphans = [
      membership('Ada@example.com', { orgId: OTHER_ORG }),
      membership('ada@example.com'),
      membership('bob@example.com'),
    ]

    expect(leaversOf(orphans)).toEqual([
      { username: 'ada@example.com', orgIds: [ORG, OTHER_ORG] },
      { username: 'bob@example.com', orgIds: [ORG] },
    ])
  })
})

describe('departureOf()', () => {
  const ADA = { username: 'ada@example.com', orgIds: [ORG] }
  const CLAIM = { by: 'grace', because: 'HR-1' }
  const AT = new Date('2026-11-30T23:59:59Z')

  test('left at the beginning of the day before, as far as anybody knows', () => {
    expect(departureOf(ADA, CLAIM, AT)).toEqual({
      id: expect.stringMatching(/^orphan-2026-11-30-[0-9a-f]{20}$/),
      occurredAt: '2026-11-29T00:00:00.000Z',
      username: 'ada@example.com',
      orgIds: [ORG],
      by: 'grace',
      reason: 'HR-1',
    })
  })

  test('is the same all day, and another on the next', () => {
    const { id } = departureOf(ADA, CLAIM, AT)

    expect(departureOf(ADA, CLAIM, new Date('2026-11-30T00:00:00Z')).id).toBe(id)
    expect(departureOf(ADA, CLAIM, new Date('2026-12-01T00:00:00Z')).id).not.toBe(id)
  })

  test.each([
    ['person', { ...ADA, username: 'bob@example.com' }, CLAIM],
    ['organization', { ...ADA, orgIds: [OTHER_ORG] }, CLAIM],
    ['claim', ADA, { ...CLAIM, because: 'HR-2' }],
  ])('is another for another %s, so that no two contents share one id', (_, leaver, claim) => {
    expect(departureOf(leaver, claim, AT).id).not.toBe(departureOf(ADA, CLAIM, AT).id)
  })
})
