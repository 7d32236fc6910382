import type { Printer } from './print.ts'
import { openScene, type Scene } from './scene.ts'
import type { LocalStack } from './stack.ts'

const LEAVER = 'alan@example.com'

/** How the nightly file is read: Workday's columns are known, its dates need a time zone. */
const ROSTER_SETTINGS = {
  ROSTERS: JSON.stringify([
    { name: 'workday', prefix: 'workday/', timeZone: 'Europe/Berlin', accessEnds: 'day_begins' },
  ]),
}

/** A stack that expects a nightly file. */
export const ROSTER_STACK = { settings: ROSTER_SETTINGS }

/** What HR's nightly export says: Alan left today, and a thousand others who were never in Atlas left before. */
function nightlyFile(today: string): string {
  const strangers = Array.from(
    { length: 1_000 },
    (_, at) => `W${at};former.${at}@example.com;Terminated;2020-01-31`,
  )
  return [
    'Employee_ID;Email_-_Work;Worker_Status;Termination_Date',
    ...strangers,
    'W20001;ada@example.com;Active;',
    'W20002;katherine@example.com;On Leave;',
    `W20003;${LEAVER};Terminated;${today}`,
    '',
  ].join('\r\n')
}

/** Puts a file into the bucket, and invokes the function as EventBridge would. */
async function dropFile({ aws, functions }: LocalStack, key: string, content: string): Promise<void> {
  await functions.roster.invoke(aws.rosters.put(key, content))
}

/** Lists the members, as the sweep does every hour: a file acts only on names in that list. */
export async function listMembers({ functions }: LocalStack): Promise<void> {
  await functions.sweep.invoke({ job: 'hour' })
}

/** Lets HR's nightly file bring a leaver. The members are listed, and the stack has the settings of `ROSTER_STACK`. @returns the file */
export async function bringLeaver(stack: LocalStack, printer: Printer, scene: Scene) {
  const today = new Date().toISOString().slice(0, 10)
  const file = { key: `workday/workers_${today}`, content: nightlyFile(today), leaver: LEAVER }
  printer.title(`HR's nightly file names 1,001 people who left. One of them is in Atlas: ${LEAVER}.`)
  printer.note(`${file.content.split('\r\n').slice(-4).join('\n')}`)
  const removal = scene.timeline.audited(
    ({ user, unmapped }) => user?.name === LEAVER && unmapped.outcome?.kind === 'removed',
  )
  await dropFile(stack, `${file.key}.csv`, file.content)
  await removal
  return file
}

/**
 * Lets HR's nightly file bring a leaver, and then one that is cut off and brings nobody. The stack needs the settings of `ROSTER_STACK`.
 *
 * @returns the exit status
 */
export async function showRoster(stack: LocalStack, printer: Printer): Promise<number> {
  await listMembers(stack)
  const scene = openScene(stack, printer)
  const { key, content } = await bringLeaver(stack, printer, scene)

  printer.title('The next file is cut off in the middle. It acts on nobody.')
  const refusal = scene.timeline.logged(({ event }) => event === 'roster_refused')
  await dropFile(stack, `${key}_2.csv`, content.slice(0, 20_000))
  await refusal
  const { removed, untouched } = scene.end()
  return removed.join() === LEAVER && untouched ? 0 : 1
}
