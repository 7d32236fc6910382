import { orderOf } from '../../words/digest.ts'
import type { Manifest } from '../../words/manifest.ts'
import { type ArchiveFile, recordsIn } from './archive-records.ts'
import { type Archived, archivedIn, type Self } from './archived.ts'
import type { CommittedPage } from './committed.ts'
import type { Finding } from './findings.ts'
import type { Side } from './partition.ts'

type Sink = { readonly put: (side: Side) => void; readonly add: (finding: Finding) => void }
type Period = { readonly since: Date; readonly until: Date }

const isWithin = (at: Date, { since, until }: Period) => at >= since && at <= until

/** Spills the ledger's events of a period, to be compared with the archive's. @returns the ledger's manifests */
export async function spillLedger(
  pages: AsyncIterable<CommittedPage>,
  period: Period,
  { put, add }: Sink,
): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = []
  for await (const page of pages) {
    manifests.push(...page.manifests)
    for (const record of page.records) {
      const events = record.entries.filter(({ at }) => isWithin(at, period))
      const closed = record.closed && isWithin(record.closed.at, period) ? record.closed.verdict : undefined
      for (const entry of events) {
        const ledger = { ...entry, isWaiting: record.waiting?.includes(entry.uid) }
        put({ order: orderOf(entry.uid), ledger, ...(entry === events.at(-1) && { closed }) })
      }
      for (const sequence of record.lost ?? []) add({ kind: 'lost_digest', record: record.record, sequence })
    }
  }
  return manifests
}

/** Spills the archive's events of a period, to be compared with the ledger's. */
export async function spillArchive(
  { files, self, onEvent }: Archive,
  period: Period,
  { put, add }: Sink,
): Promise<{ readonly files: number; readonly events: number; readonly manifests: readonly Manifest[] }> {
  const manifests: Manifest[] = []
  const counts = { files: 0, events: 0 }
  for await (const file of files) {
    counts.files += 1
    for await (const { where, text } of recordsIn(file)) {
      const read = text === undefined ? [{ where, problem: BROKEN }] : archivedIn(text, where, self)
      for (const one of read) {
        if ('problem' in one) add(unreadable(one))
        else {
          onEvent?.(one)
          if (!isWithin(one.at, period)) continue
          counts.events += 1
          if (one.manifest) manifests.push(one.manifest)
          put({ order: orderOf(one.uid), archive: one })
        }
      }
    }
  }
  return { ...counts, manifests }
}

export type Archive = {
  readonly files: AsyncIterable<ArchiveFile>
  readonly self: Self
  /** Gets every event, whenever it happened. */
  readonly onEvent?: (event: Archived) => void
}

const BROKEN = 'the file cannot be read from here on'

function unreadable({ where, problem, uid }: { where: string; problem: string; uid?: string }): Finding {
  return { kind: 'unreadable', where, note: problem, ...(uid !== undefined && { uid }) }
}
