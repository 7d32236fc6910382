import { atlasLedger } from '../../lib/aws/ledger.ts'
import type { JournalEntry, Members, QueueMessage } from '../../lib/core/ports.ts'
import type { ReceiveDeps } from '../../lib/core/receive.ts'
import type { AuditEvent } from '../../lib/words/audit-event.ts'
import { later, ORG } from './cases.ts'
import { memoryTable } from './memory-table.ts'

/** What a use case of the core did through its ports. */
export type Seen = {
  readonly queued: { readonly message: QueueMessage; readonly delayMs?: number }[]
  readonly published: AuditEvent[]
  readonly journal: JournalEntry[]
  readonly rejected: string[]
}

/** The core's parts on a clock that stands still, with a real ledger in memory; a test replaces what it is about. */
export function coreParts(changes: Partial<ReceiveDeps> = {}, members: Partial<Members> = {}) {
  const seen: Seen = { queued: [], published: [], journal: [], rejected: [] }
  const table = memoryTable()
  let uids = 0
  const clock = { now: () => later(60_000), sleep: async () => undefined, random: () => 0.5 }
  const uid = () => `w-${uids++}`
  const deps: ReceiveDeps = {
    ledger: atlasLedger({ table, clock, uid, lockMs: 120_000, keepClosedMs: 1e9 }),
    audit: {
      async publish(events) {
        seen.published.push(...events)
        return new Set(events.map((event) => event.uid))
      },
    },
    queue: {
      async send(messages) {
        seen.queued.push(...messages)
      },
      forward: async () => undefined,
      async reject(_channel, body) {
        seen.rejected.push(body)
      },
    },
    clock,
    journal: { note: (entry) => void seen.journal.push(entry) },
    members: members as Members,
    organizations: { orgIds: [ORG], credential: async () => ({ kind: 'credential', actor: 'key' }) },
    settings: {
      mode: 'enforce',
      protectedUsernames: [],
      holdOrgRoles: [],
      maxEventAgeMs: 72 * 3_600_000,
      maxRemovalsPerDay: 10,
      maxRemovalsPercent: 5,
    },
    opensOnClose: () => [],
    attempts: {},
    heard: new Map(),
    ...changes,
  }
  return { deps, seen, table }
}
