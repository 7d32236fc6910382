import { describe, expect, test } from 'vitest'
import { rosterDesk, WORKDAY } from '../../support/roster-desk.ts'

const ADA = 'ada.l@example.com'
const HEADER = 'Employee_ID,Name,Email_-_Work,Department,Worker_Status,Termination_Date'
const OTHERS = ['p1', 'p2', 'p3'].map((name) => `W-${name},P,${name}@example.com,Eng,Active,`)
const OTHER_NAMES = ['p1@example.com', 'p2@example.com', 'p3@example.com']
const DAY = 24 * 3_600_000

/** Takes in a file with one odd row; with `before`, after a file that had that row. */
async function taken(row: string, before?: string, header = HEADER) {
  const it = rosterDesk()
  await it.lists([ADA, ...OTHER_NAMES])
  const file = (one: string) => [header, ...OTHERS, one, ''].join('\n')
  if (before !== undefined) {
    await it.drops(file(before))
    it.now = new Date(it.now.getTime() + DAY)
  }
  const queued = await it.drops(file(row))
  const notices = (await it.notices()).map(({ status, unmapped }) => ({ status, ...(unmapped as object) }))
  return { queued, notices, refused: (await it.summary())?.refused?.why }
}

describe('a row whose cells stand under other names', () => {
  test.each([
    ['a comma in a name that was not quoted', `W8,Byron, Ada,${ADA},Eng,Terminated,`],
    ['an empty cell too many', `W8,Ada,,${ADA},Terminated,2026-11-28`],
    ['a cell too few before it', `W8,Byron,Ada,${ADA},Terminated,`],
  ])('is reported with the member whose address is in it: %s', async (_, row) => {
    const { queued, notices } = await taken(row)

    expect(queued).toEqual([])
    expect(notices).toMatchObject([{ status: 'roster_unclear', usernames: [ADA] }])
  })

  test.each([
    ['a manager', `W8,Ada,n/a,${ADA},Terminated,2026-11-28`],
    ['a manager of whoever stays', `W8,Ada,n/a,${ADA},Active,`],
    ['whoever is no member', 'W8,Byron, Zoe,zoe@example.com,Eng,Terminated,'],
  ])('says nothing of %s', async (_, row) => {
    expect(await taken(row, undefined, HEADER.replace('Department', 'Manager'))).toMatchObject({
      queued: [],
      notices: [],
    })
  })
})

describe('an address with a date or a word for a leaver around it', () => {
  const ROWS = [
    `W8,Ada,"${ADA} (left 2026-11-28)",Eng,Active,`,
    `W8,Ada,"${ADA}(left)",Eng,Active,`,
    `W8,Ada,${ADA}2026-11-28,Eng,Active,`,
    `W8,Ada,left ${ADA},Eng,,`,
    `W8,Ada,DEL_${ADA},Eng,Active,`,
    `W8,Ada,${ADA}2026-11-28,Eng,Terminated,`,
    `W8,Ada,2026-11-28${ADA},Eng,Terminated,`,
    `W8,Ada,"${ADA}(left 2026-11-28)",Eng,Terminated,`,
  ]

  test.each(ROWS)('is reported, whatever the status says: %s', async (row) => {
    const { queued, notices } = await taken(row)

    expect(queued).toEqual([])
    expect(notices).toMatchObject([{ status: 'roster_unclear', usernames: [ADA] }])
  })

  test.each(ROWS)('takes no leaving back: %s', async (row) => {
    const { queued } = await taken(row, `W8,Ada,${ADA},Eng,Active,2027-01-31`)

    expect(queued).toMatchObject([{ kind: 'return', return: { username: ADA, doubtful: true } }])
  })

  test.each([`"Ada <${ADA}>"`, `mailto:${ADA}`, `"'${ADA}'"`, `${ADA};ada@old.example.com`])(
    'is there with anything else around it: %s',
    async (cell) => {
      expect(await taken(`W8,Ada,${cell},Eng,Active,`)).toMatchObject({ queued: [], notices: [] })
    },
  )
})

test.each([
  ['inactive, and another domain', 'ada.l@corp.example.com,Eng,Inactive,'],
  ['a leaving date ahead, and another domain', 'ada.l@corp.example.com,Eng,Active,2027-01-28'],
  ['a login', 'ada.l,Eng,Terminated,2026-11-28'],
  ['a login of Windows', 'EXAMPLE\\ada.l,Eng,Terminated,2026-11-28'],
])('a leaver whose address may be a member’s is reported: %s', async (_, cells) => {
  const { queued, notices } = await taken(`W8,Ada,${cells}`)

  expect(queued).toEqual([])
  expect(notices).toMatchObject([{ status: 'roster_unclear', usernames: [ADA] }])
})

test.each(['Active', 'Is Active'])(
  'nothing under %s, where others have yes, may mean that they left',
  async (column) => {
    const it = rosterDesk()
    await it.lists([ADA, ...OTHER_NAMES])
    const rows = [...OTHER_NAMES.map((name) => `${name},Yes,`), `${ADA},,`, ',,Total: 4']

    expect(await it.drops([`mail,${column},Note`, ...rows, ''].join('\n'))).toEqual([])
    expect((await it.notices()).map(({ unmapped }) => unmapped)).toMatchObject([{ usernames: [ADA] }])
  },
)

test.each(['before', 'after'])(
  'a JSON row without `active` may mean that they left, %s one that has it',
  async (place) => {
    const it = rosterDesk()
    await it.lists([ADA, ...OTHER_NAMES])
    const others = OTHER_NAMES.map((mail) => ({ mail, active: true }))
    const rows = place === 'before' ? [{ mail: ADA }, ...others] : [...others, { mail: ADA }]

    expect(await it.drops(JSON.stringify(rows))).toEqual([])
    expect((await it.notices()).map(({ unmapped }) => unmapped)).toMatchObject([{ usernames: [ADA] }])
  },
)

test('a file in which most people have nothing under Active is refused, and says what to do', async () => {
  const it = rosterDesk()
  await it.lists([ADA, ...OTHER_NAMES])
  const rows = [{ mail: ADA, active: false }, ...OTHER_NAMES.map((mail) => ({ mail }))]

  expect(await it.drops(JSON.stringify(rows))).toEqual([])
  expect((await it.summary())?.refused?.why).toContain('a column such as Active filled in on each line')
})

test('JSON rows may say `active` of leavers alone, below all others', async () => {
  const it = rosterDesk()
  await it.lists([ADA, ...OTHER_NAMES])
  const rows = [...OTHER_NAMES.map((mail) => ({ mail })), { mail: ADA, active: false }]

  expect(await it.drops(JSON.stringify(rows))).toHaveLength(1)
})

test('nothing under Active says nothing beside a status', async () => {
  const it = rosterDesk()
  await it.lists([ADA, ...OTHER_NAMES])
  const rows = [...OTHER_NAMES.map((name) => `${name},Active,`), `${ADA},Terminated,`]

  expect(await it.drops(['mail,Worker Status,Active', ...rows, ''].join('\n'))).toHaveLength(1)
  expect(await it.notices()).toEqual([])
})

test.each(['ada.l=40example.com', 'ada.l(at)example.com', 'ada.l@@example.com', 'ada.l@example,com'])(
  'a work address that was garbled is reported beside a private one: %s',
  async (garbled) => {
    const header = HEADER.replace('Name', 'Email')
    const leaver = (mail: string) =>
      taken(`W8,ada@home.example.org,"${mail}",Eng,Terminated,`, undefined, header)

    expect(await leaver(garbled)).toMatchObject({ queued: [], notices: [{ status: 'roster_unclear' }] })
    expect(await leaver('Zoe <zoe@example.com>')).toMatchObject({ queued: [], notices: [] })
  },
)

test.each([
  ['No,Elternzeit,', 0, [ADA]],
  ['No,Elternzeit,2026-11-27', 1, []],
  ['No,,', 1, []],
  ['No,Left,', 1, []],
])('inactive beside a word that nobody knows may be a leave: %s', async (cells, queued, told) => {
  const it = rosterDesk()
  await it.lists([ADA, ...OTHER_NAMES])
  const others = OTHER_NAMES.map((mail) => `${mail},Yes,Aktiv,`)
  const isDated = cells.endsWith('7')
  const rows = [`mail,Active,Status${isDated ? ',Last Day' : ''}`, ...others, `${ADA},${cells}`, '']

  expect(await it.drops(rows.map((row) => (isDated ? row : row.replace(/,$/, ''))).join('\n'))).toHaveLength(
    queued,
  )
  expect(
    (await it.notices()).flatMap(({ unmapped }) => (unmapped as { usernames: string[] }).usernames),
  ).toEqual(told)
})

describe('a last day that somebody worked', () => {
  const header = HEADER.replace('Termination_Date', 'Last Day Worked')

  test('may be the day before a leave: who is only inactive is reported, with the column', async () => {
    const { queued, notices } = await taken(`W8,Ada,${ADA},Eng,Inactive,2026-10-01`, undefined, header)

    expect(queued).toEqual([])
    expect(notices).toMatchObject([{ usernames: [ADA], unread_columns: ['Last Day Worked'] }])
  })

  test.each([`W8,Ada,${ADA},Eng,Terminated,,2026-10-01`, `W8,Ada,${ADA},Eng,Inactive,2026-10-01,2026-10-01`])(
    'is the leaving date of whoever left, or has another: %s',
    async (row) => {
      const it = rosterDesk()
      await it.lists([ADA, ...OTHER_NAMES])
      const rows = [...OTHERS.map((other) => `${other},`), row, '']

      expect(await it.drops([`${HEADER},Last Day Worked`, ...rows].join('\n'))).toHaveLength(1)
    },
  )

  test('is a leaving date if that is configured', async () => {
    const it = rosterDesk({ rosters: [{ ...WORKDAY, columns: { date: 'Last Day Worked' } }] })
    await it.lists([ADA, ...OTHER_NAMES])
    const rows = [...OTHERS, `W8,Ada,${ADA},Eng,Inactive,2026-10-01`, '']

    expect(await it.drops([header, ...rows].join('\n'))).toHaveLength(1)
  })
})
