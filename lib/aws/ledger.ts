import { newOrgState, type OrgState, unreadableOrg } from '../core/org-state.ts'
import { isBlank, newPersonState, type PersonState } from '../core/person-state.ts'
import type { Clock, Lease, Ledger } from '../core/ports.ts'
import { pendingIn } from '../leftovers/findings.ts'
import type { Case } from '../words/case.ts'
import { personOf } from '../words/case.ts'
import { asciiLowerCase } from '../words/username.ts'
import { fromJson } from './json.ts'
import { sharedStates } from './shared-state.ts'
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
  const orgs = sharedStates({
    table,
    clock,
    uid,
    prefix: ORG,
    initial: newOrgState,
    unreadable: unreadableOrg,
  })
  const persons = sharedStates({
    table,
    clock,
    uid,
    prefix: PERSON,
    initial: newPersonState,
    isBlank,
  })
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

    async lease(kase, username = kase.departure.username) {
      const pk = leasePk(kase.orgId, username)
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
      return { kind: 'busy', caseId: other ? (fromJson(other.body) as Lease).caseId : '' }
    },

    async release(lease) {
      await table.remove(lease.key, lease.owner)
    },

    async org(orgId) {
      return await orgs.read(orgId)
    },

    async changeOrg(orgId, change, known) {
      return await orgs.change(orgId, change, known)
    },

    async person(username) {
      return await persons.read(asciiLowerCase(username))
    },

    async changePerson(username, change) {
      return await persons.change(asciiLowerCase(username), change)
    },

    async due(until, limit) {
      const dueIn = (hash: string) => table.query({ index: 'due', hash, upTo: until.toISOString(), limit })
      const [cases, leftovers] = await Promise.all([dueIn(DUE), dueIn(LEFTOVERS_DUE)])
      return [...cases, ...leftovers].slice(0, limit).map(toCase)
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
        orgs: items.filter(({ pk }) => pk.startsWith(ORG)).map((item) => fromJson(item.body) as OrgState),
        persons: items
          .filter(({ pk }) => pk.startsWith(PERSON))
          .map((item) => fromJson(item.body) as PersonState),
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
const PERSON = 'person#'
/** Apart from each other, so that leftovers which wait for long take no open case's place. */
const DUE = 'due'
const LEFTOVERS_DUE = 'leftovers'

function casePk(caseId: string): string {
  return `${CASE}${caseId}`
}

/** Under `lease#`, the one prefix that the functions' roles may delete. */
function leasePk(orgId: string, username: string): string {
  return `lease#${orgId}#${asciiLowerCase(username)}`
}

function toCase(item: Item): Case {
  return fromJson(item.body) as Case
}

/** An item is in an index only while it has that index's attributes, so each index holds just what it is asked for. */
function caseItem(kase: Case, writeId: string, keepClosedMs: number): Item {
  const { receivedAt, nextAttemptAt, closedAt } = kase
  const oldest = kase.unpublished[0] ?? kase.notices[0]
  const pending = pendingIn(kase)
  const dueAt = closedAt ? pending?.nextAttemptAt : nextAttemptAt
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
      ...(dueAt && { dueKey: closedAt ? LEFTOVERS_DUE : DUE, nextAttemptAt: dueAt.toISOString() }),
      ...(oldest && { unpublishedKey: 'unpublished', unpublishedAt: oldest.at.toISOString() }),
    },
    ...(closedAt &&
      !oldest &&
      !pending && { expiresAt: Math.ceil((closedAt.getTime() + keepClosedMs) / 1_000) }),
  }
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}
