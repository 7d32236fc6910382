import { describe, expect, test } from 'vitest'
import { BAMBOOHR_KEY, bambooHr } from '../../../../infra/local/hr/bamboohr.ts'
import { HIBOB_USER, hiBob } from '../../../../infra/local/hr/hibob.ts'
import {
  type HrCall,
  type HrPeople,
  type HrPerson,
  type HrReply,
  hrReply,
} from '../../../../infra/local/hr/people.ts'
import { PERSONIO_CLIENT, personio } from '../../../../infra/local/hr/personio.ts'
import { hrConfirmation } from '../../../../lib/senders/hr/confirm.ts'
import type { HrDeps } from '../../../../lib/senders/hr/look-up.ts'
import { employeeKey } from '../../../../lib/senders/hr/reference-task.ts'
import { sourcesIn } from '../../../../lib/senders/hr/sources.ts'
import type { Departure } from '../../../../lib/words/departure.ts'
import { at, HOUR, NOW, sweepWorld } from '../../sweep/sweep-world.ts'

const ADA = 'ada@example.com'
const RECORD: HrPerson = { id: '1', workEmail: ADA, state: 'left' }
const OTHER: HrPerson = { id: '2', workEmail: ADA, state: 'active' }
const TOMORROW = '2026-11-17'

const SYSTEMS = {
  hibob: { double: hiBob, origin: 'https://api.hibob.com', parts: { ...HIBOB_USER } },
  bamboohr: { double: bambooHr, origin: 'https://api.bamboohr.com', parts: { ...BAMBOOHR_KEY } },
  personio: { double: personio, origin: 'https://api.personio.de', parts: { ...PERSONIO_CLIENT } },
} as const

type Options = {
  readonly atOnce?: true
  readonly refuses?: (call: HrCall) => boolean
  /** In place of what HR would answer. */
  readonly says?: (call: HrCall) => HrReply | undefined
}

/** What HR says of Ada's record 1 right before she is removed. */
async function wordOf(name: keyof typeof SYSTEMS, records: readonly HrPerson[], options: Options = {}) {
  const { atOnce, refuses = () => false, says = () => undefined } = options
  const { double, origin, parts } = SYSTEMS[name]
  const people: HrPeople = new Map(records.map((record) => [record.id, record]))
  const answer: (call: HrCall) => HrReply = double(people)
  const read = async () => new Map([[name, { origin, parts }]])
  const [source] = sourcesIn(`${name}=UTC:day_begins${name === 'personio' ? '' : ':garden_leave'}`)
  const { clock, ledger, audit, queue, journal } = sweepWorld().deps
  const deps = {
    ...{ clock, ledger, audit, queue, journal, tokens: new Map() },
    sources: new Map([[`hr/${name}`, source]]),
    credentials: { current: read, renewed: read },
    transport: async (call: HrCall) => ({
      kind: 'reply',
      ...(refuses(call) ? { status: 403, headers: {}, body: undefined } : (says(call) ?? answer(call))),
    }),
  } as unknown as HrDeps
  // A webhook has said that the record ended: without one, what HR does not show is no answer.
  await ledger.change(employeeKey(`hr/${name}`, '1'), () => ({
    state: { isGone: true },
    expiresAt: at(HOUR),
  }))
  const departure: Departure = {
    ...{ id: `hr/${name}:e-1:1`, source: `hr/${name}`, username: ADA, occurredAt: NOW, employeeId: '1' },
    ...(atOnce && { atOnce }),
  }
  return await hrConfirmation(deps).confirm(departure, 0, at(HOUR))
}

const NAMES = ['hibob', 'bamboohr', 'personio'] as const

describe.each(NAMES)('confirm() by %s', (name) => {
  test('lets somebody go whose one record has ended', async () => {
    expect(await wordOf(name, [RECORD])).toEqual({ kind: 'left' })
    expect(await wordOf(name, [RECORD, { ...OTHER, state: 'left' }])).toEqual({ kind: 'left' })
    expect(await wordOf(name, [RECORD, { ...OTHER, workEmail: 'bea@example.com' }])).toEqual({ kind: 'left' })
  })

  test('takes it back where another record with the address is open', async () => {
    expect(await wordOf(name, [RECORD, OTHER])).toMatchObject({ kind: 'taken_back' })
    expect(await wordOf(name, [{ ...RECORD, workEmail: ` ${ADA}` }, OTHER])).toMatchObject({
      kind: 'taken_back',
    })
  })

  test.each<[string, readonly HrPerson[]]>([
    ['got another address', [{ ...RECORD, workEmail: 'ada.old@example.com' }]],
    ['got a suffix that keeps addresses apart', [{ ...RECORD, workEmail: `${ADA}_x7k2p` }]],
    ['has no address any more', [{ ...RECORD, workEmail: null }]],
    ['is deleted', []],
  ])('calls somebody active whose address another record has: the old one %s', async (_, records) => {
    expect(await wordOf(name, [...records, OTHER])).toEqual({ kind: 'still_active' })
  })

  test('lets somebody go who has another address since, if nobody else has the old one', async () => {
    const renamed = { ...RECORD, workEmail: 'ada.new@example.com' }

    expect(await wordOf(name, [renamed, { ...OTHER, workEmail: 'bea@example.com' }])).toEqual({
      kind: 'left',
    })
  })
})

test.each(['Elternzeit', null])(
  'confirm() by bamboohr asks again about who may only be on leave: inactive, %s',
  async (employmentHistoryStatus) => {
    const row = { workEmail: ADA, status: 'Inactive', employmentHistoryStatus, terminationDate: null }
    const says = ({ path }: HrCall) => (path.includes('employees/1') ? hrReply(200, row) : undefined)

    expect(await wordOf('bamboohr', [RECORD], { says })).toEqual({ kind: 'still_active' })
  },
)

test('confirm() by hibob asks who has an address as HR writes it', async () => {
  const workEmail = 'Ada@Example.com'

  expect(
    await wordOf('hibob', [
      { ...RECORD, workEmail },
      { ...OTHER, workEmail },
    ]),
  ).toMatchObject({
    kind: 'taken_back',
  })
})

test.each(['hibob', 'bamboohr'] as const)('confirm() by %s takes garden leave back, too', async (name) => {
  const onLeave: HrPerson = { ...RECORD, state: 'garden_leave', leavesOn: '2027-02-28' }

  expect(await wordOf(name, [onLeave])).toEqual({ kind: 'left' })
  expect(await wordOf(name, [onLeave, OTHER])).toMatchObject({ kind: 'taken_back' })
})

test.each(NAMES)('confirm() by %s takes an order to end access at once back, too', async (name) => {
  const leaving: HrPerson = { ...RECORD, state: 'active', leavesOn: TOMORROW }

  expect(await wordOf(name, [leaving], { atOnce: true })).toEqual({ kind: 'left' })
  expect(await wordOf(name, [leaving, OTHER], { atOnce: true })).toMatchObject({ kind: 'taken_back' })
})

test.each([
  ['bamboohr', /directory/],
  ['personio', /persons\?/],
] as const)(
  'confirm() by %s asks a human where the address changed or the record is gone, and nobody can tell who has it now',
  async (name, path) => {
    const refuses = (call: HrCall) => path.test(call.path)

    expect(await wordOf(name, [RECORD], { refuses })).toEqual({ kind: 'left' })
    for (const records of [[{ ...RECORD, workEmail: 'ada.old@example.com' }], []])
      expect(await wordOf(name, records, { refuses })).toMatchObject({
        ...{ kind: 'silent', code: 'ADDRESS_CHANGED' },
      })
  },
)

test.each([
  ['is empty', []],
  [
    'shows no addresses',
    [
      { id: '2', displayName: 'Ada Example' },
      { id: '3', workEmail: '' },
    ],
  ],
])(
  'confirm() by bamboohr asks a human where the address changed, and the directory %s',
  async (_, employees) => {
    const says = ({ path }: HrCall) => (path.includes('directory') ? hrReply(200, { employees }) : undefined)

    expect(
      await wordOf('bamboohr', [{ ...RECORD, workEmail: 'ada.old@example.com' }], { says }),
    ).toMatchObject({ kind: 'silent', code: 'ADDRESS_CHANGED' })
    expect(await wordOf('bamboohr', [RECORD], { says })).toEqual({ kind: 'left' })
  },
)

test('confirm() by personio asks a human where the filter by address was ignored, and others were listed', async () => {
  const others = { _data: [{ id: '3', email: 'bea@example.com', status: 'ACTIVE' }] }
  const says = ({ path }: HrCall) => (path.includes('persons?') ? hrReply(200, others) : undefined)

  expect(await wordOf('personio', [{ ...RECORD, workEmail: 'ada.old@example.com' }], { says })).toMatchObject(
    { kind: 'silent', code: 'ADDRESS_CHANGED' },
  )
  expect(await wordOf('personio', [RECORD], { says })).toEqual({ kind: 'left' })
})
