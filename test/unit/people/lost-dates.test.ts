import { describe, expect, test } from 'vitest'
import { rosterDesk } from '../../support/roster-desk.ts'

const DAY = 24 * 3_600_000
const PEOPLE = Array.from({ length: 12 }, (_, at) => `p${at}@example.com`)
const [ADA, ...OTHERS] = PEOPLE as [string, ...string[]]
const HEADER = 'Employee ID,Work Email,Worker Status,Termination Date'

/** Everybody stays but these. */
const file = (cells: Readonly<Record<string, string>>) =>
  [HEADER, ...PEOPLE.map((mail) => `W-${mail},${mail},${cells[mail] ?? 'Active,'}`), ''].join('\n')
const all = (people: readonly string[], cells: string) =>
  Object.fromEntries(people.map((mail) => [mail, cells]))

/** Takes in one file a night. @returns what each queued, in short */
async function nights(...files: readonly string[]) {
  const it = rosterDesk()
  await it.lists(PEOPLE)
  const queued: (readonly string[])[] = []
  for (const one of files) {
    const messages = await it.drops(one)
    queued.push(
      messages.map((message) =>
        message.kind === 'departure'
          ? `departure ${message.departure.effectiveAt?.toISOString().slice(0, 10) ?? 'now'}`
          : message.kind === 'return' && message.return.doubtful
            ? 'doubt'
            : message.kind,
      ),
    )
    it.now = new Date(it.now.getTime() + DAY)
  }
  return { queued, notices: await it.notices() }
}

describe('a last day ahead that is gone', () => {
  test.each(['Terminated,', 'Terminated,NULL'])('is held, and no leaving at once: %s', async (cells) => {
    const { queued, notices } = await nights(
      file({ [ADA]: 'Terminated,2026-12-03' }),
      file({ [ADA]: cells }),
      file({ [ADA]: cells }),
      file({ [ADA]: 'Terminated,2026-12-03' }),
    )

    expect(queued).toEqual([['departure 2026-12-04'], ['doubt'], [], ['departure 2026-12-04']])
    expect(notices).toMatchObject([{ status: 'roster_unclear', unmapped: { usernames: [ADA] } }])
  })

  test('is a leaving at once on the last day', async () => {
    const { queued } = await nights(file({ [ADA]: 'Active,2026-11-29' }), file({ [ADA]: 'Terminated,' }))

    expect(queued).toEqual([['departure 2026-11-30'], ['departure now']])
  })

  test('is held until it is over, and then a leaving', async () => {
    const left = file({ [ADA]: 'Terminated,' })
    const { queued } = await nights(file({ [ADA]: 'Active,2026-12-01' }), left, left, left, left)

    expect(queued).toEqual([['departure 2026-12-02'], ['doubt'], [], ['departure now'], []])
  })

  test('is taken back if others have theirs', async () => {
    const four = OTHERS.slice(0, 4)
    const { queued, notices } = await nights(
      file({ ...all(four, 'Active,2026-12-31'), [ADA]: 'Active,2026-12-31' }),
      file({ [ADA]: 'Active,2026-12-31' }),
    )

    expect(queued[1]).toEqual(['return', 'return', 'return', 'return'])
    expect(notices).toEqual([])
  })

  test('is taken back if few had one', async () => {
    const { queued } = await nights(file(all(OTHERS.slice(0, 3), 'Active,2026-12-31')), file({}))

    expect(queued[1]).toEqual(['return', 'return', 'return'])
  })

  test('is held if nobody has one any more: the export may not read the column', async () => {
    const four = OTHERS.slice(0, 4)
    const { queued, notices } = await nights(
      file(all(four, 'Active,2026-12-31')),
      file({}),
      file({}),
      file(all(four, 'Active,2026-12-31')),
    )

    expect(queued[1]).toEqual(['doubt', 'doubt', 'doubt', 'doubt'])
    expect(queued[2]).toEqual([])
    expect(queued[3]).toHaveLength(4)
    expect(notices).toMatchObject([{ status: 'roster_unclear', unmapped: { usernames: four } }])
  })

  test('is still held once some of those days have come', async () => {
    const [first = '', ...later] = OTHERS.slice(0, 4)
    const cells = { ...all(later, 'Active,2026-12-31'), [first]: 'Active,2026-12-01' }
    const { queued } = await nights(file(cells), ...Array.from({ length: 5 }, () => file({})))

    expect(queued.slice(2)).toEqual([[], [], [], []])
  })
})
