import { describe, expect, test } from 'vitest'
import { rosterDesk, WORKDAY } from '../../support/roster-desk.ts'

const PEOPLE = Array.from({ length: 30 }, (_, at) => `p${at}@example.com`)
const HEADER = 'Employee ID,Work Email,Worker Status,Termination Date'
const DAY = 24 * 3_600_000

const file = (header: string, ...rows: readonly (readonly string[])[]) =>
  `${[header, ...rows.flat()].join('\n')}\n`
/** One row for each person, with these cells behind the address. */
const rowsOf = (people: readonly string[], cells: string) =>
  people.map((mail) => `W-${mail},${mail},${cells}`)
const staying = (people: readonly string[]) => rowsOf(people, 'Active,')
const gone = (people: readonly string[]) => rowsOf(people, 'Terminated,2026-11-27')
const ahead = (people: readonly string[]) => rowsOf(people, 'Active,2026-12-31')

/** Takes in one file a night. @returns what each queued, and what was told */
async function nights(files: readonly string[], roster: Partial<typeof WORKDAY> = {}) {
  const it = rosterDesk({ rosters: [{ ...WORKDAY, ...roster }] })
  await it.lists(PEOPLE)
  const queued: number[] = []
  for (const one of files) {
    queued.push((await it.drops(one)).length)
    it.now = new Date(it.now.getTime() + DAY)
  }
  const notices = (await it.notices()).map(({ status, unmapped }) => ({ status, ...(unmapped as object) }))
  return { queued, notices }
}

describe('an ordinary roster', () => {
  test('of leavers alone may name people who leave later, and somebody who stays after all', async () => {
    const [left, later] = [PEOPLE.slice(0, 5), PEOPLE.slice(5, 9)]
    const first = file(HEADER, gone(left), ahead(later))
    const second = file(HEADER, gone(left.slice(1)), ahead(later.slice(1)), staying(later.slice(0, 1)))

    expect(await nights([first, second])).toEqual({ queued: [9, 1], notices: [] })
  })

  test('of leavers alone may be long on one day and short on the next', async () => {
    const [many, few] = [file(HEADER, gone(PEOPLE.slice(0, 10))), file(HEADER, gone(PEOPLE.slice(9, 12)))]

    expect(await nights([many, few])).toEqual({ queued: [10, 2], notices: [] })
  })

  test('of everybody is refused when it comes with leavers alone, and half as long', async () => {
    const { queued, notices } = await nights([
      file(HEADER, staying(PEOPLE)),
      file(HEADER, gone(PEOPLE.slice(0, 10))),
    ])

    expect(queued).toEqual([0, 0])
    expect(notices).toMatchObject([{ status: 'roster_refused', why: expect.stringContaining('cut off') }])
  })

  test('of contractors may have a last day on each line', async () => {
    expect(await nights([file(HEADER, ahead(PEOPLE.slice(0, 10)))])).toEqual({ queued: [10], notices: [] })
  })

  test('is refused, the first time, if half of the members have a last day in a column that nobody configured', async () => {
    const half = file(HEADER, staying(PEOPLE.slice(0, 15)), ahead(PEOPLE.slice(15)))
    const { queued, notices } = await nights([half])

    expect(queued).toEqual([0])
    expect(notices).toMatchObject([
      { why: expect.stringMatching(/^15 of 30 members have a last day, .*columns/) },
    ])
    expect(await nights([half], { columns: { date: 'Termination Date' } })).toEqual({
      queued: [15],
      notices: [],
    })
  })

  test('is refused when most people have a last day from one night to the next', async () => {
    const { queued, notices } = await nights([file(HEADER, staying(PEOPLE)), file(HEADER, ahead(PEOPLE))])

    expect(queued).toEqual([0, 0])
    expect(notices).toMatchObject([
      { status: 'roster_refused', why: expect.stringContaining('other columns') },
    ])
  })

  test('may have a status for leavers only, and no leaver on some days', async () => {
    const others = rowsOf(PEOPLE.slice(2), ',')
    const [one, other] = [gone(PEOPLE.slice(0, 1)), gone(PEOPLE.slice(1, 2))]
    const files = [file(HEADER, others, one), file(HEADER, others), file(HEADER, others, other)]

    expect(await nights(files)).toEqual({ queued: [1, 0, 1], notices: [] })
  })

  test('may have a column of a status in which nothing stands, if dates say who leaves', async () => {
    const rows = [rowsOf(PEOPLE.slice(1), ','), rowsOf(PEOPLE.slice(0, 1), ',2026-11-27')]

    expect(await nights([file(HEADER, ...rows)])).toEqual({ queued: [1], notices: [] })
  })

  test('may leave `Active` empty for whoever has a leaving date', async () => {
    const [left, later] = [
      rowsOf(PEOPLE.slice(0, 1), ',2026-11-27'),
      rowsOf(PEOPLE.slice(1, 2), ',2026-12-31'),
    ]
    const header = 'Employee ID,Work Email,Active,Termination Date'

    expect(await nights([file(header, rowsOf(PEOPLE.slice(2), 'Yes,'), left, later)])).toEqual({
      queued: [2],
      notices: [],
    })
  })

  test.each([
    'NULL',
    '\\N',
    '(null)',
    'None',
    'NaN',
    'NaT',
    'N/A',
    '-',
    '–',
    '0',
    '00/00/0000',
    '12/31/9999',
    '01/01/1900',
  ])('may have "%s" where there is no date', async (nothing) => {
    const rows = [
      rowsOf(PEOPLE.slice(2), `Active,${nothing}`),
      rowsOf(PEOPLE.slice(0, 1), `Terminated,${nothing}`),
      rowsOf(PEOPLE.slice(1, 2), 'Active,2026-12-31'),
    ]

    expect(await nights([file(HEADER, ...rows)])).toEqual({ queued: [2], notices: [] })
  })

  test('says how half of the members are to leave', async () => {
    const { queued, notices } = await nights([
      file(HEADER, staying(PEOPLE.slice(0, 14)), gone(PEOPLE.slice(14))),
    ])

    expect(queued).toEqual([0])
    expect(notices).toMatchObject([
      { status: 'roster_refused', why: expect.stringMatching(/^16 of 30 members .*remove USERNAME/) },
    ])
  })

  test.each([
    [
      'a short word of the configuration',
      'Remote',
      'N',
      'N',
      { left: ['N'], active: ['J'], columns: { status: 'Aktiv' } },
    ],
    ['a no in another language', 'Terminated', 'FALSCH', 'Terminated', {}],
    ['the state of a marriage', 'Marital Status', 'Separated', 'Terminated', {}],
    ['what somebody was before', 'Military status', 'Retired', 'Terminated', {}],
  ])('may have in a column that is not read: %s', async (_, column, text, word, roster) => {
    const [status, stays] = 'left' in roster ? ['Aktiv', 'J'] : ['Status', 'Active']
    const rows = [rowsOf(PEOPLE.slice(1), `${stays},${text}`), rowsOf(PEOPLE.slice(0, 1), `${word},${text}`)]

    expect(await nights([file(`Employee ID,Work Email,${status},${column}`, ...rows)], roster)).toEqual({
      queued: [1],
      notices: [],
    })
  })

  test('reports a long word of the configuration in a column that is not read', async () => {
    const rows = [rowsOf(PEOPLE.slice(1), 'Active,'), rowsOf(PEOPLE.slice(0, 1), 'Active,Ausgetreten')]
    const { queued, notices } = await nights([file('Employee ID,Work Email,Status,Notiz', ...rows)], {
      left: ['Ausgetreten'],
    })

    expect(queued).toEqual([0])
    expect(notices).toMatchObject([{ usernames: [PEOPLE[0]], unread_columns: ['Notiz'] }])
  })

  test.each([
    [`Maria del Rio <${PEOPLE[0]}>`, ''],
    [PEOPLE[0], 'maria.del.rio@example.org'],
    [PEOPLE[0], 'maria19850412@example.org'],
    [PEOPLE[0], 'maria@ex.example.org'],
  ])('may have names that look like a mark of a leaver: %s %s', async (mail, other) => {
    const rows = [rowsOf(PEOPLE.slice(1), 'Active,'), [`W-0,${mail},Active,${other}`]]

    expect(await nights([file('Employee ID,Work Email,Status,Email', ...rows)])).toEqual({
      queued: [0],
      notices: [],
    })
  })

  test('reports a column of few dates once, beside another that is not read', async () => {
    const rows = [
      rowsOf(PEOPLE.slice(0, 9), 'Active,2025-01-01,2027-06-30'),
      rowsOf(PEOPLE.slice(9), 'Active,,'),
    ]
    const one = file('Employee ID,Work Email,Status,Promoted,Contract End', ...rows)
    const { notices } = await nights([one, one])

    expect(notices).toMatchObject([{ unread_columns: ['Contract End', 'Promoted'] }])
  })

  test('reports a column of few dates once, however often somebody leaves meanwhile', async () => {
    const rows = [rowsOf(PEOPLE.slice(2, 9), 'Active,2025-01-01'), rowsOf(PEOPLE.slice(9), 'Active,')]
    const header = 'Employee ID,Work Email,Status,Promoted'
    const [without, having] = [
      file(header, ...rows),
      file(header, ...rows, rowsOf(PEOPLE.slice(0, 1), 'Left,')),
    ]
    const { notices } = await nights([without, having, without, without])

    expect(notices).toMatchObject([{ unread_columns: ['Promoted'] }])
  })
})

test('contractors of whom most are employees now are held beside the other roster, not refused', async () => {
  const contractors = { ...WORKDAY, name: 'contractors', prefix: 'contractors/' }
  const it = rosterDesk({ rosters: [WORKDAY, contractors] })
  await it.lists(PEOPLE)
  await it.drops(file(HEADER, staying(PEOPLE.slice(0, 8))))
  const rows = [gone(PEOPLE.slice(0, 8)), staying(PEOPLE.slice(8, 10))]

  expect(await it.drops(file(HEADER, ...rows), { key: 'contractors/f.csv' })).toEqual([])
  expect(await it.notices()).toMatchObject([{ status: 'roster_unclear', unmapped: { number: 8 } }])
})
