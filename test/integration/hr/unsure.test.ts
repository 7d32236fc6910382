import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { BAMBOOHR_KEY, bambooHr } from '../../../infra/local/hr/bamboohr.ts'
import { type HrPeople, hrReply } from '../../../infra/local/hr/people.ts'
import { activeMember } from '../../support/cases.ts'
import { openHrDesk } from './hr-desk.ts'

const SECRET = 'the private key of a webhook'
const ADA = 'ada@example.com'
const BEA = 'bea@example.com'
const NOW = new Date('2026-11-29T10:00:00Z')
const HOUR = 3_600_000

/** BambooHR without access to its directory: who else has an address, nobody can tell. */
function withoutDirectory() {
  const people: HrPeople = new Map()
  const answer = bambooHr(people)
  const desk = openHrDesk({
    ...{ now: NOW, systems: 'bamboohr=UTC:day_begins', secrets: { bamboohr: SECRET } },
    credentials: new Map([['bamboohr', { origin: 'https://api.bamboohr.com', parts: { ...BAMBOOHR_KEY } }]]),
    transport: async (request) => ({
      kind: 'reply',
      ...(request.path.endsWith('directory') ? hrReply(403) : answer(request)),
    }),
  })
  desk.rig.people = [activeMember(), activeMember({ userId: 'bea', username: BEA })]
  let events = 0
  return {
    ...{ desk, people },
    async changes() {
      events += 1
      const body = JSON.stringify({ type: 'employee.updated', data: { employeeId: '1' }, events })
      const seconds = String(desk.rig.now.getTime() / 1_000)
      const signature = createHmac('sha256', SECRET)
        .update(body + seconds)
        .digest('hex')
      await desk.post('bamboohr', body, {
        'x-bamboohr-timestamp': seconds,
        'x-bamboohr-signature': signature,
      })
      await desk.work()
      await desk.pass(HOUR)
    },
    names: () => desk.rig.people.map(({ username }) => username),
  }
}

test('whose address a leaver’s record was given afterwards is not removed for it, however often it changes', async () => {
  const it = withoutDirectory()
  it.people.set('1', { id: '1', workEmail: ADA, state: 'left', leavesOn: '2026-11-29' })
  await it.changes()
  expect(it.names()).toEqual([BEA])

  it.people.set('1', { id: '1', workEmail: BEA, state: 'left', leavesOn: '2026-11-29' })
  await it.changes()
  await it.changes()

  expect(it.names()).toEqual([BEA])
  const outcomes = (await it.desk.cases()).map(({ state: { outcome } }) => outcome)
  expect(outcomes).toContainEqual({ kind: 'held', reason: 'unresolved_employee' })
})

test('an address that changed while its bearer was there is theirs', async () => {
  const it = withoutDirectory()
  it.people.set('1', { id: '1', workEmail: 'ada.old@example.com', state: 'active' })
  await it.changes()
  it.people.set('1', { id: '1', workEmail: ADA, state: 'active' })
  await it.changes()
  it.people.set('1', { id: '1', workEmail: ADA, state: 'left', leavesOn: '2026-11-29' })
  await it.changes()

  expect(it.names()).toEqual([BEA])
})
