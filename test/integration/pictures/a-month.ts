import { type Evidence, evidenceOf } from '../../../lib/evidence/evidence.ts'
import type { Feed } from '../../../lib/evidence/mismatch.ts'
import { rowOf } from '../../../lib/evidence/rows.ts'
import { closedCase, HOUR, later, ORG, openedCase } from '../../unit/evidence/cases.ts'

const DAY = 24 * HOUR
/** How long each removal took, in seconds: most are done at once, some of the messages were late, one waited for a human. */
const SECONDS = [2, 1, 3, 2, 4, 9, 2, 3, 40, 2, 1, 6, 2, 95, 3, 2, 12, 2, 700, 3, 2, 4, 2, 8, 2, 3_900, 2, 3]

/** The evidence of a month like many others: 28 removed, one of them late for a human's decision, and one who waits for one. */
export function monthOfEvidence(): Evidence {
  const removed = SECONDS.map((seconds, index) => {
    const ms = index * DAY + seconds * 1_000
    const departure = {
      ...{ id: `okta:evt-${index}`, source: 'okta', username: `person.${index}@example.com` },
      occurredAt: later(index * DAY),
    }
    const outcome = { kind: 'removed', evidence: 'answered', revokedAt: later(ms) } as const
    return rowOf(
      closedCase(outcome, ms, { departure, intent: { at: later(ms), userId: 'u' } }, { id: `c-${index}` }),
    )
  })
  const held = { kind: 'held', reason: 'privileged', roles: ['ORG_OWNER'] } as const
  const waiting = rowOf(
    openedCase({ id: 'c-99' }, { id: 'okta:evt-99', occurredAt: later(27.9 * DAY) }, { outcome: held }),
  )
  const feed: Feed = {
    ...{ kind: 'read', orgId: ORG, since: later(0), readAt: later(28 * DAY) },
    events: removed.flatMap(({ case: id, username, revokedAt: at }) =>
      at ? [{ id: `e-${id}`, type: 'REMOVED_FROM_ORG', at, targetUsername: username, isOurs: true }] : [],
    ),
  }
  return evidenceOf(
    [{ since: later(-DAY), asOf: later(28 * DAY), rows: [...removed, waiting], feeds: [feed] }],
    4 * HOUR,
  )
}
