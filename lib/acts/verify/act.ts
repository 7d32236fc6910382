import * as z from 'zod/mini'
import type { Committal } from '../../core/ledger.ts'
import { addMs } from '../../core/runner.ts'
import { verdictOf } from '../../evidence/verify/archived.ts'
import type { CommittedPage, CommittedRecord } from '../../evidence/verify/committed.ts'
import { type Entry, KEPT_DIGESTS, placeOf } from '../../words/digest.ts'
import { MANIFESTS, type ManifestsState } from '../../words/manifest.ts'
import { actOf, type Invocation, type ReaderDeps, type Refusal } from '../act.ts'
import { problemOfSince } from '../case-pages.ts'
import { isCase } from '../change-cases.ts'
import { SINCE } from '../fields.ts'

/** Lambda answers no more than 6 MB; one page of a scan is at most 1 MB. */
const MOST_BYTES = 4_000_000
/** What one more page of the scan, and answering, may take. */
const RESERVE_MS = 5_000
/** Where the scan continues: at a key of the ledger. */
const CURSOR = { is: z.string('expected `next` of the page before').check(z.maxLength(2_048)) }

/** Tells what every record of the ledger keeps of its events since an instant, page by page, in no order. */
export const verify = actOf({
  name: 'verify',
  fields: { since: { ...SINCE, needed: true }, cursor: CURSOR },
  async does(
    deps: ReaderDeps,
    { since, cursor },
    { deadline, self }: Invocation,
  ): Promise<CommittedPage | Refusal> {
    const { ledger, clock } = deps
    const asOf = clock.now()
    const refused = problemOfSince(since, asOf)
    if (refused) return refused
    const [known] = cursor === undefined ? await ledger.memories([MANIFESTS]) : []
    const manifests = (known?.state as ManifestsState | undefined)?.days ?? []
    const records: CommittedRecord[] = []
    let next = cursor
    let bytes = 0
    do {
      const page = await ledger.committals(next)
      const more = page.committals.flatMap((one) => recordSince(one, since) ?? [])
      records.push(...more)
      bytes += Buffer.byteLength(JSON.stringify(more))
      next = page.next
    } while (next !== undefined && bytes < MOST_BYTES && addMs(clock.now(), RESERVE_MS) < deadline)
    const { accountId: account = '', region = '' } = self ?? {}
    return { asOf, account, region, records, manifests, ...(next !== undefined && { next }) }
  },
})

/** @returns `undefined` if it committed nothing since then, and has lost nothing */
function recordSince(
  { record, sequence, entries, waiting, task }: Committal,
  since: Date,
): CommittedRecord | undefined {
  const lost = lostOf(entries, sequence)
  const recent = entries.filter(({ at }) => at >= since)
  if (recent.length === 0 && lost.length === 0) return undefined
  const outcome = task && isCase(task) && task.closedAt ? task.state.outcome : undefined
  return {
    record,
    entries: recent,
    ...(waiting.length > 0 && { waiting }),
    ...(lost.length > 0 && { lost }),
    ...(task?.closedAt && outcome && { closed: { verdict: verdictOf(outcome), at: task.closedAt } }),
  }
}

/** Numbers whose digest is kept nowhere, though it should be. */
function lostOf(entries: readonly Entry[], sequence: number): readonly number[] {
  const known = new Set(entries.map(({ uid }) => placeOf(uid)?.sequence))
  const kept = Array.from({ length: Math.min(sequence, KEPT_DIGESTS) }, (_, back) => sequence - back)
  return kept.filter((number) => !known.has(number)).reverse()
}
