import { createHmac } from 'node:crypto'
import { DAY_MS } from '../../lib/words/duration.ts'
import { typeCommand } from './desk.ts'
import type { HrPerson } from './hr/people.ts'
import type { Printer } from './print.ts'
import { bringLeaver, listMembers, ROSTER_STACK } from './roster.ts'
import { openScene, type Scene } from './scene.ts'
import type { LocalStack } from './stack.ts'

const LEAVER = { id: '3332883884017713237', workEmail: 'grace@example.com' }
const STAYS = { id: '3332883884017713238', workEmail: 'edsger@example.com' }

/** A date counts from its own midnight, so that today's has come. */
export const HR_STACK = {
  settings: { ...ROSTER_STACK.settings, HR_SYSTEMS: 'hibob=UTC:day_begins' },
  concurrency: 1,
}

/**
 * Lets HiBob announce a last day, move it to today, and confirm it; and take another leaving back without a webhook. A nightly file brings
 * the next leaver.
 *
 * @returns the exit status
 */
export async function showHr(stack: LocalStack, printer: Printer): Promise<number> {
  await listMembers(stack)
  const scene = openScene(stack, printer)
  const bob = hiBobOf(stack, printer)
  printer.title(
    `HiBob announces the last day of ${LEAVER.workEmail}. Its webhook names nobody; HiBob is asked who it is.`,
  )
  await bob.sends('table.entry.created', { ...LEAVER, state: 'active', leavesOn: dayIn(30) })
  await scheduled(scene, LEAVER.workEmail)

  printer.title(
    'The date moves to today. HiBob is asked once more before the removal, and still shows her as active.',
  )
  await bob.sends('table.entry.updated', { ...LEAVER, state: 'active', leavesOn: dayIn(0) })
  await waiting(scene, LEAVER.workEmail)

  printer.title('HiBob says that she has left, and confirms it when asked.')
  await bob.sends('employee.left', { ...LEAVER, state: 'left', leavesOn: dayIn(0) })
  await outcome(scene, LEAVER.workEmail, 'removed')

  printer.title(`${STAYS.workEmail} is to leave today, and HR deletes the entry: HiBob sends nothing.`)
  await bob.sends('table.entry.created', { ...STAYS, state: 'active', leavesOn: dayIn(0) })
  const caseId = await waiting(scene, STAYS.workEmail)
  bob.knows({ ...STAYS, state: 'active' })
  await typeCommand(stack, printer, ['retry', caseId, '--yes', '--no-wait'])
  await outcome(scene, STAYS.workEmail, 'cancelled')

  const { leaver } = await bringLeaver(stack, printer, scene)
  const { removed, untouched } = scene.end()
  return removed.toSorted().join() === [leaver, LEAVER.workEmail].join() && untouched ? 0 : 1
}

/** HiBob, whose people are as this story sets them, and which signs its webhooks. */
function hiBobOf({ hr, http, callers }: LocalStack, printer: Printer) {
  const knows = (person: HrPerson) => void hr.people.hibob.set(person.id, person)
  return {
    knows,
    async sends(type: string, person: HrPerson): Promise<void> {
      knows(person)
      const triggeredAt = new Date().toISOString().replace('Z', '')
      const body = JSON.stringify({ type, triggeredAt, version: 'v2', data: { employeeId: person.id } })
      const signature = createHmac('sha512', callers.hiBobSecret).update(body).digest('base64')
      const headers = { 'content-type': 'application/json', 'bob-signature': signature }
      const { status } = await fetch(`${http.url}/hooks/hr/hibob`, { method: 'POST', headers, body })
      const text = `${type} of employee ${person.id} → /hooks/hr/hibob answered ${status}`
      const tone = status === 204 ? 'good' : 'bad'
      printer.step({
        step: 'received',
        at: new Date(),
        text,
        facts: { type, status, employeeId: person.id },
        tone,
      })
    },
  }
}

function scheduled(scene: Scene, username: string): Promise<string> {
  return outcome(scene, username, 'scheduled')
}

/** HR shows somebody as active on the last day: the case waits for it. */
function waiting(scene: Scene, username: string): Promise<string> {
  return outcome(scene, username, 'deferred')
}

/** Waits for an outcome of somebody's. @returns the case */
async function outcome(scene: Scene, username: string, kind: string): Promise<string> {
  const { metadata } = await scene.timeline.audited(
    ({ user, unmapped }) => user?.name === username && unmapped.outcome?.kind === kind,
  )
  return metadata.uid.split('/')[0] ?? ''
}

function dayIn(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
}
