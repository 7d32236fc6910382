import { readEvents } from '../../../lib/senders/read-events.ts'
import { readTopic } from '../../../lib/senders/read-topic.ts'
import { readWork } from '../../../lib/senders/read-work.ts'
import type { IntakeSettings, Reading } from '../../../lib/senders/reading.ts'
import { eventBridgeEnvelope, oktaDeactivation, snsNotification } from '../../fixtures/events.ts'
import { auth0CloudEvent, auth0Log } from './auth0/events.ts'
import { cloudEvent, standardWebhook } from './canonical/events.ts'
import { sailPointDeletion, sailPointLifecycle } from './sailpoint/events.ts'

const SETTINGS: IntakeSettings = {
  onSuspend: 'ignore',
  oktaAppIds: [],
  sailPointLeaverStates: ['terminated'],
  forwarderTopics: ['forwarded'],
}
const NOW = new Date('2026-11-30T09:00:00Z')

const CANONICAL = {
  type: 'user.departed',
  username: 'ada@example.com',
  effectiveAt: '2026-12-24T17:00:00Z',
  reason: 'HR-1042',
  requestedBy: 'workday',
  aliases: ['ada@old.example.com'],
  orgIds: ['32b6e34b3d91647abb20e7b8'],
  dryRun: true,
  id: 'HR-1042-1',
  occurredAt: '2026-11-29T09:00:00Z',
  extra: 'anything',
}
const { type: _, ...UNTYPED } = CANONICAL
const OWN_RETURN = {
  id: 'hook/workday:1',
  source: 'hook/workday',
  username: 'ada@example.com',
  occurredAt: '2026-11-29T09:00:00Z',
  timedByReceipt: true,
}
const OWN = { ...UNTYPED, extra: undefined, ...OWN_RETURN, scope: 'app_assignment', suspended: false }

const events = (body: unknown) => readEvents(JSON.stringify(body), SETTINGS, NOW)
const work = (body: unknown) => readWork(JSON.stringify(body), 'http', SETTINGS)
/** Takes `Message` as an object, so that the keys inside it can slip too. */
const topic = (body: unknown) => {
  const text = JSON.stringify(body, (key, value) =>
    key === 'Message' && typeof value === 'object' ? JSON.stringify(value) : value,
  )
  return readTopic(text, SETTINGS, NOW)
}
const notification = (Message: unknown, name = 'leavers') => ({
  ...snsNotification('', { topic: name }),
  Message,
})
const bus = (detail: unknown, detailType: string, source = 'com.example.hr') =>
  eventBridgeEnvelope(detail, { detailType, source })

const SNS_UNREAD = ['SignatureVersion', 'Signature', 'SigningCertURL', 'UnsubscribeURL']
const BUS_UNREAD = ['version', 'account', 'region', 'resources']
const SAILPOINT = 'aws.partner/sailpoint.com/a/idn/x'
const AUTH0 = 'aws.partner/auth0.com/a/auth0.logs'

/** A body that a reader understands. */
export type Sample = {
  readonly read: (body: unknown) => Reading
  readonly body: unknown
  /** Keys that nobody reads, as paths; what stands inside them is not read either. */
  readonly unread?: readonly string[]
}
const inside = (path: string, keys: readonly string[]) => keys.map((key) => `${path}.${key}`)

/** One body of every shape that we read. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  'User Departed': { read: events, body: bus(CANONICAL, 'User Departed'), unread: BUS_UNREAD },
  'User Returned': {
    read: events,
    body: bus({ type: 'user.returned', username: 'ada@example.com' }, 'User Returned'),
    unread: BUS_UNREAD,
  },
  'canonical by SNS': { read: topic, body: notification(CANONICAL), unread: SNS_UNREAD },
  'a return by SNS': {
    read: topic,
    body: notification({ type: 'user.returned', username: 'ada@example.com' }),
    unread: SNS_UNREAD,
  },
  'Standard Webhooks by SNS': {
    read: topic,
    body: notification(standardWebhook(UNTYPED)),
    unread: SNS_UNREAD,
  },
  'CloudEvents by SNS': { read: topic, body: notification(cloudEvent(UNTYPED)), unread: SNS_UNREAD },
  'User Departed forwarded by SNS': {
    read: topic,
    body: notification(bus(CANONICAL, 'User Departed'), 'forwarded'),
    unread: [...SNS_UNREAD, ...inside('Message', BUS_UNREAD)],
  },
  'a departure of ours': { read: work, body: { kind: 'departure', departure: OWN } },
  'a return of ours': {
    read: work,
    body: { kind: 'return', return: OWN_RETURN },
  },
  Okta: {
    read: events,
    body: eventBridgeEnvelope(oktaDeactivation()),
    unread: [
      ...BUS_UNREAD,
      ...inside('detail', ['severity', 'actor', 'outcome.reason', 'target.0.id', 'target.0.displayName']),
    ],
  },
  'SailPoint, deleted': {
    read: events,
    body: bus(sailPointDeletion(), 'idn:identity-deleted', SAILPOINT),
    unread: [...BUS_UNREAD, 'detail.identity', 'detail._metadata'],
  },
  'SailPoint, lifecycle state': {
    read: events,
    body: bus(sailPointLifecycle('active', 'terminated'), 'idn:identity-attributes-changed', SAILPOINT),
    unread: [
      ...BUS_UNREAD,
      ...inside('detail', [
        'identity.id',
        'identity.type',
        'changes.0.attribute',
        'changes.0.oldValue',
        'changes.0.newValue',
        'changes.1.oldValue',
        '_metadata',
      ]),
    ],
  },
  'Auth0 log': {
    read: events,
    body: bus(auth0Log(), 'Auth0 log', AUTH0),
    unread: [...BUS_UNREAD, 'detail.data.user_id', 'detail.data.connection'],
  },
  'Auth0 event': {
    read: events,
    body: bus(auth0CloudEvent(), 'Auth0 event', AUTH0),
    unread: [...BUS_UNREAD, ...inside('detail', ['specversion', 'source', 'data.object.user_id'])],
  },
}
