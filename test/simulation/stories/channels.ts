import { eventBridgeEnvelope, oktaDeactivation, snsNotification } from '../../fixtures/events.ts'
import { departure, LEFT_AT, later } from '../../support/cases.ts'
import type { Story } from '../story.ts'

const ADA = 'ada@example.com'
const DAY = 86_400_000
const EVENTS = { channel: 'events' } as const
const TOPIC = { channel: 'topic' } as const
const HTTP = { channel: 'work', role: 'http' } as const

/** Who may say what, and when. Here messages are read by the readers of their channels. */
export const CHANNELS: readonly Story[] = [
  {
    name: 'http says `operator`',
    async play(stage) {
      stage.member()
      const forged = departure({ id: 'operator:1', source: 'operator' })
      stage.sendUnreadable(JSON.stringify({ kind: 'departure', departure: forged }), HTTP)
    },
    publishes: ['unreadable: http: may not queue a departure with this source and id'],
    stays: [ADA],
  },
  {
    name: 'two channels claim one source',
    world: { settings: { holdOrgRoles: ['ORG_OWNER'] } },
    async play(stage) {
      stage.member({ orgRoles: ['ORG_OWNER'] })
      const left = oktaDeactivation({ uuid: 'evt-1', published: LEFT_AT.toISOString() })
      stage.says(EVENTS, eventBridgeEnvelope(left), { departed: departure() })
      await stage.held()
      const occurredAt = stage.world.time.now()
      const facts = { uuid: 'evt-2', eventType: 'user.lifecycle.activate' }
      const active = oktaDeactivation({ ...facts, published: occurredAt.toISOString() })
      const back = { id: 'sns/leavers:evt-2', source: 'sns/leavers', username: ADA, occurredAt }
      stage.says(TOPIC, snsNotification(eventBridgeEnvelope(active)), { back })
    },
    // What the topic brings is the topic's word: it does not take back what Okta said, and a human decides.
    publishes: [
      'okta:evt-1 held: privileged (ORG_OWNER) of ORG_OWNER',
      'notice return_received',
      'okta:evt-1 held: rejoined (sns/leavers says that the person is back) of ORG_OWNER',
    ],
    notices: ['return_received'],
    stays: [ADA],
  },
  {
    name: 'a forged instant of the year 2099 moves no leaving date',
    async play(stage) {
      stage.member()
      const fields = { id: 'sns/leavers:m-1', source: 'sns/leavers', effectiveAt: later(2 * DAY) }
      const said = { username: ADA, occurredAt: LEFT_AT }
      const { effectiveAt } = fields
      const announced = snsNotification({ ...said, id: 'm-1', effectiveAt })
      stage.says(TOPIC, announced, { departed: departure(fields) })
      await stage.wait(120_000)
      const forged = snsNotification({ ...said, id: 'm-2', effectiveAt: '2099-01-01T00:00:00Z' })
      stage.sendUnreadable(JSON.stringify(forged), TOPIC)
      await stage.until(later(2 * DAY + 600_000))
    },
    swept: 1,
    publishes: [
      'sns/leavers:m-1 scheduled',
      'unreadable: sns/leavers: expected an instant at most 400 days ahead',
      'sns/leavers:m-1 removed (answered)',
    ],
  },
]
