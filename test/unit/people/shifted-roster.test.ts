import { describe, expect, test } from 'vitest'
import { rosterDesk } from '../../support/roster-desk.ts'

const PEOPLE = Array.from({ length: 12 }, (_, at) => ({ mail: `p${at}@example.com`, at, isLeaver: at === 3 }))
const LEAVER = 'p3@example.com'
const DAY = 24 * 3_600_000

type Person = (typeof PEOPLE)[number]

/** What rows say under the names of a header, and under other ones after a mistake in the export. */
type Layout = { readonly header: readonly string[]; readonly row: (person: Person) => readonly string[] }

const csv = ({ header, row }: Layout, people: readonly Person[] = PEOPLE) =>
  [header, ...people.map(row)].map((cells) => `${cells.join(',')}\n`).join('')

async function desk() {
  const it = rosterDesk()
  await it.lists(PEOPLE.map(({ mail }) => mail))
  return it
}

/** Takes a file in, the first of its roster or one after a file with the columns in order and nobody leaving. */
async function taken(layout: Layout, before?: Layout) {
  const it = await desk()
  if (before) {
    await it.drops(
      csv(
        before,
        PEOPLE.map((person) => ({ ...person, isLeaver: false })),
      ),
    )
    it.now = new Date(it.now.getTime() + DAY)
  }
  const queued = await it.drops(csv(layout))
  const notices = (await it.notices()).map(({ status, unmapped }) => ({ status, ...(unmapped as object) }))
  return { queued, notices }
}

const rotated = ({ header, row }: Layout, from: number, by: 1 | -1): Layout => ({
  header,
  row(person) {
    const cells = row(person)
    const rest = cells.slice(from)
    return [
      ...cells.slice(0, from),
      ...rest.slice(by === 1 ? -1 : 1),
      ...rest.slice(...(by === 1 ? [0, -1] : [0, 1])),
    ]
  },
})

describe('a roster whose cells stand one column further than their names', () => {
  const YES_NO: Layout = {
    header: ['mail', 'Manager', 'Active', 'Remote'],
    row: ({ mail, at, isLeaver }) => [
      mail,
      at % 4 === 0 ? 'Y' : 'N',
      isLeaver ? 'N' : 'Y',
      at % 2 ? 'Y' : 'N',
    ],
  }
  const DATES: Layout = {
    header: ['mail', 'Hired', 'Termination Date', 'Team'],
    row: ({ mail, isLeaver }) => [mail, '2020-01-01', isLeaver ? '2026-11-28' : '', 'A'],
  }
  const SAP: Layout = {
    header: ['mail', 'emplClass', 'emplStatus', 'country'],
    row: ({ mail, at, isLeaver }) => [mail, at % 2 ? 'R' : 'T', isLeaver ? 'T' : 'A', 'DE'],
  }

  test.each([
    ['yes and no, to the right', YES_NO, 1, 1],
    ['yes and no, to the left', YES_NO, 2, -1],
    ['dates, to the right', DATES, 1, 1],
    ['codes of one letter, to the right', SAP, 1, 1],
  ] as const)('is refused, and removes nobody: %s', async (_, layout, from, by) => {
    for (const before of [undefined, layout]) {
      const { queued, notices } = await taken(rotated(layout, from, by), before)

      expect(queued).toEqual([])
      expect(notices).toMatchObject([{ status: 'roster_refused', why: expect.stringContaining('column') }])
    }
  })

  test.each([
    ['yes and no', YES_NO],
    ['codes of one letter', SAP],
  ])('is refused if nobody has a status any more: %s', async (_, layout) => {
    const lost: Layout = {
      ...layout,
      row: (person) => layout.row(person).map((cell, at) => (at === 2 ? '' : cell)),
    }
    for (const before of [undefined, layout]) {
      const { queued, notices } = await taken(lost, before)

      expect(queued).toEqual([])
      expect(notices).toMatchObject([{ status: 'roster_refused', why: expect.stringContaining('status') }])
    }
  })

  const TYPES: Layout = {
    header: ['mail', 'Type', 'Status', 'City'],
    row: ({ mail, isLeaver }) => [mail, 'Full time', isLeaver ? 'Terminated' : 'Active', 'Rome'],
  }
  const FLAGS: Layout = {
    header: ['mail', 'Team', 'Status', 'Termination Date', 'Note'],
    row: ({ mail, isLeaver }) => [mail, 'Full time', isLeaver ? 'Left' : 'Active', '', ''],
  }

  test.each([
    ['to the right', TYPES, 1, 1, 'City'],
    ['to the left', FLAGS, 1, -1, 'Team'],
  ] as const)(
    'is reported with who left by a column that is not read: %s',
    async (_, layout, from, by, column) => {
      for (const before of [undefined, layout]) {
        const shifted = rotated(layout, from, by)
        const row = (person: Person) => shifted.row(person).map((cell, at) => (at === 2 ? 'Full time' : cell))
        const { queued, notices } = await taken({ ...shifted, row }, before)

        expect(queued).toEqual([])
        expect(notices).toMatchObject([
          { status: 'roster_unclear', usernames: [LEAVER], unread_columns: [column] },
        ])
      }
    },
  )

  test('takes no leaving back that was announced before', async () => {
    const it = await desk()
    const announced = { ...TYPES, header: [...TYPES.header, 'Last day'] }
    const row = (person: Person) => [
      ...TYPES.row(person).with(2, 'Active'),
      person.isLeaver ? '2027-01-31' : '',
    ]
    await it.drops(csv({ ...announced, row }))
    it.now = new Date(it.now.getTime() + DAY)

    const swapped = ({ mail, isLeaver }: Person) => [
      mail,
      isLeaver ? 'Terminated' : 'Active',
      'Full time',
      'Rome',
      '',
    ]
    expect(await it.drops(csv({ ...announced, row: swapped }))).toMatchObject([
      { kind: 'return', return: { username: LEAVER, doubtful: true } },
    ])
  })

  test('is reported if dates stand where none are read', async () => {
    const layout: Layout = {
      header: ['mail', 'Contract', 'Last Day', 'Notes'],
      row: ({ mail, isLeaver }) => [mail, 'A', '', isLeaver ? '2026-11-28' : ''],
    }
    const { queued, notices } = await taken(layout)

    expect(queued).toEqual([])
    expect(notices).toMatchObject([{ status: 'roster_unclear', unread_columns: ['Notes'] }])
  })
})

test('a word for a leaver in another column says nothing beside a leaving date ahead', async () => {
  const header = ['mail', 'Status', 'Last day', 'Reason']
  const row = ({ mail, isLeaver }: Person) => [
    mail,
    'Active',
    ...(isLeaver ? ['2027-01-31', 'Resigned'] : ['', '']),
  ]
  const { queued, notices } = await taken({ header, row })

  expect(queued).toMatchObject([{ departure: { username: LEAVER } }])
  expect(notices).toEqual([])
})

test.each([
  ['Terminated', 'Yes', true],
  ['Is leaver', '1', true],
  ['Exit type', 'Terminated - Voluntary', true],
  ['Left', 'x', true],
  ['Left', 'resigned in November', true],
  ['Type', 'Former Employee', true],
  ['Terminated', 'No', false],
  ['Terminated', 'n/a', false],
  ['Terminated', '-', false],
  ['Terminated', '', false],
  ['Attendance', 'Yes', false],
])(
  'a column %s that is not read, with "%s": who has it beside "Active" is reported: %j',
  async (column, text, isReported) => {
    const row = ({ mail, isLeaver }: Person) => [mail, 'Active', isLeaver ? text : 'No']
    const { queued, notices } = await taken({ header: ['mail', 'Status', column], row })

    expect(queued).toEqual([])
    expect(notices).toMatchObject(
      isReported ? [{ status: 'roster_unclear', usernames: [LEAVER], unread_columns: [column] }] : [],
    )
  },
)

test('a word for a leaver in a second column of a status is reported', async () => {
  const row = ({ mail, isLeaver }: Person) => [mail, 'Active', isLeaver ? 'Leaver' : '']
  const { queued, notices } = await taken({ header: ['mail', 'Employment Status', 'Worker Status'], row })

  expect(queued).toEqual([])
  expect(notices).toMatchObject([{ status: 'roster_unclear', usernames: [LEAVER], unread_columns: [] }])
})

test('sparse dates are reported where no column of dates is read', async () => {
  const row = ({ mail, isLeaver }: Person) => [mail, 'Active', isLeaver ? '2026-11-28' : '']
  const { notices } = await taken({ header: ['mail', 'Status', 'Relieving Date'], row })

  expect(notices).toMatchObject([{ status: 'roster_unclear', unread_columns: ['Relieving Date'] }])
})

test('sparse dates that were there in the file before are no news', async () => {
  const layout: Layout = {
    header: ['mail', 'Last Day', 'Promoted'],
    row: ({ mail, at }) => [mail, '', at === 5 ? '2026-01-01' : ''],
  }
  const { notices } = await taken(layout, layout)

  expect(notices).toMatchObject([{ unread_columns: ['Promoted'] }])
})

test('a comma that was not quoted moves the cells behind it, which removes nobody', async () => {
  const header = ['mail', 'Department', 'Hired', 'Last Day', 'Notes']
  const row = ({ mail, at }: Person) => [mail, at === 5 ? 'R&D, Ops' : 'Sales', '2020-01-11', '', '']
  const { queued, notices } = await taken({ header, row })

  expect(queued).toEqual([])
  expect(notices).toMatchObject([{ status: 'roster_unclear', usernames: ['p5@example.com'] }])
})

test('a comma at the end of every line but the first does no harm', async () => {
  const row = ({ mail, isLeaver }: Person) => [mail, isLeaver ? 'Left' : 'Active', '']

  expect((await taken({ header: ['mail', 'Status'], row })).queued).toHaveLength(1)
})

test('half of three members may leave by one file', async () => {
  const it = rosterDesk()
  await it.lists(PEOPLE.slice(0, 6).map(({ mail }) => mail))
  const row = ({ mail, at }: Person) => [mail, at % 2 ? 'Terminated' : 'Active']

  expect(await it.drops(csv({ header: ['mail', 'Status'], row }, PEOPLE.slice(0, 6)))).toHaveLength(3)
})
