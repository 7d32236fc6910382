import { activeMember, ORG } from '../support/cases.ts'
import { enqueue } from '../support/in-memory-aws.ts'
import { encodeWork } from '../support/work-message.ts'
import { createWorld } from '../support/world.ts'
import type { Figure } from './measure.ts'

/** As many as an hour brings in a large company. */
const LEAVERS = 20
const MINUTE_MS = 60_000

/**
 * What HR costs, in virtual time: an event names an id, HR is asked who that is, and once more before the removal. AWS calls take 5 ms, requests to
 * Atlas and to HR 50 ms, our own code none.
 */
export async function measure(): Promise<readonly Figure[]> {
  const [named, referred] = [await leave(false), await leave(true)]
  return [
    {
      name: 'questions to HR per leaver, HiBob',
      value: referred.asked / LEAVERS,
      unit: 'requests',
      atMost: 4,
    },
    {
      name: 'time from an HR event to the revocation, over one that names the person',
      value: referred.ms / named.ms,
      unit: 'x',
      atMost: 4,
      note: `mean of ${LEAVERS}, ${referred.ms.toFixed(0)} over ${named.ms.toFixed(0)} ms in virtual time`,
    },
  ]
}

async function leave(isReferred: boolean) {
  const world = createWorld({
    warm: true,
    hasServed: true,
    settings: { maxRemovalsPerDay: LEAVERS, maxRemovalsPercent: 100 },
  })
  const people = Array.from({ length: 2 * LEAVERS }, (_, leaver) => {
    const username = `leaver-${leaver}@example.com`
    world.hr.put({ id: `${leaver}`, workEmail: username, state: 'left' })
    return activeMember({ username, userId: String(leaver).padStart(24, 'a') })
  })
  world.org(ORG).members = people
  let ms = 0
  for (const [leaver, { username, userId }] of people.slice(0, LEAVERS).entries()) {
    const at = world.time.now()
    if (isReferred) {
      const reference = {
        id: `e-${leaver}`,
        source: 'hr/hibob',
        employeeId: `${leaver}`,
        event: 'employee.left',
      }
      enqueue(world.aws, encodeWork({ kind: 'reference', reference: { ...reference, says: 'left' } }), at)
    } else world.depart({ id: `hr:${leaver}`, source: 'hook/hr', username, occurredAt: at })
    await world.runUntil(new Date(at.getTime() + MINUTE_MS))
    const removed = world.atlas.removed.find(({ member }) => member.userId === userId)
    if (!removed) throw new Error('Cannot measure HR: not everybody was removed')
    ms += (removed.at.getTime() - at.getTime()) / LEAVERS
  }
  return { ms, asked: world.hr.asked.length }
}
