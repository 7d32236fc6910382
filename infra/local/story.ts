import { typeCommand } from './desk.ts'
import { comparison } from './members-table.ts'
import { oktaDeactivation } from './okta-deactivation.ts'
import type { Printer } from './print.ts'
import { showReturn } from './return.ts'
import { membersIn, openScene, type Scene } from './scene.ts'
import type { LocalStack } from './stack.ts'

const LEAVER = 'katherine@example.com'
const SECOND = 'grace@example.com'
const THIRD = 'alan@example.com'

/** Two removals a day, so that the third leaver is held and needs two people of on-call; one worker, so that the steps come in order. */
export const STORY_STACK = { settings: { MAX_REMOVALS_PER_DAY: '2', FOUR_EYES: 'on' }, concurrency: 1 }

/**
 * Shows the main story: Okta deactivates a member, and the first DELETE fails. Then an event arrives twice, HR takes a departure back,
 * and one leaver too many waits for a human.
 *
 * @returns the exit status
 */
export async function showStory(stack: LocalStack, printer: Printer): Promise<number> {
  const before = membersIn(stack)
  const scene = openScene(stack, printer)
  stack.emulator.script({ on: { operation: 'removeOrgUser' }, status: 500 })

  printer.title(`${LEAVER} leaves the company. Atlas will answer the first DELETE with a 500.`)
  const event = await leave(stack, printer, LEAVER)
  await ended(scene, event)
  const { removed, untouched } = scene.end()

  await showDuplicate(stack, printer, { scene, event })
  await showReturn(stack, printer, scene)
  await showBreaker(stack, printer, scene)
  const all = comparison(before, membersIn(stack))
  printer.note(`\n${all.text}`)
  printer.note('\nNext: npm start -- remove grace@example.com, or npm run local to keep the stack up')
  const isAsExpected = removed.join() === LEAVER && untouched && all.untouched
  return isAsExpected && all.removed.toSorted().join() === [THIRD, SECOND, LEAVER].join() ? 0 : 1
}

type Leaving = ReturnType<typeof oktaDeactivation>

async function leave(stack: LocalStack, printer: Printer, username: string): Promise<Leaving> {
  const event = oktaDeactivation(username, new Date())
  printer.step(receivedStep(event, username))
  await stack.aws.putPartnerEvent(event)
  return event
}

function receivedStep({ source, detail: { eventType, uuid } }: Leaving, username: string) {
  const text = `${eventType} of ${username}: Okta → EventBridge → queue`
  return { step: 'received', at: new Date(), text, facts: { source, eventType, uuid, username } }
}

/** Waits for the audit event that ends what an Okta event began. */
function ended(scene: Scene, { detail: { uuid } }: Leaving, isEnd = (kind: string) => kind !== 'deferred') {
  return scene.timeline.audited(
    ({ metadata, unmapped: { outcome } }) =>
      metadata.correlation_uid === `okta:${uuid}` && outcome !== undefined && isEnd(outcome.kind),
  )
}

type Known = { readonly scene: Scene; readonly event: Leaving }

async function showDuplicate(stack: LocalStack, printer: Printer, { scene, event }: Known): Promise<void> {
  const { emulator, aws } = stack
  const asked = emulator.requests.length
  const audited = aws.events.length
  printer.title('The same event comes once more.')
  const known = scene.timeline.logged((entry) => entry.event === 'received' && !entry.isNew)
  printer.step(receivedStep(event, LEAVER))
  await aws.putPartnerEvent(event)
  await known
  const more = { requests: emulator.requests.length - asked, events: aws.events.length - audited }
  printer.note(
    `\nThe ledger knows how it ended: ${more.requests} requests to Atlas, ${more.events} audit events`,
  )
}

async function showBreaker(stack: LocalStack, printer: Printer, scene: Scene): Promise<void> {
  printer.title(`Two more leave. This stack removes at most two a day, so ${THIRD} waits for a human.`)
  await ended(scene, await leave(stack, printer, SECOND))
  const event = await leave(stack, printer, THIRD)
  const { metadata } = await ended(scene, event)

  const [caseId = ''] = metadata.uid.split('/')
  printer.title(`On-call releases ${caseId}. That needs another person.`)
  await typeCommand(stack, printer, ['release', caseId, '--because', 'HR confirms the third', '--yes'])
  const { unmapped } = await scene.timeline.audited((one) => one.unmapped.notice === 'proposed')
  printer.title('Whoever proposed it cannot confirm it, not even under another name. A colleague can.')
  const confirm = ['confirm', String(unmapped.proposal), '--yes']
  await typeCommand(stack, printer, [...confirm, '--by', 'colleague@example.com'])
  await typeCommand(stack, printer, [...confirm, '--profile', 'colleague'])
  await ended(scene, event, (kind) => kind === 'removed')
}
