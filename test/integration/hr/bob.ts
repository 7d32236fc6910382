import { createHmac } from 'node:crypto'
import type { HrPerson } from '../../../infra/local/hr/people.ts'
import type { HrReply } from '../../../lib/senders/hr/transport.ts'
import { recheckIdOf } from '../../../lib/words/reference.ts'
import { activeMember } from '../../support/cases.ts'
import { HIBOB_CREDENTIALS, inMemoryHr } from '../../support/in-memory-hr.ts'
import { openHrDesk } from './hr-desk.ts'

const SECRET = 'a secret that Bob shows once'
export const NOW = new Date('2026-11-29T10:00:00Z')
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const ADA = 'ada@example.com'
export const ID = '3332883884017713237'

/** HiBob with Ada in it, and Ada in Atlas. */
export function bob(person: Partial<HrPerson> = {}, systems = 'hibob=UTC:day_begins') {
  const hr = inMemoryHr()
  hr.put({ id: ID, ...person })
  const fault = { reply: undefined as HrReply | undefined }
  const desk = openHrDesk({
    ...{ now: NOW, systems, credentials: HIBOB_CREDENTIALS, secrets: { hibob: SECRET } },
    transport: async (request) => fault.reply ?? hr.answer(request),
  })
  desk.rig.people = [activeMember()]
  let events = 0
  return {
    ...{ desk, hr, fault },
    async sends(type: string, data: object = {}) {
      events += 1
      const body = JSON.stringify({
        type,
        version: 'v2',
        triggeredAt: `2026-11-29T10:00:0${events}`,
        data: { employeeId: ID, ...data },
      })
      const status = await desk.post('hibob', body, signed(body))
      await desk.work()
      return status
    },
    /** Lets hours pass, one by one. */
    async hours(count: number) {
      for (let hour = 0; hour < count; hour += 1) await desk.pass(HOUR)
    },
    dailyCheck: async () => await desk.recheck(recheckIdOf('hibob', desk.rig.now)),
    /** Ada is let in again. */
    joins() {
      desk.rig.people = [activeMember()]
      desk.rig.feed.push(joined(desk.rig.now))
    },
    outcomes: async () => (await desk.cases()).map(({ state: { outcome } }) => outcome),
    /** From the first case to the last. */
    inOrder: async () => {
      const cases = (await desk.cases()).toSorted(
        (one, other) => one.openedAt.getTime() - other.openedAt.getTime(),
      )
      return cases.map(({ state: { outcome } }) =>
        outcome?.kind === 'held' ? `held: ${outcome.reason}` : outcome?.kind,
      )
    },
    kinds: async () => (await desk.cases()).map(({ state: { outcome } }) => outcome?.kind),
    isIn: () => desk.rig.people.length === 1,
  }
}

export function signed(body: string, secret = SECRET) {
  const signature = createHmac('sha512', secret).update(body).digest('base64')
  return { 'content-type': 'application/json', 'bob-signature': signature }
}

/** What Atlas says of Ada, who was let in again. */
export const joined = (at: Date) => ({ id: 'e-1', type: 'JOINED_ORG', at, targetUsername: ADA })
