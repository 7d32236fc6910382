import { atlasLedger } from '../../lib/aws/ledger.ts'
import type { JournalEntry } from '../../lib/core/journal.ts'
import type { Ledger } from '../../lib/core/ledger.ts'
import type { QueueMessage } from '../../lib/core/ports.ts'
import { ROSTERS, type RosterSummaries } from '../../lib/people/roster-summary.ts'
import { type RosterDeps, type RosterSettings, takeRoster } from '../../lib/people/take-roster.ts'
import { comparisonKey } from '../../lib/sweep/comparison.ts'
import { formerNamesKey, readListed, writeList } from '../../lib/sweep/lists.ts'
import { ORG } from './cases.ts'
import { memoryTable } from './memory-table.ts'

export const BUCKET = 'example-hr-drops'

export const WORKDAY: RosterSettings = {
  name: 'workday',
  prefix: 'workday/',
  timeZone: 'America/Los_Angeles',
  accessEnds: 'day_ends',
}

/** What EventBridge says of an object. Keys and versions count up where nothing else is said. */
export function objectCreated(
  key: string,
  version: string,
  { time = '2026-11-29T02:00:05Z', sequencer = '01' } = {},
) {
  return {
    ...{
      version: '0',
      id: '88888888-8888-4888-8888-888888888888',
      'detail-type': 'Object Created',
      source: 'aws.s3',
    },
    ...{ account: '111122223333', time, region: 'eu-west-1', resources: [`arn:aws:s3:::${BUCKET}`] },
    detail: {
      version: '0',
      bucket: { name: BUCKET },
      object: { key, size: 1, etag: '0', 'version-id': version, sequencer },
      'request-id': 'N4N7',
      requester: '111122223333',
      reason: 'PutObject',
    },
  }
}

/** What the function has to do with, over memory; what it queued and published is there to be looked at. */
export function rosterDesk({ rosters = [WORKDAY], orgIds = [ORG] } = {}) {
  const table = memoryTable()
  const queued: QueueMessage[] = []
  const journal: JournalEntry[] = []
  const files = new Map<string, Uint8Array>()
  let uids = 0
  const desk = { now: new Date('2026-11-29T02:01:00Z'), failsToQueue: false }
  const clock = { now: () => desk.now, sleep: async () => undefined, random: () => 0.5 }
  const ledger: Ledger = atlasLedger({
    ...{ table, clock, lockMs: 120_000, keepClosedMs: 86_400_000 },
    uid: () => `uid-${++uids}`,
  })
  const deps: RosterDeps = {
    ledger,
    clock,
    rosters,
    orgIds,
    listed: (orgId) => readListed(ledger, orgId),
    journal: { note: (entry) => void journal.push(entry) },
    queue: {
      async send(messages) {
        if (desk.failsToQueue) throw new Error('queue')
        queued.push(...messages.map(({ message }) => message))
      },
      forward: async () => undefined,
      reject: async () => undefined,
    },
    files: {
      bucket: BUCKET,
      async open(key, version) {
        const content = files.get(`${key}@${version}`)
        if (!content) throw new Error('NoSuchVersion')
        return pieces(content)
      },
    },
  }

  return Object.assign(desk, {
    deps,
    queued,
    journal,
    /** Keeps a member list, as the hourly comparison does. */
    async lists(
      usernames: readonly string[],
      { orgId = ORG, at = desk.now, former = {} as Record<string, string> } = {},
    ) {
      const idOf = (name: string) =>
        `5e4bc367c6b0f41b0000${[...usernames].indexOf(name).toString().padStart(4, '0')}`
      await writeList(ledger, orgId, new Map(usernames.map((name) => [idOf(name), name])))
      await writeList(
        ledger,
        formerNamesKey(orgId),
        new Map(Object.entries(former).map(([from, name]) => [idOf(name), from])),
      )
      await ledger.change(comparisonKey(orgId), () => ({ state: { comparedUntil: at, listedAt: at } }))
    },
    /** Puts a file into the bucket and lets EventBridge say so. @returns what it queued */
    async drops(
      content: string | Uint8Array,
      {
        key = 'workday/workers.csv',
        version = `v${files.size + 1}`,
        time = desk.now.toISOString(),
        sequencer = '',
      } = {},
    ): Promise<readonly QueueMessage[]> {
      files.set(`${key}@${version}`, Buffer.from(content))
      const before = queued.length
      const order = sequencer || files.size.toString(16).padStart(4, '0')
      await takeRoster(deps, objectCreated(key, version, { time, sequencer: order }))
      return queued.slice(before)
    },
    /** The files of a key are deleted. */
    loses(key: string) {
      for (const one of files.keys()) if (one.startsWith(`${key}@`)) files.delete(one)
    },
    async summary(name = 'workday') {
      const [memory] = await ledger.memories([ROSTERS])
      return (memory?.state as RosterSummaries | undefined)?.rosters[name]
    },
    /** The notices that wait to be published. */
    async notices() {
      const waiting = await Array.fromAsync(ledger.outboxes(new Date(desk.now.getTime() + 1)))
      return waiting
        .flat()
        .flatMap(({ effects }) =>
          [...effects.values()].flatMap((effect) => (effect.kind === 'publish' ? [effect.event.detail] : [])),
        )
    },
  })
}

async function* pieces(content: Uint8Array) {
  for (let from = 0; from < content.length; from += 1_000) yield content.subarray(from, from + 1_000)
}
