import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { BAMBOOHR_KEY, bambooHr } from '../../../infra/local/hr/bamboohr.ts'
import { type HrPeople, hrReply } from '../../../infra/local/hr/people.ts'
import { PERSONIO_CLIENT, personio } from '../../../infra/local/hr/personio.ts'
import { activeMember } from '../../support/cases.ts'
import { openHrDesk } from './hr-desk.ts'

const NOW = new Date('2026-11-30T10:00:00Z')
const TOKEN = 'the token of a webhook'
const ADA = { id: '1', workEmail: 'ada@example.com' } as const

/** Personio, in which Ada works, and Ada in Atlas. */
function inPersonio() {
  const people: HrPeople = new Map([['1', { ...ADA, state: 'active' }]])
  const answer = personio(people)
  const asked: string[] = []
  const desk = openHrDesk({
    ...{ now: NOW, systems: 'personio', secrets: { personio: TOKEN } },
    credentials: new Map([
      ['personio', { origin: 'https://api.personio.de', parts: { ...PERSONIO_CLIENT } }],
    ]),
    transport: async (request) => {
      asked.push(request.path)
      return { kind: 'reply', ...(request.path.includes('/webhooks/') ? hrReply(404) : answer(request)) }
    },
  })
  desk.rig.people = [activeMember()]
  return {
    ...{ desk, people, asked },
    async sends(event: string) {
      const payload = { person: { id: '1' } }
      const body = JSON.stringify({ event_name: event, occurred_at: '2026-11-30T10:00:00Z', payload })
      await desk.post('personio', body, { authorization: TOKEN })
      await desk.work()
    },
  }
}

test('a change that Personio does not show yet is asked about once more: no daily check would find it', async () => {
  const it = inPersonio()
  await it.sends('employment.updated')
  it.people.set('1', { ...ADA, state: 'left', leavesOn: '2026-11-29' })
  await it.desk.pass(60_000)

  expect(it.desk.rig.people).toEqual([])
})

test('a change that has nothing to do with leaving is asked about twice, and no more', async () => {
  const it = inPersonio()
  await it.sends('person.updated')
  for (const minutes of [1, 10, 60]) await it.desk.pass(minutes * 60_000)

  const of = (path: string) => it.asked.filter((one) => one === path)
  expect([of('/v2/persons/1'), of('/v2/auth/token')]).toMatchObject([{ length: 2 }, { length: 1 }])
  expect(await it.desk.open('reference')).toEqual([])
})

test('the address that Personio showed with it is known from the first answer on', async () => {
  const it = inPersonio()
  await it.sends('employment.updated')
  it.people.clear()
  await it.sends('employment.terminated')

  const [held] = await it.desk.cases()
  expect(held?.state).toMatchObject({ departure: { username: ADA.workEmail }, outcome: { kind: 'held' } })
})

test('a change that BambooHR does not show yet is asked about once more: its events never say that somebody left', async () => {
  const people: HrPeople = new Map([['1', { ...ADA, state: 'active' }]])
  const answer = bambooHr(people)
  const desk = openHrDesk({
    ...{ now: NOW, systems: 'bamboohr=UTC:day_begins', secrets: { bamboohr: TOKEN } },
    credentials: new Map([['bamboohr', { origin: 'https://api.bamboohr.com', parts: { ...BAMBOOHR_KEY } }]]),
    transport: async (request) => ({ kind: 'reply', ...answer(request) }),
  })
  desk.rig.people = [activeMember()]
  const body = JSON.stringify({
    type: 'employee.updated',
    data: { employeeId: '1', changedFields: ['status'] },
  })
  const seconds = String(NOW.getTime() / 1_000)
  const signature = createHmac('sha256', TOKEN).update(`${body}${seconds}`).digest('hex')
  await desk.post('bamboohr', body, {
    'x-bamboohr-timestamp': seconds,
    'x-bamboohr-signature': signature,
  })
  await desk.work()
  people.set('1', { ...ADA, state: 'left' })
  await desk.pass(60_000)

  expect(desk.rig.people).toEqual([])
})
