import { dayOf } from '../../words/day.ts'
import type { Manifest } from '../../words/manifest.ts'
import { fromJson } from '../../words/with-instants.ts'
import type { CommittedPage } from './committed.ts'
import { daySums } from './days.ts'
import { type Finding, MOST_NAMED } from './findings.ts'
import { compared, type Side, settledBy } from './partition.ts'
import { type Archive, spillArchive, spillLedger } from './spill.ts'

/** Lines kept on disk, in parts small enough to be compared one at a time. */
export type Spill = {
  add(part: number, line: string): void
  read(part: number): readonly string[]
}

/** All events of a record are in one part. Of a million events a part has 4,000. */
export const PARTS = 256

type Given = Archive & {
  readonly pages: AsyncIterable<CommittedPage>
  readonly spill: Spill
  /** Both records are compared from the beginning of this UTC day… */
  readonly since: Date
  /** …until this instant. What is later may still be on its way into the archive. */
  readonly until: Date
}

/** The result of comparing the archive and the ledger. */
export type Verification = {
  readonly since: Date
  readonly until: Date
  readonly files: number
  /** Events that the archive has. */
  readonly archived: number
  /** Further copies of these events, with the same content or another. */
  readonly repeated: number
  /** Events that the ledger has the digests of. */
  readonly committed: number
  /** Events that wait in the ledger for the audit bus. */
  readonly waiting: number
  /** Events of which the ledger keeps no digest any more. A manifest vouches for them. */
  readonly vouched: number
  /** Days that were compared with their manifest. */
  readonly days: number
  readonly findings: number
  /** The first findings. */
  readonly named: readonly Finding[]
}

/** Compares the archive and the ledger, event by event and day by day, in memory that does not grow with them. */
export async function verify({ pages, spill, since, until, ...archive }: Given): Promise<Verification> {
  const named: Finding[] = []
  let findings = 0
  const add = (finding: Finding) => {
    findings += 1
    if (named.length < MOST_NAMED) named.push(finding)
  }
  const put = (side: Side) => spill.add(Number.parseInt(side.order.slice(0, 2), 16), JSON.stringify(side))
  const ofLedger = await spillLedger(pages, { since, until }, { put, add })
  const { files, events, manifests } = await spillArchive(archive, { since, until }, { put, add })

  const counts = { archived: 0, committed: 0, waiting: 0, vouched: 0 }
  const sums = daySums()
  for (const one of everyPart(spill)) {
    if (one.archive !== undefined) counts.archived += 1
    if (one.ledger !== undefined) counts.committed += 1
    if (one.isWaiting) counts.waiting += 1
    sums.add(one.at, one)
  }
  const known = new Map(ofLedger.map((manifest) => [manifest.day, manifest]))
  // The ledger's manifests, and the archive's for days of which the ledger has none.
  const both = [...ofLedger, ...manifests.filter(({ day }) => !known.has(day))]
  const { verdicts, findings: ofDays } = sums.judge(both, { since, until })
  for (const one of everyPart(spill))
    for (const finding of one.findings) {
      const settled = settledBy(verdicts.get(dayOf(one.at)), finding)
      if (settled) add(settled)
      else counts.vouched += 1
    }
  for (const finding of [...ofDays, ...manifests.flatMap((one) => differenceOf(known.get(one.day), one))])
    add(finding)
  return {
    ...{ since, until, files, ...counts, repeated: events - counts.archived },
    days: [...verdicts.values()].filter((verdict) => verdict !== 'no_manifest').length,
    ...{ findings, named },
  }
}

function* everyPart(spill: Spill) {
  for (let part = 0; part < PARTS; part += 1)
    yield* compared(spill.read(part).map((line) => fromJson(line) as Side))
}

/** Where the archive's manifest of a day is not the ledger's. One that is not in the archive is missing as an event. */
function differenceOf(ours: Manifest | undefined, { day, events, root }: Manifest): readonly Finding[] {
  if (ours?.root === root && ours.events === events) return []
  return [{ kind: 'manifest_differs', day, note: ours ? 'they differ' : 'the ledger has none' }]
}
