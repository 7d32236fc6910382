import { expect, test } from 'vitest'
import type { HrPeople } from '../../../infra/local/hr/people.ts'
import { PERSONIO_CLIENT, personio } from '../../../infra/local/hr/personio.ts'
import { recheckIdOf } from '../../../lib/words/reference.ts'
import { activeMember } from '../../support/cases.ts'
import { ADA, DAY, joined, NOW } from './bob.ts'
import { openHrDesk } from './hr-desk.ts'

const SECRET = 'the token of a webhook'

/** Personio with Ada in it, and Ada in Atlas. */
function desk() {
  const people: HrPeople = new Map()
  const sent: object[] = []
  const answer = personio(people, sent)
  const it = openHrDesk({
    ...{ now: NOW, systems: 'personio', secrets: { personio: SECRET } },
    credentials: new Map([
      ['personio', { origin: 'https://api.personio.de', parts: { ...PERSONIO_CLIENT } }],
    ]),
    transport: async (request) => ({ kind: 'reply', ...answer(request) }),
  })
  it.rig.people = [activeMember()]
  const event = (at: string) => {
    const made = { event_name: 'employment.terminated', occurred_at: at, payload: { person: { id: '1' } } }
    sent.push(made)
    return JSON.stringify(made)
  }
  return {
    ...{ it, event },
    leaves: (leavesOn: string) => people.set('1', { id: '1', workEmail: ADA, state: 'left', leavesOn }),
    kinds: async () => (await it.cases()).map(({ state: { outcome } }) => outcome?.kind),
  }
}

test('an event that is replayed is asked about, although an earlier leaving is known', async () => {
  const { it, event, leaves, kinds } = desk()
  leaves('2026-11-28')
  await it.post('personio', event('2026-11-29T00:00:07Z'), { authorization: SECRET })
  await it.work()
  expect(await kinds()).toEqual(['removed'])
  await it.pass(2 * DAY)
  it.rig.people = [activeMember()]
  it.rig.feed.push(joined(it.rig.now))
  await it.pass(3 * DAY)

  leaves('2026-12-03')
  event('2026-12-04T00:00:07Z')
  await it.recheck(recheckIdOf('personio', it.rig.now))

  expect(await kinds()).toEqual(['removed', 'removed'])
  expect(it.rig.notices()).toEqual(['missed_by_sender'])
})
