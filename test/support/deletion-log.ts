import type { AtlasRequest } from '../../lib/atlas/transport.ts'
import type { Item } from '../../lib/aws/table.ts'
import type { Lock } from '../../lib/core/ledger.ts'
import { fromJson } from '../../lib/words/with-instants.ts'

/** One DELETE as it went over the wire, whatever came of it. */
export type Deletion = {
  readonly worker: string
  readonly orgId: string
  readonly userId: string
  readonly sentAt: Date
  /** When its sender had an answer or gave up, at the latest when its time-out was over. */
  endedAt: Date
  /** Whether the sender had a lock in that organization that outlived the request's time-out. */
  readonly locked: boolean
}

export type DeletionLog = {
  readonly deletions: readonly Deletion[]
  /** @returns what to call when the request has ended */
  begin(worker: string, request: AtlasRequest): () => void
}

/** Watches every DELETE from outside, as a packet capture would. */
export function deletionLog(now: () => Date, items: () => readonly Item[]): DeletionLog {
  const deletions: Deletion[] = []

  function hasLock(worker: string, { orgId, timeoutMs }: AtlasRequest): boolean {
    const needed = now().getTime() + timeoutMs
    return items()
      .filter(({ pk }) => pk.startsWith(`lock#${orgId}#`))
      .map(({ body }) => fromJson(body) as Lock)
      .some(({ owner, until }) => owner.startsWith(`${worker}-`) && until.getTime() >= needed)
  }

  return {
    deletions,
    begin(worker, request) {
      const { operation, orgId, userId = '' } = request
      if (operation !== 'removeOrgUser') return () => undefined
      const locked = hasLock(worker, request)
      const timeout = new Date(now().getTime() + request.timeoutMs)
      const deletion: Deletion = { worker, orgId, userId, sentAt: now(), endedAt: timeout, locked }
      deletions.push(deletion)
      return () => {
        if (now() < timeout) deletion.endedAt = now()
      }
    },
  }
}
