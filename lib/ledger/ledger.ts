import type { Case } from '../domain/case.ts'
import { personOf } from '../domain/case.ts'
import { newOrgState, type OrgState } from '../domain/org-state.ts'
import { asciiLowerCase } from '../domain/username.ts'
import type { Clock, Lease, Ledger } from '../ports.ts'
import { fromJson } from './json.ts'
import type { Item, Table } from './table.ts'

type Options = {
  readonly table: Table
  readonly clock: Clock
  /** A new unguessable name for one write or lease. */
  readonly uid: () => string
  /** Longer than a function's time-out, shorter than the queue's visibility time-out. */
  readonly leaseMs: number
  readonly keepClosedMs: number
}

/**
 * The system's memory over a table of single-item conditional writes.
 *
 * Rests on three things only: `put` is atomic on one item, `get` is strongly consistent, and every item carries a version
 * that rises with each write. Whoever writes an item must name the version read, so a worker that lost its lease (frozen,
 * timed out, partitioned) cannot change what its successor wrote.
 */
export function atlasLedger({ table, clock, uid, leaseMs, keepClosedMs }: Options): Ledger {
  return {
    async record(kase) {
      const first = { ...kase, version: 1 }
      if (await table.put(caseItem(first, uid(), keepClosedMs), { kind: 'absent' })) return first

      const known = await table.get(casePk(kase.id))
      if (!known) throw new Error(`Cannot record case "${kase.id}": written by another and gone`)
      return toCase(known)
    },

    async read(caseId) {
      const item = await table.get(casePk(caseId))
      return item && toCase(item)
    },

    async save(kase) {
      const next = { ...kase, version: kase.version + 1 }
      const written = await table.put(caseItem(next, uid(), keepClosedMs), {
        kind: 'version',
        version: kase.version,
      })
      return written ? next : undefined
    },

    async lease(kase) {
      const pk = leasePk(kase)
      const owner = uid()
      const now = clock.now()
      const until = new Date(now.getTime() + leaseMs)
      const lease: Lease = { key: pk, owner, until, caseId: kase.id }
      const keys = { until: until.toISOString() }
      const item = {
        pk,
        version: 1,
        writeId: owner,
        body: JSON.stringify(lease),
        keys,
        expiresAt: Math.ceil(until.getTime() / 1_000),
      }
      if (await table.put(item, { kind: 'lapsed', before: now.toISOString() })) return { kind: 'held', lease }

      const other = await table.get(pk)
      if (!other) return { kind: 'busy', caseId: '', until: now }
      const { caseId, until: otherUntil } = fromJson(other.body) as Lease
      return { kind: 'busy', caseId, until: otherUntil }
    },

    async release(lease) {
      await table.remove(lease.key, lease.owner)
    },

    async org(orgId) {
      return await readOrg(table, orgId)
    },

    async changeOrg(orgId, change) {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const state = await readOrg(table, orgId)
        const changed = change(state)
        if (!changed) return state

        const next = { ...changed, version: state.version + 1 }
        const condition =
          state.version === 0 ? ABSENT : ({ kind: 'version', version: state.version } as const)
        if (await table.put(orgItem(next, uid()), condition)) return next
        await clock.sleep(clock.random() * CONTENTION_MS * (tries + 1))
      }
      throw new Error(`Cannot change organization "${orgId}": too many writers at once`)
    },

    async due(until, limit) {
      return (await table.query({ index: 'due', hash: 'due', upTo: until.toISOString(), limit })).map(toCase)
    },

    async unpublished(before, limit) {
      const items = await table.query({
        index: 'unpublished',
        hash: 'unpublished',
        upTo: before.toISOString(),
        limit,
      })
      return {
        cases: items.filter(({ pk }) => pk.startsWith(CASE)).map(toCase),
        orgs: items.filter(({ pk }) => pk.startsWith(ORG)).map(toOrg),
      }
    },

    async ofPerson(username) {
      const query = { index: 'person', hash: asciiLowerCase(username), newestFirst: true }
      return (await table.query(query)).map(toCase)
    },

    async open(limit) {
      return (await table.query({ index: 'open', hash: 'open', limit })).map(toCase)
    },

    async on(day) {
      const query =
        'received' in day ? { index: 'received', hash: day.received } : { index: 'closed', hash: day.closed }
      return (await table.query(query)).map(toCase)
    },
  }
}

const CASE = 'case#'
const ORG = 'org#'
const ABSENT = { kind: 'absent' } as const
const MOST_TRIES = 20
const CONTENTION_MS = 20

function casePk(caseId: string): string {
  return `${CASE}${caseId}`
}

/** Under `lease#`, the one prefix that the functions' roles may delete. */
function leasePk(kase: Case): string {
  return `lease#${kase.orgId}#${personOf(kase)}`
}

async function readOrg(table: Table, orgId: string): Promise<OrgState> {
  const item = await table.get(`${ORG}${orgId}`)
  return item ? toOrg(item) : newOrgState(orgId)
}

function toCase(item: Item): Case {
  return fromJson(item.body) as Case
}

function toOrg(item: Item): OrgState {
  return fromJson(item.body) as OrgState
}

/** An item is in an index only while it has that index's attributes, so each index holds just what it is asked for. */
function caseItem(kase: Case, writeId: string, keepClosedMs: number): Item {
  const { receivedAt, nextAttemptAt, closedAt, unpublished } = kase
  const [oldest] = unpublished
  return {
    pk: casePk(kase.id),
    version: kase.version,
    writeId,
    body: JSON.stringify(kase),
    keys: {
      person: personOf(kase),
      receivedAt: receivedAt.toISOString(),
      receivedDay: dayOf(receivedAt),
      ...(closedAt ? { closedDay: dayOf(closedAt), closedAt: closedAt.toISOString() } : { openKey: 'open' }),
      ...(!closedAt && nextAttemptAt && { dueKey: 'due', nextAttemptAt: nextAttemptAt.toISOString() }),
      ...(oldest && { unpublishedKey: 'unpublished', unpublishedAt: oldest.at.toISOString() }),
    },
    ...(closedAt && !oldest && { expiresAt: Math.ceil((closedAt.getTime() + keepClosedMs) / 1_000) }),
  }
}

function orgItem(state: OrgState, writeId: string): Item {
  const [oldest] = state.unpublished
  return {
    pk: `${ORG}${state.orgId}`,
    version: state.version,
    writeId,
    body: JSON.stringify(state),
    keys: oldest ? { unpublishedKey: 'unpublished', unpublishedAt: oldest.at.toISOString() } : {},
  }
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}
