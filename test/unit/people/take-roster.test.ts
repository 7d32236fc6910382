import { describe, expect, test } from 'vitest'
import type { QueueMessage } from '../../../lib/core/ports.ts'
import { takeRoster } from '../../../lib/people/take-roster.ts'
import { OTHER_ORG } from '../../support/cases.ts'
import { objectCreated, rosterDesk, WORKDAY } from '../../support/roster-desk.ts'

const [UMA, VAL, BOB] = ['uma.left@example.com', 'val.stay@example.com', 'bob@example.com']
const HEADER = 'Employee_ID,Email_-_Work,Worker_Status,Termination_Date'
const DAY = 24 * 3_600_000

const file = (...lines: readonly string[]) => [HEADER, ...lines, ''].join('\r\n')
const [UMA_LEFT, VAL_STAYS] = [`W1001,${UMA},Terminated,2026-11-28`, `W1002,${VAL},Active,`]

const garbled = (at: string) => file(UMA_LEFT, VAL_STAYS, `W3,${BOB},Active,`).replaceAll('@', at)

async function desk(members: readonly string[] = [UMA, VAL, BOB]) {
  const it = rosterDesk()
  await it.lists(members)
  return it
}

/** What was queued, in short. */
function said(messages: readonly QueueMessage[]) {
  return messages.map((message) => {
    if (message.kind === 'return') return `return ${message.return.username}`
    if (message.kind !== 'departure') return message.kind
    const { username, effectiveAt } = message.departure
    return `${username} ${effectiveAt?.toISOString() ?? 'now'}`
  })
}

describe('takeRoster()', () => {
  test('makes a departure of who left, by the date in the time zone of the roster, and of nobody else', async () => {
    const it = await desk()

    const queued = await it.drops(`\ufeff${file(UMA_LEFT, VAL_STAYS)}`)

    expect(queued).toEqual([
      {
        kind: 'departure',
        departure: {
          id: expect.stringMatching(/^roster\/workday:[0-9a-f]{20}$/),
          source: 'roster/workday',
          username: UMA,
          occurredAt: new Date('2026-11-29T02:01:00Z'),
          effectiveAt: new Date('2026-11-29T08:00:00Z'),
          reason: 'the roster has a leaving date (America/Los_Angeles, day_ends)',
        },
      },
    ])
    expect(await it.summary()).toMatchObject({
      last: { key: 'workday/workers.csv', counts: { lines: 2, nameless: 0, left: 1, leavers: 1 } },
    })
  })

  test.each(
    [
      ['Termination Effective Date', 'Exit Date', 'Date of Leaving'],
      ['Effective_Termination_Date', 'Separation Date', 'Last Day Worked'],
    ].flat(),
  )('waits for a leaving date in a column called %s', async (column) => {
    const it = await desk()

    const queued = await it.drops(
      file(`W1,${UMA},Terminated,2026-12-24`, VAL_STAYS).replace('Termination_Date', column),
    )

    expect(said(queued)).toEqual([`${UMA} 2026-12-25T08:00:00.000Z`])
  })

  test('counts from the leaving date in the first file: who left long ago is held as a stale event', async () => {
    const it = await desk()

    const [message] = await it.drops(file(`W1,${UMA},Terminated,2024-03-01`, VAL_STAYS))

    const at = new Date('2024-03-02T08:00:00Z')
    expect(message).toMatchObject({ departure: { occurredAt: at, effectiveAt: at } })
  })

  test('counts from the member list of the file before, where HR wrote an old date since', async () => {
    const it = await desk()
    await it.drops(file(`W1,${UMA},Active,`, VAL_STAYS))
    const listedAt = it.now
    it.now = new Date(it.now.getTime() + DAY)

    const [message] = await it.drops(file(`W1,${UMA},Terminated,2026-11-01`, VAL_STAYS))

    expect(message).toMatchObject({ departure: { occurredAt: listedAt } })
  })

  test('counts from the leaving date where an organization is compared for the first time', async () => {
    const it = rosterDesk({ orgIds: ['32b6e34b3d91647abb20e7b8', OTHER_ORG] })
    await it.lists([VAL])
    await it.drops(file(`W1,${UMA},Terminated,2024-03-01`, VAL_STAYS))
    await it.lists([UMA], { orgId: OTHER_ORG })
    it.now = new Date(it.now.getTime() + DAY)

    const [message] = await it.drops(file(`W1,${UMA},Terminated,2024-03-01`, VAL_STAYS))

    expect(message).toMatchObject({ departure: { occurredAt: new Date('2024-03-02T08:00:00Z') } })
  })

  test('takes a file of leavers alone, day after day, also once none of them is in Atlas any more', async () => {
    const it = await desk()
    const leavers = file(UMA_LEFT, 'W4,dan@example.com,Terminated,2026-11-28')
    await it.drops(leavers)
    await it.lists([VAL, BOB])

    for (const _ of [1, 2]) {
      it.now = new Date(it.now.getTime() + DAY)
      await it.drops(leavers)
    }

    expect((await it.summary())?.refused).toBeUndefined()
  })

  test('names nobody who is no member: ten thousand leavers of a company open no case', async () => {
    const it = await desk()
    const others = Array.from(
      { length: 10_000 },
      (_, at) => `X${at},person.${at}@example.com,Terminated,2020-01-01`,
    )

    expect(said(await it.drops(file(...others, UMA_LEFT)))).toEqual([`${UMA} 2026-11-29T08:00:00.000Z`])
    expect((await it.summary())?.last?.counts).toMatchObject({ lines: 10_001, left: 10_001, leavers: 1 })
  })

  test.each([
    ['a name that the member had before', { former: { 'uma.old@example.com': UMA } }, 'uma.old@example.com'],
    ['a name that differs by its tag', {}, 'uma.left+hr@example.com'],
  ])('names a member by %s', async (_, more, written) => {
    const it = rosterDesk()
    await it.lists([UMA, VAL], more)

    const queued = await it.drops(file(`W1,${written},Terminated,`, VAL_STAYS))

    expect(said(queued)).toEqual([`${written} now`])
  })

  test.each([
    ['the one that is a member', 'u.left@corp.example.com', UMA, [`${UMA} now`], []],
    ['once, in other letters', UMA.toUpperCase(), UMA, [`${UMA.toUpperCase()} now`], []],
    ['nobody where both are members, with an alert', UMA, BOB, [], [UMA, BOB]],
  ])('of two work addresses of a leaver names %s', async (_, name, mail, queued, unclear) => {
    const it = await desk()

    expect(
      said(await it.drops(`userName,mail,Status\n${name},${mail},Left\n${VAL},${VAL},Active\n`)),
    ).toEqual(queued)
    const named = await it.notices()
    expect(named).toMatchObject(unclear.length > 0 ? [{ unmapped: { usernames: unclear } }] : [])
    expect(named).toHaveLength(Math.min(1, unclear.length))
  })

  test('says the same only once, however often the file repeats it', async () => {
    const it = await desk()
    await it.drops(file(UMA_LEFT, VAL_STAYS))

    for (const _ of [1, 2]) {
      it.now = new Date(it.now.getTime() + DAY)
      expect(await it.drops(file(UMA_LEFT, VAL_STAYS))).toEqual([])
    }
  })

  test('schedules who is dated ahead, moves the date, and takes it back when it is gone', async () => {
    const it = await desk()
    const line = (date: string) =>
      file(`W1001,${UMA},Active,${date}`, VAL_STAYS, `W3,${BOB},Active,2027-01-31`)
    const nextDay = async (date: string) => {
      it.now = new Date(it.now.getTime() + DAY)
      return said(await it.drops(line(date)))
    }

    expect(await nextDay('2026-12-31')).toEqual([
      `${UMA} 2027-01-01T08:00:00.000Z`,
      `${BOB} 2027-02-01T08:00:00.000Z`,
    ])
    expect(await nextDay('2027-01-15')).toEqual([`${UMA} 2027-01-16T08:00:00.000Z`])
    expect(await nextDay('')).toEqual([`return ${UMA}`])
    expect(await nextDay('')).toEqual([])
    expect(await nextDay('2027-01-15')).toEqual([`${UMA} 2027-01-16T08:00:00.000Z`])
  })

  test('dates everything strictly after what it said before, so that the later word counts', async () => {
    const it = await desk()
    const times: number[] = []
    for (const line of [UMA_LEFT, `W1001,${UMA},Active,`, UMA_LEFT, `W1001,${UMA},Active,`, UMA_LEFT])
      for (const message of await it.drops(file(line, VAL_STAYS)))
        times.push(
          (message.kind === 'return'
            ? message.return
            : (message as { departure: { occurredAt: Date } }).departure
          ).occurredAt.getTime(),
        )

    expect(times).toHaveLength(5)
    expect(times).toEqual([...new Set(times)].sort())
  })

  test('holds who left, was gone and is a member again as rejoined: it counts from before they came', async () => {
    const it = await desk()
    await it.drops(file(UMA_LEFT, VAL_STAYS))
    const nextDay = async (members: readonly string[]) => {
      it.now = new Date(it.now.getTime() + DAY)
      await it.lists(members)
      return await it.drops(file(UMA_LEFT, VAL_STAYS))
    }
    expect(await nextDay([VAL])).toEqual([])
    const listedAt = it.now

    expect(await nextDay([VAL, UMA])).toMatchObject([{ departure: { occurredAt: listedAt } }])
  })

  test('reports a return of somebody who is no member any more', async () => {
    const it = await desk()
    await it.drops(file(UMA_LEFT, VAL_STAYS))
    await it.lists([VAL])

    expect(said(await it.drops(file(`W9,${UMA},Active,`, VAL_STAYS)))).toEqual([`return ${UMA}`])
  })

  test.each([
    ['of the same address', [`W1,${UMA},Terminated,2026-11-28`, `W2,${UMA},Active,`]],
    ['of the same id', [`W1,${UMA},Terminated,2026-11-28`, `W1,uma.new@example.com,Active,`]],
    ['of the same id, before it', [`W1,uma.new@example.com,Active,`, `W1,${UMA},Terminated,2026-11-28`]],
    [
      'with its end ahead, of the same id',
      [`W1,uma.new@example.com,Active,2027-01-01`, `W1,${UMA},Terminated,`],
    ],
    ['of the same id in another letter case', [`w1,${UMA},Terminated,`, `W1,uma.new@example.com,Active,`]],
    ['of the same id and without an address', [`W1,${UMA},Terminated,2026-11-28`, 'W1,,Active,']],
    ['that is suspended, of the same id', [`W1,${UMA},Terminated,`, `W1,uma.new@example.com,Suspended,`]],
    [
      'that nobody understands, of the same id',
      [`W1,${UMA},Terminated,`, `W1,uma.new@example.com,Gone fishing,`],
    ],
    ['of the same id beside an end ahead', [`W1,uma.new@example.com,Active,`, `W1,${UMA},Active,2027-01-01`]],
  ])('an inactive line beside an active one %s acts on nobody', async (_, lines) => {
    const it = await desk()

    expect(await it.drops(file(...lines, VAL_STAYS))).toEqual([])
    expect((await it.summary())?.last?.counts.leavers).toBe(0)
  })

  test.each(['Terminated - Voluntary', 'Terminated (for cause)', 'TERMINATED', 'Retired'])(
    '%s is a leaving',
    async (status) => {
      const it = await desk()

      expect(said(await it.drops(file(`W1,${UMA},${status},`, VAL_STAYS)))).toEqual([`${UMA} now`])
    },
  )

  test.each([
    ['emplStatus', 'T', 'A', [`${UMA} now`]],
    ['emplStatus', 'O', 'A', []],
    ['Employee Status', 'T', 'A', []],
    ['Status', 'N', 'Y', []],
    ['Status', 'R', 'Active', []],
    ['Is_Active', 'N', 'Y', [`${UMA} now`]],
    ['Active', 'false', 'true', [`${UMA} now`]],
    ['Status', '0', '3', []],
  ])(
    'a column %s that says only %s is a leaving where its name tells what that means',
    async (name, gone, there, queued) => {
      const it = await desk()
      const line = (who: string, status: string) => `${who},${status}\n`

      expect(
        said(await it.drops(`mail,${name}\n${line(UMA, gone)}${line(VAL, there)}${line(BOB, there)}`)),
      ).toEqual(queued)
    },
  )

  test('an id that many people bear is nobody’s: their leaver is unclear, and not an old profile', async () => {
    const it = await desk()
    const others = ['x', 'y', 'z'].map((name) => `N/A,${name}@example.com,Active,`)

    expect(await it.drops(file(`N/A,${UMA},Terminated,`, `N/A,${VAL},Active,`, ...others))).toEqual([])
    expect(await it.notices()).toMatchObject([{ status: 'roster_unclear', unmapped: { usernames: [UMA] } }])
  })

  test.each(['N/A', '0000', '-', 'contractor', '99999'])(
    'an id such as %s says of nobody that they are the same: the leaver is unclear',
    async (id) => {
      const it = await desk()

      expect(await it.drops(file(`${id},${UMA},Terminated,`, `${id},${VAL},Active,`))).toEqual([])
      expect(await it.notices()).toMatchObject([{ status: 'roster_unclear', unmapped: { usernames: [UMA] } }])
    },
  )

  test('a decorated address beside an active line of the bare one is an old profile', async () => {
    const it = await desk()

    const queued = await it.drops(file(`W1,old_${UMA},Terminated,2026-11-20`, `W1,${UMA},Active,`, VAL_STAYS))

    expect([queued, await it.notices()]).toEqual([[], []])
  })

  test.each([
    ['2026-11-10,2027-01-31', '2027-02-01T08:00:00.000Z'],
    ['2027-01-31,2026-11-10', '2027-02-01T08:00:00.000Z'],
    ['2026-11-10,', '2026-11-11T08:00:00.000Z'],
    ['2026-11-10,9999-12-31', '2026-11-11T08:00:00.000Z'],
  ])('of two leaving dates on one line, %s, the later counts', async (dates, at) => {
    const it = await desk()

    const content = `mail,Status,Termination Date,Last Day of Work\n${UMA},Terminated,${dates}\n${VAL},Active,,\n`
    expect(said(await it.drops(content))).toEqual([`${UMA} ${at}`])
  })

  test.each([
    ['nobody names', [], [UMA]],
    ['is active', [`W9,${UMA},Active,`], []],
    ['left, too', [`W1,${UMA},Terminated,`], []],
  ])(
    'a leaver of another domain is reported where a member of the same name %s',
    async (_, lines, unclear) => {
      const it = await desk()
      const other = `W1,${UMA.replace('@', '@corp.')},Terminated,`

      await it.drops(file(other, ...lines, VAL_STAYS, `W3,${BOB},Active,`))
      expect(it.queued).toHaveLength(lines[0]?.includes('Terminated') ? 1 : 0)
      const unmapped = { usernames: unclear }
      expect(await it.notices()).toMatchObject(
        unclear.length > 0 ? [{ status: 'roster_unclear', unmapped }] : [],
      )
    },
  )

  test('of several last days of one person the latest counts', async () => {
    const it = await desk()

    const queued = await it.drops(
      file(`W1,${UMA},Terminated,2026-11-20`, `W1,${UMA},Terminated,2026-11-25`, VAL_STAYS),
    )

    expect(said(queued)).toEqual([`${UMA} 2026-11-26T08:00:00.000Z`])
  })

  test.each([
    ['leave', 'On Leave', ''],
    ['a leave by another name', 'Parental Leave (unpaid)', ''],
    ['a suspension', 'Suspended', ''],
    ['a status that names the hours', 'Full-Time', ''],
    ['a last day that is over, while still active', 'Active', '2026-11-20'],
    ['a line without a status', '', ''],
    ['a date that stands for never', 'Active', '9999-12-31'],
    ['a date that may stand for never', 'Active', '2099-12-31'],
    ['a furlough', 'Furlough', ''],
  ])('%s is no leaving', async (_, status, date) => {
    const it = await desk()

    expect(await it.drops(file(`W1,${UMA},${status},${date}`, VAL_STAYS, `W3,${BOB},Active,`))).toEqual([])
    expect((await it.summary())?.last?.unclear).toBe(0)
  })

  test.each([
    ['a date that cannot be read', `W1,${UMA},Terminated,11/28/2026`],
    ['inactive without a date', `W1,${UMA},Inactive,`],
    ['an unknown word', `W1,${UMA},Gone fishing,`],
    ['an unknown word with a date', `W1,${UMA},Gone fishing,2026-11-20`],
    ['an address with more around it', `W1,Uma <${UMA}>,Terminated,2026-11-20`],
    ['an address with a blank in it', `W1,${UMA.replace('@', ' @')},Terminated,2026-11-20`],
    ['an address with a word in front', `W1,DEL_${UMA},Terminated,2026-11-20`],
    ['an address with an id in front', `W1,5f1d2c3b4a59687766554433221100ff${UMA},Terminated,2026-11-20`],
    ['an address with a word behind', `W1,${UMA}.disabled,Terminated,2026-11-20`],
    ['an address in quoted-printable', `W1,${UMA.replace('@', '=40')},Terminated,2026-11-20`],
    ['an address as HTML writes it', `W1,${UMA.replace('@', '&#64;')},Terminated,2026-11-20`],
    ['an address in other letters', `W1,${UMA.replace('a', 'а')},Terminated,2026-11-20`],
    ['an address without its @', `W1,${UMA.replace('@', ' at ')},Terminated,2026-11-20`],
    ['an address behind an apostrophe', `W1,'${UMA},Terminated,2026-11-20`],
    ['a termination that was taken back', `W1,${UMA},Terminated (rescinded),2026-11-20`],
    ['a termination that was taken back before its date', `W1,${UMA},Termination rescinded,2027-01-31`],
    ['a resignation that was taken back', `W1,${UMA},Resignation withdrawn,2027-01-31`],
    ['a termination during a leave', `W1,${UMA},On Leave - Terminated,`],
    ['a resignation during a leave', `W1,${UMA},Resigned (garden leave),2026-11-20`],
    ...['not effective', 'draft', 'transferred to a subsidiary', 'and hired again', '? No'].map(
      (tail): [string, string] => [
        `a termination with "${tail}" behind it`,
        `W1,${UMA},Terminated ${tail},2026-11-20`,
      ],
    ),
    ...['Termination declined', 'Notice withdrawn?', 'Transfer', 'Gone fishing'].map(
      (word): [string, string] => [`"${word}" with a date ahead`, `W1,${UMA},${word},2027-01-31`],
    ),
    ['a date with a word behind it', `W1,${UMA},Active,2027-01-31 cancelled`],
    ['a date that is two', `W1,${UMA},Terminated,2026-11-20 - 2026-12-31`],
    ['a status that asks', `W1,${UMA},Terminated?,2026-11-20`],
    ['a status with a note', `W1,${UMA},Terminated*,2026-11-20`],
    ['a status that is struck out', `W1,${UMA},~~Terminated~~,2026-11-20`],
    ['a termination in many years', `W1,${UMA},Terminated,2098-01-01`],
    ['an end before a leave', `W1,${UMA},Left - annual leave paid,`],
    ['a termination that is not done yet', `W1,${UMA},Terminated - Pending Approval,`],
  ])('%s is unclear: nobody is removed, and humans are told once', async (_, line) => {
    const it = await desk()

    for (const day of [0, 1, 2]) {
      it.now = new Date(it.now.getTime() + day * DAY)
      expect(await it.drops(file(line, VAL_STAYS, `W3,${BOB},Active,`))).toEqual([])
    }

    const notices = await it.notices()
    expect(notices).toHaveLength(1)
    expect(notices).toMatchObject([
      { status: 'roster_unclear', severity_id: 4, unmapped: { roster: 'workday', number: 1 } },
    ])
  })

  test.each([
    ['End Date'],
    ['Termination'],
    ['Date left'],
    ['Inactive since'],
    ['Planned exit'],
    ['Retires on'],
    ['Vertragsende'],
  ])(
    'a column %s may hold leaving dates: it is reported once, and nobody leaves before its date',
    async (column) => {
      const it = await desk()
      const lines = [`W1,${UMA},Terminated,2027-01-31`, `W2,${VAL},Active,2027-01-31`, `W3,${BOB},Left,`]
      const content = file(...lines).replace('Termination_Date', column)

      expect(said(await it.drops(content))).toEqual([`${BOB} now`])
      it.now = new Date(it.now.getTime() + DAY)
      expect(await it.drops(content)).toEqual([])

      const unmapped = { number: 1, usernames: [UMA], unread_columns: [column] }
      expect(await it.notices()).toMatchObject([{ status: 'roster_unclear', unmapped }])
    },
  )

  test.each([
    ['Active,', [], [UMA]],
    ['On Leave,', [], [UMA]],
    ['Terminated,', [`${UMA} now`], []],
    [',', [`${UMA} now`], []],
  ])(
    'a line below a leaver that names nobody and says "%s" may be theirs: cells that were merged',
    async (says, queued, unclear) => {
      const it = await desk()

      expect(
        said(await it.drops(file(`W1,${UMA},Terminated,`, `,,${says}`, VAL_STAYS, `W3,${BOB},Active,`))),
      ).toEqual(queued)
      expect((await it.summary())?.last?.unclear).toBe(unclear.length)
    },
  )

  test.each([
    ['Austrittsdatum', '2027-01-31'],
    ['Date de sortie', '31/01/2027'],
    ['Effective Date', '01/02/2027'],
    ['Valid To', '31.01.2027'],
  ])(
    'a date ahead in a column %s, of whatever meaning, keeps a leaver without a leaving date in',
    async (column, date) => {
      const it = await desk()
      const content = `mail,Status,${column}\n${UMA},Terminated,${date}\n${VAL},Active,${date}\n${BOB},Active,2020-01-01\n`

      expect(await it.drops(content)).toEqual([])
      const unmapped = { usernames: [UMA], unread_columns: [column] }
      expect(await it.notices()).toMatchObject([{ status: 'roster_unclear', unmapped }])
    },
  )

  test('a column that has dates of nobody but leavers is reported: who is inactive without one may be on leave', async () => {
    const it = await desk()
    const lines = [
      `${UMA},Inactive,,2020-01-01`,
      'x@example.com,Inactive,28.11.2026,2020-01-01',
      `${VAL},Active,,2020-01-01`,
    ]

    expect(await it.drops(['mail,Status,Austritt,Eintritt', ...lines, ''].join('\n'))).toEqual([])
    const unmapped = { usernames: [UMA], unread_columns: ['Austritt'] }
    expect(await it.notices()).toMatchObject([{ status: 'roster_unclear', unmapped }])
  })

  test('dates that are over, or in many years, keep no leaver in', async () => {
    const it = await desk()
    const content = `mail,Status,Hired,Visa,Born\n${UMA},Terminated,03/04/2020,2030-01-01,04/05/1990\n${VAL},Active,03/04/2020,2030-01-01,04/05/1990\n`

    expect(said(await it.drops(content))).toEqual([`${UMA} now`])
    expect(await it.notices()).toEqual([])
  })

  test('a column without dates, or beside a configured one, is not reported', async () => {
    const configured = { ...WORKDAY, columns: { date: 'Last day in' } }
    for (const [rosters, header] of [
      [[WORKDAY], 'mail,Status,Gender,Leave Type,x,Last day of work'],
      [[configured], 'mail,Status,Gender,Leave Type,Contract end,Last day in'],
    ] as const) {
      const it = rosterDesk({ rosters: [...rosters] })
      await it.lists([UMA, VAL])

      const lines = [`${VAL},Active,f,paid,2027-01-31,`, `${UMA},Left,f,,,2026-11-28`, '']
      await it.drops([header, ...lines].join('\n'))

      expect(await it.notices()).toEqual([])
    }
  })

  test.each([
    [
      'a date ahead that was taken back',
      `W1,${UMA},Active,2027-01-31`,
      `W1,${UMA},Termination rescinded,2027-01-31`,
    ],
    ['a date ahead that nobody can read now', `W1,${UMA},Active,2027-01-31`, `W1,${UMA},Active,31st January`],
    [
      'a date ahead that a suspension took the place of',
      `W1,${UMA},Active,2027-01-31`,
      `W1,${UMA},Suspended,`,
    ],
    ['a date ahead that is gone with its status', `W1,${UMA},Active,2027-01-31`, `W1,${UMA},,`],
    [
      'a date ahead that an old one took the place of',
      `W1,${UMA},Active,2027-01-31`,
      `W1,${UMA},Active,2025-01-31`,
    ],
    [
      'a leaving that is pending again',
      `W1,${UMA},Terminated,2026-11-28`,
      `W1,${UMA},Terminated - Pending,2026-11-28`,
    ],
  ])('%s holds what the roster sent before, once; a clear line ends the doubt', async (_, before, now) => {
    const it = await desk()
    const drops = async (line: string) => {
      it.now = new Date(it.now.getTime() + DAY)
      return await it.drops(file(line, VAL_STAYS, `W3,${BOB},Active,`))
    }
    const [departed] = await drops(before)

    const [doubt, ...more] = await drops(now)
    expect(doubt).toMatchObject({ kind: 'return', return: { username: UMA, doubtful: true } })
    expect(more).toEqual([])
    expect(await drops(now)).toEqual([])
    expect(said(await drops(before))).toEqual(said(departed ? [departed] : []))
    expect(await drops(now)).toMatchObject([{ return: { doubtful: true } }])
    expect(await drops(`W1,${UMA},Active,`)).toMatchObject([{ kind: 'return', return: { username: UMA } }])
    expect(await drops(now)).toEqual([])
  })

  test.each([
    ['without people', file()],
    ['cut off in a line', file(UMA_LEFT, VAL_STAYS).slice(0, -4)],
    ['less than half as long as the file before', file(UMA_LEFT)],
    ['half as long as the file before', file(UMA_LEFT, VAL_STAYS)],
    [
      'cut off in its last cell',
      file(`W3,${BOB},Active,`, VAL_STAYS, `W1001,${UMA},Active,2027-01-31`).slice(0, -12),
    ],
    ['written in another encoding on the way', file(UMA_LEFT, VAL_STAYS).replace('uma', 'umÃ¤')],
    [
      'with two columns of addresses under one name',
      file(UMA_LEFT, VAL_STAYS, `W3,${BOB},Active,`).replaceAll(/^(\w+),([^,]+)/gm, '$1,$2,$2'),
    ],
    ['without a status and a date', `Email_-_Work\n${UMA}\n${VAL}\n${BOB}\n`],
    [
      'without the dates that it had',
      `Email_-_Work,Status\n${UMA},Terminated\n${VAL},Active\n${BOB},Active\n`,
    ],
    ['without most addresses', file(UMA_LEFT, 'W2,,Active,', 'W3,,Active,')],
    ['with other words', file(`W1,${UMA},raus,`, `W2,${VAL},da,`, `W3,${BOB},da,`)],
    ['with quoted-printable for every @', garbled('=40')],
    ['with HTML for every @', garbled('&#64;')],
    ['with wide letters', garbled('\uff20')],
    ['with a word for every @', garbled(' at ')],
    [
      'of people of whom nobody is in Atlas',
      file(UMA_LEFT, VAL_STAYS, `W3,${BOB},Active,`).replaceAll('.com', '.org'),
    ],
    [
      'with half of the members that the file before named',
      file(UMA_LEFT, 'W2,val=2Estay@example.com,Active,', 'W3,b=6Fb@example.com,Active,'),
    ],
  ])('a file %s is refused whole: nobody is removed, and humans are told once', async (_, content) => {
    const it = await desk()
    await it.drops(file(`W1001,${UMA},Active,`, VAL_STAYS, `W3,${BOB},Active,`, 'W4,dan@example.com,Active,'))
    it.now = new Date(it.now.getTime() + DAY)
    const taken = await it.summary()

    expect(await it.drops(content, { version: 'bad', sequencer: '0005' })).toEqual([])
    expect(await it.drops(content, { version: 'bad', sequencer: '0005' })).toEqual([])

    expect(await it.notices()).toMatchObject([{ status: 'roster_refused', severity_id: 4 }])
    expect(await it.summary()).toMatchObject({ last: taken?.last, refused: { version: 'bad' } })
    expect(said(await it.drops(file(UMA_LEFT, VAL_STAYS, `W3,${BOB},Active,`)))).toHaveLength(1)
  })

  test.each([
    ['the same key', { sequencer: '0002FF' }, { sequencer: '0002F' }],
    ['the same key, by zeros on the left', { sequencer: '00021' }, { sequencer: '0003' }],
    ['a date in its name', { key: 'workday/w_20261129.csv' }, { key: 'workday/w_20261128.csv' }],
    ['its time', { key: 'workday/a.csv' }, { key: 'workday/b.csv', time: '2026-11-29T01:00:00Z' }],
  ])('a file that is older by %s is refused', async (_, newer, older) => {
    const it = await desk()
    await it.drops(file(`W1001,${UMA},Active,`, VAL_STAYS), newer)

    expect(await it.drops(file(UMA_LEFT, VAL_STAYS), older)).toEqual([])

    expect((await it.summary())?.refused?.why).toBe('a newer file of this roster was taken before')
  })

  describe('beside another roster', () => {
    const CONTRACTORS = { ...WORKDAY, name: 'contractors', prefix: 'contractors/' }
    const AHEAD = `${UMA} 2027-02-01T08:00:00.000Z`

    async function twoRosters(line: string) {
      const it = rosterDesk({ rosters: [WORKDAY, CONTRACTORS] })
      await it.lists([UMA, VAL, BOB])
      await it.drops(file(line, VAL_STAYS))
      it.now = new Date(it.now.getTime() + DAY)
      const contractors = (...lines: readonly string[]) =>
        it.drops(file(...lines, `C3,${BOB},Active,`), { key: 'contractors/c.csv' })
      return { it, contractors }
    }

    test.each([
      ['employed', `W1,${UMA},Active,`],
      ['employed for longer', `W1,${UMA},Active,2027-01-31`],
      ['on leave', `W1,${UMA},Parental Leave,`],
      ['suspended', `W1,${UMA},Suspended,`],
    ])('a leaver whom the other has as %s is unclear', async (_, line) => {
      const { it, contractors } = await twoRosters(line)

      expect(await contractors(`C1,${UMA},Terminated,2026-11-29`)).toEqual([])
      expect(await it.notices()).toMatchObject([
        { status: 'roster_unclear', unmapped: { roster: 'contractors', usernames: [UMA] } },
      ])
    })

    test.each([
      ['gone, too', `W1,${UMA},Terminated,2026-11-20`, 'Terminated,2027-01-31'],
      ['leaving on the same day', `W1,${UMA},Active,2027-01-31`, 'Active,2027-01-31'],
      ['nobody', 'W7,eve@example.com,Active,', 'Active,2027-01-31'],
    ])('a leaver whom the other has as %s leaves', async (_, line, leaves) => {
      const { contractors } = await twoRosters(line)

      expect(said((await contractors(`C1,${UMA},${leaves}`)).slice(0, 1))).toEqual([AHEAD])
    })

    test('what was sent of a leaver is held as soon as the other names them', async () => {
      const { it, contractors } = await twoRosters('W7,eve@example.com,Active,')
      const leaves = () => contractors(`C1,${UMA},Active,2027-01-31`)
      expect(said(await leaves())).toEqual([AHEAD])

      const hired = file(`W1,${UMA},Active,`, VAL_STAYS)
      it.now = new Date(it.now.getTime() + DAY)
      const doubt = { source: 'roster/contractors', username: UMA, doubtful: true }
      expect(await it.drops(hired)).toMatchObject([{ kind: 'return', return: doubt }])
      expect([await it.drops(hired), await leaves()]).toEqual([[], []])
      await it.drops(file(`W1,${UMA},Terminated,2027-01-31`, VAL_STAYS))
      expect(said(await leaves())).toEqual([AHEAD])
    })

    test('a file with leavers is refused while the last file of the other cannot be read', async () => {
      const { it, contractors } = await twoRosters(`W1,${UMA},Active,`)
      it.loses('workday/workers.csv')

      expect(await contractors(`C1,${UMA},Active,`)).toEqual([])
      expect((await it.summary('contractors'))?.refused).toBeUndefined()
      expect(await contractors(`C1,${UMA},Terminated,`)).toEqual([])
      expect((await it.summary('contractors'))?.refused?.why).toMatch(/roster workday, whose last file/)
    })
  })

  test('the same event twice queues nothing more', async () => {
    const it = await desk()
    const once = { version: 'v7', sequencer: '0007' }
    await it.drops(file(UMA_LEFT, VAL_STAYS), once)

    expect(await it.drops(file(UMA_LEFT, VAL_STAYS), once)).toEqual([])
    expect(await it.notices()).toEqual([])
  })

  test('what could not be queued is queued by the next attempt, or by the next file', async () => {
    for (const again of [
      { version: 'v7', sequencer: '0007' },
      { version: 'v8', sequencer: '0008' },
    ]) {
      const it = await desk()
      it.failsToQueue = true
      await expect(
        it.drops(file(UMA_LEFT, VAL_STAYS), { version: 'v7', sequencer: '0007' }),
      ).rejects.toThrow()
      it.failsToQueue = false

      expect(said(await it.drops(file(UMA_LEFT, VAL_STAYS), again))).toEqual([
        `${UMA} 2026-11-29T08:00:00.000Z`,
      ])
    }
  })

  test.each([
    ['a date', `W1,${UMA},Terminated,2026-1`],
    ['a status', `W1,${UMA},Termi,`],
    ['everything behind a status', `W1,${UMA},Terminated,`],
  ])('a first file that ends in the middle of %s is refused', async (_, line) => {
    const it = await desk()

    expect(await it.drops(file(VAL_STAYS, `W3,${BOB},Active,`, line).slice(0, -2))).toEqual([])
    expect((await it.summary())?.refused?.why).toMatch(/^its last line does not end/)
  })

  test('a first file whose last line is whole may lack its end', async () => {
    const it = await desk()

    expect(await it.drops(file(VAL_STAYS, UMA_LEFT).slice(0, -2))).toHaveLength(1)
  })

  test('a file before any member list is refused, not forgotten', async () => {
    const it = rosterDesk()

    expect(await it.drops(file(UMA_LEFT, VAL_STAYS))).toEqual([])

    expect((await it.summary())?.refused?.why).toMatch(/^no organization has been listed yet/)
  })

  test('a file by which a thousand members leave is refused', async () => {
    const names = Array.from({ length: 2_100 }, (_, at) => `person.${at}@example.com`)
    const it = await desk([...names])
    const lines = names.map(
      (name, at) => `W${at},${name},${at < 1_001 ? 'Terminated,2026-11-28' : 'Active,'}`,
    )

    expect(await it.drops(file(...lines))).toEqual([])
    expect((await it.summary())?.refused?.why).toBe('more members leave or are back than one file may say')
  })

  test('ids that are long numbers are told apart by their last digit', async () => {
    const it = await desk()
    const rows = [
      `{"Employee_ID":3332883884017713237,"Work_Email":"${UMA}","Worker_Status":"Terminated"}`,
      `{"Employee_ID":3332883884017713238,"Work_Email":"${VAL}","Worker_Status":"Active"}`,
    ]

    expect(said(await it.drops(`[${rows}]`))).toEqual([`${UMA} now`])
  })

  test("Workday's report is read, fields that are empty left out", async () => {
    const it = await desk()
    const rows = [
      { Employee_ID: 'W1', 'Email_-_Work': VAL, Active_Status: '1' },
      { Employee_ID: 'W2', 'Email_-_Work': UMA, Active_Status: '0', Termination_Date: '2026-11-28-08:00' },
    ]

    const queued = await it.drops(JSON.stringify({ Report_Entry: rows }), { key: 'workday/report.json' })

    expect(said(queued)).toEqual([`${UMA} 2026-11-29T08:00:00.000Z`])
  })

  test.each([
    [
      'as JavaScript writes a midnight',
      'Europe/Berlin',
      '2026-12-23T23:00:00.000Z',
      '2026-12-24T23:00:00.000Z',
    ],
    ['in summer', 'Europe/Berlin', '2026-06-29T22:00:00Z', '2026-06-30T22:00:00.000Z'],
    ['that names no zone', 'Europe/Berlin', '2026-12-23 23:00:00', '2026-12-24T23:00:00.000Z'],
    ['with UTC in words', 'Europe/Berlin', '23.12.2026 23:00 UTC', '2026-12-24T23:00:00.000Z'],
    ['at the end of work', 'Europe/Berlin', '2026-12-24 17:00', '2026-12-24T23:00:00.000Z'],
    ['at midnight in UTC', 'America/Los_Angeles', '2026-12-24T00:00:00Z', '2026-12-25T08:00:00.000Z'],
    ['at the end of a day', 'Europe/Berlin', '2026-12-24T23:59:59Z', '2026-12-24T23:00:00.000Z'],
    ['with an offset', 'Europe/Berlin', '2026-12-24T00:00:00+01:00', '2026-12-24T23:00:00.000Z'],
  ])(
    'an instant in place of a date, %s, means the day in the zone of the roster',
    async (_, timeZone, date, at) => {
      const it = rosterDesk({ rosters: [{ ...WORKDAY, timeZone }] })
      await it.lists([UMA, VAL])

      expect(said(await it.drops(file(`W1,${UMA},Terminated,${date}`, VAL_STAYS)))).toEqual([`${UMA} ${at}`])
    },
  )

  test.each([
    ['Terminated', 'No', 'Yes'],
    ['Has left', 'false', 'true'],
    ['Is_Leaver', '0', '1'],
    ['Inactive', 'n', 'y'],
  ])(
    'a column %s that says %s of those who stay is refused until the words are configured',
    async (status, no, yes) => {
      const content = `mail,${status}\n${UMA},${yes}\n${VAL},${no}\n${BOB},${no}\n`
      for (const [words, queued] of [
        [{}, []],
        [{ left: [yes], active: [no] }, [`${UMA} now`]],
      ] as const) {
        const it = rosterDesk({ rosters: [{ ...WORKDAY, columns: { status }, ...words }] })
        await it.lists([UMA, VAL, BOB])

        expect(said(await it.drops(content))).toEqual(queued)
      }
    },
  )

  test('words, columns and dates are as configured', async () => {
    const configured = {
      left: ['ausgeschieden'],
      active: ['beschäftigt'],
      dayOrder: 'dmy',
      columns: { status: 'Lage' },
    } as const
    const it = rosterDesk({
      rosters: [{ ...WORKDAY, ...configured, timeZone: 'Europe/Berlin', accessEnds: 'day_begins' }],
    })
    await it.lists([UMA, VAL])
    const content = Buffer.from(
      `Mail;Lage;Termination Date;Name\r\n${UMA};Ausgeschieden;28/11/2026;Müller\r\n${VAL};Beschäftigt;;Zoë\r\n`,
      'latin1',
    )

    expect(said(await it.drops(content))).toEqual([`${UMA} 2026-11-27T23:00:00.000Z`])
  })

  test('files beside a roster, and of no roster, are left alone', async () => {
    const it = await desk()

    for (const key of ['workday/workers.csv.done', 'workday/', 'elsewhere/workers.csv'])
      expect(await it.drops(file(UMA_LEFT), { key })).toEqual([])
    expect(it.journal.map(({ event }) => event)).toEqual(['ignored', 'ignored', 'ignored'])
  })

  test.each([
    [
      'another bucket',
      {
        ...objectCreated('workday/a.csv', 'v1'),
        detail: {
          bucket: { name: 'x' },
          object: { key: 'workday/a.csv', 'version-id': 'v1', sequencer: '1' },
        },
      },
    ],
    [
      'no version',
      {
        ...objectCreated('workday/a.csv', 'v1'),
        detail: { bucket: { name: 'example-hr-drops' }, object: { key: 'workday/a.csv' } },
      },
    ],
    ['another event', { source: 'aws.s3', 'detail-type': 'Object Deleted' }],
    ['a version that is gone', objectCreated('workday/a.csv', 'gone')],
  ])('an event of %s fails, so that it comes to the dead letters', async (_, event) => {
    const it = await desk()

    await expect(takeRoster(it.deps, event)).rejects.toThrow()
  })
})
