import { randomUUID } from 'node:crypto'
import type { PartnerEvent } from './aws/event-bridge.ts'
import { busOf } from './event-rules.ts'

/**
 * Makes the event that Okta's log stream puts on a partner bus when an administrator deactivates somebody.
 *
 * @see https://developer.okta.com/docs/reference/api/event-types/ (user.lifecycle.deactivate)
 */
export function oktaDeactivation(username: string, at: Date) {
  const source = 'aws.partner/okta.com/example/departures'
  return {
    bus: busOf({ source }),
    source,
    'detail-type': 'SystemLog',
    detail: {
      uuid: randomUUID(),
      published: at.toISOString(),
      eventType: 'user.lifecycle.deactivate',
      legacyEventType: 'core.user.config.user_deactivated',
      version: '0',
      severity: 'INFO',
      displayMessage: 'Deactivate Okta user',
      actor: person('00u2di94bAMSEPvAY1d6', 'admin@example.com'),
      outcome: { result: 'SUCCESS', reason: null },
      transaction: { type: 'WEB', id: 'X7LBsMxeqO-ADcGcmp0WGQAAB', detail: {} },
      target: [person('00u3m90rxKjGQ0G6L1d6', username)],
    },
  } satisfies PartnerEvent
}

function person(id: string, alternateId: string) {
  return { id, type: 'User', alternateId, displayName: alternateId, detailEntry: null }
}
