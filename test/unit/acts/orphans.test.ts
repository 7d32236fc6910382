import { describe, expect, test } from 'vitest'
import { carryOut } from '../../../lib/acts/operator.ts'
import type { Member } from '../../../lib/words/member.ts'
import { activeMember, LEFT_AT, later, ON_CALL, ORG, OTHER_ORG } from '../../support/cases.ts'
import type { WorldOptions } from '../../support/world.ts'
import { startDesk } from './desk.ts'

const LOGIN = new Date('2026-08-08T18:15:51Z')
const PEOPLE = ['ada', 'bob', 'carl', 'dora', 'emil', 'fay']

function member(index: number, username: string, fields: Partial<Member> = {}): Member {
  const userId = `5e4bc367c6b0f41b${index.toString(16).padStart(8, '0')}`
  return activeMember({ userId, username, lastAuthAt: LOGIN, ...fields })
}

const STAFF = PEOPLE.map((name, index) => member(index, `${name}@example.com`))
const GUS = member(10, 'gus@example.com')
const INVITED = member(11, 'hal@example.com', {
  status: 'PENDING',
  lastAuthAt: undefined,
  invitationCreatedAt: new Date('2026-10-01T08:00:00Z'),
  inviterUsername: 'gus@example.com',
})
const TAGGED = member(12, 'ada+ci@example.com')
const ROOT = member(13, 'root@example.com', { orgRoles: ['ORG_OWNER'] })
const ALL = [...STAFF, GUS, INVITED, TAGGED, ROOT]

const ROSTER = `id,userName\n${PEOPLE.map((name, index) => `${index},${name}@example.com\n`).join('')}`
const FILES = {
  'people.csv': ROSTER,
  'extra.csv': 'mail\nada+ci@example.com\ngus@example.com\nhal@example.com\n',
}
const CLAIM = '--by eve --because HR-1'

async function deskWith(members: readonly Member[] = ALL, options: WorldOptions = {}) {
  const settings = { protectedUsernames: ['root@*'], holdOrgRoles: ['ORG_OWNER'], ...options.settings }
  const desk = startDesk({ ...options, settings })
  desk.world.org().members = [...members]
  return desk
}

const withoutTime = (out: string) => out.replace(/^\S+/, '')
const namesIn = (members: readonly Member[]) => members.map(({ username }) => username)

describe('`orphans`', () => {
  test('shows who is on no roster line, near matches and protected ones apart, and exits 1', async () => {
    const desk = await deskWith()

    const { status, out, err } = await desk.run('orphans --roster people.csv', { files: FILES })

    expect({ status, err }).toEqual({ status: 1, err: '' })
    expect(out).toContain('9 people in 1 organization; the roster (6 lines with a name) has 6 of them')
    const [orphans = '', near = '', kept = ''] = out.split(/^(?=NEAR|PROTECTED)/m)
    expect(orphans).toMatch(new RegExp(`gus@example.com +${ORG} +ACTIVE +ORG_MEMBER +1 +2026-08-08 +–`))
    expect(orphans).toMatch(/hal@example.com .*PENDING .* – +2026-10-01 by gus@example.com/)
    expect(orphans).not.toMatch(/ada|root/)
    expect(near).toMatch(/ada\+ci@example.com .* ada@example.com\n/)
    expect(kept).toMatch(/root@example.com .*ORG_OWNER/)
    expect(out).toContain('If these 2 have left: the same with --remove --expect 2 --because WHY')
    expect(namesIn(desk.world.org().members)).toEqual(namesIn(ALL))
  })

  test('exits 0 where everybody is on one of the rosters, protected ones aside', async () => {
    const desk = await deskWith()

    const { status, out } = await desk.run('orphans --roster people.csv --roster extra.csv', { files: FILES })

    expect(status).toBe(0)
    expect(out).toContain('No orphans')
    expect(out).toContain('PROTECTED')
    expect(out).not.toContain('next:')
  })

  test('exits 1 for a near match alone: it may be another person of that name', async () => {
    const desk = await deskWith([...STAFF, TAGGED])

    const { status, out } = await desk.run('orphans --roster people.csv', { files: FILES })

    expect(status).toBe(1)
    expect(out).toContain('Find out whose the near matches are')
  })

  test('--json and --csv print nothing but that, with the exit status of the table', async () => {
    const desk = await deskWith()

    const json = await desk.run('orphans --roster people.csv --json', { files: FILES })
    const csv = await desk.run('orphans --roster people.csv --csv', { files: FILES })

    expect([json.status, csv.status]).toEqual([1, 1])
    expect(JSON.parse(json.out)).toMatchObject({
      notRead: [],
      coverage: { all: { people: 9, covered: 6 }, byOrg: [{ orgId: ORG, people: 9, covered: 6 }] },
      orphans: [
        { username: 'gus@example.com', orgId: ORG, lastAuthAt: LOGIN.toISOString(), similar: [] },
        { username: 'hal@example.com', inviterUsername: 'gus@example.com' },
      ],
      nearMatches: [{ username: 'ada+ci@example.com', similar: ['ada@example.com'] }],
      protected: [{ username: 'root@example.com', protected: true }],
    })
    const [header, ...lines] = csv.out.split('\r\n')
    expect(header).toBe(
      '"finding","username","org_id","user_id","status","org_roles","projects","teams","last_login_at","invited_at","invited_by","similar_on_roster","open_case"',
    )
    expect(lines.map((line) => line.split(',').slice(0, 2).join())).toEqual([
      '"orphan","gus@example.com"',
      '"orphan","hal@example.com"',
      '"near_match","ada+ci@example.com"',
      '"protected","root@example.com"',
    ])
  })

  test('--csv does not let a spreadsheet carry a username out', async () => {
    const desk = await deskWith([...STAFF, member(20, '=cmd|1@example.com')])

    const { out } = await desk.run('orphans --roster people.csv --csv', { files: FILES })

    expect(out).toContain(`"orphan","'=cmd|1@example.com"`)
  })

  test('carries no control characters of a username to a terminal, and says what they are', async () => {
    const name = 'g\u202e\u009b2J\u{e0041}us@example.com'
    const desk = await deskWith([...STAFF, member(20, name)])

    const { out } = await desk.run('orphans --roster people.csv', { files: FILES })
    const json = await desk.run('orphans --roster people.csv --json', { files: FILES })

    expect(out).toContain('g\\u{202e}')
    for (const shown of [out, json.out]) expect(shown).not.toMatch(/[\u202e\u009b]|\u{e0041}/u)
    expect(JSON.parse(json.out).orphans).toContainEqual(expect.objectContaining({ username: name }))
  })

  test('whoever left by their line is not there by it', async () => {
    const desk = await deskWith()
    const everybody = await desk.run('orphans --roster people.csv --json', { files: FILES })
    const [name = ''] = /[^\s,]+@\S+/.exec(ROSTER) ?? []
    const status = (line: string) => (line.includes(name) ? 'Terminated' : line === '' ? '' : 'Active')
    const roster = ROSTER.split('\n')
      .map((line, at) => (at === 0 ? `${line},Status` : line === '' ? '' : `${line},${status(line)}`))
      .join('\n')

    const found = await desk.run('orphans --roster people.csv --json', { files: { 'people.csv': roster } })

    expect(JSON.parse(everybody.out).roster.lines).toBe(JSON.parse(found.out).roster.lines)
    expect(everybody.out).not.toContain(`"username":"${name}"`)
    expect(JSON.parse(found.out).orphans).toContainEqual(expect.objectContaining({ username: name }))
  })

  test('warns of a column of accounts, which is not read', async () => {
    const desk = await deskWith()
    const roster = ROSTER.replaceAll(/$/gm, ',x')
      .replace('userName,x', 'userName,Enabled')
      .replace(/\n,x$/, '\n')

    const { err } = await desk.run('orphans --roster people.csv', { files: { 'people.csv': roster } })

    expect(err).toContain('The column Enabled of people.csv is not read')
  })

  test('says how many lines name nobody', async () => {
    const desk = await deskWith()

    const { out } = await desk.run('orphans --roster people.csv', {
      files: { 'people.csv': `${ROSTER}7,\n` },
    })

    expect(out).toContain('(6 lines with a name, 1 line without a name)')
  })
})

describe('a partial reading never looks complete', () => {
  async function partialDesk(members: readonly Member[]) {
    const desk = await deskWith(members, { orgIds: [ORG, OTHER_ORG] })
    desk.world.org(OTHER_ORG).clientSecret = 'another'
    return desk
  }

  test.each(['', ' --json', ' --csv'])('`orphans%s` says so and exits 3', async (form) => {
    const desk = await partialDesk(STAFF)

    const { status, out, err } = await desk.run(`orphans --roster people.csv${form}`, { files: FILES })

    expect(status).toBe(3)
    expect(out).toContain(OTHER_ORG)
    expect(out).toContain('INVALID_CLIENT')
    expect(err).toContain('*** INCOMPLETE: not every organization could be read')
  })

  test('a secret that cannot be read is such a case, and --org leaves it out', async () => {
    const desk = await deskWith(STAFF, { orgIds: [ORG, OTHER_ORG] })
    desk.world.aws.secrets.delete(`atlas/${OTHER_ORG}`)

    const all = await desk.run('orphans --roster people.csv', { files: FILES })
    const one = await desk.run(`orphans --roster people.csv --org ${ORG}`, { files: FILES })

    expect(all).toMatchObject({
      status: 3,
      out: expect.stringMatching(new RegExp(`NOT READ: organization ${OTHER_ORG}: `)),
    })
    expect(one).toMatchObject({ status: 0, err: '' })
  })

  test('--csv has a line for what was not read', async () => {
    const desk = await partialDesk(STAFF)
    desk.world.aws.secrets.delete(`atlas/${OTHER_ORG}`)

    const { out } = await desk.run('orphans --roster people.csv --csv', { files: FILES })

    expect(out).toMatch(new RegExp(`\\r\\n"not_read",,"${OTHER_ORG}",,"SECRET_\\w+"$`))
  })

  test('--remove leaves that organization alone, and exits 3 for it', async () => {
    const desk = await partialDesk([...STAFF, GUS])
    desk.world.org(OTHER_ORG).members = [GUS]

    const ran = await desk.run(`orphans --roster people.csv --remove --expect 1 ${CLAIM}`, { files: FILES })

    expect(ran).toMatchObject({
      status: 3,
      out: expect.stringContaining(`NOT READ: organization ${OTHER_ORG}`),
    })
    expect(namesIn(desk.world.org().members)).toEqual(namesIn(STAFF))
    expect(desk.world.cases().map(({ state }) => state.orgId)).toEqual([ORG])
  })
})

describe('it is the roster that is wrong', () => {
  test.each([
    ['without people', 'userName\n', 'people.csv: it names nobody'],
    ['cut off', `${ROSTER}9`, 'line 8: 1 field, where the first line names 2 columns'],
    ['of other people', 'mail\nx@example.org\n', 'it names 0 of the 9 people in Atlas, less than half'],
    ['half of it missing', 'mail\nada@example.com\nbob@example.com\n', 'it names 2 of the 9 people in Atlas'],
  ])('a roster that is %s exits 2 and removes nobody', async (_, roster, says) => {
    const desk = await deskWith()
    const files = { 'people.csv': roster }

    const look = await desk.run('orphans --roster people.csv --json', { files })
    const act = await desk.run(`orphans --roster people.csv --remove --expect 9 ${CLAIM}`, { files })

    for (const ran of [look, act])
      expect(ran).toMatchObject({ status: 2, err: expect.stringContaining(says) })
    expect(JSON.parse(look.out)).toEqual({ error: expect.stringContaining('--roster: ') })
    expect(act.out).toBe('')
    expect(namesIn(desk.world.org().members)).toEqual(namesIn(ALL))
    expect(desk.world.cases()).toEqual([])
  })

  test('so is one that covers one organization badly, and --org can leave that out', async () => {
    const desk = await deskWith(STAFF, { orgIds: [ORG, OTHER_ORG] })
    desk.world.org(OTHER_ORG).members = [1, 2, 3, 4].map((at) => member(at, `other.${at}@example.com`))

    const all = await desk.run('orphans --roster people.csv', { files: FILES })
    const one = await desk.run(`orphans --roster people.csv --org ${ORG}`, { files: FILES })

    expect(all).toMatchObject({
      status: 2,
      err: expect.stringContaining(`0 of the 4 people of organization ${OTHER_ORG}, less than half`),
    })
    expect(one.status).toBe(0)
  })

  test('so is one that cannot be read', async () => {
    const desk = await deskWith()

    const gone = await desk.run('orphans --roster gone.csv', { files: FILES })

    expect(gone).toMatchObject({
      status: 2,
      err: expect.stringContaining('gone.csv: cannot be read: ENOENT'),
    })
  })

  test.each([
    ['orphans', '--roster FILE is missing'],
    ['orphans --roster people.csv --csv --json', 'expected --csv or --json, not both'],
    ['orphans --roster - --roster -', 'there is only one standard input'],
    ['orphans --roster people.csv --expect 2', '--expect is only for --remove'],
    ['orphans --roster people.csv --dry-run', '--dry-run is only for --remove'],
    ['orphans --roster people.csv --remove --by a --because b', '--remove needs --expect'],
    ['orphans --roster people.csv --remove --by a --expect 2', '--remove needs --because'],
    [`orphans --roster people.csv --remove --expect all ${CLAIM}`, '--expect: expected a number'],
    [`orphans --roster people.csv --remove --csv --expect 2 ${CLAIM}`, '--csv: not together with --remove'],
    [`orphans --roster people.csv --org ${OTHER_ORG}`, `--org: ${OTHER_ORG} is not configured`],
  ])('`%s` exits 2: %s', async (line, says) => {
    const desk = await deskWith()

    expect(await desk.run(line, { files: FILES })).toMatchObject({
      status: 2,
      err: expect.stringContaining(says),
    })
    expect(desk.world.cases()).toEqual([])
  })
})

describe('`orphans --remove`', () => {
  const REMOVE = `orphans --roster people.csv --remove ${CLAIM}`
  const SETTINGS = { settings: { maxRemovalsPercent: 100 } }

  test('removes the exact ones as ordinary departures, and nobody else', async () => {
    const desk = await deskWith(ALL, SETTINGS)

    const { status, out } = await desk.run(`${REMOVE} --expect 2`, { files: FILES })

    expect(status).toBe(0)
    expect(out).toMatch(/gus@example.com .*removed \(answered\)/)
    expect(out).toMatch(/hal@example.com .*removed \(answered\)/)
    expect(namesIn(desk.world.org().members)).toEqual(namesIn([...STAFF, TAGGED, ROOT]))
    expect(desk.world.cases()).toHaveLength(2)
    expect(desk.world.cases()[0]?.state.departure).toMatchObject({
      id: expect.stringMatching(/^operator:orphan-2026-11-16-[0-9a-f]{20}$/),
      source: 'operator',
      requestedBy: ON_CALL.arn,
      reason: 'HR-1',
      occurredAt: new Date('2026-11-15T00:00:00.000Z'),
    })
  })

  test.each(['1', '3', '0', '4'])('removes nobody where --expect is %s and 2 are found', async (expected) => {
    const desk = await deskWith(ALL, SETTINGS)

    const { status, out, err } = await desk.run(`${REMOVE} --expect ${expected}`, { files: FILES })

    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain(`--expect: 2 can be removed, not ${expected}; nobody was removed`)
    expect(err).toContain('ORPHANS')
    expect(desk.world.cases()).toEqual([])
  })

  test('shows whom it means and asks; anything but yes removes nobody', async () => {
    const desk = await deskWith(ALL, SETTINGS)

    const no = await desk.run(`${REMOVE} --expect 2`, { files: FILES, says: 'n' })
    const before = desk.world.cases().length
    const yes = await desk.run(`${REMOVE} --expect 2`, { files: FILES, says: 'y' })

    expect(no).toMatchObject({
      status: 1,
      out: '',
      asked: ['Remove these 2 people, under every rule? [y/N] '],
    })
    expect(no.err).toMatch(/gus@example.com[\s\S]*nothing was done/)
    expect(before).toBe(0)
    expect(yes.status).toBe(0)
  })

  test('--dry-run asks nothing, says what the rules would say, and says it again each time', async () => {
    const desk = await deskWith(
      [...ALL, member(21, 'olga@example.com', { orgRoles: ['ORG_OWNER'] })],
      SETTINGS,
    )

    const ran = await desk.run(`${REMOVE} --expect 3 --dry-run`, { files: FILES, says: 'n' })
    await desk.run(`${REMOVE} --expect 3 --dry-run`, { files: FILES })

    expect(ran).toMatchObject({ status: 1, asked: [] })
    expect(ran.out).toMatch(/gus@example.com .*would be removed/)
    expect(ran.out).toMatch(/olga@example.com .*held: privileged/)
    expect(desk.world.org().members).toHaveLength(ALL.length + 1)
    expect(desk.world.cases()).toHaveLength(5)
  })

  test('goes through the removal window like anybody else, and exits by the worst outcome', async () => {
    const desk = await deskWith(ALL, { settings: { maxRemovalsPerDay: 1 } })

    const { status, out } = await desk.run(`${REMOVE} --expect 2`, { files: FILES })

    expect(status).toBe(1)
    expect(out).toMatch(
      /removed \(answered\)[\s\S]*held: mass_removal .*[\s\S]*next: atlas-offboarding release c-/,
    )
    expect(desk.world.org().members).toHaveLength(ALL.length - 1)
  })

  test('with FOUR_EYES is one proposal of exactly these people, and removes them once another person confirms', async () => {
    const desk = await deskWith(ALL, { settings: { ...SETTINGS.settings, fourEyes: true } })

    const { status, err } = await desk.run(`${REMOVE} --expect 2`, { files: FILES })
    const cases = desk.world.cases().length
    const [proposal] = desk.world.tasks('proposal')
    const own = await desk.run(`confirm ${proposal?.id}`)
    const shown = await desk.run('status')
    const { deps } = desk.world.worker('operator')
    const eve = { arn: 'arn:aws:sts::111122223333:assumed-role/Deploy/eve' }
    const request = { action: 'confirm', proposal: proposal?.id }
    const invocation = { requestId: 'r-2', deadline: later(3_600_000), caller: eve }
    const confirmed = await desk.world.time.run(carryOut(deps, request, invocation))
    await desk.world.runUntil(later(60_000))

    expect({ status, cases }).toEqual({ status: 1, cases: 0 })
    expect(err).toContain('proposed, not done: remove orphans 2 people')
    expect(own.err).toContain('another person must confirm')
    expect(shown.out).toContain('gus@example.com, hal@example.com')
    expect(confirmed).toMatchObject({ result: 'done', answer: { queued: 2, refused: [] } })
    expect(namesIn(desk.world.org().members)).toEqual(namesIn([...STAFF, TAGGED, ROOT]))
  })

  test('in observe mode says loudly that nobody was removed', async () => {
    const desk = await deskWith(ALL, { settings: { mode: 'observe' } })

    const { status, err } = await desk.run(`${REMOVE} --expect 2`, { files: FILES })

    expect(status).toBe(1)
    expect(err).toContain('*** OBSERVE MODE: nobody was removed')
    expect(namesIn(desk.world.org().members)).toEqual(namesIn(ALL))
  })

  test('again on the same day opens no further case: what is held is shown, and counts no more', async () => {
    const desk = await deskWith(ALL, { settings: { maxRemovalsPerDay: 0 } })
    await desk.run(`${REMOVE} --expect 2`, { files: FILES })

    const look = await desk.run('orphans --roster people.csv', { files: FILES })
    const again = await desk.run(`${REMOVE} --expect 0`, { files: FILES })

    expect(look.status).toBe(1)
    expect(look.out).toMatch(/gus@example.com .*\n +held: mass_removal\n +next: atlas-offboarding case c-/)
    expect(look.out).not.toContain('--remove --expect')
    expect((await desk.run('orphans --roster people.csv --csv', { files: FILES })).out).toMatch(
      /^"orphan","gus@example.com",.*,"c-[0-9a-f]{20}"\r$/m,
    )
    expect(again.status).toBe(1)
    expect(withoutTime(again.out)).toBe(withoutTime(look.out))
    expect(desk.world.cases()).toHaveLength(2)
  })

  test('does not call somebody out whose removal was cancelled today', async () => {
    const desk = await deskWith([...STAFF, GUS], { settings: { maxRemovalsPerDay: 0 } })
    const { out } = await desk.run(`${REMOVE} --expect 1`, { files: FILES })
    await desk.run(`cancel ${/c-[0-9a-f]{20}/.exec(out)?.[0]} --by hr --because sabbatical`)

    const again = await desk.run(`${REMOVE} --expect 1`, { files: FILES })

    expect(again).toMatchObject({
      status: 1,
      out: expect.stringContaining('cancelled by on-call/grace: sabbatical'),
    })
    expect(desk.world.cases()).toHaveLength(1)
  })

  test('holds whoever was invited today: the roster may be of yesterday', async () => {
    const invitationCreatedAt = new Date(LEFT_AT.getTime() - 3_600_000)
    const desk = await deskWith([...STAFF, { ...INVITED, invitationCreatedAt }], SETTINGS)

    const { status, out } = await desk.run(`${REMOVE} --expect 1`, { files: FILES })

    expect(status).toBe(1)
    expect(out).toContain('held: rejoined')
    expect(desk.world.org().members).toHaveLength(7)
  })

  test('does not take this morning’s removal of a person who is there again for one of now', async () => {
    const desk = await deskWith([...STAFF, GUS], SETTINGS)
    await desk.run(`${REMOVE} --expect 1`, { files: FILES })
    desk.world.org().members.push(GUS)

    const { status, out } = await desk.run(`${REMOVE} --expect 1`, { files: FILES })

    expect(status).toBe(1)
    expect(out).toContain('gus@example.com: was removed earlier today, and is there again')
  })

  test('leaves organizations alone where the person is under way already, and removes them from the others', async () => {
    const desk = await deskWith([...STAFF, GUS], { ...SETTINGS, orgIds: [ORG, OTHER_ORG] })
    desk.world.org(OTHER_ORG).members = [...STAFF, { ...GUS, orgRoles: ['ORG_OWNER'] }, ROOT]
    await desk.run(`remove gus@example.com --org ${OTHER_ORG}`)

    const { status } = await desk.run(`${REMOVE} --expect 1`, { files: FILES })

    expect(status).toBe(0)
    expect(
      desk.world
        .cases()
        .map(({ state }) => state.orgId)
        .toSorted(),
    ).toEqual([ORG, OTHER_ORG].toSorted())
    expect(namesIn(desk.world.org().members)).toEqual(namesIn(STAFF))
  })

  test('--json prints one document with the list and what became of each', async () => {
    const desk = await deskWith(ALL, SETTINGS)

    const { status, out } = await desk.run(`${REMOVE} --expect 2 --json`, { files: FILES })

    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      orphans: [{ username: 'gus@example.com' }, { username: 'hal@example.com' }],
      removals: [
        { username: 'gus@example.com', kind: 'asked', cases: [{ outcome: { kind: 'removed' } }] },
        { username: 'hal@example.com', kind: 'asked', cases: [{ outcome: { kind: 'removed' } }] },
      ],
    })
  })

  test('a function that fails is not asked for the others, and exits 3', async () => {
    let down = false
    const desk = await deskWith(ALL, {
      ...SETTINGS,
      faultFor: ({ service }) =>
        down && service === 'queue' ? { kind: 'error', when: 'before' } : undefined,
    })
    down = true

    const { status, out } = await desk.run(`${REMOVE} --expect 2`, { files: FILES })

    expect(status).toBe(3)
    expect(out).toMatch(/gus@example.com: "\S+" failed: .*\nhal@example.com: not asked for/)
  })

  test('a request that the function refuses exits 1, and the others go on', async () => {
    const desk = await deskWith([...STAFF, member(9, `${'g'.repeat(300)}@example.com`), GUS], SETTINGS)

    const { status, out } = await desk.run(`${REMOVE} --expect 2`, { files: FILES })

    expect(status).toBe(1)
    expect(out).toContain('@example.com: `username`: expected')
    expect(out).toMatch(/gus@example.com .*removed/)
  })
})
