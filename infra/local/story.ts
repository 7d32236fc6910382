import { oktaDeactivation } from './okta.ts'
import type { Printer } from './print.ts'
import { openScene } from './scene.ts'
import type { LocalStack } from './stack.ts'

const LEAVER = 'katherine@example.com'

/** Tells the main story: Okta deactivates a member, and Atlas stumbles once. @returns the exit status */
export async function tellStory(stack: LocalStack, printer: Printer): Promise<number> {
  const scene = openScene(stack, printer)
  stack.emulator.script({ on: { operation: 'removeOrgUser' }, status: 500 })

  const event = oktaDeactivation(LEAVER, new Date())
  const { eventType, uuid } = event.detail
  printer.title(`${LEAVER} leaves the company. Atlas will answer the first DELETE with a 500.`)
  printer.step({
    step: 'received',
    at: new Date(),
    text: `${eventType} of ${LEAVER}: Okta → EventBridge → queue`,
    facts: { source: event.source, eventType, uuid, username: LEAVER },
  })
  await stack.aws.putPartnerEvent(event)
  await scene.timeline.audited(
    ({ metadata, unmapped }) =>
      metadata.correlation_uid === `okta:${uuid}` && unmapped.outcome.kind !== 'deferred',
  )

  const { removed, untouched } = scene.end()
  printer.note('\nNext: npm start -- remove grace@example.com, or npm run local to keep the stack up')
  return removed.join() === LEAVER && untouched ? 0 : 1
}
