import { describe, expect, test } from 'vitest'
import { rosterDesk } from '../../support/roster-desk.ts'

const HEADER = 'Employee ID,Work Email,Worker Status,Termination Date'
const DAY = 24 * 3_600_000
const PEOPLE = Array.from({ length: 12 }, (_, at) => ({ id: `${1000 + at * 7}`, mail: `p${at}@example.com` }))
const MEMBERS = PEOPLE.slice(0, 8).map(({ mail }) => mail)
const [ADA, ID] = [MEMBERS[3] ?? '', PEOPLE[3]?.id ?? '']

type Person = (typeof PEOPLE)[number]

const file = (cellsOf: (person: Person, at: number) => string, ...more: readonly string[]) =>
  [HEADER, ...PEOPLE.map(cellsOf), ...more, ''].join('\n')
const stays = ({ id, mail }: Person) => `${id},${mail},Active,`
/** Everybody stays, except that Ada's line is another. */
const withAda = (line: string, ...more: readonly string[]) =>
  file((one) => (one.id === ID ? line : stays(one)), ...more)

/** Takes in one file a night. */
async function nights(...files: readonly string[]) {
  const it = rosterDesk()
  await it.lists(MEMBERS)
  for (const one of files) {
    await it.drops(one)
    it.now = new Date(it.now.getTime() + DAY)
  }
  const notices = (await it.notices()).map(({ status, unmapped }) => ({ status, ...(unmapped as object) }))
  return { it, queued: it.queued, notices, refused: (await it.summary())?.refused?.why }
}

describe('a leaver who is known by the employee id alone', () => {
  test.each([
    ['an emptied address', `${ID},,Terminated,2026-11-27`],
    ['no address any more, and leaves later', `${ID},,Active,2027-01-31`],
    ['a private address', `${ID},ada@home.example.org,Terminated,`],
    ['another name', `${ID},ada.new@example.com,Terminated,`],
    ['an emptied address and an unknown status', `${ID},,Gone fishing,`],
  ])('is reported once, by the address of the file before: %s', async (_, line) => {
    const { queued, notices } = await nights(file(stays), withAda(line), withAda(line))

    expect(queued).toEqual([])
    expect(notices).toMatchObject([{ status: 'roster_unclear', usernames: [ADA] }])
  })

  test.each([
    ['another line names the member', `${ID},,Terminated,`, `C-1,${ADA},Active,`],
    ['another line of that id stays', `${ID},,Terminated,`, `${ID},ada.new@example.com,Active,`],
    ['the line stays', `${ID},,Active,`, ''],
    ['nobody had that id', '4711,,Terminated,', `${ID},${ADA},Active,`],
  ])('is not reported if %s', async (_, line, more) => {
    expect(await nights(file(stays), withAda(line, more))).toMatchObject({ queued: [], notices: [] })
  })

  test.each(['N/A', '0000'])('is not found by an id such as %s', async (id) => {
    const [before, after] = [`${id},${ADA},Active,`, `${id},,Terminated,`]

    expect(await nights(withAda(before), withAda(after))).toMatchObject({ queued: [], notices: [] })
  })

  test('is not found by an id that two people had', async () => {
    const before = file((one) => stays({ ...one, id: one.id === ID ? '1000' : one.id }))

    expect(await nights(before, withAda('1000,,Terminated,'))).toMatchObject({ queued: [], notices: [] })
  })

  test('is no news if the file before said so', async () => {
    const before = withAda(`${ID},${ADA},Terminated,2026-11-27`)
    const { queued, notices } = await nights(before, withAda(`${ID},,Terminated,2026-11-27`))

    expect(queued).toMatchObject([{ departure: { username: ADA } }])
    expect(notices).toEqual([])
  })

  test('is found again if the file is read again', async () => {
    const { it } = await nights(file(stays))
    it.failsToQueue = true
    const last = withAda(`${ID},,Terminated,`).replace(
      `${stays(PEOPLE[1] as Person)}`,
      '1007,p1@example.com,Left,',
    )
    const at = { key: 'workday/workers.csv', version: 'v2', sequencer: '0002' }
    await expect(it.drops(last, at)).rejects.toThrow()
    it.failsToQueue = false
    await it.drops(last, at)

    expect(await it.notices()).toMatchObject([{ unmapped: { usernames: [ADA] } }])
  })

  test('is not found if the file before is gone, which changes nothing else', async () => {
    const { it } = await nights(file(stays))
    it.loses('workday/workers.csv')

    expect(await it.drops(withAda(`${ID},${ADA},Terminated,`), { key: 'workday/next.csv' })).toHaveLength(1)
  })
})

describe('a file in which one column slid by a row', () => {
  const leaver = (of: string) => (one: Person) => (one.id === of ? `Terminated,2026-11-27` : 'Active,')
  const slid = (one: Person, at: number) => `${one.id},${PEOPLE.at(at - 1)?.mail},${leaver('1014')(one)}`

  const numbered = (content: string) =>
    PEOPLE.reduce((text, { id }, at) => text.replace(`${id},`, `${5001 + at},`), content)

  test.each([
    ['', file(stays), file(slid)],
    [
      ' below the line with a cell too few',
      file(stays),
      file((one, at) => (at < 4 ? stays(one) : slid(one, at))),
    ],
    [' of ids one after the other', numbered(file(stays)), numbered(file(slid))],
  ])('is refused, and says what to do%s', async (_, before, after) => {
    const { queued, refused } = await nights(before, after)

    expect(queued).toEqual([])
    expect(refused).toMatch(/^[48] ids of members stand beside other addresses .* new `name`$/)
  })

  test.each([
    [
      'three people have other names',
      (one: Person, at: number) => stays(at < 3 ? { ...one, mail: `n${at}@example.com` } : one),
    ],
    [
      'all addresses have another domain',
      (one: Person) => stays({ ...one, mail: one.mail.replace('@', '@corp.') }),
    ],
    ['all ids are new', (one: Person) => stays({ ...one, id: `N${one.id}` })],
  ])('is another thing than that %s', async (_, cellsOf) => {
    expect((await nights(file(stays), file(cellsOf))).refused ?? '').not.toContain('ids')
  })

  test('is another thing than three addresses of each person', async () => {
    const lines = (one: Person) =>
      ['p', 'q', 'r'].map((letter) => stays({ ...one, mail: one.mail.replace('p', letter) }))

    expect(
      await nights(
        file((one) => lines(one).join('\n')),
        file((one) => lines(one).join('\n')),
      ),
    ).toMatchObject({
      queued: [],
      notices: [],
    })
  })

  test('is another thing than ids that count the lines', async () => {
    const counted = (one: Person, at: number) => stays({ ...one, id: `${at + 1}` })
    const later = [
      HEADER,
      stays({ id: '1', mail: 'new@example.com' }),
      ...PEOPLE.map((one, at) => counted(one, at + 1)),
      '',
    ]

    expect(await nights(file(counted), later.join('\n'))).toMatchObject({ queued: [], notices: [] })
  })
})
