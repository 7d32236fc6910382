import { randomUUID } from 'node:crypto'
import { DAY_MS } from '../../lib/words/duration.ts'
import type { Printer } from './print.ts'
import type { Scene } from './scene.ts'
import type { LocalStack } from './stack.ts'

const STAYS = 'edsger@example.com'
const SOURCE = 'hr'

/** Lets HR announce a departure and take it back, which only the source that sent it can do. */
export async function showReturn(stack: LocalStack, printer: Printer, scene: Scene): Promise<void> {
  printer.title(`HR announces that ${STAYS} leaves tomorrow, and takes it back.`)
  const effectiveAt = new Date(Date.now() + DAY_MS).toISOString()
  const id = await putEvent(stack, printer, 'User Departed', { effectiveAt })
  const until = (kind: string) =>
    scene.timeline.audited(
      ({ metadata, unmapped }) =>
        metadata.correlation_uid === `eventbridge/${SOURCE}:${id}` && unmapped.outcome?.kind === kind,
    )
  await until('scheduled')
  await putEvent(stack, printer, 'User Returned', {})
  await until('cancelled')
}

/** Puts a canonical event on the default bus. EventBridge's own time has no milliseconds, so the sender says when it happened. */
async function putEvent(
  { aws }: LocalStack,
  printer: Printer,
  detailType: 'User Departed' | 'User Returned',
  more: { readonly effectiveAt?: string },
): Promise<string> {
  const at = new Date()
  const id = randomUUID()
  const text = `${detailType}, ${STAYS}: ${SOURCE} → EventBridge → queue`
  printer.step({ step: 'received', at, text, facts: { source: SOURCE, detailType, username: STAYS } })
  const detail = { username: STAYS, occurredAt: at.toISOString(), ...more }
  await aws.putPartnerEvent({ id, source: SOURCE, 'detail-type': detailType, detail })
  return id
}
